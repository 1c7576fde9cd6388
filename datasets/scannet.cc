#include "datasets/scannet.h"

#include <set>
#include <utility>

#include "datasets/depth_set.h"
#include "datasets/listing.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr Size kSize = {.width = 640, .height = 480};
constexpr double kUnitsPerMetre = 1000;
constexpr DepthSet kSet = {
    .dataset = "scannet",
    .split = "val-800",
    .layout = "<scene>/depth/<frame>.png",
    .official = 800,
    .keys_sha256 = "sha256:d9175422db0a9643846cf02987012550b4f817043343de31a7a44c0b3baf1839",
    .list = "scannet_val_sampled_list_800_1.txt",
    .list_sha256 = "sha256:066c76d6d8f93d6d7bed812e9c3bb0c375f08e7ff76569e13ce9c000dd74ead5"};

DepthTruth DecodeScannet(const RawTruth& raw, const DepthSample& sample) {
  return {.depth_m = DecodeDepthPng(raw.at(0), sample.key, kUnitsPerMetre, sample.size),
          .file_mask = {}};
}

void ScanScene(const std::string& scene, DepthScan& scan) {
  const Size size = FrameOf(scan, kSize);
  const fs::path depth = fs::path(scene) / "depth";
  const fs::path color = fs::path(scene) / "color";
  std::set<std::string> with_truth;
  for (const std::string& file : FileNames(scan.root / depth)) {
    if (!file.ends_with(".png")) continue;
    const std::string frame = fs::path(file).stem().string();
    with_truth.insert(frame);
    scan.samples.push_back({.key = (color / frame).generic_string(),
                            .cluster = scene,
                            .image = scan.root / color / (frame + ".jpg"),
                            .truth = {scan.root / depth / file},
                            .native_names = ImageNames(color / frame),
                            .size = size,
                            .camera = {}});
  }
  for (const std::string& file : FileNames(scan.root / color)) {
    const std::string frame = fs::path(file).stem().string();
    if (!with_truth.contains(frame)) scan.alone.push_back((depth / (frame + ".png")).string());
  }
}

std::vector<std::string> NearestThings(const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, "depth", 4)) {
    found.push_back(path.string() + ": pass the folder above its scene");
    break;
  }
  const FileCount streams = CountFiles(root, ".sens", 3);
  if (streams.count > 0) {
    found.push_back(streams.first.string() +
                    ": a stream of ScanNet itself; the set is the sample of 800 frames, unpacked");
  }
  return found;
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenScannet(const DatasetOptions& options) {
  const fs::path root = CleanRoot(options.root);
  DepthScan scan{.root = root,
                 .list_folders = {root, root / "scannet_depth", root / "data_split/scannet_depth"},
                 .manifest = FindManifest({root}),
                 .samples = {},
                 .alone = {}};
  for (const std::string& scene : FolderNames(root)) {
    if (scene.starts_with("scene")) ScanScene(scene, scan);
  }
  if (scan.samples.empty()) {
    throw MakeError({.root = root,
                     .dataset = "ScanNet depth",
                     .looked_for = std::string(kSet.layout),
                     .tried = {root},
                     .nearest = NearestThings(root)});
  }
  return MakeDepthDataset(kSet, options, std::move(scan), DecodeScannet);
}

}  // namespace assay
