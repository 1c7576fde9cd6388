// A small ray-cast world: every picture of it comes with labels, instances,
// depth and normals that agree by construction.
//
// Axis-aligned boxes and spheres on a ground plane, or inside a room; textured,
// lit by one distant light. Camera frame: x right, y down, z forward, metres, the
// camera at the origin, 1.5 m above the ground. Pixel (x, y) looks along
// ((x + 1/2 - cx) / fx, (y + 1/2 - cy) / fy, 1), so the ray parameter is planar z.
//
// Only + - * / and square roots are used, and integer hashes in place of random
// distributions, so the bytes are the same on every machine.
#pragma once

#include <cstdint>

#include "datasets/io/image.h"
#include "metrics/tasks.h"
#include "metrics/vector3.h"

namespace assay {

enum class Scene { kStreet, kRoom };

struct WorldView {
  RgbImage rgb;
  LabelMap labels;                  // Cityscapes ids
  Raster<std::uint16_t> instances;  // Cityscapes instance values; groups keep the bare id
  // Planar z in metres; 0 where the ray meets nothing (sky).
  DepthMap depth_m;
  // Unit vectors of the visible surface: x right, y up, z towards the viewer, so
  // a surface facing the camera has z = 1. (0, 0, 0) where there is no surface.
  Raster<Vector3> normals;
};

WorldView RenderWorld(Scene scene, std::uint64_t seed, Size size, const Intrinsics& camera);

}  // namespace assay
