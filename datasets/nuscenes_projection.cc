#include "datasets/nuscenes_projection.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "datasets/io/errors.h"

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little, "points and geometry are");

constexpr std::size_t kPointBytes = 20;
constexpr double kLeastMetres = 1;
constexpr double kBorder = 1;

Vector3 PointAt(std::span<const std::uint8_t> bytes, std::size_t index) {
  std::array<float, 3> xyz{};
  std::memcpy(xyz.data(), bytes.data() + index * kPointBytes, sizeof(xyz));
  return {xyz[0], xyz[1], xyz[2]};
}

void Draw(const Vector3& seen, const NuscenesGeometry& geometry, DepthMap& depth) {
  if (!(seen.z > kLeastMetres) || !std::isfinite(seen.z)) return;
  const double u = geometry.camera.fx * seen.x / seen.z + geometry.camera.cx;
  const double v = geometry.camera.fy * seen.y / seen.z + geometry.camera.cy;
  if (!(u > kBorder && u < geometry.size.width - kBorder)) return;
  if (!(v > kBorder && v < geometry.size.height - kBorder)) return;
  double& pixel = depth.At(static_cast<int>(u), static_cast<int>(v));
  if (pixel == 0 || seen.z < pixel) pixel = seen.z;
}

}  // namespace

RigidMotion MotionOf(const std::array<double, 4>& quaternion, const Vector3& translation) {
  const auto [qw, qx, qy, qz] = quaternion;
  const double length = std::sqrt(qw * qw + qx * qx + qy * qy + qz * qz);
  const double w = qw / length;
  const double x = qx / length;
  const double y = qy / length;
  const double z = qz / length;
  return {{1 - 2 * (y * y + z * z),
           2 * (x * y - w * z),
           2 * (x * z + w * y),
           2 * (x * y + w * z),
           1 - 2 * (x * x + z * z),
           2 * (y * z - w * x),
           2 * (x * z - w * y),
           2 * (y * z + w * x),
           1 - 2 * (x * x + y * y)},
          translation};
}

Vector3 Moved(const RigidMotion& motion, const Vector3& p) {
  const auto& r = motion.rotation;
  const Vector3& t = motion.translation;
  return {r[0] * p.x + r[1] * p.y + r[2] * p.z + t.x,
          r[3] * p.x + r[4] * p.y + r[5] * p.z + t.y,
          r[6] * p.x + r[7] * p.y + r[8] * p.z + t.z};
}

RigidMotion Inverse(const RigidMotion& motion) {
  const auto& r = motion.rotation;
  RigidMotion inverse{{r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]}, {}};
  const Vector3 t = Moved(inverse, motion.translation);
  inverse.translation = {-t.x, -t.y, -t.z};
  return inverse;
}

RigidMotion Chained(const RigidMotion& first, const RigidMotion& second) {
  RigidMotion both{{}, Moved(second, first.translation)};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        sum += second.rotation[3 * row + k] * first.rotation[3 * k + column];
      }
      both.rotation[3 * row + column] = sum;
    }
  }
  return both;
}

DepthMap ProjectLidar(std::span<const std::uint8_t> bytes,
                      const std::filesystem::path& path,
                      const NuscenesGeometry& geometry) {
  if (bytes.empty() || bytes.size() % kPointBytes != 0) {
    throw FileError(
        path,
        "truncated",
        fmt::format(
            "{} bytes are no whole number of points of {} bytes", bytes.size(), kPointBytes));
  }
  DepthMap depth(geometry.size);
  for (std::size_t i = 0; i < bytes.size() / kPointBytes; ++i) {
    Draw(Moved(geometry.lidar_to_camera, PointAt(bytes, i)), geometry, depth);
  }
  return depth;
}

Bytes EncodeGeometry(const NuscenesGeometry& geometry) {
  const auto& r = geometry.lidar_to_camera.rotation;
  const Vector3& t = geometry.lidar_to_camera.translation;
  const Intrinsics& k = geometry.camera;
  const std::array<double, 16> reals = {
      r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], t.x, t.y, t.z, k.fx, k.fy, k.cx, k.cy};
  const std::array<std::int32_t, 2> sides = {geometry.size.width, geometry.size.height};
  Bytes bytes(sizeof(reals) + sizeof(sides));
  std::memcpy(bytes.data(), reals.data(), sizeof(reals));
  std::memcpy(bytes.data() + sizeof(reals), sides.data(), sizeof(sides));
  return bytes;
}

}  // namespace assay
