#include "metrics/referring.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>

#include "metrics/boundary.h"
#include "metrics/mask_counts.h"
#include "metrics/resize.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Values of ReferringTruth::target, and where each is counted.
enum Part : std::size_t { kBackground, kOnePart, kTwoParts, kIgnored, kParts };
constexpr std::array<std::uint8_t, kParts> kPartValues = {0, 1, 2, 255};

using PartCounts = std::span<const std::int64_t, kParts>;

// Pixels of the truth by value, all of them and those predicted inside.
struct Counts {
  std::array<std::int64_t, 2 * kParts + 1> numbers;

  PartCounts All() const { return std::span(numbers).first<kParts>(); }
  PartCounts Predicted() const { return std::span(numbers).subspan<kParts, kParts>(); }
  std::int64_t NeitherZeroNorOne() const { return numbers.back(); }
};

Counts CountPixels(std::span<const std::uint8_t> prediction, std::span<const std::uint8_t> target) {
  return {CountInBlocks<2 * kParts + 1>(target.size(), [&](std::size_t i, auto& counters) {
    const auto count = [&](std::size_t counter, int one) {
      counters[counter] = static_cast<std::uint8_t>(counters[counter] + one);
    };
    for (std::size_t part = 0; part < kParts; ++part) {
      const int is_part = target[i] == kPartValues[part] ? 1 : 0;
      count(part, is_part);
      count(kParts + part, is_part & prediction[i]);
    }
    count(2 * kParts, prediction[i] > 1 ? 1 : 0);
  })};
}

std::int64_t Total(PartCounts counts) {
  return counts[kBackground] + counts[kOnePart] + counts[kTwoParts] + counts[kIgnored];
}

void CheckValues(const Counts& counts, std::int64_t pixels, bool no_target) {
  if (counts.NeitherZeroNorOne() > 0) {
    throw std::logic_error("ReferringMetric: a mask holds a value other than 0 and 1");
  }
  if (Total(counts.All()) != pixels) {
    throw std::logic_error("ReferringMetric: a truth holds a value other than 0, 1, 2 and 255");
  }
  if (no_target && counts.All()[kOnePart] + counts.All()[kTwoParts] > 0) {
    throw std::logic_error("ReferringMetric: a truth without a target has target pixels");
  }
}

std::int64_t Inside(PartCounts counts, PartOverlap overlap) {
  return counts[kOnePart] + (overlap == PartOverlap::kUnion ? counts[kTwoParts] : 0);
}

bool IsUsableEpsilon(double epsilon) { return epsilon >= 0 && std::isfinite(epsilon); }

double Share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? kNan : static_cast<double>(part) / static_cast<double>(whole);
}

// I and U of the boundaries of the pixels that count; `target` at the masks' size.
ReferringScore::Boundary CompareBoundaries(Mask given,
                                           const Raster<std::uint8_t>& target,
                                           const ReferringSettings& settings) {
  const bool left_out = settings.ignored == IgnoredPixels::kLeftOut;
  const std::uint8_t two_parts = settings.overlap == PartOverlap::kUnion ? 1 : 0;
  Mask inside(target.size());
  for (std::size_t i = 0; i < target.Pixels().size(); ++i) {
    const std::uint8_t value = target.Pixels()[i];
    inside.Pixels()[i] = value == kPartValues[kOnePart]    ? 1
                         : value == kPartValues[kTwoParts] ? two_parts
                                                           : 0;
    if (value == kPartValues[kIgnored] && left_out) given.Pixels()[i] = 0;
  }
  const std::int64_t distance = BoundaryDistance(target.size(), settings.boundary_ratio);
  const Mask a = BoundaryOf(given, distance);
  const Mask b = BoundaryOf(inside, distance);
  ReferringScore::Boundary counts;
  for (std::size_t i = 0; i < a.Pixels().size(); ++i) {
    counts.intersection += a.Pixels()[i] & b.Pixels()[i];
    counts.united += a.Pixels()[i] | b.Pixels()[i];
  }
  return counts;
}

// What a score adds to the sums, with I and U of the masks or of their boundaries.
struct Contribution {
  std::int64_t intersection = 0;
  std::int64_t united = 0;
  double iou = 0;
};

Contribution Contribute(std::int64_t intersection,
                        std::int64_t united,
                        const ReferringScore& score,
                        const ReferringSettings& settings) {
  if (score.worst) return {0, united, 0};
  if (settings.no_target == NoTargetRule::kRela) {
    if (score.no_target && score.says_nothing) return {0, 0, 1};
    if (score.no_target || score.says_nothing) return {0, united, 0};
  }
  if (united == 0) return {0, 0, settings.empty_policy == EmptyPolicy::kOne ? 1.0 : 0.0};
  return {intersection,
          united,
          static_cast<double>(intersection) / (static_cast<double>(united) + settings.iou_epsilon)};
}

double EmptyValue(EmptyRatio ratio) {
  switch (ratio) {
    case EmptyRatio::kOne:
      return 1;
    case EmptyRatio::kZero:
      return 0;
    default:
      return kNan;
  }
}

}  // namespace

ReferringMetric::ReferringMetric(const ReferringSettings& settings) : settings_(settings) {
  if (!IsUsableEpsilon(settings.iou_epsilon) || !IsUsableEpsilon(settings.ratio_epsilon) ||
      !IsUsableEpsilon(settings.count_epsilon)) {
    throw std::invalid_argument("referring: an epsilon is negative or not finite");
  }
  if (settings.min_area < 1) throw std::invalid_argument("referring: min_area is below 1");
  if (settings.frame && (settings.frame->width < 1 || settings.frame->height < 1)) {
    throw std::invalid_argument("referring: the frame has no pixels");
  }
  if (settings.boundary_ratio != 0 && !IsBoundaryRatio(settings.boundary_ratio)) {
    throw std::invalid_argument("referring: boundary_ratio is not in [0, 1]");
  }
}

ReferringScore ReferringMetric::Compare(const Value& value, const Truth& truth) const {
  const Size size = ScoredSize(truth.target.size());
  if (value.size() != size || truth.target.empty()) {
    throw std::logic_error("ReferringMetric: mask and truth differ in size");
  }
  Raster<std::uint8_t> resized;
  if (size != truth.target.size()) resized = ResizeNearestAsPillow(truth.target, size);
  const Raster<std::uint8_t>& target = resized.empty() ? truth.target : resized;
  const Counts counts = CountPixels(value.Pixels(), target.Pixels());
  CheckValues(counts, static_cast<std::int64_t>(size.Pixels()), truth.no_target);
  const std::int64_t predicted = Total(counts.Predicted());
  const bool left_out = settings_.ignored == IgnoredPixels::kLeftOut;
  Score score{.intersection = Inside(counts.Predicted(), settings_.overlap),
              .prediction = predicted - (left_out ? counts.Predicted()[kIgnored] : 0),
              .target = Inside(counts.All(), settings_.overlap),
              .no_target = truth.no_target,
              .says_nothing = predicted < settings_.min_area};
  if (settings_.boundary_ratio > 0) score.boundary = CompareBoundaries(value, target, settings_);
  return score;
}

void ReferringMetric::Add(const Score& score, State& state) const {
  const std::int64_t united = score.prediction + score.target - score.intersection;
  const Contribution sums = Contribute(score.intersection, united, score, settings_);
  ++state.samples;
  state.intersection += sums.intersection;
  state.united += sums.united;
  state.iou.Add(sums.iou);
  if (settings_.boundary_ratio > 0) {
    if (!score.boundary) throw std::logic_error("ReferringMetric: a score without its boundary");
    const auto& [both, either] = *score.boundary;
    state.boundary_iou.Add(Contribute(both, either, score, settings_).iou);
  }
  if (settings_.no_target == NoTargetRule::kNone || !score.no_target) {
    ++state.precision_samples;
    for (std::size_t i = 0; i < kReferringThresholds.size(); ++i) {
      state.at_least[i] += sums.iou >= kReferringThresholds[i] ? 1 : 0;
    }
  }
  const bool right = !score.worst && score.says_nothing == score.no_target;
  ++(score.no_target ? state.without_target : state.with_target);
  (score.no_target ? state.without_target_right : state.with_target_right) += right ? 1 : 0;
}

ReferringMetric::Result ReferringMetric::Finish(const State& state) const {
  Result result{};
  result.ciou = state.united == 0
                    ? (state.samples == 0 ? kNan : EmptyValue(settings_.empty_ratio))
                    : static_cast<double>(state.intersection) /
                          (static_cast<double>(state.united) + settings_.ratio_epsilon);
  const double count = static_cast<double>(state.samples) + settings_.count_epsilon;
  result.giou = state.samples == 0 ? kNan : state.iou.Value() / count;
  result.boundary_iou = state.samples == 0 || settings_.boundary_ratio == 0
                            ? kNan
                            : state.boundary_iou.Value() / count;
  for (std::size_t i = 0; i < kReferringThresholds.size(); ++i) {
    result.precision[i] = Share(state.at_least[i], state.precision_samples);
  }
  const bool none_without =
      settings_.no_target == NoTargetRule::kRela && state.without_target == 0 && state.samples > 0;
  result.n_acc = none_without ? 0 : Share(state.without_target_right, state.without_target);
  result.t_acc = none_without ? 0 : Share(state.with_target_right, state.with_target);
  result.samples = state.samples;
  result.precision_samples = state.precision_samples;
  result.without_target = state.without_target;
  result.with_target = state.with_target;
  return result;
}

ReferringScore ReferringMetric::Worst(const Truth& truth) const {
  Score score = Compare(Mask(ScoredSize(truth.target.size())), truth);
  score.says_nothing = !truth.no_target;
  score.worst = true;
  return score;
}

// The decision is set rather than counted: a target of fewer than min_area pixels
// would otherwise have no right answer, and a bound must not be too low.
ReferringScore ReferringMetric::Best(const Truth& truth) const {
  Score score = Compare(Mask(ScoredSize(truth.target.size())), truth);
  score.intersection = score.prediction = score.target;
  if (score.boundary) score.boundary->intersection = score.boundary->united;
  score.says_nothing = truth.no_target;
  return score;
}

}  // namespace assay
