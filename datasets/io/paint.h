// Outlines painted as OpenCV paints them, for truths that were defined that way.
#pragma once

#include <cstdint>
#include <span>

#include "metrics/raster.h"

namespace assay {

struct PaintPoint {
  std::int32_t x = 0, y = 0;  // pixels, (0, 0) the first one
};

// The largest coordinate, either side of 0: what OpenCV's fixed-point lines hold.
inline constexpr std::int32_t kMaxPaintCoordinate = 32767;

// cv::polylines (closed, thickness 1, 8-connected) and then cv::fillPoly, both with
// `value`: the outline belongs to the shape, and two points or one are a line or a
// dot. Throws std::invalid_argument on no point and on one beyond kMaxPaintCoordinate.
void PaintShape(Raster<std::uint8_t>& map, std::span<const PaintPoint> points, std::uint8_t value);

}  // namespace assay
