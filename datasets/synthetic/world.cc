#include "datasets/synthetic/world.h"

#include <algorithm>
#include <cmath>

#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/solids.h"

namespace assay {
namespace {

constexpr std::uint8_t kRoad = 7;
constexpr std::uint8_t kSidewalk = 8;
constexpr std::uint8_t kTerrain = 22;
constexpr std::uint8_t kSky = 23;

struct Found {
  double t = 0;  // 0 = nothing
  Vector3 normal;
  Surface surface;
};

Surface Ground(double x) {
  if (std::abs(x) < 4.2) return {kRoad, kRoad, {95, 95, 100}};
  if (std::abs(x) < 7.0) return {kSidewalk, kSidewalk, {160, 145, 150}};
  return {kTerrain, kTerrain, {110, 150, 80}};
}

Found Trace(const SolidWorld& world, const Vector3& direction) {
  Found found;
  if (world.ground && direction.y > 0) {
    found.t = kCameraHeight / direction.y;
    found.normal = {0, -1, 0};
    found.surface = Ground(found.t * direction.x);
  }
  for (const Solid& solid : world.solids) {
    const auto hit = Intersect(solid, direction);
    if (!hit || (found.t > 0 && hit->t >= found.t)) continue;
    found = {hit->t, hit->normal, solid.surface};
  }
  return found;
}

std::uint64_t Cell(double metres) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(metres * 4)));
}

// Blocks of a quarter of a metre, each a little lighter or darker.
double Texture(std::uint64_t seed, const Vector3& p) {
  const std::uint64_t hash = HashOf(HashOf(seed, Cell(p.x), Cell(p.y)), Cell(p.z));
  return 0.85 + 0.3 * static_cast<double>(hash % 256) / 255;
}

std::uint8_t Shade(std::uint8_t base, double light) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(base * light + 0.5), 0.0, 255.0));
}

// Light from the upper left, behind the camera: (-1, -2, -2) / 3.
Rgb8 Colour(std::uint64_t seed, const Found& found, const Vector3& direction) {
  const Vector3& n = found.normal;
  const double facing = std::max(0.0, (-n.x - 2 * n.y - 2 * n.z) / 3);
  const Vector3 point = {direction.x * found.t, direction.y * found.t, direction.z * found.t};
  const double light = (0.45 + 0.55 * facing) * Texture(seed, point);
  const Rgb8& base = found.surface.colour;
  return {Shade(base.r, light), Shade(base.g, light), Shade(base.b, light)};
}

Rgb8 SkyColour(double up) {
  const double share = std::clamp(up * 2, 0.0, 1.0);
  return {Shade(200, 1 - 0.5 * share), Shade(220, 1 - 0.3 * share), 240};
}

void Paint(const SolidWorld& world,
           std::uint64_t seed,
           const Vector3& direction,
           int x,
           int y,
           WorldView& view) {
  const Found found = Trace(world, direction);
  if (found.t == 0) {
    view.rgb.At(x, y) = SkyColour(-direction.y);
    view.labels.At(x, y) = kSky;
    view.instances.At(x, y) = kSky;
    return;
  }
  view.rgb.At(x, y) = Colour(seed, found, direction);
  view.labels.At(x, y) = found.surface.label;
  view.instances.At(x, y) = found.surface.instance;
  view.depth_m.At(x, y) = found.t;
  view.normals.At(x, y) = {found.normal.x, -found.normal.y, -found.normal.z};
}

}  // namespace

WorldView RenderWorld(Scene scene, std::uint64_t seed, Size size, const Intrinsics& camera) {
  const SolidWorld world = scene == Scene::kStreet ? MakeStreet(seed) : MakeRoom(seed);
  WorldView view{.rgb = RgbImage(size),
                 .labels = LabelMap(size),
                 .instances = Raster<std::uint16_t>(size),
                 .depth_m = DepthMap(size),
                 .normals = Raster<Vector3>(size)};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const Vector3 direction = {
          (x + 0.5 - camera.cx) / camera.fx, (y + 0.5 - camera.cy) / camera.fy, 1};
      Paint(world, seed, direction, x, y, view);
    }
  }
  return view;
}

}  // namespace assay
