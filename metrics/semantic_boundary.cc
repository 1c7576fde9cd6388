// SemanticMetric::CompareBoundaries: I and U of every class in one pass.
//
// Two maps hold G and P of all classes, 0 where a pixel is of none; their boundaries
// are taken at once (metrics/boundary.h), and runs of equal pairs are counted.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "metrics/boundary.h"
#include "metrics/semantic.h"

namespace assay {
namespace {

using Ids = std::array<std::uint8_t, 256>;

// An evaluated class stands for itself, everything else for "no class".
Ids EvaluatedIds(const LabelSpace& space) {
  Ids ids{};
  for (const LabelClass& entry : space.classes) ids[entry.id] = entry.evaluated ? entry.id : 0;
  return ids;
}

LabelMap Evaluated(const LabelMap& labels, const Ids& ids) {
  LabelMap evaluated(labels.size());
  for (std::size_t i = 0; i < labels.Pixels().size(); ++i) {
    evaluated.Pixels()[i] = ids[labels.Pixels()[i]];
  }
  return evaluated;
}

// Takes the pixels out in which `other` has no class.
void KeepWhere(const LabelMap& other, LabelMap& labels) {
  for (std::size_t i = 0; i < labels.Pixels().size(); ++i) {
    labels.Pixels()[i] = other.Pixels()[i] != 0 ? labels.Pixels()[i] : std::uint8_t{0};
  }
}

struct ClassCounts {
  std::array<std::int64_t, 256> both{}, truth{}, prediction{};
};

ClassCounts CountRuns(std::span<const std::uint8_t> truth,
                      std::span<const std::uint8_t> prediction) {
  ClassCounts counts;
  std::size_t begin = 0;
  while (begin < truth.size()) {
    const std::uint8_t t = truth[begin];
    const std::uint8_t p = prediction[begin];
    std::size_t end = begin + 1;
    while (end < truth.size() && truth[end] == t && prediction[end] == p) ++end;
    const auto length = static_cast<std::int64_t>(end - begin);
    counts.truth[t] += length;
    counts.prediction[p] += length;
    counts.both[t] += t == p ? length : 0;
    begin = end;
  }
  return counts;
}

}  // namespace

std::vector<SemanticScore::Boundary> SemanticMetric::CompareBoundaries(
    const Value& value, const LabelMap& truth, SemanticPolicy policy) const {
  const std::int64_t distance = BoundaryDistance(truth.size(), settings_.boundary_ratio);
  const Ids ids = EvaluatedIds(*space_);
  const LabelMap true_classes = Evaluated(truth, ids);
  LabelMap given_classes = Evaluated(value, ids);
  KeepWhere(true_classes, given_classes);

  LabelMap true_boundary = BoundaryOf(true_classes, distance);
  const LabelMap given_boundary = BoundaryOf(given_classes, distance);
  if (policy == SemanticPolicy::kDetectron2) KeepWhere(given_classes, true_boundary);
  const ClassCounts counts = CountRuns(true_boundary.Pixels(), given_boundary.Pixels());
  std::vector<Score::Boundary> boundaries;
  for (const LabelClass& entry : space_->classes) {
    if (!entry.evaluated) continue;
    const std::int64_t both = counts.both[entry.id];
    const std::int64_t united = counts.truth[entry.id] + counts.prediction[entry.id] - both;
    if (united > 0) boundaries.push_back({entry.id, both, united});
  }
  return boundaries;
}

}  // namespace assay
