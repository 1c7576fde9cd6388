#include "metrics/robust_line.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastDenominator = 1e-7;

// One point of the weighted median: y / x of a point turned to x >= 0.
struct Slope {
  double value = 0;
  double weight = 0;
};

// The value at which the weights, added in ascending order of value, first reach half of
// their sum. Halves the candidates instead of sorting them.
double WeightedMedian(std::vector<Slope>& slopes) {
  double total = 0;
  for (const Slope& slope : slopes) total += slope.weight;
  auto begin = slopes.begin();
  auto end = slopes.end();
  double below = 0;  // weight of what is smaller than all of [begin, end)
  while (end - begin > 1) {
    const auto middle = begin + (end - begin) / 2;
    std::nth_element(
        begin, middle, end, [](const Slope& a, const Slope& b) { return a.value < b.value; });
    double left = below;
    for (auto slope = begin; slope != middle; ++slope) left += slope->weight;
    if (2 * left >= total) {
      end = middle;
      continue;
    }
    below = left + middle->weight;
    if (2 * below >= total || middle + 1 == end) return middle->value;
    begin = middle + 1;
  }
  return begin->value;
}

bool AnyNan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

// A point of a line through the origin, turned to x >= 0.
Slope Turned(double x, double y, double w) {
  return {(x < 0 ? -y : y) / std::max(std::abs(x), kLeastDenominator), w * std::abs(x)};
}

}  // namespace

double RobustScale(std::span<const double> p,
                   std::span<const double> g,
                   std::span<const double> w) {
  if (p.empty() || AnyNan(p) || AnyNan(g)) return kNan;
  std::vector<Slope> slopes;
  slopes.reserve(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) slopes.push_back(Turned(p[i], g[i], w[i]));
  return WeightedMedian(slopes);
}

Line RobustLine(std::span<const double> p,
                std::span<const double> g,
                std::span<const double> w,
                AnchorTies ties) {
  if (p.empty() || AnyNan(p) || AnyNan(g)) return {kNan, kNan};
  Line best{kNan, kNan};
  double least = std::numeric_limits<double>::infinity();
  std::vector<Slope> slopes;
  slopes.reserve(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    slopes.clear();
    double loss = 0;
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (p[j] != p[i]) {
        slopes.push_back(Turned(p[j] - p[i], g[j] - g[i], w[j]));
      } else if (ties == AnchorTies::kCounted) {
        loss += w[j] * std::abs(g[j] - g[i]);
      }
    }
    const double scale = slopes.empty() ? 0 : WeightedMedian(slopes);
    for (std::size_t j = 0; j < p.size() && loss < least; ++j) {
      if (p[j] != p[i]) loss += w[j] * std::abs(scale * (p[j] - p[i]) - (g[j] - g[i]));
    }
    if (loss < least) {
      least = loss;
      best = {scale, g[i] - scale * p[i]};
    }
  }
  return best;
}

}  // namespace assay
