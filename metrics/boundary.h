// Boundary regions, for Boundary IoU (arXiv:2103.16562).
//
// The boundary of a mask M is what d erosions take from it: the pixels of M whose
// window of (2d+1) x (2d+1) pixels holds a pixel that is not of M. What lies outside
// the image is of no mask, so the image border bounds too. As bowenc0221/
// boundary-iou-api@8006aa9:boundary_iou/utils/boundary_utils.py, mask_to_boundary,
// which erodes d times by a 3 x 3 square after adding a ring of zeros. Its
//   d = max(1, round(ratio * sqrt(width^2 + height^2))) pixels
// rounds halves to even, as Python and NumPy do: 2.5 gives 2, 3.5 gives 4. The paper
// takes the ratio 0.02; a mask narrower than 2d+1 pixels is boundary all over.
//
// Boundary IoU of P and G = |P_b and G_b| / |P_b or G_b|, the boundaries of each. A
// mask with pixels has a boundary, so the union is 0 for two empty masks only.
#pragma once

#include <cstdint>

#include "metrics/raster.h"

namespace assay {

// Above 0 and at most 1; false for NaN.
bool IsBoundaryRatio(double ratio);

// d for an image of this size, in pixels. Throws std::logic_error unless
// IsBoundaryRatio(ratio).
std::int64_t BoundaryDistance(Size size, double ratio);

// The boundaries of all classes of a map at once: a pixel keeps its value where it is
// of the boundary of its class and is 0 elsewhere. Class 0 has none. A Mask is a map
// of one class. Time and memory do not depend on the distance. Throws
// std::logic_error for a distance below 1.
Raster<std::uint8_t> BoundaryOf(const Raster<std::uint8_t>& map, std::int64_t distance);

}  // namespace assay
