// The contract of a metric.
//
// A metric is a value (its settings are its members) with three laws, checked
// by the concept below where types can show them and by property tests where
// they cannot (tests/metrics/metric_laws_test.cc):
//
//   1. Compare(value, truth) is pure: equal arguments give equal scores. The
//      score is small and holds sufficient statistics, integers wherever
//      possible.
//   2. Add(score, state) folds a score into a state. The caller folds in sample
//      index order. Integer parts of a state do not depend on the order; real
//      parts are compensated sums (metrics/sum.h).
//   3. Finish(state) is pure and leaves the state alone: it can be called twice
//      and in the middle of a fold.
#pragma once

#include <concepts>

namespace assay {

template <class M>
concept Metric = requires(const M& metric,
                          const typename M::Value& value,
                          const typename M::Truth& truth,
                          const typename M::Score& score,
                          typename M::State& state,
                          const typename M::State& const_state) {
  { metric.Compare(value, truth) } -> std::same_as<typename M::Score>;
  { metric.Add(score, state) } -> std::same_as<void>;
  { metric.Finish(const_state) } -> std::same_as<typename M::Result>;
};

}  // namespace assay
