// The solids of the synthetic world and where a ray meets them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "datasets/synthetic/world.h"

namespace assay {

// What lies at a hit: class, instance value and base colour.
struct Surface {
  std::uint8_t label = 0;
  std::uint16_t instance = 0;
  Rgb8 colour;
};

struct Solid {
  enum class Shape { kBox, kSphere };
  Shape shape = Shape::kBox;
  Vector3 centre;
  Vector3 half;  // half extents of a box; half.x is the radius of a sphere
  Surface surface;
};

struct Hit {
  double t = 0;    // along the ray; planar z when the direction has z = 1
  Vector3 normal;  // outward, unit length, camera frame (x right, y down, z forward)
};

// The nearest hit in front of the origin, from outside or from inside.
std::optional<Hit> Intersect(const Solid& solid, const Vector3& direction);

// Everything in a scene. The ground is the plane y = 1.5 m where `ground` is set.
struct SolidWorld {
  bool ground = false;
  std::vector<Solid> solids;
};

SolidWorld MakeStreet(std::uint64_t seed);
SolidWorld MakeRoom(std::uint64_t seed);

inline constexpr double kCameraHeight = 1.5;

}  // namespace assay
