// Depth answers as arrays of numbers, H x W at the answer's own size:
//
//   npy           NumPy .npy
//   npz:FIELD     one array of a NumPy .npz; without FIELD the only one
//   png16:SCALE   16-bit gray PNG, metres = value / SCALE
//   pfm           portable float map
//   exr           OpenEXR: one channel, Z, or points as R, G, B, of which B is the depth
//                 (microsoft/MoGe@0744441:moge/scripts/infer.py writes both)
//
// Settings, all optional:
//   kind    depth      planar z, metres (default)
//           disparity  proportional to 1/z
//           distance   metres from the camera's centre, along the ray. Becomes
//                      z = t / sqrt(1 + ((u - cx) / fx)^2 + ((v - cy) / fy)^2)
//                      at the pixel centre (u, v) in the frame of the query's
//                      camera (corner convention of metrics/raster.h), or in its KB crop
//                      where the protocol shows that. An answer of another size lies
//                      stretched over that frame.
//   scale   every value is multiplied by it (1; not for png16)
//   unit    metre      (default)
//           focal_300  canonical depth of a camera whose focal length is 300 pixels:
//                      metres = value * focal / 300, as Depth Anything 3 states its
//                      metric models (README of ByteDance-Seed/Depth-Anything-3). The
//                      focal length is that of the image as the model processed it:
//                      `focal` where it is given, in pixels; otherwise the mean of the
//                      fx and fy of the query's camera, brought from the frame shown to the
//                      size of the array, which then must be the size the model processed
//   focal   pixels; only with focal_300
//
// NaN, infinite, zero and negative values pass through: they are undefined
// pixels, which the metric judges. Diagnostics: undefined_pixels; with a fit
// stated by the answer (model/fit.h), which brings the map to the grid, also
// extrapolated_pixels.
//
// Errors: what datasets/io/array.h and image.h throw, and no-camera.
#pragma once

#include <memory>
#include <string_view>

#include "datasets/io/fields.h"
#include "model/codec.h"

namespace assay {

std::unique_ptr<Decoder<DepthTask>> MakeNpyDepth(Fields& fields);
std::unique_ptr<Decoder<DepthTask>> MakeNpzDepth(std::string_view field, Fields& fields);
std::unique_ptr<Decoder<DepthTask>> MakePng16Depth(std::string_view scale, Fields& fields);
std::unique_ptr<Decoder<DepthTask>> MakePfmDepth(Fields& fields);
std::unique_ptr<Decoder<DepthTask>> MakeExrDepth(Fields& fields);

}  // namespace assay
