// Robust fits, the 64 x 64 subsample and boundary F1 as literally as their definitions:
// sorted lists, every pair of points, every pixel for every cell. Slow on purpose.
#pragma once

#include <vector>

#include "metrics/depth_boundary.h"
#include "metrics/nearest_grid.h"
#include "metrics/robust_line.h"

namespace assay::test {

using Values = std::vector<double>;

double NaiveRobustScale(const Values& p, const Values& g, const Values& w);
Line NaiveRobustLine(const Values& p, const Values& g, const Values& w, AnchorTies ties);
// sum w |s p + t - g|.
double LossOf(const Line& line, const Values& p, const Values& g, const Values& w);
// The least loss of any line through two points of different p.
double LeastLossOfAllPairs(const Values& p, const Values& g, const Values& w);

std::vector<GridPixel> NaiveNearestGrid(const Raster<std::uint8_t>& valid);

std::vector<double> NaiveBoundaryF1(DepthBoundary kind,
                                    const Raster<double>& prediction,
                                    const Raster<double>& truth);

}  // namespace assay::test
