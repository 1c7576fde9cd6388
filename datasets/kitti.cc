#include "datasets/kitti.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/kitti_camera.h"
#include "datasets/kitti_list.h"
#include "datasets/listing.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kOfficial = 652;
constexpr double kUnitsPerMetre = 256;
constexpr const char* kSplit = "eigen-test";
constexpr const char* kListName = "eigen_test_files_with_gt.txt";
constexpr const char* kDepthFolder = "proj_depth/groundtruth/image_02";
constexpr const char* kLayout =
    "[data_depth_annotated/{train,val}/]<drive>/proj_depth/groundtruth/image_02/<frame>.png";

const KittiCamera& FindDate(const KittiFrame& frame, const fs::path& path) {
  for (const KittiCamera& row : KittiCameras()) {
    if (row.date == frame.Date()) return row;
  }
  throw DatasetError(path,
                     frame.Key(),
                     "the date " + frame.Date() + " is no recording day of KITTI",
                     "give the drive its official name");
}

struct Sample {
  KittiFrame frame;
  std::size_t folder = 0;  // index into folders
};

// Everything an opened tree consists of.
struct Tree {
  std::vector<fs::path> folders;  // that hold drives
  fs::path rgb;                   // folder above <date>/<drive>/image_02
  std::optional<SyntheticManifest> manifest;
  std::vector<Sample> samples;
};

// Size and camera of a frame; a synthetic tree may state a size of its own.
KittiCamera GeometryOf(const Tree& tree, const KittiFrame& frame, const fs::path& path) {
  KittiCamera row = FindDate(frame, path);
  if (!tree.manifest || tree.manifest->size.Pixels() == 0) return row;
  const Size size = tree.manifest->size;
  const double x = static_cast<double>(size.width) / row.size.width;
  const double y = static_cast<double>(size.height) / row.size.height;
  const Intrinsics& camera = row.camera;
  return {row.date, size, {camera.fx * x, camera.fy * y, camera.cx * x, camera.cy * y}};
}

fs::path DepthFile(const Tree& tree, const Sample& sample) {
  return tree.folders[sample.folder] / sample.frame.drive / kDepthFolder /
         (sample.frame.frame + ".png");
}

fs::path RgbFile(const Tree& tree, const KittiFrame& frame) {
  const fs::path folder = tree.rgb / frame.Date() / frame.drive / "image_02" / "data";
  fs::path png = folder / (frame.frame + ".png");
  const fs::path jpg = folder / (frame.frame + ".jpg");
  std::error_code error;
  return !fs::exists(png, error) && fs::exists(jpg, error) ? jpg : png;
}

// BTS writes <drive>_<frame>; Marigold pred_<frame> in the folder of its image.
std::vector<NameRule> NativeNames(const KittiFrame& frame) {
  const auto path = NameRule::Kind::kPath;
  const std::string images = frame.drive + "/image_02/data/";
  return {{path, frame.drive + "_" + frame.frame},
          {path, images + "pred_" + frame.frame},
          {path, images + frame.frame},
          {path, frame.drive + "/pred_" + frame.frame},
          {path, frame.drive + "/" + kDepthFolder + "/" + frame.frame}};
}

class Kitti final : public Dataset<DepthTask> {
 public:
  Kitti(DatasetInfo info, Tree tree) : info_(std::move(info)), tree_(std::move(tree)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return tree_.samples.size(); }

  assay::Item<DepthTask> Item(std::size_t index) const override {
    const KittiFrame& frame = tree_.samples.at(index).frame;
    const KittiCamera geometry = Geometry(index);
    return {.key = frame.Key(),
            .cluster = frame.drive,
            .image = RgbFile(tree_, frame),
            .native_names = NativeNames(frame),
            .query = {.frame = geometry.size, .camera = geometry.camera}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const Sample& sample = tree_.samples.at(index);
    RawTruth raw;
    raw.push_back(ReadTruthFile(DepthFile(tree_, sample), sample.frame.Key()));
    return raw;
  }

  DepthTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    return {
        .depth_m = DecodeDepthPng(
            raw.at(0), tree_.samples.at(index).frame.Key(), kUnitsPerMetre, Geometry(index).size),
        .file_mask = {}};
  }

  RgbImage Image(std::size_t index) const override {
    const KittiFrame& frame = tree_.samples.at(index).frame;
    const fs::path path = RgbFile(tree_, frame);
    RgbImage image = ReadInputImage(path, frame.Key());
    CheckSize(image.size(), Geometry(index).size, path, frame.Key());
    return image;
  }

 private:
  KittiCamera Geometry(std::size_t index) const {
    const Sample& sample = tree_.samples.at(index);
    return GeometryOf(tree_, sample.frame, DepthFile(tree_, sample));
  }

  DatasetInfo info_;
  Tree tree_;
};

// ---- finding the tree ------------------------------------------------------

// Where drives may lie below a root, and where RGB and list may lie when the root
// is the annotation archive itself.
std::vector<fs::path> DriveFolders(const fs::path& root) {
  std::vector<fs::path> folders = {root};
  for (const char* nested : {"data_depth_annotated", "."}) {
    for (const char* split : {"train", "val"}) {
      folders.push_back((root / nested / split).lexically_normal());
    }
  }
  folders.push_back(root / "data_depth_annotated");
  return folders;
}

std::vector<fs::path> Homes(const fs::path& root) {
  std::vector<fs::path> homes = {root};
  if (root.filename() == "data_depth_annotated") {
    homes.push_back((root / "..").lexically_normal());
  }
  return homes;
}

// Frames on disk, by key. Throws when a frame lies in two places.
std::map<KittiFrame, std::size_t> Scan(const std::vector<fs::path>& folders) {
  std::map<KittiFrame, std::size_t> frames;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    for (const std::string& drive : FolderNames(folders[i])) {
      if (!IsKittiDrive(drive)) continue;
      for (const std::string& file : FileNames(folders[i] / drive / kDepthFolder)) {
        const fs::path name(file);
        if (name.extension() != ".png" || !IsKittiFrame(name.stem().string())) continue;
        const auto [at, added] = frames.insert({{drive, name.stem().string()}, i});
        if (added) continue;
        throw DatasetError(folders[i] / drive / kDepthFolder / file,
                           at->first.Key(),
                           "the frame also lies below " + folders[at->second].string(),
                           "pass the root of one of the two copies");
      }
    }
  }
  return frames;
}

// The shipped one speaks only of a tree that has one of its frames.
std::optional<fs::path> FindShippedList(const DatasetOptions& options,
                                        const std::map<KittiFrame, std::size_t>& frames) {
  const auto path = ShippedList(options, kListName);
  if (!path) return std::nullopt;
  const std::vector<KittiFrame> listed = ReadKittiList(*path).frames;
  const bool has_one = std::any_of(listed.begin(), listed.end(), [&](const KittiFrame& frame) {
    return frames.contains(frame);
  });
  return has_one ? path : std::nullopt;
}

std::optional<fs::path> FindList(const DatasetOptions& options, const fs::path& root) {
  if (!options.list.empty()) return options.list;
  for (const fs::path& home : Homes(root)) {
    for (const char* folder : {".", "kitti_depth", "data_split/kitti_depth"}) {
      fs::path path = (home / folder / kListName).lexically_normal();
      std::error_code error;
      if (fs::exists(path, error)) return path;
    }
  }
  return std::nullopt;
}

fs::path FindRgb(const fs::path& root) {
  for (const fs::path& home : Homes(root)) {
    for (const KittiCamera& row : KittiCameras()) {
      std::error_code error;
      if (fs::is_directory(home / row.date, error)) return home;
    }
  }
  return root;
}

std::optional<SyntheticManifest> FindManifest(const fs::path& root) {
  for (const fs::path& home : Homes(root)) {
    if (auto manifest = ReadManifest(home)) return manifest;
  }
  return std::nullopt;
}

std::vector<std::string> NearestThings(const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, "data_depth_annotated", 3)) {
    if (path != root && path.parent_path() != root) {
      found.push_back("the annotation deeper in the tree: pass " + path.parent_path().string());
    }
  }
  for (const fs::path& path : FindFolders(root, "velodyne_points", 4)) {
    found.push_back(path.string() +
                    ": raw lidar scans, which are another ground truth (projected Eigen truth)");
    break;
  }
  for (const fs::path& path : FindFolders(root, "image_02", 4)) {
    found.push_back(path.string() + ", without the ground truth beside it");
    break;
  }
  for (fs::path up = root; up.has_relative_path() && up != up.parent_path();
       up = up.parent_path()) {
    if (IsKittiDrive(up.filename().string())) {
      found.push_back("a drive above: pass " + up.parent_path().string());
    }
  }
  return found;
}

[[noreturn]] void ThrowWrongRoot(const fs::path& root) {
  throw MakeError({.root = root,
                   .dataset = "KITTI depth",
                   .looked_for = kLayout,
                   .tried = DriveFolders(root),
                   .nearest = NearestThings(root)});
}

// The frames a list names that are on disk, in its order; the rest as notes.
std::vector<Sample> Select(const KittiList& list,
                           const std::map<KittiFrame, std::size_t>& frames,
                           std::vector<std::string>& notes) {
  std::vector<Sample> samples;
  std::vector<std::string> absent;
  for (const KittiFrame& frame : list.frames) {
    const auto at = frames.find(frame);
    if (at == frames.end()) {
      absent.push_back(frame.drive + "/" + kDepthFolder + "/" + frame.frame + ".png");
    } else {
      samples.push_back({frame, at->second});
    }
  }
  if (samples.empty()) {
    throw DatasetError(list.path,
                       "",
                       fmt::format("none of its {} frames is on disk, where {} others are",
                                   list.frames.size(),
                                   frames.size()),
                       "the first one looked for is " + absent.front());
  }
  if (!absent.empty()) {
    notes.push_back(fmt::format("{} of {} listed frames are not on disk: missing {}",
                                absent.size(),
                                list.frames.size(),
                                FirstFew(absent)));
  }
  if (frames.size() > samples.size()) {
    notes.push_back(fmt::format("{} frames on disk are not in the list and are not used",
                                frames.size() - samples.size()));
  }
  return samples;
}

void ApplyList(const fs::path& path,
               const std::map<KittiFrame, std::size_t>& frames,
               Tree& tree,
               DatasetInfo& info) {
  const KittiList list = ReadKittiList(path);
  info.list_sha256 = list.sha256;
  info.official = static_cast<std::int64_t>(list.frames.size());
  if (!list.official && !info.synthetic) {
    info.notes.push_back(
        fmt::format("{} is not the official list ({} of 697 lines, {} of 652 with ground truth)",
                    path.filename().string(),
                    list.lines,
                    list.frames.size()));
    info.can_be_complete = false;
  }
  tree.samples = Select(list, frames, info.notes);
}

void CheckSplit(const std::string& split) {
  for (const char* accepted : {"", kSplit, "eigen", "test"}) {
    if (split == accepted) return;
  }
  throw ConfigError("KITTI depth has the split eigen-test, not '" + split + "'");
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenKitti(const DatasetOptions& options) {
  CheckSplit(options.split);
  const fs::path root = CleanRoot(options.root);
  Tree tree{.folders = DriveFolders(root),
            .rgb = FindRgb(root),
            .manifest = FindManifest(root),
            .samples = {}};
  const auto frames = Scan(tree.folders);
  if (frames.empty()) ThrowWrongRoot(root);
  DatasetInfo info;
  info.name = "kitti";
  info.split = kSplit;
  info.layout = kLayout;
  info.synthetic = tree.manifest.has_value();
  info.official = tree.manifest ? tree.manifest->samples : kOfficial;
  std::optional<fs::path> list = FindList(options, root);
  if (!list && !info.synthetic) list = FindShippedList(options, frames);
  if (list) {
    ApplyList(*list, frames, tree, info);
  } else {
    for (const auto& [frame, folder] : frames) tree.samples.push_back({frame, folder});
    info.notes.push_back(
        fmt::format("no {} found: every frame on disk is used, so the result cannot be called "
                    "complete",
                    kListName));
    info.can_be_complete = info.synthetic;
  }
  for (const Sample& sample : tree.samples) FindDate(sample.frame, DepthFile(tree, sample));
  return std::make_unique<Kitti>(std::move(info), std::move(tree));
}

}  // namespace assay
