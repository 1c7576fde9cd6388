#include "datasets/nuscenes_tables.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "datasets/dataset.h"
#include "datasets/io/errors.h"
#include "datasets/io/json_place.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
namespace od = simdjson::ondemand;

constexpr std::string_view kCamera = "samples/CAM_FRONT/";
constexpr std::string_view kLidar = "samples/LIDAR_TOP/";

// One table, row by row. The large one of the full set has 2.6 million rows, so that no row is
// kept that is not asked for.
class Table {
 public:
  explicit Table(fs::path path) : path_(std::move(path)) {
    if (const auto error = simdjson::padded_string::load(path_.string()).get(text_)) {
      throw DatasetError(path_,
                         "",
                         std::string("cannot be read: ") + simdjson::error_message(error),
                         "unpack the metadata of nuScenes into the root");
    }
  }

  template <class Visit>
  void ForEach(const Visit& visit) const {
    try {
      od::parser parser;
      od::document document;
      Check(parser.iterate(text_).get(document), "the file");
      od::array rows;
      Check(document.get_array().get(rows), "the file");
      std::size_t number = 0;
      for (auto result : rows) {
        const std::string where = fmt::format("row {}", number++);
        od::object row;
        Check(std::move(result).get_object().get(row), where);
        visit(Row{*this, row, where});
      }
    } catch (const FileError& e) {
      throw AsDatasetError(e, "");
    }
  }

  struct Row {
    const Table& table;
    od::object& fields;
    const std::string& where;

    std::string_view Text(std::string_view name) const {
      std::string_view text;
      Check(fields.find_field_unordered(name).get_string().get(text), name);
      return text;
    }
    bool Flag(std::string_view name) const {
      bool flag = false;
      Check(fields.find_field_unordered(name).get_bool().get(flag), name);
      return flag;
    }
    int Side(std::string_view name) const {
      std::int64_t number = 0;
      Check(fields.find_field_unordered(name).get_int64().get(number), name);
      if (number < 1 || number > 65536) {
        throw FileError(table.path_, "corrupt", fmt::format("{}: {} is {}", where, name, number));
      }
      return static_cast<int>(number);
    }
    // All numbers of a list, lists in it flattened.
    std::vector<double> Numbers(std::string_view name) const {
      od::array list;
      Check(fields.find_field_unordered(name).get_array().get(list), name);
      std::vector<double> numbers;
      Append(list, name, numbers);
      return numbers;
    }

   private:
    void Check(simdjson::error_code error, std::string_view name) const {
      table.Check(error, where + ", " + std::string(name));
    }
    void Append(od::array list, std::string_view name, std::vector<double>& numbers) const {
      for (auto result : list) {
        od::value value;
        Check(std::move(result).get(value), name);
        od::json_type type = od::json_type::null;
        Check(value.type().get(type), name);
        if (type == od::json_type::array) {
          od::array inner;
          Check(value.get_array().get(inner), name);
          Append(inner, name, numbers);
          continue;
        }
        double number = 0;
        Check(value.get_double().get(number), name);
        numbers.push_back(number);
      }
    }
  };

 private:
  void Check(simdjson::error_code error, const std::string& where) const {
    if (error != simdjson::SUCCESS) ThrowJsonFault(path_, error, where, "unpack it again");
  }

  fs::path path_;
  simdjson::padded_string text_;
};

// ---- sample_data.json ------------------------------------------------------------

struct Capture {
  std::string file, calibration, pose;
  Size size;  // of a camera
};

struct Captures {
  std::unordered_map<std::string, Capture> cameras, lidars;  // by sample
};

Captures ReadCaptures(const fs::path& path) {
  Captures captures;
  Table(path).ForEach([&](const Table::Row& row) {
    const std::string file(row.Text("filename"));
    const bool camera = file.starts_with(kCamera);
    if ((!camera && !file.starts_with(kLidar)) || !row.Flag("is_key_frame")) return;
    Capture capture{.file = file,
                    .calibration = std::string(row.Text("calibrated_sensor_token")),
                    .pose = std::string(row.Text("ego_pose_token")),
                    .size = {}};
    if (camera) capture.size = {.width = row.Side("width"), .height = row.Side("height")};
    auto& all = camera ? captures.cameras : captures.lidars;
    all.emplace(row.Text("sample_token"), std::move(capture));
  });
  return captures;
}

// ---- poses -----------------------------------------------------------------------

struct Calibration {
  bool found = false;
  RigidMotion motion;             // from the sensor to the vehicle, or from there to the world
  std::vector<double> intrinsic;  // row by row; empty for a lidar and for a pose
};
using Calibrations = std::unordered_map<std::string, Calibration>;

// Official rotations have the length 1 but for rounding. They are brought to it, as the kit does,
// which makes a turn of almost anything: of 0 no numbers, of another field nonsense.
void CheckLength(const std::vector<double>& q, const fs::path& path, const std::string& where) {
  const double length = std::sqrt(std::inner_product(q.begin(), q.end(), q.begin(), 0.0));
  if (length > 0.5 && length < 2) return;
  throw FileError(
      path,
      "corrupt",
      fmt::format(
          "{}: rotation has the length {}, a unit quaternion (w, x, y, z) has 1", where, length));
}

// The rows that `wanted` has, by token.
void Fill(const fs::path& path, bool sensors, Calibrations& wanted) {
  Table(path).ForEach([&](const Table::Row& row) {
    const auto at = wanted.find(std::string(row.Text("token")));
    if (at == wanted.end()) return;
    const std::vector<double> q = row.Numbers("rotation");
    const std::vector<double> t = row.Numbers("translation");
    if (q.size() != 4 || t.size() != 3) {
      throw FileError(
          path,
          "corrupt",
          fmt::format("{}: rotation and translation have {} and {} numbers, not 4 and 3",
                      row.where,
                      q.size(),
                      t.size()));
    }
    CheckLength(q, path, row.where);
    at->second.motion = MotionOf({q[0], q[1], q[2], q[3]}, {t[0], t[1], t[2]});
    if (sensors) at->second.intrinsic = row.Numbers("camera_intrinsic");
    at->second.found = true;
  });
  for (const auto& [token, calibration] : wanted) {
    if (calibration.found) continue;
    throw DatasetError(path,
                       "",
                       "lacks the row " + token + ", which sample_data.json refers to",
                       "unpack all tables of one version of nuScenes");
  }
}

Calibrations Wanted(const Captures& captures, std::string Capture::* token) {
  Calibrations wanted;
  for (const auto* all : {&captures.cameras, &captures.lidars}) {
    for (const auto& [sample, capture] : *all) wanted[capture.*token];
  }
  return wanted;
}

NuscenesGeometry GeometryOf(const Capture& lidar,
                            const Capture& camera,
                            const Calibrations& sensors,
                            const Calibrations& poses,
                            const fs::path& folder) {
  const std::vector<double>& k = sensors.at(camera.calibration).intrinsic;
  if (k.size() != 9) {
    throw DatasetError(folder / "calibrated_sensor.json",
                       camera.file,
                       fmt::format("the camera's intrinsic matrix has {} numbers, not 9", k.size()),
                       "unpack the metadata of nuScenes again");
  }
  if (!(k[0] > 0) || !(k[4] > 0)) {
    throw DatasetError(folder / "calibrated_sensor.json",
                       camera.file,
                       fmt::format("the camera's focal lengths are {} and {}", k[0], k[4]),
                       "both are pixels, above 0: unpack the metadata of nuScenes again");
  }
  const RigidMotion to_world =
      Chained(sensors.at(lidar.calibration).motion, poses.at(lidar.pose).motion);
  const RigidMotion from_world = Chained(Inverse(poses.at(camera.pose).motion),
                                         Inverse(sensors.at(camera.calibration).motion));
  return {.lidar_to_camera = Chained(to_world, from_world),
          .camera = {.fx = k[0], .fy = k[4], .cx = k[2], .cy = k[5]},
          .size = camera.size};
}

}  // namespace

std::map<std::string, NuscenesFrame> ReadNuscenesTables(const std::vector<fs::path>& folders) {
  std::map<std::string, NuscenesFrame> frames;
  for (const fs::path& folder : folders) {
    const Captures captures = ReadCaptures(folder / "sample_data.json");
    Calibrations sensors = Wanted(captures, &Capture::calibration);
    Calibrations poses = Wanted(captures, &Capture::pose);
    Fill(folder / "calibrated_sensor.json", true, sensors);
    Fill(folder / "ego_pose.json", false, poses);
    for (const auto& [sample, camera] : captures.cameras) {
      const auto lidar = captures.lidars.find(sample);
      if (lidar == captures.lidars.end()) {
        throw DatasetError(folder / "sample_data.json",
                           camera.file,
                           "no LIDAR_TOP key frame has the sample token of this frame",
                           "unpack the metadata of nuScenes again");
      }
      frames[camera.file] = {lidar->second.file,
                             GeometryOf(lidar->second, camera, sensors, poses, folder)};
    }
  }
  return frames;
}

}  // namespace assay
