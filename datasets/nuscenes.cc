#include "datasets/nuscenes.h"

#include <fmt/format.h>

#include <sstream>
#include <system_error>
#include <utility>

#include "datasets/depth_set.h"
#include "datasets/list_text.h"
#include "datasets/listing.h"
#include "datasets/nuscenes_tables.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "samples/CAM_FRONT";
constexpr const char* kTable = "sample_data.json";
constexpr std::string_view kChannel = "__CAM_FRONT";

// One CAM_FRONT file a line, by path or base name; what follows it on the line is ignored.
DepthList ReadFrameList(const fs::path& path) {
  const std::string text = ReadListText(path);
  std::vector<DepthListEntry> entries;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word.starts_with('#')) continue;
    const fs::path file(word);
    entries.push_back({(fs::path(kFolder) / file.stem()).generic_string(),
                       fmt::format("the row of {} in {}", file.filename().string(), kTable)});
  }
  return ListOf(path, text, std::move(entries), "frame");
}

constexpr DepthSet kSet = {.dataset = "nuscenes",
                           .split = "list",
                           .layout = "v1.0-<version>/*.json, samples/LIDAR_TOP/<file>.pcd.bin",
                           .list = "nuscenes_samples.txt",
                           .needs_list = true,
                           .read_list = ReadFrameList};

// ---- finding the tree --------------------------------------------------------

std::vector<fs::path> Versions(const fs::path& root) {
  std::vector<fs::path> folders;
  for (const std::string& name : FolderNames(root)) {
    std::error_code error;
    if (name.starts_with("v1.0-") && fs::exists(root / name / kTable, error)) {
      folders.push_back(root / name);
    }
  }
  return folders;
}

DepthSample SampleOf(const fs::path& root, const std::string& file, const NuscenesFrame& frame) {
  const fs::path image(file);
  const std::string stem = image.stem().string();
  return {.key = fs::path(image).replace_extension().generic_string(),
          .cluster = stem.substr(0, stem.find(kChannel)),
          .image = root / image,
          .truth = {root / frame.lidar},
          .native_names = ImageNames(stem),
          .size = frame.geometry.size,
          .camera = frame.geometry.camera,
          .facts = EncodeGeometry(frame.geometry)};
}

// By the key of the sample.
using Geometries = std::map<std::string, NuscenesGeometry>;

DepthTruth Project(const RawPart& cloud, const std::string& key, const NuscenesGeometry& geometry) {
  try {
    return {.depth_m = ProjectLidar(cloud.bytes, cloud.path, geometry), .file_mask = {}};
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

std::vector<std::string> NearestThings(const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, "LIDAR_TOP", 4)) {
    found.push_back(path.string() + ": pass the folder above samples/, with v1.0-<version>/ in it");
    break;
  }
  return found;
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenNuscenes(const DatasetOptions& options) {
  const fs::path root = CleanRoot(options.root);
  const std::vector<fs::path> versions = Versions(root);
  if (versions.empty()) {
    throw MakeError({.root = root,
                     .dataset = "nuScenes",
                     .looked_for = std::string(kSet.layout),
                     .tried = {root / "v1.0-trainval" / kTable, root / "v1.0-mini" / kTable},
                     .nearest = NearestThings(root)});
  }
  DepthScan scan{.root = root,
                 .list_folders = {},
                 .manifest = FindManifest({root}),
                 .samples = {},
                 .alone = {}};
  // Which frames are scored is the protocol's to say, so that its hash covers it.
  if (scan.manifest) scan.list_folders.push_back(root);
  Geometries geometries;
  for (const auto& [file, frame] : ReadNuscenesTables(versions)) {
    std::error_code error;
    if (!fs::exists(root / frame.lidar, error)) {
      scan.absent.emplace(fs::path(file).replace_extension().generic_string(), frame.lidar);
      continue;
    }
    scan.samples.push_back(SampleOf(root, file, frame));
    geometries.emplace(scan.samples.back().key, frame.geometry);
  }
  if (scan.samples.empty()) {
    throw DatasetError(root / "samples/LIDAR_TOP",
                       "",
                       "none of the point clouds that the tables name is there",
                       "unpack the key frames of the lidar into the root");
  }
  return MakeDepthDataset(
      kSet,
      options,
      std::move(scan),
      [geometries = std::move(geometries)](const RawTruth& raw, const DepthSample& sample) {
        return Project(raw.at(0), sample.key, geometries.at(sample.key));
      });
}

}  // namespace assay
