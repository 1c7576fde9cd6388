#include "metrics/cluster_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace assay {
namespace {

// Uniform in [0, n): values above the last whole multiple of n are drawn again.
std::size_t Draw(std::mt19937_64& random, std::size_t n) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t limit = kLargest - kLargest % n;
  std::uint64_t value = random();
  while (value >= limit) value = random();
  return static_cast<std::size_t>(value % n);
}

double Quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

}  // namespace

Interval ClusteredInterval(std::span<const ClusterSums> clusters, const BootstrapOptions& options) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(options.replicates));
  std::mt19937_64 random(options.seed);
  for (int i = 0; i < options.replicates; ++i) {
    ClusterSums drawn;
    for (std::size_t k = 0; k < clusters.size(); ++k) {
      const ClusterSums& cluster = clusters[Draw(random, clusters.size())];
      drawn.numerator += cluster.numerator;
      drawn.denominator += cluster.denominator;
    }
    if (drawn.denominator > 0) values.push_back(drawn.numerator / drawn.denominator);
  }
  std::sort(values.begin(), values.end());
  const double tail = (1 - options.confidence) / 2;
  return {Quantile(values, tail), Quantile(values, 1 - tail)};
}

}  // namespace assay
