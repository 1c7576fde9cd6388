// Boundary regions and Boundary IoU, mask by mask and erosion by erosion. Slow on
// purpose.
#pragma once

#include <vector>

#include "metrics/semantic.h"
#include "metrics/tasks.h"

namespace assay::test {

// The mask less what d erosions by a 3 x 3 square leave of it in a ring of zeros.
Mask NaiveBoundary(const Mask& mask, int d);

// max(1, ratio times the diagonal), halves to even.
int NaiveBoundaryDistance(Size size, double ratio);

// I and U of every class with U > 0, one class after the other.
std::vector<SemanticScore::Boundary> NaiveSemanticBoundaries(const LabelSpace& space,
                                                             const SemanticSettings& settings,
                                                             const LabelMap& prediction,
                                                             const LabelMap& truth);

}  // namespace assay::test
