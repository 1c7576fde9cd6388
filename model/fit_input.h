// Bringing an image to the size that a network takes.
//
// The maps of model/fit.h, read the other way: for pixel (u, v) of the W_o x H_o input and an
// image of W_i x H_i, with s as there for the fit,
//   X = (u + 1/2 + (s W_i - W_o) / 2) / s,   Y alike
// (stretch: s = W_o / W_i for X and H_o / H_i for Y). The value is the mean of the image's
// pixels under a triangle around (X, Y) that reaches 1 pixel to each side, or 1/s where the
// image is made smaller: bilinear interpolation, antialiased, the filter of Pillow's
// Image.resize with BILINEAR (python-pillow/Pillow@13.0.0:src/libImaging/Resample.c). Weights
// outside the image are left out and the others made to sum to 1. Computed in double, across
// then down; only the end is rounded, half up. Where (X, Y) lies outside the image
// (letterbox) the input is black.
#pragma once

#include "datasets/io/image.h"
#include "model/fit.h"

namespace assay {

// Throws std::invalid_argument unless every side of both sizes is positive.
RgbImage FitInput(const RgbImage& image, Size input, Fit fit);

}  // namespace assay
