// Images at other sizes, as the libraries do it that evaluators prepare a model's input with.
#pragma once

#include "datasets/io/image.h"
#include "metrics/raster.h"

namespace assay {

// As Pillow's resize with LANCZOS: windowed sinc of three lobes, widened where the image shrinks;
// rows first, rounded to 8 bits between the two passes. The same size gives the same image.
RgbImage ResizeLanczos(const RgbImage& image, Size size);

// As OpenCV's remap with INTER_LINEAR: pixel (x, y) of the result is the image's at
// (from_x(x, y), from_y(x, y)), black outside; the centre of a pixel is whole. `from_x` and
// `from_y` have one size.
RgbImage Remap(const RgbImage& image, const Raster<float>& from_x, const Raster<float>& from_y);

}  // namespace assay
