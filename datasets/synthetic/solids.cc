#include "datasets/synthetic/solids.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "datasets/synthetic/dice.h"

namespace assay {
namespace {

constexpr double kNear = 1e-6;

// Slab method; the face that bounds the hit gives the normal.
std::optional<Hit> IntersectBox(const Solid& box, const Vector3& direction) {
  const std::array<double, 3> d = {direction.x, direction.y, direction.z};
  const std::array<double, 3> c = {box.centre.x, box.centre.y, box.centre.z};
  const std::array<double, 3> h = {box.half.x, box.half.y, box.half.z};
  double enter = -std::numeric_limits<double>::infinity();
  double leave = std::numeric_limits<double>::infinity();
  std::size_t enter_axis = 0;
  std::size_t leave_axis = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (d[axis] == 0) {
      if (std::abs(c[axis]) > h[axis]) return std::nullopt;
      continue;
    }
    const double a = (c[axis] - h[axis]) / d[axis];
    const double b = (c[axis] + h[axis]) / d[axis];
    if (std::min(a, b) > enter) enter = std::min(a, b), enter_axis = axis;
    if (std::max(a, b) < leave) leave = std::max(a, b), leave_axis = axis;
  }
  if (enter > leave || leave < kNear) return std::nullopt;
  const bool outside = enter > kNear;
  const std::size_t axis = outside ? enter_axis : leave_axis;
  std::array<double, 3> n = {0, 0, 0};
  n[axis] = d[axis] > 0 ? -1.0 : 1.0;  // always against the ray
  return Hit{outside ? enter : leave, {n[0], n[1], n[2]}};
}

std::optional<Hit> IntersectSphere(const Solid& sphere, const Vector3& d) {
  const Vector3& c = sphere.centre;
  const double dd = d.x * d.x + d.y * d.y + d.z * d.z;
  const double dc = d.x * c.x + d.y * c.y + d.z * c.z;
  const double cc = c.x * c.x + c.y * c.y + c.z * c.z;
  const double discriminant = dc * dc - dd * (cc - sphere.half.x * sphere.half.x);
  if (discriminant < 0) return std::nullopt;
  const double t = (dc - std::sqrt(discriminant)) / dd;
  if (t < kNear) return std::nullopt;
  const Vector3 n = {t * d.x - c.x, t * d.y - c.y, t * d.z - c.z};
  const double length = std::sqrt(n.x * n.x + n.y * n.y + n.z * n.z);
  return Hit{t, {n.x / length, n.y / length, n.z / length}};
}

Solid Box(Vector3 centre, Vector3 half, Surface surface) {
  return {Solid::Shape::kBox, centre, half, surface};
}

// A box that stands on the ground.
Solid Standing(double x, double z, Vector3 half, Surface surface) {
  return Box({x, kCameraHeight - half.y, z}, half, surface);
}

Surface Stuff(std::uint8_t label, Rgb8 colour) { return {label, label, colour}; }

Surface Thing(std::uint8_t label, int number, Rgb8 colour) {
  return {label, static_cast<std::uint16_t>(label * 1000 + number), colour};
}

std::uint8_t Channel(Dice& dice) { return static_cast<std::uint8_t>(60 + dice.Below(160)); }

Rgb8 AnyColour(Dice& dice) {
  const std::uint8_t r = Channel(dice);
  const std::uint8_t g = Channel(dice);
  return {r, g, Channel(dice)};
}

void AddHouses(Dice& dice, std::vector<Solid>& solids) {
  for (const double side : {-1.0, 1.0}) {
    double z = dice.Uniform(2, 6);
    for (int i = 0; i < 4; ++i) {
      const double depth = dice.Uniform(4, 8);
      const double height = dice.Uniform(3, 6);
      solids.push_back(Standing(
          side * dice.Uniform(12, 14), z + depth, {3, height, depth}, Stuff(11, AnyColour(dice))));
      z += 2 * depth + dice.Uniform(1, 4);
    }
  }
  solids.push_back(Standing(-8.6, dice.Uniform(14, 20), {0.1, 0.6, 6}, Stuff(13, {150, 120, 90})));
  solids.push_back(Standing(8.6, dice.Uniform(14, 20), {0.2, 0.9, 5}, Stuff(12, {120, 110, 130})));
}

void AddStreetFurniture(Dice& dice, std::vector<Solid>& solids) {
  for (const double side : {-1.0, 1.0}) {
    const double z = dice.Uniform(8, 16);
    const double x = side * dice.Uniform(5.8, 6.6);
    solids.push_back(Standing(x, z, {0.08, 1.8, 0.08}, Stuff(17, {130, 130, 130})));
    solids.push_back(Box({x, kCameraHeight - 3.2, z - 0.1},
                         {0.4, 0.4, 0.05},
                         side < 0 ? Stuff(20, {210, 200, 40}) : Stuff(19, {200, 120, 30})));
    const double tree_z = dice.Uniform(10, 30);
    solids.push_back(Standing(side * 7.6, tree_z, {0.2, 1.2, 0.2}, Stuff(21, {90, 70, 50})));
    solids.push_back({Solid::Shape::kSphere,
                      {side * 7.6, kCameraHeight - 3.6, tree_z},
                      {dice.Uniform(1.2, 1.9), 0, 0},
                      Stuff(21, {60, 120, 40})});
  }
}

void AddTraffic(Dice& dice, std::vector<Solid>& solids) {
  const Vector3 car = {0.9, 0.75, 2.1};
  for (int i = 0; i < 4; ++i) {
    const double x = (i % 2 == 0 ? -2.6 : 2.4) + dice.Uniform(-0.5, 0.5);
    solids.push_back(
        Standing(x, 9 + 8 * i + dice.Uniform(0, 3), car, Thing(26, i, AnyColour(dice))));
  }
  for (int i = 0; i < 3; ++i) {
    const double x = (i % 2 == 0 ? 5.2 : -5.0) + dice.Uniform(-0.6, 0.6);
    solids.push_back(
        Standing(x, dice.Uniform(6, 14), {0.28, 0.88, 0.2}, Thing(24, i, AnyColour(dice))));
  }
  const double rider_z = dice.Uniform(9, 12);
  solids.push_back(Standing(0.2, rider_z, {0.15, 0.5, 0.8}, Thing(33, 0, {90, 30, 30})));
  solids.push_back(
      Box({0.2, kCameraHeight - 1.35, rider_z}, {0.22, 0.45, 0.25}, Thing(25, 0, {200, 80, 60})));
  solids.push_back(Standing(3.2, dice.Uniform(38, 46), {1.2, 1.7, 4}, Thing(28, 0, {40, 90, 150})));
  // Too far to tell one from another: groups keep the bare class id.
  solids.push_back(Standing(-5.6, dice.Uniform(24, 30), {0.9, 0.8, 0.4}, Stuff(24, {150, 90, 90})));
  solids.push_back(
      Standing(-3.4, dice.Uniform(44, 52), {1.0, 0.75, 6}, Stuff(26, {110, 110, 150})));
}

}  // namespace

std::optional<Hit> Intersect(const Solid& solid, const Vector3& direction) {
  return solid.shape == Solid::Shape::kBox ? IntersectBox(solid, direction)
                                           : IntersectSphere(solid, direction);
}

SolidWorld MakeStreet(std::uint64_t seed) {
  Dice dice(HashOf(seed, 1));
  SolidWorld world{.ground = true, .solids = {}};
  AddHouses(dice, world.solids);
  AddStreetFurniture(dice, world.solids);
  AddTraffic(dice, world.solids);
  return world;
}

SolidWorld MakeRoom(std::uint64_t seed) {
  Dice dice(HashOf(seed, 2));
  SolidWorld world;
  const double width = dice.Uniform(1.8, 2.6);
  const double length = dice.Uniform(4, 7);
  world.solids.push_back(
      Box({0, 0.1, 0}, {width, kCameraHeight - 0.1, length}, Stuff(11, {190, 180, 160})));
  for (int i = 0; i < 4; ++i) {
    const Vector3 half = {dice.Uniform(0.2, 0.6), dice.Uniform(0.2, 0.5), dice.Uniform(0.15, 0.4)};
    world.solids.push_back(Standing(
        dice.Uniform(-1.5, 1.5), dice.Uniform(1.6, 0.8 * length), half, Stuff(4, AnyColour(dice))));
  }
  for (int i = 0; i < 3; ++i) {
    const double radius = dice.Uniform(0.15, 0.4);
    world.solids.push_back({Solid::Shape::kSphere,
                            {dice.Uniform(-1.2, 1.2),
                             kCameraHeight - radius - dice.Uniform(0, 0.8),
                             dice.Uniform(1.4, 0.7 * length)},
                            {radius, 0, 0},
                            Stuff(5, AnyColour(dice))});
  }
  return world;
}

}  // namespace assay
