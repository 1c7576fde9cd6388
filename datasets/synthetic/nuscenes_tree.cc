#include <fmt/format.h>

#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/nuscenes_projection.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr Size kSize = {.width = 160, .height = 90};
constexpr Intrinsics kCamera = {.fx = 126, .fy = 126, .cx = 81, .cy = 49};
constexpr int kMostSamples = 1000;
constexpr double kNearMetres = 1.5;
constexpr double kFarMetres = 100;

// A pose as the tables state it.
struct Pose {
  std::array<double, 4> rotation;  // w, x, y, z
  Vector3 translation;

  RigidMotion Motion() const { return MotionOf(rotation, translation); }
};

// From each sensor to the vehicle: the camera looks ahead, the lidar's x points to the right.
constexpr Pose kCameraPose = {{0.5, -0.5, 0.5, -0.5}, {1.7, 0.02, 1.5}};
constexpr Pose kLidarPose = {{0.7071067811865476, 0.0, 0.0, -0.7071067811865476},
                             {0.94, 0.0, 1.84}};

// Where the vehicle is: turned a little, and half a metre on when the camera fires.
Pose VehicleAt(Dice& dice, double ahead) {
  const double z = 0.3;
  return {{1 - z, 0.002, -0.003, z}, {600 + ahead + dice.Uniform(0, 0.2), 1600 + 0.6 * ahead, 0}};
}

struct Drive {
  Pose lidar_vehicle, camera_vehicle;

  NuscenesGeometry Geometry() const {
    const RigidMotion to_world = Chained(kLidarPose.Motion(), lidar_vehicle.Motion());
    const RigidMotion from_world =
        Chained(Inverse(camera_vehicle.Motion()), Inverse(kCameraPose.Motion()));
    return {Chained(to_world, from_world), kCamera, kSize};
  }
};

// Scan lines of points on what the camera sees, and some behind it, as float32 numbers.
Bytes Points(const DepthMap& depth, const Drive& drive) {
  const RigidMotion to_lidar = Inverse(drive.Geometry().lidar_to_camera);
  std::vector<float> numbers;
  const auto add = [&](const Vector3& seen, double ring) {
    const Vector3 p = Moved(to_lidar, seen);
    for (const double number : {p.x, p.y, p.z, 17.0, ring}) {
      numbers.push_back(static_cast<float>(number));
    }
  };
  for (int y = 20; y < depth.height(); y += 4) {
    for (int x = 0; x < depth.width(); x += 2) {
      const double z = depth.At(x, y);
      if (z < kNearMetres || z > kFarMetres) continue;
      const double right = (x + 0.5 - kCamera.cx) / kCamera.fx;
      const double down = (y + 0.5 - kCamera.cy) / kCamera.fy;
      add({right * z, down * z, z}, y % 32);
      if (x % 16 == 0) add({right * 5, down * 5, -5}, 0);
    }
  }
  // An odd number of points: half of the file is no whole number of them.
  if (numbers.size() / 5 % 2 == 0) add({0, 0, -5}, 0);
  Bytes bytes(numbers.size() * sizeof(float));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

struct Tables {
  Json sample_data = Json::array(), calibrated_sensor = Json::array(), ego_pose = Json::array();
};

Json PoseRow(const std::string& token, const Pose& pose) {
  const Vector3& t = pose.translation;
  return {{"token", token}, {"rotation", pose.rotation}, {"translation", {t.x, t.y, t.z}}};
}

void AddSensors(Tables& tables) {
  Json camera = PoseRow("sensor-camera", kCameraPose);
  camera["camera_intrinsic"] = {
      {kCamera.fx, 0, kCamera.cx}, {0, kCamera.fy, kCamera.cy}, {0, 0, 1}};
  Json lidar = PoseRow("sensor-lidar", kLidarPose);
  lidar["camera_intrinsic"] = Json::array();
  tables.calibrated_sensor = {camera, lidar};
}

void AddCapture(Tables& tables,
                const std::string& file,
                const std::string& sample,
                const char* sensor,
                const std::string& pose) {
  const bool camera = file.ends_with(".jpg");
  tables.sample_data.push_back({{"token", pose},
                                {"sample_token", sample},
                                {"ego_pose_token", pose},
                                {"calibrated_sensor_token", sensor},
                                {"fileformat", camera ? "jpg" : "pcd"},
                                {"is_key_frame", true},
                                {"height", camera ? kSize.height : 0},
                                {"width", camera ? kSize.width : 0},
                                {"filename", file}});
}

}  // namespace

void WriteNuscenesTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  Tables tables;
  AddSensors(tables);
  std::string list;
  // The list runs backwards.
  for (int i = options.samples - 1; i >= 0; --i) {
    const std::uint64_t seed = HashOf(options.seed, 65, static_cast<std::uint64_t>(i));
    Dice dice(seed);
    const Drive drive = {VehicleAt(dice, 3.0 * i), VehicleAt(dice, 3.0 * i + 0.5)};
    const WorldView view = RenderWorld(Scene::kStreet, seed, kSize, kCamera);
    const std::string log = fmt::format("n900_log_{}", i % 2);
    const std::string image = fmt::format("samples/CAM_FRONT/{}__CAM_FRONT__{:06}.jpg", log, i);
    const std::string lidar = fmt::format("samples/LIDAR_TOP/{}__LIDAR_TOP__{:06}.pcd.bin", log, i);
    WriteFile(root / image, EncodeJpeg(view.rgb));
    WriteFile(root / lidar, Points(view.depth_m, drive));
    const std::string sample = fmt::format("sample-{}", i);
    tables.ego_pose.push_back(PoseRow(sample + "-camera", drive.camera_vehicle));
    tables.ego_pose.push_back(PoseRow(sample + "-lidar", drive.lidar_vehicle));
    AddCapture(tables, image, sample, "sensor-camera", sample + "-camera");
    AddCapture(tables, lidar, sample, "sensor-lidar", sample + "-lidar");
    list += image + "\n";
  }
  const std::filesystem::path version = root / "v1.0-mini";
  WriteText(version / "sample_data.json", tables.sample_data.dump(1));
  WriteText(version / "calibrated_sensor.json", tables.calibrated_sensor.dump(1));
  WriteText(version / "ego_pose.json", tables.ego_pose.dump(1));
  WriteText(root / "nuscenes_samples.txt", list);
  WriteManifest(root, {"nuscenes", options.samples, options.seed, kSize});
}

}  // namespace assay
