// Resizing of value maps, as torch.nn.functional.interpolate without antialiasing
// computes it, in double (pytorch/pytorch@v2.0:aten/src/ATen/native/UpSample.h).
//
// For each axis, with n input and m output pixels and output pixel i:
//   nearest                source floor(i n / m)
//   bilinear, corners true   source coordinate i (n-1)/(m-1), 0 if m = 1
//   bilinear, corners false  source coordinate max(0, (i+.5) n/m - .5)
// A bilinear value is the weighted mean of four neighbours; the right and lower
// one are repeated at the border. NaN spreads to every pixel that reads it, even
// with weight 0.
#pragma once

#include <cstdint>

#include "metrics/raster.h"

namespace assay {

enum class CornerRule { kAlignCorners, kHalfPixel };

// For masks and label images, as Pillow's Image.resize with NEAREST reads them
// (python-pillow/Pillow@13.0.0:src/libImaging/Geometry.c): the source of output
// pixel i is trunc(x_i), x_0 = .5 n/m and x_i = x_(i-1) + n/m in double. The
// rounding of that sum shows where x_i is whole, for instance from 640 to 480.
Raster<std::uint8_t> ResizeNearestAsPillow(const Raster<std::uint8_t>& map, Size size);

Raster<double> ResizeNearest(const Raster<double>& map, Size size);
Raster<double> ResizeBilinear(const Raster<double>& map, Size size, CornerRule rule);

}  // namespace assay
