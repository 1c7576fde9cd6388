// Lidar points of nuScenes in the image of a camera.
//
// lidar -> vehicle at the lidar's time -> world -> vehicle at the camera's time -> camera:
// each step is x' = R x + t with the rotation of a unit quaternion (w, x, y, z), the last two
// inverted. Depth is the camera's z in metres, in double precision throughout; the development
// kit rounds to float32 after every step, with world coordinates of kilometres in between.
//
// A point counts where z > 1 m, 1 < u < width - 1 and 1 < v < height - 1, as in the kit. Its pixel
// is (floor u, floor v), and of several points in a pixel the nearest is taken: choices of this
// program's, as the kit draws points at fractional positions.
//
// Source: nutonomy/nuscenes-devkit@d9de17a:python-sdk/nuscenes/nuscenes.py
// (map_pointcloud_to_image), utils/data_classes.py.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>

#include "datasets/io/file.h"
#include "metrics/tasks.h"
#include "metrics/vector3.h"

namespace assay {

// x' = rotation x + translation; rotation row by row.
struct RigidMotion {
  std::array<double, 9> rotation = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  Vector3 translation;
};

// Of a quaternion (w, x, y, z) of any length but 0.
RigidMotion MotionOf(const std::array<double, 4>& quaternion, const Vector3& translation);
RigidMotion Inverse(const RigidMotion& motion);
// First `first`, then `second`.
RigidMotion Chained(const RigidMotion& first, const RigidMotion& second);
Vector3 Moved(const RigidMotion& motion, const Vector3& point);

struct NuscenesGeometry {
  RigidMotion lidar_to_camera;
  Intrinsics camera;
  Size size;
};

// `bytes`: five float32 a point, (x, y, z, intensity, ring), little-endian, no header. Throws
// FileError truncated where there are none or their number is no multiple of 20.
DepthMap ProjectLidar(std::span<const std::uint8_t> bytes,
                      const std::filesystem::path& path,
                      const NuscenesGeometry& geometry);

// Sixteen float64 (rotation, translation, fx, fy, cx, cy) and two int32 (width, height).
Bytes EncodeGeometry(const NuscenesGeometry& geometry);

}  // namespace assay
