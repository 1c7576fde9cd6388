#include "datasets/vkitti.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "datasets/depth_set.h"
#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr Size kSize = {.width = 1242, .height = 375};
constexpr Intrinsics kCamera = {.fx = 725.0087, .fy = 725.0087, .cx = 620.5, .cy = 187};
constexpr double kUnitsPerMetre = 100;
constexpr std::array kCameras = {"Camera_0", "Camera_1"};
constexpr std::string_view kValScene = "Scene01";
constexpr std::array<std::string_view, 6> kValVariations = {
    "15-deg-left", "15-deg-right", "clone", "morning", "overcast", "sunset"};

constexpr std::array<DepthSet, 2> kSets = {{
    {.dataset = "vkitti",
     .split = "val",
     .layout = "[depth/]Scene01/<variation>/frames/depth/<camera>/depth_<frame>.png",
     .official = 5364,
     .keys_sha256 = "sha256:a43481355cbb77045435ed5167cd67f30b2e59a33524bc207112d4c63b7a67da",
     .list = "vkitti_val.txt",
     .list_sha256 = "sha256:047a817c5f5b8241d4c3948a4ddc47ba2aef3793f22d27d3fefffb5001b2a5cc"},
    {.dataset = "vkitti",
     .split = "all",
     .layout = "[depth/]<scene>/<variation>/frames/depth/<camera>/depth_<frame>.png",
     .official = 42520,
     .keys_sha256 = "sha256:f877146fbf22c30125c81a2c65555c484e9e91ae4e6bbb02a9890237896817be"},
}};

const DepthSet& FindSet(const std::string& split) {
  for (const DepthSet& set : kSets) {
    if (set.split == split) return set;
  }
  if (!split.empty()) {
    throw ConfigError(fmt::format("vkitti has the splits val and all, not '{}'", split));
  }
  return kSets.front();
}

DepthTruth DecodeVkitti(const RawTruth& raw, const DepthSample& sample) {
  return {.depth_m = DecodeDepthPng(raw.at(0), sample.key, kUnitsPerMetre, sample.size),
          .file_mask = {}};
}

// ---- finding the tree --------------------------------------------------------

bool Belongs(const DepthSet& set, const std::string& scene, const std::string& variation) {
  if (set.split != kSets.front().split) return true;
  return scene == kValScene &&
         std::find(kValVariations.begin(), kValVariations.end(), variation) != kValVariations.end();
}

// The folders that hold scenes.
struct Roots {
  fs::path depth, rgb;
};

void ScanCamera(const Roots& roots,
                const std::string& scene,
                const std::string& variation,
                const std::string& camera,
                DepthScan& scan) {
  const Size size = FrameOf(scan, kSize);
  const fs::path frames = fs::path(scene) / variation / "frames";
  const fs::path depth = roots.depth / frames / "depth" / camera;
  const fs::path rgb = frames / "rgb" / camera;
  constexpr std::string_view kBefore = "depth_";
  std::set<std::string> with_truth;
  for (const std::string& file : FileNames(depth)) {
    if (!file.starts_with(kBefore) || !file.ends_with(".png")) continue;
    const std::string image = "rgb_" + fs::path(file).stem().string().substr(kBefore.size());
    with_truth.insert(image);
    scan.samples.push_back({.key = "rgb/" + (rgb / image).generic_string(),
                            .cluster = scene,
                            .image = roots.rgb / rgb / (image + ".jpg"),
                            .truth = {depth / file},
                            .native_names = ImageNames(rgb / image),
                            .size = size,
                            .camera = Scaled(kCamera, kSize, size)});
  }
  for (const std::string& file : FileNames(roots.rgb / rgb)) {
    const std::string image = fs::path(file).stem().string();
    if (!image.starts_with("rgb_") || with_truth.contains(image)) continue;
    const fs::path waits = depth / ("depth_" + image.substr(4) + ".png");
    scan.alone.push_back(waits.lexically_relative(scan.root).string());
  }
}

void ScanTree(const DepthSet& set, const Roots& roots, DepthScan& scan) {
  for (const std::string& scene : FolderNames(roots.depth)) {
    if (!scene.starts_with("Scene")) continue;
    for (const std::string& variation : FolderNames(roots.depth / scene)) {
      if (!Belongs(set, scene, variation)) continue;
      for (const char* camera : kCameras) ScanCamera(roots, scene, variation, camera, scan);
    }
  }
}

std::vector<std::string> NearestThings(const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, "frames", 5)) {
    found.push_back(path.string() +
                    ": pass the folder above its scene, with frames/depth unpacked");
    break;
  }
  return found;
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenVkitti(const DatasetOptions& options) {
  const DepthSet& set = FindSet(options.split);
  const fs::path root = CleanRoot(options.root);
  DepthScan scan{.root = root,
                 .list_folders = {root, root / "vkitti_depth", root / "data_split/vkitti_depth"},
                 .manifest = FindManifest({root}),
                 .samples = {},
                 .alone = {}};
  for (const Roots& roots : {Roots{root / "depth", root / "rgb"}, Roots{root, root}}) {
    if (scan.samples.empty()) ScanTree(set, roots, scan);
  }
  if (scan.samples.empty()) {
    throw MakeError({.root = root,
                     .dataset = "Virtual KITTI 2 depth (" + std::string(set.split) + ")",
                     .looked_for = std::string(set.layout),
                     .tried = {root / "depth", root},
                     .nearest = NearestThings(root)});
  }
  return MakeDepthDataset(set, options, std::move(scan), DecodeVkitti);
}

}  // namespace assay
