// The synthetic world:
//   - random numbers are SplitMix64's published ones
//   - equal seeds give equal pictures, other seeds others
//   - labels and instances agree by the rules of Cityscapes
//   - depth and normals agree: the normal from back-projected neighbours is the
//     stored one
//   - normals have length 1, face the camera, and point up on the ground
//   - depths are plausible; the ground lies 1.5 m below the camera
//   - a solid that two descriptions share is hit at the distance geometry says
//   - several classes, instances and groups, and the borders of real frames occur
#include "datasets/synthetic/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "datasets/cityscapes_truth.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/solids.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 96, .height = 64};
constexpr Intrinsics kCamera = {.fx = 80, .fy = 82, .cx = 47, .cy = 31};

WorldView Render(Scene scene, std::uint64_t seed) {
  return RenderWorld(scene, seed, kSize, kCamera);
}

TEST(Dice, IsSplitMix64) {
  // Vigna's reference implementation, seed 1234567.
  Dice dice(1234567);
  EXPECT_EQ(dice.Next(), 6457827717110365317U);
  EXPECT_EQ(dice.Next(), 3203168211198807973U);
  EXPECT_EQ(dice.Next(), 9817491932198370423U);
}

TEST(Dice, StaysInItsRange) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Dice dice(seed);
    const int count = *rc::gen::inRange(1, 1000);
    const int below = dice.Below(count);
    RC_ASSERT(below >= 0 && below < count);
    const double real = dice.Uniform(-2, 3);
    RC_ASSERT(real >= -2 && real < 3);
  }));
}

TEST(World, EqualSeedsGiveEqualPicturesAndOthersOthers) {
  for (const Scene scene : {Scene::kStreet, Scene::kRoom}) {
    const WorldView a = Render(scene, 1);
    const WorldView b = Render(scene, 1);
    EXPECT_EQ(a.rgb, b.rgb);
    EXPECT_EQ(a.depth_m, b.depth_m);
    EXPECT_EQ(a.instances, b.instances);
    EXPECT_NE(a.rgb, Render(scene, 2).rgb);
    EXPECT_NE(a.depth_m, Render(scene, 2).depth_m);
  }
}

TEST(World, LabelsAndInstancesAgree) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const WorldView view = Render(Scene::kStreet, seed);
    const SemanticTruth truth{.labels = view.labels, .instances = view.instances};
    CheckCityscapesTruth(truth, "labels", "instances", "");
  }));
}

TEST(World, NormalsHaveLengthOneAndFaceTheCamera) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const WorldView view = Render(seed % 2 == 0 ? Scene::kStreet : Scene::kRoom, seed);
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        const Vector3 n = view.normals.At(x, y);
        if (view.depth_m.At(x, y) == 0) {
          RC_ASSERT(n == Vector3{});
          continue;
        }
        RC_ASSERT(std::abs(n.x * n.x + n.y * n.y + n.z * n.z - 1) < 1e-12);
        // The ray in the frame of the normals: y up, z towards the viewer.
        const double towards = n.x * (x + 0.5 - kCamera.cx) / kCamera.fx -
                               n.y * (y + 0.5 - kCamera.cy) / kCamera.fy - n.z;
        RC_ASSERT(towards < 1e-9);
      }
    }
  }));
}

// The point seen at a pixel: x right, y up, z towards the viewer.
Vector3 PointAt(const WorldView& view, int x, int y) {
  const double z = view.depth_m.At(x, y);
  return {z * (x + 0.5 - kCamera.cx) / kCamera.fx, -z * (y + 0.5 - kCamera.cy) / kCamera.fy, -z};
}

Vector3 Minus(const Vector3& a, const Vector3& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }

Vector3 UnitCross(const Vector3& a, const Vector3& b) {
  const Vector3 c = {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
  const double length = std::sqrt(c.x * c.x + c.y * c.y + c.z * c.z);
  return {c.x / length, c.y / length, c.z / length};
}

// On a flat face the three pixels span it, whatever the renderer believes.
TEST(World, NormalsOfFlatFacesFollowFromDepth) {
  std::int64_t checked = 0;
  for (const Scene scene : {Scene::kStreet, Scene::kRoom}) {
    const WorldView view = Render(scene, 3);
    for (int y = 0; y + 1 < kSize.height; ++y) {
      for (int x = 0; x + 1 < kSize.width; ++x) {
        const Vector3 n = view.normals.At(x, y);
        const bool flat = n == view.normals.At(x + 1, y) && n == view.normals.At(x, y + 1) &&
                          view.rgb.At(x, y).r != 0 &&
                          view.instances.At(x, y) == view.instances.At(x + 1, y) &&
                          view.instances.At(x, y) == view.instances.At(x, y + 1);
        // Two faces of one orientation one behind the other look flat; a face
        // seen at once has points close to each other.
        const Vector3 here = PointAt(view, x, y);
        const Vector3 right = Minus(PointAt(view, x + 1, y), here);
        const Vector3 down = Minus(PointAt(view, x, y + 1), here);
        const double jump = std::abs(n.x * right.x + n.y * right.y + n.z * right.z) +
                            std::abs(n.x * down.x + n.y * down.y + n.z * down.z);
        if (!flat || view.depth_m.At(x, y) == 0 || jump > 0.05) continue;
        const Vector3 from_depth = UnitCross(down, right);
        ASSERT_NEAR(from_depth.x, n.x, 1e-6) << x << " " << y;
        ASSERT_NEAR(from_depth.y, n.y, 1e-6) << x << " " << y;
        ASSERT_NEAR(from_depth.z, n.z, 1e-6) << x << " " << y;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 5000);
}

TEST(World, TheRoadLiesOneAndAHalfMetresBelowTheCameraAndPointsUp) {
  const WorldView view = Render(Scene::kStreet, 4);
  std::int64_t road = 0;
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      if (view.labels.At(x, y) != 7) continue;
      ++road;
      ASSERT_NEAR(PointAt(view, x, y).y, -1.5, 1e-9);
      ASSERT_EQ(view.normals.At(x, y), (Vector3{0, 1, 0}));
      ASSERT_LT(std::abs(PointAt(view, x, y).x), 4.2);
    }
  }
  EXPECT_GT(road, 500);
}

TEST(World, RoomsAreClosedAndPlausible) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const WorldView view = Render(Scene::kRoom, seed);
    for (const double metres : view.depth_m.Pixels()) {
      RC_ASSERT(metres >= 0.5 && metres <= 10);
    }
  }));
}

// March along the ray in small steps and ask whether the point is inside.
double NaiveHit(const Solid& solid, const Vector3& d) {
  constexpr double kStep = 1e-3;
  for (int step = 1; step < 20000; ++step) {
    const double t = step * kStep;
    const Vector3 p = Minus({t * d.x, t * d.y, t * d.z}, solid.centre);
    const bool inside = solid.shape == Solid::Shape::kBox
                            ? std::abs(p.x) <= solid.half.x && std::abs(p.y) <= solid.half.y &&
                                  std::abs(p.z) <= solid.half.z
                            : p.x * p.x + p.y * p.y + p.z * p.z <= solid.half.x * solid.half.x;
    if (inside) return t;
  }
  return 0;
}

// How far a point is from the surface, measured along the axes or the radius.
double Off(const Solid& solid, const Vector3& point) {
  const Vector3 p = Minus(point, solid.centre);
  if (solid.shape == Solid::Shape::kSphere) {
    return std::abs(std::sqrt(p.x * p.x + p.y * p.y + p.z * p.z) - solid.half.x);
  }
  return std::abs(std::max(
      {std::abs(p.x) - solid.half.x, std::abs(p.y) - solid.half.y, std::abs(p.z) - solid.half.z}));
}

TEST(Solids, AreHitWhereMarchingAlongTheRayFindsThem) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Dice dice(seed);
    Solid solid;
    solid.shape = dice.Below(2) == 0 ? Solid::Shape::kBox : Solid::Shape::kSphere;
    solid.centre = {dice.Uniform(-3, 3), dice.Uniform(-3, 3), dice.Uniform(4, 12)};
    solid.half = {dice.Uniform(0.3, 2), dice.Uniform(0.3, 2), dice.Uniform(0.3, 2)};
    const Vector3 ray = {dice.Uniform(-0.5, 0.5), dice.Uniform(-0.5, 0.5), 1};
    const auto hit = Intersect(solid, ray);
    const double marched = NaiveHit(solid, ray);
    if (hit) RC_ASSERT(Off(solid, {hit->t * ray.x, hit->t * ray.y, hit->t}) < 1e-9);
    // A graze thinner than a step may be stepped over, never the reverse.
    if (marched > 0) {
      RC_ASSERT(hit.has_value());
      RC_ASSERT(marched >= hit->t - 1e-9);
    }
    if (hit && marched > 0 && std::abs(marched - hit->t) > 2e-3) RC_FAIL("hit too early");
  }));
}

// What a tree for evaluation needs to exercise.
TEST(CityscapesTree, HoldsClassesObjectsGroupsAndBorders) {
  const SyntheticTree tree("cityscapes", 6);
  const auto data = OpenSemantic(tree.Root());
  std::set<int> labels;
  std::set<int> objects;
  std::set<int> groups;
  for (std::size_t i = 0; i < data->Size(); ++i) {
    const SemanticTruth truth = TruthOf(*data, i);
    labels.insert(truth.labels.Pixels().begin(), truth.labels.Pixels().end());
    for (const int value : truth.instances.Pixels()) {
      if (value >= 1000) objects.insert(value / 1000);
      if (value >= 24 && value < 1000) groups.insert(value);
    }
  }
  EXPECT_THAT(labels, ::testing::IsSupersetOf({1, 2, 3, 7, 8, 11, 12, 13, 17, 21, 22, 23}));
  EXPECT_THAT(objects, ::testing::IsSupersetOf({24, 25, 26, 33}));
  EXPECT_FALSE(groups.empty());
}

}  // namespace
}  // namespace assay
