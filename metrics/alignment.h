// Depth alignments as pure functions: fit on pairs (prediction, truth), get the
// parameters, apply them to a whole map.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "metrics/tasks.h"

namespace assay {

// Pairs (p, g) below; x is the disparity of a prediction: p itself for
// kLsqAffineDisparity and for answers of kind kDisparity, 1/p otherwise. The
// kinds that fit depth take p = 1/x of an answer of kind kDisparity.
enum class Alignment {
  kNone,
  kMedianRatio,                  // median(g) / median(p)
  kMedianOfRatios,               // median(g / p)
  kLsqScale,                     // sum(p g) / sum(p^2)
  kLsqAffine,                    // min sum (s p + t - g)^2
  kLsqAffineDisparity,           // min sum (s x + t - 1/g)^2 over g > 0, x > 0; D >= 1e-3
  kLsqAffineDisparityFromDepth,  // the same with x = 1/p
  kMogeDisparity,                // the same over all pairs, D >= 1 / max(g)
  kUnidepthSsi,                  // kLsqAffine with 1e-9 added to the diagonal
  kUnik3dSsi,                    // ridge 1e-4, pairs with |g-p| below its 95 % quantile
  kMetric3dPolyfit,              // kLsqAffine over g > 0; see alignment.cc for its fallbacks
  kLsqLogScale,                  // min sum (ln(s p) - ln g)^2: exp(mean(ln g - ln p))
  kMogeScale,                    // min sum |s p - g| / g
  kMogeAffine,                   // min sum |s p + t - g| / g as MoGe finds it
  kExactL1,                      // the true minimum of that sum
};

// Of an even number of values: the mean of the middle two (NumPy) or the lower
// one (PyTorch).
enum class Median { kAveraged, kLower };

struct AlignmentSettings {
  Alignment kind = Alignment::kNone;
  Median median = Median::kAveraged;
  int max_res = 0;  // of lsq_affine and lsq_affine_disparity[_from_depth]; 0 = every pixel
  // Of the kinds that fit disparity: D is at least this, instead of the kind's own floor.
  // 0 = no floor but 0 itself, so that D <= 0 becomes +inf.
  std::optional<double> min_disparity = {};
};

// p' = scale * p + shift, or 1 / max(scale * x + shift, floor) in disparity.
struct AlignmentFit {
  double scale = 1;
  double shift = 0;
  double disparity_floor = 0;
  friend bool operator==(const AlignmentFit&, const AlignmentFit&) = default;
};

// True where the kind maps the answer itself by s * value + t, so that 0 and
// negative answers have a meaning.
bool IsAffineInPrediction(Alignment kind);

// True for the robust kinds, whose cost grows with the square of the pairs: they are given
// the pairs of the subsample of metrics/nearest_grid.h, not all (metrics/robust_line.h).
bool FitsOnNearestGrid(Alignment kind);

// Pairs in raster order, equally long. Throws std::invalid_argument on unequal
// lengths. With fewer pairs than parameters the fit is NaN (kMetric3dPolyfit: the
// identity up to 10 pairs). Where all p are equal an affine fit is not unique and
// the one of least norm is taken, as a fit by SVD does.
AlignmentFit FitAlignment(const AlignmentSettings& settings,
                          DepthKind kind,
                          std::span<const double> prediction,
                          std::span<const double> truth);
// The depth of an aligned prediction; kNone gives p, or 1/x for kDisparity.
double ApplyAlignment(const AlignmentSettings& settings,
                      DepthKind kind,
                      const AlignmentFit& fit,
                      double prediction);
// The same of many; `depth` is as long as `prediction`, and may be the same memory.
void ApplyAlignment(const AlignmentSettings& settings,
                    DepthKind kind,
                    const AlignmentFit& fit,
                    std::span<const double> prediction,
                    std::span<double> depth);

// The columns a fit with max_res sees in a frame of `size`, ascending:
// all of them if f = min(max_res / height, max_res / width) >= 1, otherwise column
// trunc(i / f) for i < floor(width * f). Every row stays: the reference hands its
// arrays to nearest-neighbour resizing as (1, H, W), which shrinks only the last
// axis (prs-eth/Marigold@b1dffaa:src/util/alignment.py).
std::vector<int> SubsampledColumns(Size size, int max_res);

}  // namespace assay
