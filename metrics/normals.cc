#include "metrics/normals.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include "metrics/normals_angle.h"
#include "metrics/size_mismatch.h"

namespace assay {
namespace {

constexpr double kWorstAngle = 180;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool IsScored(const NormBounds& bounds, const Vector3& truth) {
  const double length = Length(truth);
  const bool above = bounds.min_strict ? length > bounds.min : length >= bounds.min;
  if (!above || !IsDirection(truth)) return false;
  if (!bounds.max) return true;
  return bounds.max_strict ? length < *bounds.max : length <= *bounds.max;
}

double AngleOf(AngleRule rule, const Vector3& predicted, const Vector3& truth) {
  switch (rule) {
    case AngleRule::kAcosFloat:
      return AngleByAcosFloat(predicted, truth);
    case AngleRule::kDotRawTruth:
      return AngleByRawDot(predicted, truth);
    case AngleRule::kAtan2:
      break;
  }
  return AngleBetween(predicted, truth);
}

double AngleOfUndefined(UndefinedNormal rule, const Vector3& predicted) {
  const bool zero = predicted == Vector3{};
  return rule == UndefinedNormal::kZeroAs90 && zero ? kWorstAngle / 2 : kWorstAngle;
}

// The bins that hold the middle pair, and how many angles lie in bins before them.
struct MiddleBins {
  std::int32_t first = 0, last = 0;
  std::int64_t before = 0;
};

MiddleBins FindMiddle(const AngleCounts& counts, std::int64_t angles) {
  MiddleBins middle;
  bool found = false;
  std::int64_t up_to = 0;
  for (const auto& [bin, count] : counts) {
    if (!found && up_to + count > (angles - 1) / 2) {
      middle = {.first = bin, .before = up_to};
      found = true;
    }
    up_to += count;
    middle.last = bin;
    if (up_to > angles / 2) break;
  }
  return middle;
}

// Exact; only the bins that hold the middle pair are put in order.
double MedianOf(const std::vector<double>& angles, const AngleCounts& counts, Median kind) {
  if (angles.empty()) return kNan;
  const auto size = static_cast<std::int64_t>(angles.size());
  const MiddleBins bins = FindMiddle(counts, size);
  std::vector<double> middle;
  middle.reserve(angles.size() / 64);
  for (const double angle : angles) {
    const std::int32_t bin = AngleBin(angle);
    if (bin >= bins.first && bin <= bins.last) middle.push_back(angle);
  }
  const auto upper = middle.begin() + static_cast<std::ptrdiff_t>(size / 2 - bins.before);
  std::nth_element(middle.begin(), upper, middle.end());
  if (size % 2 == 1) return *upper;
  const double lower = *std::max_element(middle.begin(), upper);
  return kind == Median::kLower ? lower : (lower + *upper) / 2;
}

// 1 where a pixel is scored.
std::vector<std::uint8_t> ScoredPixels(const NormBounds& bounds, const NormalMap& truth) {
  std::vector<std::uint8_t> scored(truth.size().Pixels());
  std::transform(
      truth.Pixels().begin(), truth.Pixels().end(), scored.begin(), [&](const Vector3& g) {
        return static_cast<std::uint8_t>(IsScored(bounds, g) ? 1 : 0);
      });
  return scored;
}

std::int64_t CountOf(const std::vector<std::uint8_t>& scored) {
  return std::accumulate(scored.begin(), scored.end(), std::int64_t{0});
}

std::int64_t CountWithin(const std::vector<double>& angles, double bound, bool strict) {
  const auto inside = [&](double angle) { return strict ? angle < bound : angle <= bound; };
  return std::count_if(angles.begin(), angles.end(), inside);
}

NormalErrors ErrorsOf(double n,
                      double sum,
                      double squares,
                      double median,
                      const std::array<std::int64_t, kAngleBounds.size()>& within) {
  NormalErrors errors{.mean = sum / n, .median = median, .rmse = std::sqrt(squares / n)};
  for (std::size_t k = 0; k < within.size(); ++k) {
    errors.within[k] = static_cast<double>(within[k]) / n;
  }
  return errors;
}

std::array<double, 3 + kAngleBounds.size()> ListOf(const NormalErrors& errors) {
  std::array<double, 3 + kAngleBounds.size()> list = {errors.mean, errors.median, errors.rmse};
  std::copy(errors.within.begin(), errors.within.end(), list.begin() + 3);
  return list;
}

NormalErrors FromList(const std::array<double, 3 + kAngleBounds.size()>& list) {
  NormalErrors errors{.mean = list[0], .median = list[1], .rmse = list[2]};
  std::copy(list.begin() + 3, list.end(), errors.within.begin());
  return errors;
}

// As Python's round() does it but for ties of the last bit.
double Rounded(double value, int decimals) {
  const double scale = std::pow(10, decimals);
  return std::nearbyint(value * scale) / scale;
}

NormalErrors Rounded(NormalErrors errors, int decimals) {
  errors.mean = Rounded(errors.mean, decimals);
  errors.median = Rounded(errors.median, decimals);
  errors.rmse = Rounded(errors.rmse, decimals);
  for (double& share : errors.within) share = Rounded(share, decimals + 2);
  return errors;
}

bool SameNumber(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

bool operator==(const NormalsScore& a, const NormalsScore& b) {
  return a.pixels == b.pixels && a.undefined == b.undefined && a.within == b.within &&
         a.sum == b.sum && a.sum_squares == b.sum_squares && SameNumber(a.median, b.median) &&
         a.angles == b.angles && a.axes == b.axes;
}

NormalsMetric::State NormalsMetric::Start() const {
  State state;
  state.angles.resize(static_cast<std::size_t>(kAngleBins));
  return state;
}

NormalsScore NormalsMetric::ScoreOf(const std::vector<double>& angles) const {
  Score score;
  score.pixels = static_cast<std::int64_t>(angles.size());
  CompensatedSum sum;
  CompensatedSum squares;
  for (const double angle : angles) {
    sum.Add(angle);
    squares.Add(angle * angle);
  }
  for (std::size_t k = 0; k < kAngleBounds.size(); ++k) {
    score.within[k] = CountWithin(angles, kAngleBounds[k], settings_.within_strict);
  }
  score.sum = sum.Value();
  score.sum_squares = squares.Value();
  score.angles = CountAngles(angles);
  score.median = MedianOf(angles, score.angles, settings_.median);
  return score;
}

NormalsScore NormalsMetric::Compare(const Value& value, const Truth& truth) const {
  if (value.map.size() != truth.normals.size()) {
    throw SizeMismatch(value.map.size(), truth.normals.size());
  }
  const std::vector<std::uint8_t> is_scored = ScoredPixels(settings_.truth_norm, truth.normals);
  const std::int64_t scored = CountOf(is_scored);
  const std::int64_t step = 1 + (scored - 1) / kAxisPixels;
  std::int64_t to_next_axis_pixel = 0;
  const auto predictions = value.map.Pixels();
  const auto truths = truth.normals.Pixels();
  std::vector<double> angles;
  angles.reserve(static_cast<std::size_t>(scored));
  std::int64_t undefined = 0;
  AxisEvidence axes;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (is_scored[i] == 0) continue;
    const bool defined = IsDirection(predictions[i]);
    undefined += defined ? 0 : 1;
    if (to_next_axis_pixel-- == 0) {
      if (defined) AddPixel(predictions[i], truths[i], axes);
      to_next_axis_pixel = step - 1;
    }
    angles.push_back(defined ? AngleOf(settings_.angle, predictions[i], truths[i])
                             : AngleOfUndefined(settings_.undefined, predictions[i]));
  }
  Score score = ScoreOf(angles);
  score.undefined = undefined;
  score.axes = axes;
  return score;
}

void NormalsMetric::Add(const Score& score, State& state) const {
  ++state.samples;
  const bool few = score.pixels < settings_.min_pixels;
  const bool poisons = score.pixels == 0 && settings_.empty_image == EmptyNormals::kNanPoison;
  state.skipped += few ? 1 : 0;
  if (few && !poisons) return;
  state.pixels += score.pixels;
  state.undefined += score.undefined;
  for (std::size_t k = 0; k < state.within.size(); ++k) state.within[k] += score.within[k];
  AddCounts(score.angles, state.angles);
  state.sum.Add(score.sum);
  state.sum_squares.Add(score.sum_squares);
  AddEvidence(score.axes, state.axes);
  NormalErrors errors = ErrorsOf(
      static_cast<double>(score.pixels), score.sum, score.sum_squares, score.median, score.within);
  if (settings_.per_image_decimals) errors = Rounded(errors, *settings_.per_image_decimals);
  const auto list = ListOf(errors);
  for (std::size_t i = 0; i < list.size(); ++i) state.per_image[i].Add(list[i]);
}

NormalsMetric::Result NormalsMetric::Finish(const State& state) const {
  Result result;
  result.images = state.samples - state.skipped;
  result.skipped = state.skipped;
  result.pixels = state.pixels;
  result.undefined = state.undefined;
  result.axes = DiagnoseAxes(state.axes);
  result.pooled = ErrorsOf(static_cast<double>(state.pixels),
                           state.sum.Value(),
                           state.sum_squares.Value(),
                           MedianAngle(state.angles, settings_.median),
                           state.within);
  const bool poisons = settings_.empty_image == EmptyNormals::kNanPoison;
  const auto images = static_cast<double>(poisons ? state.samples : result.images);
  std::array<double, 3 + kAngleBounds.size()> means{};
  for (std::size_t i = 0; i < means.size(); ++i) means[i] = state.per_image[i].Value() / images;
  result.per_image = FromList(means);
  result.errors =
      settings_.aggregate == NormalsAggregate::kPooled ? result.pooled : result.per_image;
  return result;
}

NormalsScore NormalsMetric::Worst(const Truth& truth) const {
  const std::int64_t scored = CountOf(ScoredPixels(settings_.truth_norm, truth.normals));
  Score score = ScoreOf(std::vector<double>(static_cast<std::size_t>(scored), kWorstAngle));
  score.undefined = scored;
  return score;
}

NormalsScore NormalsMetric::Best(const Truth& truth) const {
  const std::int64_t scored = CountOf(ScoredPixels(settings_.truth_norm, truth.normals));
  return ScoreOf(std::vector<double>(static_cast<std::size_t>(scored), 0.0));
}

}  // namespace assay
