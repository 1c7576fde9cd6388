// The interval of a ratio of sums, by drawing whole clusters.
//
//   value = sum over clusters of numerator / sum over clusters of denominator
//
// Values of one cluster (votes on one prompt, answers on one image) depend on each other,
// so clusters are drawn, never their parts: each replicate draws as many clusters as there
// are, with replacement and with all repeats kept, and takes the ratio of the drawn sums.
// The interval ends are the quantiles (1 -+ confidence) / 2 of the replicates, linearly
// interpolated between order statistics (Hyndman and Fan's type 7).
// Replicates whose denominator is 0 have no value and are left out.
//
// The same seed gives the same interval on every machine: draws are those of the standard's
// mt19937_64, brought into range by rejection.
#pragma once

#include <cstdint>
#include <span>

#include "metrics/preference.h"

namespace assay {

struct ClusterSums {
  double numerator = 0;
  double denominator = 0;
};

struct BootstrapOptions {
  double confidence = 0.95;
  int replicates = 10000;
  std::uint64_t seed = 0;
};

// NaN where no replicate has a value. With one cluster both ends are the value.
Interval ClusteredInterval(std::span<const ClusterSums> clusters, const BootstrapOptions& options);

}  // namespace assay
