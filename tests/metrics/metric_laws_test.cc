// The three laws of metrics/metric.h, for every metric:
//   equal arguments give equal scores; integer parts of a state do not depend on
//   the order of the fold, real parts only in the last bits; Finish is repeatable,
//   also in the middle of a fold. The concept itself is checked by static_assert.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "metrics/depth.h"
#include "metrics/instances.h"
#include "metrics/metric.h"
#include "metrics/normals.h"
#include "metrics/referring.h"
#include "metrics/semantic.h"
#include "tests/support/random_instances.h"
#include "tests/support/random_samples.h"
#include "tests/support/toy_labels.h"

namespace assay {
namespace {

static_assert(Metric<SemanticMetric>);
static_assert(Metric<DepthMetric>);
static_assert(Metric<InstancesMetric>);
static_assert(Metric<NormalsMetric>);
static_assert(Metric<ReferringMetric>);

using test::AnyPredictedDepth;
using test::AnyPredictedNormal;
using test::AnyRaster;
using test::AnyReferringPair;
using test::AnySemanticPair;
using test::AnySize;
using test::AnyTruthDepth;
using test::AnyTruthNormal;

template <class M>
struct Sample {
  typename M::Value value;
  typename M::Truth truth;
};

// What the laws need to know about one metric: random samples, the integer parts
// of a state and the numbers of a result.
template <class M>
struct Laws;

template <>
struct Laws<SemanticMetric> {
  static SemanticMetric Make() {
    return SemanticMetric(test::ToyLabels(), {.boundary_ratio = 0.02});
  }
  static Sample<SemanticMetric> Any() {
    auto [prediction, truth] = AnySemanticPair(20, 4);
    return {prediction, truth};
  }
  static std::vector<std::int64_t> Integers(const SemanticMetric::State& state) {
    std::vector<std::int64_t> all = state.confusion;
    all.push_back(state.samples);
    for (const auto* part : {&state.boundary_intersection, &state.boundary_united}) {
      all.insert(all.end(), part->begin(), part->end());
    }
    return all;
  }
  static std::vector<double> Numbers(const SemanticMetric::Result& r) {
    std::vector<double> all = {
        r.mean_iou, r.mean_iiou, r.mean_category_iou, r.mean_category_iiou, r.mean_boundary_iou};
    for (const auto* part :
         {&r.class_iou, &r.class_iiou, &r.category_iou, &r.category_iiou, &r.class_boundary_iou}) {
      all.insert(all.end(), part->begin(), part->end());
    }
    return all;
  }
};

// SILog enters as its square: the root of a difference has only half of the digits
// near 0.
void Append(const DepthErrors& e, std::vector<double>& all) {
  all.insert(all.end(),
             {e.delta1,
              e.delta2,
              e.delta3,
              e.abs_rel,
              e.sq_rel,
              e.rmse,
              e.rmse_log,
              e.log10,
              e.irmse,
              e.silog[0] * e.silog[0] / 1e4,
              e.silog[1] * e.silog[1] / 1e4,
              e.silog[2] * e.silog[2],
              e.silog[3] * e.silog[3]});
}

template <>
struct Laws<DepthMetric> {
  static DepthMetric Make() {
    DepthSettings settings;
    settings.bounds.max = 10;
    settings.clip = PredictionClip{.min = 0.005, .max = 10};
    settings.empty_below = 2;
    return DepthMetric(settings);
  }
  static Sample<DepthMetric> Any() {
    const Size size = AnySize(8, 4);
    return {{AnyRaster(size, AnyPredictedDepth())}, {AnyRaster(size, AnyTruthDepth()), {}}};
  }
  static std::vector<std::int64_t> Integers(const DepthMetric::State& state) {
    std::vector<std::int64_t> all = {state.samples, state.skipped, state.null_images, state.pixels};
    all.insert(all.end(), state.inliers.begin(), state.inliers.end());
    for (const DepthMetric::State& band : state.bands) {
      all.push_back(band.pixels);
      all.insert(all.end(), band.inliers.begin(), band.inliers.end());
    }
    return all;
  }
  static std::vector<double> Numbers(const DepthMetric::Result& r) {
    std::vector<double> all;
    Append(r.errors, all);
    for (const DepthErrors& band : r.bands) Append(band, all);
    return all;
  }
};

template <>
struct Laws<InstancesMetric> {
  static InstancesMetric Make() { return InstancesMetric(); }
  static Sample<InstancesMetric> Any() {
    std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
    auto [answer, truth] = test::RandomInstances(4, random);
    return {answer, truth};
  }
  static std::vector<std::int64_t> Integers(const InstancesMetric::State& state) {
    std::vector<std::int64_t> all = {state.samples,
                                     state.not_scored,
                                     state.image_tp,
                                     state.image_fp,
                                     state.image_tn,
                                     state.image_fn,
                                     state.answered_positives,
                                     state.foreign};
    for (const PerTau* part : {&state.tp, &state.fp, &state.positive_fp, &state.fn}) {
      all.insert(all.end(), part->begin(), part->end());
    }
    return all;
  }
  static std::vector<double> Numbers(const InstancesMetric::Result& r) {
    std::vector<double> all;
    for (const auto& [name, value] : NamedValues(r)) all.push_back(value);
    return all;
  }
};

template <>
struct Laws<NormalsMetric> {
  static NormalsMetric Make() { return NormalsMetric(NormalsSettings{}); }
  static Sample<NormalsMetric> Any() {
    const Size size = AnySize(8, 4);
    return {{AnyRaster(size, AnyPredictedNormal())}, {AnyRaster(size, AnyTruthNormal())}};
  }
  static std::vector<std::int64_t> Integers(const NormalsMetric::State& state) {
    std::vector<std::int64_t> all = state.angles;
    all.insert(all.end(), state.within.begin(), state.within.end());
    // Not the axes: they are judged by the first images in index order.
    all.insert(all.end(), {state.samples, state.skipped, state.pixels, state.undefined});
    return all;
  }
  static std::vector<double> Numbers(const NormalsMetric::Result& r) {
    std::vector<double> all;
    for (const NormalErrors* errors : {&r.pooled, &r.per_image}) {
      all.insert(all.end(), {errors->mean, errors->median, errors->rmse});
      all.insert(all.end(), errors->within.begin(), errors->within.end());
    }
    return all;
  }
};

template <>
struct Laws<ReferringMetric> {
  static ReferringMetric Make() {
    ReferringSettings settings = FindReferringPreset("lisa");
    settings.boundary_ratio = 0.02;
    return ReferringMetric(settings);
  }
  static Sample<ReferringMetric> Any() {
    auto [prediction, truth] = AnyReferringPair(12, 4);
    return {prediction, truth};
  }
  static std::vector<std::int64_t> Integers(const ReferringMetric::State& state) {
    std::vector<std::int64_t> all(state.at_least.begin(), state.at_least.end());
    all.insert(all.end(),
               {state.samples,
                state.intersection,
                state.united,
                state.precision_samples,
                state.without_target,
                state.without_target_right,
                state.with_target,
                state.with_target_right});
    return all;
  }
  static std::vector<double> Numbers(const ReferringMetric::Result& r) {
    std::vector<double> all(r.precision.begin(), r.precision.end());
    all.insert(all.end(), {r.ciou, r.giou, r.n_acc, r.t_acc, r.boundary_iou});
    return all;
  }
};

bool SameBits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

template <class M>
std::vector<typename M::Score> AnyScores(const M& metric) {
  std::vector<typename M::Score> scores;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    const Sample<M> sample = Laws<M>::Any();
    scores.push_back(metric.Compare(sample.value, sample.truth));
  }
  return scores;
}

template <class M>
typename M::State Fold(const M& metric, const std::vector<typename M::Score>& scores) {
  typename M::State state = metric.Start();
  for (const auto& score : scores) metric.Add(score, state);
  return state;
}

template <class M>
class MetricLawsTest : public ::testing::Test {};
using Metrics =
    ::testing::Types<SemanticMetric, DepthMetric, InstancesMetric, NormalsMetric, ReferringMetric>;
TYPED_TEST_SUITE(MetricLawsTest, Metrics);

TYPED_TEST(MetricLawsTest, CompareIsPure) {
  EXPECT_TRUE(rc::check("pure", [] {
    const TypeParam metric = Laws<TypeParam>::Make();
    const Sample<TypeParam> sample = Laws<TypeParam>::Any();
    const Sample<TypeParam> other = Laws<TypeParam>::Any();
    const auto first = metric.Compare(sample.value, sample.truth);
    metric.Compare(other.value, other.truth);
    RC_ASSERT(metric.Compare(sample.value, sample.truth) == first);
    RC_ASSERT(Laws<TypeParam>::Make().Compare(sample.value, sample.truth) == first);
  }));
}

TYPED_TEST(MetricLawsTest, IntegerPartsDoNotDependOnTheOrderOfTheFold) {
  EXPECT_TRUE(rc::check("order", [] {
    const TypeParam metric = Laws<TypeParam>::Make();
    auto scores = AnyScores(metric);
    const auto in_order = Laws<TypeParam>::Integers(Fold(metric, scores));
    const auto swaps = *rc::gen::container<std::vector<std::size_t>>(
        scores.size(), rc::gen::inRange<std::size_t>(0, scores.size() + 1));
    for (std::size_t i = 0; i < swaps.size(); ++i) {
      std::swap(scores[i], scores[std::min(swaps[i], scores.size() - 1)]);
    }
    RC_ASSERT(Laws<TypeParam>::Integers(Fold(metric, scores)) == in_order);
  }));
}

TYPED_TEST(MetricLawsTest, RealPartsDependOnTheOrderOnlyInTheLastBits) {
  EXPECT_TRUE(rc::check("real", [] {
    const TypeParam metric = Laws<TypeParam>::Make();
    auto scores = AnyScores(metric);
    const auto forward = Laws<TypeParam>::Numbers(metric.Finish(Fold(metric, scores)));
    std::reverse(scores.begin(), scores.end());
    const auto backward = Laws<TypeParam>::Numbers(metric.Finish(Fold(metric, scores)));
    for (std::size_t i = 0; i < forward.size(); ++i) {
      RC_ASSERT(std::isnan(forward[i]) == std::isnan(backward[i]));
      RC_ASSERT(std::isnan(forward[i]) ||
                std::abs(forward[i] - backward[i]) <= 1e-12 * (1 + std::abs(forward[i])));
    }
  }));
}

TYPED_TEST(MetricLawsTest, FinishCanBeCalledTwiceAndInTheMiddleOfAFold) {
  EXPECT_TRUE(rc::check("finish", [] {
    const TypeParam metric = Laws<TypeParam>::Make();
    const auto scores = AnyScores(metric);
    const auto undisturbed = Laws<TypeParam>::Numbers(metric.Finish(Fold(metric, scores)));
    typename TypeParam::State state = metric.Start();
    for (const auto& score : scores) {
      metric.Finish(state);
      metric.Add(score, state);
    }
    RC_ASSERT(SameBits(Laws<TypeParam>::Numbers(metric.Finish(state)), undisturbed));
    RC_ASSERT(SameBits(Laws<TypeParam>::Numbers(metric.Finish(state)), undisturbed));
  }));
}

}  // namespace
}  // namespace assay
