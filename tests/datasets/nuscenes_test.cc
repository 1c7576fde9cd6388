// nuScenes' depth (datasets/nuscenes.h, nuscenes_projection.h, nuscenes_tables.h):
//   - a point falls where a pinhole camera sees it; nearest wins; points at a metre or less, behind
//     the camera or in the border of one pixel are left out, as are numbers that are none
//   - motions: a quaternion of any length turns as its matrix, inverse and chain are exact to
//     rounding, on random motions
//   - the depth of a synthetic tree is that of the rendered scene at its points
//   - frames are those of the list, in its order; without a list the set is refused; the list
//     may name files by path or base name
//   - tables that lack a row, a field or a sweep are errors that name table and row
//   - the bytes of a truth change with the pose
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/nuscenes_projection.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/world.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr NuscenesGeometry kPlain = {.lidar_to_camera = {},
                                     .camera = {.fx = 10, .fy = 20, .cx = 8, .cy = 4},
                                     .size = {.width = 16, .height = 8}};

Bytes Cloud(const std::vector<Vector3>& points) {
  std::vector<float> numbers;
  for (const Vector3& p : points) {
    for (const double number : {p.x, p.y, p.z, 0.0, 0.0})
      numbers.push_back(static_cast<float>(number));
  }
  Bytes bytes(numbers.size() * sizeof(float));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

DepthMap Seen(const std::vector<Vector3>& points) {
  return ProjectLidar(Cloud(points), "a", kPlain);
}

int Measured(const DepthMap& depth) {
  int count = 0;
  for (const double z : depth.Pixels()) count += z > 0 ? 1 : 0;
  return count;
}

TEST(NuscenesProjection, APointFallsWhereAPinholeCameraSeesIt) {
  const DepthMap depth = Seen({{1, 0.25, 4}});  // u = 10.5, v = 5.25
  EXPECT_EQ(depth.At(10, 5), 4);
  EXPECT_EQ(Measured(depth), 1);
}

TEST(NuscenesProjection, OfSeveralPointsInAPixelTheNearestCounts) {
  EXPECT_EQ(Seen({{1, 0.25, 4}, {0.5, 0.125, 2}, {1.5, 0.375, 6}}).At(10, 5), 2);
}

TEST(NuscenesProjection, NearPointsAndThoseBehindAndAtTheBorderAreLeftOut) {
  EXPECT_EQ(Measured(Seen({{0, 0, 1}})), 0);
  EXPECT_EQ(Measured(Seen({{0, 0, 1.001}})), 1);
  EXPECT_EQ(Measured(Seen({{0, 0, -3}})), 0);
  EXPECT_EQ(Measured(Seen({{-7, 0, 10}})), 0);  // u = 1
  EXPECT_EQ(Measured(Seen({{-6.9375, 0, 10}})), 1);
  EXPECT_EQ(Measured(Seen({{7, 0, 10}})), 0);  // u = 15
  EXPECT_EQ(Measured(Seen({{6.9375, 0, 10}})), 1);
  EXPECT_EQ(Measured(Seen({{0, -1.5, 10}})), 0);  // v = 1
  EXPECT_EQ(Measured(Seen({{0, 1.5, 10}})), 0);   // v = 7
  EXPECT_EQ(Measured(Seen({{0, 1.4375, 10}})), 1);
}

TEST(NuscenesProjection, NumbersThatAreNoneAreNoPoints) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(
      Measured(Seen({{nan, 0, 2}, {0, nan, 2}, {0, 0, nan}, {0, 0, infinity}, {infinity, 0, 2}})),
      0);
}

TEST(NuscenesProjection, APointHasTwentyBytes) {
  Bytes bytes = Cloud({{1, 0.25, 4}});
  bytes.pop_back();
  EXPECT_THROW(ProjectLidar(bytes, "a", kPlain), FileError);
  EXPECT_THROW(ProjectLidar({}, "a", kPlain), FileError);
}

TEST(NuscenesProjection, AQuarterTurnAboutZTakesXToY) {
  const RigidMotion motion = MotionOf({3, 0, 0, 3}, {10, 20, 30});
  const Vector3 p = Moved(motion, {1, 2, 3});
  EXPECT_NEAR(p.x, 8, 1e-12);
  EXPECT_NEAR(p.y, 21, 1e-12);
  EXPECT_NEAR(p.z, 33, 1e-12);
}

double Random() { return *rc::gen::inRange(-1000, 1001) / 100.0; }

RigidMotion RandomMotion() {
  std::array<double, 4> q = {Random(), Random(), Random(), Random()};
  RC_PRE(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3] > 0.01);
  return MotionOf(q, {100 * Random(), 100 * Random(), Random()});
}

RC_GTEST_PROP(NuscenesProjection, InverseAndChainUndoAndCompose, ()) {
  const RigidMotion one = RandomMotion();
  const RigidMotion two = RandomMotion();
  const Vector3 p = {Random(), Random(), Random()};
  const auto near = [](const Vector3& a, const Vector3& b) {
    return std::abs(a.x - b.x) + std::abs(a.y - b.y) + std::abs(a.z - b.z) < 1e-9;
  };
  RC_ASSERT(near(Moved(Inverse(one), Moved(one, p)), p));
  RC_ASSERT(near(Moved(Chained(one, two), p), Moved(two, Moved(one, p))));
}

TEST(Nuscenes, FramesAreThoseOfTheListInItsOrder) {
  const SyntheticTree tree("nuscenes", 3);
  const auto data = OpenDepth("nuscenes", tree.Root());
  EXPECT_THAT(KeysOf(*data),
              ElementsAre("samples/CAM_FRONT/n900_log_0__CAM_FRONT__000002",
                          "samples/CAM_FRONT/n900_log_1__CAM_FRONT__000001",
                          "samples/CAM_FRONT/n900_log_0__CAM_FRONT__000000"));
  EXPECT_EQ(data->Item(1).cluster, "n900_log_1");
  EXPECT_EQ(data->Item(0).query.camera.value().cy, 49);
  WriteText(tree.Root() / "nuscenes_samples.txt",
            "# one frame\nn900_log_1__CAM_FRONT__000001.jpg\n");
  EXPECT_THAT(KeysOf(*OpenDepth("nuscenes", tree.Root())),
              ElementsAre("samples/CAM_FRONT/n900_log_1__CAM_FRONT__000001"));
}

// A tree that is not marked as synthetic, with the list a protocol names.
std::unique_ptr<Dataset<DepthTask>> OpenListed(const fs::path& root, const fs::path& list) {
  return std::get<std::unique_ptr<Dataset<DepthTask>>>(
      FindDataset("nuscenes").Open({.root = root, .split = "", .list = list}));
}

TEST(Nuscenes, WithoutAListTheSetIsRefused) {
  const SyntheticTree tree("nuscenes", 2);
  fs::remove(tree.Root() / "assay-synthetic.json");
  const fs::path list = tree.Root() / "nuscenes_samples.txt";
  // One that lies about is not one that is named.
  EXPECT_THAT(ErrorOf([&] { OpenListed(tree.Root(), ""); }),
              AllOf(HasSubstr("no list of samples is named"), HasSubstr("--set list=FILE")));
  const auto data = OpenListed(tree.Root(), list);
  EXPECT_EQ(data->Info().official, 2);  // as many as the list has
  EXPECT_TRUE(data->Info().can_be_complete);
  WriteText(list, "# none\n");
  EXPECT_THAT(ErrorOf([&] { OpenListed(tree.Root(), list); }), HasSubstr("names no frame"));
}

TEST(Nuscenes, AListThatNamesAFrameTwiceIsRefused) {
  const SyntheticTree tree("nuscenes", 2);
  const fs::path list = tree.Root() / "nuscenes_samples.txt";
  WriteText(list,
            "n900_log_0__CAM_FRONT__000000.jpg\n"
            "samples/CAM_FRONT/n900_log_0__CAM_FRONT__000000.jpg\n");
  EXPECT_THAT(ErrorOf([&] { OpenListed(tree.Root(), list); }),
              AllOf(HasSubstr("n900_log_0__CAM_FRONT__000000"), HasSubstr("is listed twice")));
}

TEST(Nuscenes, AbsentPointCloudsAreNotes) {
  const SyntheticTree tree("nuscenes", 2);
  fs::remove(tree.Root() / "assay-synthetic.json");
  fs::remove(tree.Root() / "samples/LIDAR_TOP/n900_log_0__LIDAR_TOP__000000.pcd.bin");
  const fs::path list = tree.Root() / "nuscenes_samples.txt";
  const auto data = OpenListed(tree.Root(), list);
  EXPECT_EQ(data->Size(), 1U);
  EXPECT_EQ(data->Info().official, 2);
  EXPECT_THAT(data->Info().notes,
              ElementsAre(AllOf(HasSubstr("1 of 2 listed samples"),
                                HasSubstr("missing samples/LIDAR_TOP/n900_log_0__LIDAR_TOP__"
                                          "000000.pcd.bin"))));
  // A frame that nobody asked for lacks nothing.
  WriteText(list, "n900_log_1__CAM_FRONT__000001.jpg\nother__CAM_FRONT__5.jpg\n");
  EXPECT_THAT(
      OpenListed(tree.Root(), list)->Info().notes,
      ElementsAre(HasSubstr("missing the row of other__CAM_FRONT__5.jpg in sample_data.json")));
  fs::remove_all(tree.Root() / "samples/LIDAR_TOP");
  EXPECT_THAT(ErrorOf([&] { OpenListed(tree.Root(), list); }),
              HasSubstr("none of the point clouds"));
}

TEST(Nuscenes, EveryMeasuredPixelIsOneOfTheScene) {
  const SyntheticTree tree("nuscenes", 1);
  const auto data = OpenDepth("nuscenes", tree.Root());
  const DepthMap depth = TruthOf(*data, 0).depth_m;
  // As the tree's writer renders its first frame (datasets/synthetic/nuscenes_tree.cc).
  const DepthMap scene = RenderWorld(Scene::kStreet,
                                     HashOf(5, 65, 0),
                                     {.width = 160, .height = 90},
                                     data->Item(0).query.camera.value())
                             .depth_m;
  EXPECT_GT(Measured(depth), 300);
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      if (depth.At(x, y) == 0) continue;
      EXPECT_EQ(y % 4, 0);
      EXPECT_EQ(x % 2, 0);
      // The renderer's, but for the points' float32 numbers.
      EXPECT_NEAR(depth.At(x, y), scene.At(x, y), 1e-4) << x << " " << y;
    }
  }
}

// Changes a row of a table.
void Edit(const fs::path& root, const char* table, const std::function<void(json&)>& edit) {
  const fs::path path = root / "v1.0-mini" / table;
  json rows = json::parse(ReadText(path));
  edit(rows);
  WriteText(path, rows.dump());
}

TEST(Nuscenes, TheBytesOfATruthChangeWithThePose) {
  const SyntheticTree tree("nuscenes", 1);
  const auto hashes = [&] {
    std::vector<std::string> found;
    for (const RawPart& part : OpenDepth("nuscenes", tree.Root())->ReadTruth(0)) {
      found.push_back(Sha256(part.bytes));
    }
    return found;
  };
  const auto before = hashes();
  Edit(tree.Root(), "ego_pose.json", [](json& rows) { rows[0]["translation"][1] = 1600.25; });
  const auto after = hashes();
  EXPECT_EQ(before.at(0), after.at(0));
  EXPECT_NE(before.at(1), after.at(1));
}

std::string ErrorAfter(const char* table, const std::function<void(json&)>& edit) {
  const SyntheticTree tree("nuscenes", 1);
  Edit(tree.Root(), table, edit);
  return ErrorOf([&] { OpenDepth("nuscenes", tree.Root()); });
}

TEST(Nuscenes, TablesThatDoNotFitAreErrorsThatNameTableAndRow) {
  EXPECT_THAT(ErrorAfter("ego_pose.json", [](json& rows) { rows.erase(0); }),
              AllOf(HasSubstr("ego_pose.json"), HasSubstr("lacks the row sample-0-")));
  EXPECT_THAT(
      ErrorAfter("calibrated_sensor.json", [](json& rows) { rows[1]["rotation"] = {1, 0}; }),
      AllOf(HasSubstr("calibrated_sensor.json"), HasSubstr("row 1: rotation")));
  EXPECT_THAT(ErrorAfter("ego_pose.json", [](json& rows) { rows[1]["rotation"] = {0, 0, 0, 0}; }),
              AllOf(HasSubstr("ego_pose.json"), HasSubstr("row 1: rotation has the length 0,")));
  for (const std::size_t axis : {0U, 1U}) {
    EXPECT_THAT(ErrorAfter("calibrated_sensor.json",
                           [&](json& rows) {
                             rows[0]["camera_intrinsic"][axis][axis] = axis == 0 ? 0 : -1;
                           }),
                AllOf(HasSubstr("calibrated_sensor.json"), HasSubstr("focal lengths")));
  }
  EXPECT_THAT(ErrorAfter("calibrated_sensor.json",
                         [](json& rows) { rows[0]["camera_intrinsic"] = json::array(); }),
              HasSubstr("0 numbers, not 9"));
  EXPECT_THAT(ErrorAfter("sample_data.json", [](json& rows) { rows[0].erase("filename"); }),
              AllOf(HasSubstr("sample_data.json"), HasSubstr("row 0, filename")));
  EXPECT_THAT(ErrorAfter("sample_data.json", [](json& rows) { rows[0]["width"] = 0; }),
              HasSubstr("width is 0"));
  EXPECT_THAT(ErrorAfter("sample_data.json", [](json& rows) { rows.erase(1); }),
              HasSubstr("no LIDAR_TOP key frame"));
}

TEST(Nuscenes, ATableThatIsAbsentOrCutIsAnError) {
  const SyntheticTree tree("nuscenes", 1);
  const fs::path table = tree.Root() / "v1.0-mini/ego_pose.json";
  const std::string text = ReadText(table);
  WriteText(table, text.substr(0, text.size() / 2));
  EXPECT_THAT(ErrorOf([&] { OpenDepth("nuscenes", tree.Root()); }), HasSubstr("ego_pose.json"));
  fs::remove(table);
  EXPECT_THAT(ErrorOf([&] { OpenDepth("nuscenes", tree.Root()); }),
              AllOf(HasSubstr("ego_pose.json"), HasSubstr("cannot be read")));
  fs::remove(tree.Root() / "v1.0-mini/sample_data.json");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("nuscenes", tree.Root()); }), HasSubstr("looked for"));
}

TEST(Nuscenes, AnotherSplitIsRefused) {
  const SyntheticTree tree("nuscenes", 1);
  EXPECT_THROW(OpenDepth("nuscenes", tree.Root(), "val"), ConfigError);
}

}  // namespace
}  // namespace assay
