// Boundary regions, mask by mask and erosion by erosion. Slow on purpose.
#pragma once

#include "metrics/tasks.h"

namespace assay::test {

// The mask less what d erosions by a 3 x 3 square leave of it in a ring of zeros.
Mask NaiveBoundary(const Mask& mask, int d);

// max(1, ratio times the diagonal), halves to even.
int NaiveBoundaryDistance(Size size, double ratio);

}  // namespace assay::test
