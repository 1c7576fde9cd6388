// Depth alignments as pure functions: fit on pairs (prediction, truth), get the
// parameters, apply them to a whole map.
#pragma once

#include <span>
#include <vector>

#include "metrics/tasks.h"

namespace assay {

enum class Alignment {
  kNone,
  kMedianRatio,               // median(g) / median(p)
  kMedianOfRatios,            // median(g / p)
  kLsqScale,                  // sum(p g) / sum(p^2)
  kLsqAffine,                 // min sum (s p + t - g)^2
  kLsqAffineDisparity,        // x = p taken as disparity
  kLsqAffineDisparityFromDepth,  // x = 1 / p
  kMogeDisparity,             // disparity fit with the clamp D >= 1 / max(g)
};

enum class Median { kAveraged, kLower };

struct AlignmentSettings {
  Alignment kind = Alignment::kNone;
  Median median = Median::kAveraged;
  int max_res = 0;  // lsq_affine: 0 = every pixel
};

// p' = scale * p + shift, or 1 / max(scale * x + shift, floor) in disparity.
struct AlignmentFit {
  double scale = 1;
  double shift = 0;
  double disparity_floor = 0;
  friend bool operator==(const AlignmentFit&, const AlignmentFit&) = default;
};

// Pairs in raster order, equally long. Throws std::invalid_argument on unequal
// lengths. With fewer pairs than parameters the fit is NaN.
AlignmentFit FitAlignment(const AlignmentSettings& settings, DepthKind kind,
                          std::span<const double> prediction, std::span<const double> truth);
double ApplyAlignment(const AlignmentSettings& settings, DepthKind kind,
             const AlignmentFit& fit, double prediction);

}  // namespace assay
