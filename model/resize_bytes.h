// Bilinear resizing of 8-bit colours, for protocols whose source resizes an answer before it
// decodes it. Nothing else does: colours in between two colours of a code mean something else.
//
// For each axis, with n input and m output pixels and output pixel i, in single precision:
// source coordinate u = (i + .5) n / m - .5, its floor s, and the weight f = u - s of pixel
// s + 1; both pixels are clamped to the image, and outside of it f is 0 along x. Weights are
// whole 2048ths, ties to even. A value is
//   ((b0 (r0 >> 4) >> 16) + (b1 (r1 >> 4) >> 16) + 2) >> 2
// of the rows' weights b and of r, the sum of a row's two pixels times their weights.
//
// Source: opencv/opencv@4.11.0:modules/imgproc/src/resize.cpp (INTER_LINEAR of 8-bit images);
// held to cv2 4.11.0, equal byte for byte, by tests/model/resize_bytes_test.cc.
#pragma once

#include "datasets/io/image.h"
#include "metrics/raster.h"

namespace assay {

// Throws std::invalid_argument unless every side of both sizes is positive.
RgbImage ResizeBytesBilinear(const RgbImage& image, Size size);

}  // namespace assay
