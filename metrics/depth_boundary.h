// Sharpness of depth edges: F1 between the edges of a prediction p and of the truth g.
//
// An edge is an ordered pair of neighbours whose depths have a ratio above a threshold. Both
// definitions take ten thresholds, compute F1 at each, and average with weights
// proportional to the threshold. F1 = 2 P R / (P + R), and 0 where nothing is found.
// Unit: fraction, [0, 1], higher is better. No scale of p matters.
//
//   kDepthPro   pairs along rows and columns, in four directions; an edge where inverse
//               depths, of depth at least 1e-6, have a ratio above 1.05 .. 1.25. P and R
//               are means over the directions. One number.
//               apple/ml-depth-pro@9efe5c1:src/depth_pro/eval/boundary_metrics.py
//   kMoge       a centre at least r pixels from every side, and the pixels of the disc of
//               radius r around it; an edge where neighbour / centre > 1 + .05 .. 1 + .25.
//               Three numbers, r = 1, 2, 3.
//               microsoft/MoGe@0744441:moge/test/metrics.py
//
// Only pairs of two scored pixels count: MoGe's mask; Depth Pro's source knows no mask and
// is given complete truth. A pair with an undefined prediction (NaN here) is wrong either
// way, an edge where the truth has none and none where it has one, so that leaving pixels
// undefined never pays.
#pragma once

#include <vector>

#include "metrics/raster.h"

namespace assay {

enum class DepthBoundary { kNone, kDepthPro, kMoge };

// How many numbers a definition has.
int BoundaryCount(DepthBoundary kind);

// Rasters of one size: `prediction` after alignment and clip, NaN where undefined or not
// scored; `truth` 0 where not scored. Empty for kNone.
std::vector<double> BoundaryF1(DepthBoundary kind,
                               const Raster<double>& prediction,
                               const Raster<double>& truth);

}  // namespace assay
