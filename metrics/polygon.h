// Polygons drawn as COCO draws them.
//
// Source: cocodataset/cocoapi@8c9bcc3:common/maskApi.c, rleFrPoly and rleFrBbox;
// none of the usual fill rules, so it is followed step by step:
//   1. Vertices are scaled by 5, rounded half up (truncated after + .5) to a fine
//      grid, and every edge is walked one grid step at a time along its longer side;
//      the coordinate across is trunc(start + slope * step + .5).
//   2. Where a walk goes from one fine column to the next across the middle of a
//      pixel column x, y = ceil((lower fine y - 2) / 5), clamped to 0..h, starts or
//      ends an inside stretch of that column, at position x * h + y.
//   3. The sorted positions are the borders of the runs; equal ones cancel.
#pragma once

#include <span>

#include "metrics/run_length.h"

namespace assay {

// The largest coordinate, pixels either side of 0: keeps walks and integers short.
inline constexpr double kMaxPolygonCoordinate = 1e6;

// `xy` is x0, y0, x1, y1, ... in pixels; the last vertex is joined to the first. Throws
// std::invalid_argument on an odd number of values, fewer than three vertices (the
// reference reads four values as a box), NaN, infinity, a coordinate beyond
// kMaxPolygonCoordinate, and the sizes metrics/run_length.h refuses.
RunLengthMask DrawPolygon(Size size, std::span<const double> xy);

// The box as the polygon of its four corners, pixels. Throws as DrawPolygon.
RunLengthMask DrawBox(Size size, const BoxXywh& box);

}  // namespace assay
