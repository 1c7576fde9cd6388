// Surface normals painted as colour: one channel for each axis.
//
//   R = 255 clamp((1 - x) / 2)   G = 255 clamp((1 + y) / 2)   B = 255 clamp((1 + z) / 2)
//   x = 1 - 2 R / 255            y = 2 G / 255 - 1            z = 2 B / 255 - 1
//
// in the frame RUB of NormalMap (metrics/tasks.h), clamped to [0, 1]; decoded vectors are
// brought to length 1. x is negated: a wall that faces the camera is (128, 128, 255), one
// that faces left has R = 255, a floor G = 255. 2 rgb / 255 - 1 is therefore the frame
// lub (metrics/normal_frames.h). 8 bits cost 0.17 degrees on average and at most 0.39.
//
// No 8-bit colour is (0, 0, 0) as a vector, so every pixel of an answer is defined.
//
// Source: arXiv:2604.20329v3 (formula); the wording of the prompt on
// vision-banana/vision-banana.github.io@8a80aed.
#pragma once

#include <memory>

#include "datasets/io/fields.h"
#include "datasets/io/image.h"
#include "metrics/vector3.h"
#include "model/codec.h"
#include "model/to_byte.h"

namespace assay {

// Of length 1.
Vector3 NormalFromRgb(Rgb8 color);
// The same of every pixel.
NormalMap NormalsFromRgb(const RgbImage& image);
// The length does not matter; (0, 0, 0) is painted as facing the camera.
Rgb8 RgbFromNormal(const Vector3& normal, ToByte to_byte);

// The painted answer format "rgb-normals". Settings, all optional: u8 (round | truncate,
// of the encoder), fit, prompt, allow_lossy, and
//   resample  how an answer of another size comes to the truth's: nearest (default), or
//             bilinear_bytes, the colours themselves before they are decoded
//             (model/resize_bytes.h), as Stable-X/StableNormal@594b934 does. It needs the
//             fit stretch; an answer with another fit of its own is a PredictionError.
//
// Diagnostics, over the answer's own pixels, from the length a vector has before it is
// brought to 1: norm_p1, _p50 and _p99 (nearest rank); undefined_colour_share (> 1.4: no unit
// vector has such a colour) and short_share (< 0.5); and extrapolated_pixels (model/fit.h).
std::unique_ptr<Codec<NormalsTask>> MakeRgbNormals(Fields& fields);

}  // namespace assay
