#include "datasets/eth3d.h"

#include <limits>
#include <set>
#include <utility>

#include "datasets/colmap_cameras.h"
#include "datasets/depth_set.h"
#include "datasets/io/float32.h"
#include "datasets/listing.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr Size kSize = {.width = 6048, .height = 4032};
constexpr const char* kDepthFolder = "ground_truth_depth/dslr_images";
constexpr const char* kImageFolder = "images/dslr_images";
constexpr std::string_view kDepthArchive = "_dslr_depth";
constexpr std::string_view kSuffix = ".JPG";

constexpr DepthSet kSet = {
    .dataset = "eth3d",
    .split = "train",
    .layout =
        "depth/<scene>_dslr_depth/<scene>/ground_truth_depth/dslr_images/<image>.JPG, or "
        "<scene>/ground_truth_depth/dslr_images/<image>.JPG",
    .official = 454,
    .keys_sha256 = "sha256:f5af5ae9552dd710bf7c9c74b69f4e945f1647388799b420338124ecd5cb2349",
    .list = "eth3d_filename_list.txt",
    .list_sha256 = "sha256:39cf9f48bd524e51b1feda6092f84ed03b78eeaaf507c4068ab8130987e42971"};

DepthTruth DecodeEth3d(const RawTruth& raw, const DepthSample& sample) {
  const RawPart& file = raw.at(0);
  try {
    DepthTruth truth{.depth_m = DecodeFloat32(file.bytes, file.path, sample.size), .file_mask = {}};
    for (double& depth : truth.depth_m.Pixels()) {
      if (depth == std::numeric_limits<double>::infinity()) depth = 0;
    }
    CleanDepth(file, sample.key, truth);
    return truth;
  } catch (const FileError& e) {
    throw AsDatasetError(e, sample.key);
  }
}

// ---- finding the tree --------------------------------------------------------

// Where the files of one scene lie.
struct Scene {
  std::string name;
  fs::path depth, image;  // folders of files <image>.JPG
  fs::path camera;        // the folder of cameras.txt, which need not exist
};

// As Marigold's list has it, and as the official archives unpack.
std::vector<Scene> Scenes(const fs::path& root) {
  std::vector<Scene> scenes;
  for (const std::string& folder : FolderNames(root / "depth")) {
    if (!folder.ends_with(kDepthArchive)) continue;
    const std::string name = folder.substr(0, folder.size() - kDepthArchive.size());
    const fs::path photos = root / "rgb" / name;
    scenes.push_back({name,
                      root / "depth" / folder / name / kDepthFolder,
                      photos / kImageFolder,
                      photos / "dslr_calibration_jpg"});
  }
  if (!scenes.empty()) return scenes;
  for (const std::string& name : FolderNames(root)) {
    scenes.push_back({name,
                      root / name / kDepthFolder,
                      root / name / kImageFolder,
                      root / name / "dslr_calibration_jpg"});
  }
  return scenes;
}

void ScanScene(const Scene& scene, DepthScan& scan) {
  const Size size = FrameOf(scan, kSize);
  const auto camera = ReadSingleCamera(scene.camera / "cameras.txt", size);
  std::set<std::string> with_truth;
  for (const std::string& file : FileNames(scene.depth)) {
    if (!file.ends_with(kSuffix)) continue;
    with_truth.insert(file);
    const fs::path path = fs::path(scene.name) / kImageFolder / fs::path(file).stem();
    scan.samples.push_back({.key = "rgb/" + path.generic_string(),
                            .cluster = scene.name,
                            .image = scene.image / file,
                            .truth = {scene.depth / file},
                            .native_names = ImageNames(path),
                            .size = size,
                            .camera = camera});
  }
  for (const std::string& file : FileNames(scene.image)) {
    if (file.ends_with(kSuffix) && !with_truth.contains(file)) {
      scan.alone.push_back((scene.depth / file).lexically_relative(scan.root).string());
    }
  }
}

std::vector<std::string> NearestThings(const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, "ground_truth_depth", 5)) {
    found.push_back(path.string() + ": pass the folder above its scene");
    break;
  }
  if (!found.empty()) return found;
  for (const fs::path& path : FindFolders(root, "dslr_images", 4)) {
    found.push_back(path.string() +
                    ", without the ground truth: unpack the archives *_dslr_depth too");
    break;
  }
  return found;
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenEth3d(const DatasetOptions& options) {
  const fs::path root = CleanRoot(options.root);
  DepthScan scan{.root = root,
                 .list_folders = {root, root / "eth3d_depth", root / "data_split/eth3d_depth"},
                 .manifest = FindManifest({root}),
                 .samples = {},
                 .alone = {}};
  for (const Scene& scene : Scenes(root)) ScanScene(scene, scan);
  if (scan.samples.empty()) {
    throw MakeError({.root = root,
                     .dataset = "ETH3D depth",
                     .looked_for = std::string(kSet.layout),
                     .tried = {root / "depth", root},
                     .nearest = NearestThings(root)});
  }
  return MakeDepthDataset(kSet, options, std::move(scan), DecodeEth3d);
}

}  // namespace assay
