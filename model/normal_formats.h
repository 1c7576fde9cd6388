// Native normals of other programs:
//
//   normals-npy  NumPy array H x W x 3 or 3 x H x W
//   normals-png  8- or 16-bit RGB PNG, vector = 2 v / 255 - 1 or 2 v / 65535 - 1;
//                R = G = B = 0 is an undefined pixel
//   exr          OpenEXR, channels R, G, B or X, Y, Z
//
// Settings, all optional:
//   frame   the axes the file has (metrics/normal_frames.h): rub or opengl, lub,
//           rdf_outward, opencv, omnidata. Default: rub for arrays, lub for PNG and EXR, as
//           Marigold and DSINE save them.
//   layout  normals-npy only: hwc, chw, or either (default)
//
// Lengths do not matter. Undefined pixels are (0, 0, 0) and those with a component that is
// not finite; they are counted in the diagnostic undefined_pixels. norm_p1, _p50 and _p99
// are the lengths of the others (nearest rank). An answer of another size than the truth
// needs a fit in manifest.jsonl.
#pragma once

#include <memory>

#include "datasets/io/fields.h"
#include "metrics/normal_frames.h"
#include "model/codec.h"

namespace assay {

// A decoder of files whose axes are set: answer.frame.
class FramedNormals : public Decoder<NormalsTask> {
 public:
  virtual NormalFrame DeclaredFrame() const = 0;
};

std::unique_ptr<Decoder<NormalsTask>> MakeNpyNormals(Fields& fields);
std::unique_ptr<Decoder<NormalsTask>> MakePngNormals(Fields& fields);
std::unique_ptr<Decoder<NormalsTask>> MakeExrNormals(Fields& fields);

}  // namespace assay
