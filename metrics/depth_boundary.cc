#include "metrics/depth_boundary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace assay {
namespace {

constexpr int kThresholds = 10;
constexpr double kLeastDepth = 1e-6;  // Depth Pro's, before inversion
constexpr std::array<int, 3> kMogeRadii = {1, 2, 3};

// First + i * (last - first) / 9, as linspace.
std::array<double, kThresholds> Thresholds(double first, double last) {
  std::array<double, kThresholds> values{};
  for (int i = 0; i < kThresholds; ++i) {
    values[static_cast<std::size_t>(i)] = first + i * ((last - first) / (kThresholds - 1));
  }
  return values;
}

// Edges of one direction at every threshold.
struct EdgeCounts {
  std::array<std::int64_t, kThresholds> both{}, predicted{}, true_edges{};
};

// `predicted` NaN: wrong either way.
void Count(double predicted,
           double true_ratio,
           const std::array<double, kThresholds>& thresholds,
           EdgeCounts& counts) {
  const bool undefined = std::isnan(predicted);
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const bool is_true = true_ratio > thresholds[i];
    const bool is_predicted = undefined ? !is_true : predicted > thresholds[i];
    counts.true_edges[i] += is_true ? 1 : 0;
    counts.predicted[i] += is_predicted ? 1 : 0;
    counts.both[i] += is_true && is_predicted ? 1 : 0;
  }
}

double Share(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::int64_t>(whole, 1));
}

// The mean over thresholds; precision and recall are means over the directions.
double WeightedF1(const std::vector<EdgeCounts>& directions,
                  const std::array<double, kThresholds>& weights) {
  double sum = 0;
  double weight = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double precision = 0;
    double recall = 0;
    for (const EdgeCounts& counts : directions) {
      precision += Share(counts.both[i], counts.predicted[i]);
      recall += Share(counts.both[i], counts.true_edges[i]);
    }
    precision /= static_cast<double>(directions.size());
    recall /= static_cast<double>(directions.size());
    const double both = precision + recall;
    sum += weights[i] * (both > 0 ? 2 * precision * recall / both : 0);
    weight += weights[i];
  }
  return sum / weight;
}

bool IsScored(const Raster<double>& truth, int x, int y) { return truth.At(x, y) > 0; }

// The ratio of the inverse depths of `at` and `from`.
double InverseRatio(double at, double from) {
  if (std::isnan(at) || std::isnan(from)) return std::numeric_limits<double>::quiet_NaN();
  return (1 / std::max(at, kLeastDepth)) / (1 / std::max(from, kLeastDepth));
}

double DepthProF1(const Raster<double>& prediction, const Raster<double>& truth) {
  constexpr std::array<std::pair<int, int>, 4> kSteps = {{{-1, 0}, {0, -1}, {1, 0}, {0, 1}}};
  const auto thresholds = Thresholds(1.05, 1.25);
  std::vector<EdgeCounts> directions;
  for (const auto& [dx, dy] : kSteps) {
    EdgeCounts counts;
    for (int y = std::max(0, -dy); y < truth.height() - std::max(0, dy); ++y) {
      for (int x = std::max(0, -dx); x < truth.width() - std::max(0, dx); ++x) {
        if (!IsScored(truth, x, y) || !IsScored(truth, x + dx, y + dy)) continue;
        Count(InverseRatio(prediction.At(x + dx, y + dy), prediction.At(x, y)),
              InverseRatio(truth.At(x + dx, y + dy), truth.At(x, y)),
              thresholds,
              counts);
      }
    }
    directions.push_back(counts);
  }
  return WeightedF1(directions, thresholds);
}

double MogeF1(const Raster<double>& prediction, const Raster<double>& truth, int radius) {
  const auto offsets = Thresholds(0.05, 0.25);
  auto thresholds = offsets;
  for (double& threshold : thresholds) threshold += 1;
  EdgeCounts counts;
  for (int y = radius; y < truth.height() - radius; ++y) {
    for (int x = radius; x < truth.width() - radius; ++x) {
      if (!IsScored(truth, x, y)) continue;
      for (int dy = -radius; dy <= radius; ++dy) {
        for (int dx = -radius; dx <= radius; ++dx) {
          const bool outside = dx * dx + dy * dy > radius * radius;
          if (outside || !IsScored(truth, x + dx, y + dy)) continue;
          Count(prediction.At(x + dx, y + dy) / prediction.At(x, y),
                truth.At(x + dx, y + dy) / truth.At(x, y),
                thresholds,
                counts);
        }
      }
    }
  }
  return WeightedF1({counts}, offsets);
}

}  // namespace

int BoundaryCount(DepthBoundary kind) {
  switch (kind) {
    case DepthBoundary::kNone:
      return 0;
    case DepthBoundary::kDepthPro:
      return 1;
    case DepthBoundary::kMoge:
      return static_cast<int>(kMogeRadii.size());
  }
  return 0;
}

std::vector<double> BoundaryF1(DepthBoundary kind,
                               const Raster<double>& prediction,
                               const Raster<double>& truth) {
  if (kind == DepthBoundary::kDepthPro) return {DepthProF1(prediction, truth)};
  std::vector<double> values;
  if (kind == DepthBoundary::kNone) return values;
  for (const int radius : kMogeRadii) values.push_back(MogeF1(prediction, truth, radius));
  return values;
}

}  // namespace assay
