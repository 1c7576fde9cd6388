// Axis conventions of stored normals, and the way to the one assay computes in: RUB (x
// right, y up, z out of the image towards the viewer; NormalMap in metrics/tasks.h).
//
//   name         +x     +y    +z           a wall facing the camera   signs to RUB
//   rub, opengl  right  up    to viewer    (0, 0, 1)                  + + +
//   lub          left   up    to viewer    (0, 0, 1)                  - + +
//   rdf_outward  right  down  into scene   (0, 0, 1)                  - + +
//   opencv       right  down  into scene   (0, 0, -1)                 + - -
//   omnidata     right  down  to viewer    (0, 0, 1)                  + - +
//
// rdf_outward holds normals that point away from the camera, so its vectors are those of
// lub; all others point towards it. lub is what baegwangbin/DSINE@ef0c2af writes (as
// rdf_outward in its own words), Lotus and E2E-FT follow; opencv is MoGe's and Metric3D's.
#pragma once

#include <string_view>
#include <utility>

#include "metrics/vector3.h"

namespace assay {

enum class NormalFrame { kRub, kLub, kRdfOutward, kOpencv, kOmnidata };

// "rub" stands behind its other name: of two names for one frame the last is the default's.
inline constexpr std::pair<std::string_view, NormalFrame> kNormalFrameNames[] = {
    {"opengl", NormalFrame::kRub},
    {"rub", NormalFrame::kRub},
    {"lub", NormalFrame::kLub},
    {"rdf_outward", NormalFrame::kRdfOutward},
    {"opencv", NormalFrame::kOpencv},
    {"omnidata", NormalFrame::kOmnidata}};

constexpr Vector3 ToRub(NormalFrame frame, const Vector3& v) {
  switch (frame) {
    case NormalFrame::kLub:
    case NormalFrame::kRdfOutward:
      return {-v.x, v.y, v.z};
    case NormalFrame::kOpencv:
      return {v.x, -v.y, -v.z};
    case NormalFrame::kOmnidata:
      return {v.x, -v.y, v.z};
    case NormalFrame::kRub:
      break;
  }
  return v;
}

}  // namespace assay
