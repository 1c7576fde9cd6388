#include "datasets/sintel.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <system_error>
#include <utility>

#include "datasets/depth_set.h"
#include "datasets/io/float32.h"
#include "datasets/listing.h"
#include "datasets/sintel_camera.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr Size kSize = {.width = 1024, .height = 436};
constexpr const char* kTraining = "training";
constexpr DepthSet kSet = {
    .dataset = "sintel",
    .split = kTraining,
    .layout = "[training/]depth/<sequence>/frame_<4 digits>.dpt",
    .official = 1064,
    .keys_sha256 = "sha256:ade31873c0e37b19e38af6b37f0dcbae8987c203d92e02f32246958520da1cc9"};

DepthTruth DecodeSintel(const RawTruth& raw, const DepthSample& sample) {
  const RawPart& file = raw.at(0);
  try {
    DepthTruth truth{.depth_m = DecodeDpt(file.bytes, file.path), .file_mask = {}};
    CheckSize(truth.depth_m.size(), sample.size, file.path, sample.key);
    CleanDepth(file, sample.key, truth);
    return truth;
  } catch (const FileError& e) {
    throw AsDatasetError(e, sample.key);
  }
}

// ---- finding the tree --------------------------------------------------------

fs::path ImageFile(const fs::path& base, const std::string& sequence, const std::string& frame) {
  fs::path final_pass = base / "final" / sequence / (frame + ".png");
  const fs::path clean_pass = base / "clean" / sequence / (frame + ".png");
  std::error_code error;
  return !fs::exists(final_pass, error) && fs::exists(clean_pass, error) ? clean_pass : final_pass;
}

void ScanSequence(const fs::path& base, const std::string& sequence, DepthScan& scan) {
  const Size size = FrameOf(scan, kSize);
  const fs::path depth = base / "depth" / sequence;
  std::set<std::string> with_truth;
  for (const std::string& file : FileNames(depth)) {
    if (!file.ends_with(".dpt")) continue;
    const std::string frame = fs::path(file).stem().string();
    with_truth.insert(frame);
    DepthSample sample{.key = fmt::format("final/{}/{}", sequence, frame),
                       .cluster = sequence,
                       .image = ImageFile(base, sequence, frame),
                       .truth = {depth / file},
                       .native_names = ImageNames(fs::path(sequence) / frame),
                       .size = size,
                       .camera = {}};
    sample.camera =
        ReadSintelCamera(base / "camdata_left" / sequence / (frame + ".cam"), sample.key);
    scan.samples.push_back(std::move(sample));
  }
  for (const char* pass : {"final", "clean"}) {
    for (const std::string& file : FileNames(base / pass / sequence)) {
      const std::string frame = fs::path(file).stem().string();
      if (!with_truth.insert(frame).second) continue;
      scan.alone.push_back((depth / (frame + ".dpt")).lexically_relative(scan.root).string());
    }
  }
}

std::vector<std::string> NearestThings(const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, "depth", 4)) {
    found.push_back(fmt::format(
        "{}: pass {}, once it holds <sequence>/*.dpt", path.string(), path.parent_path().string()));
  }
  for (const fs::path& path : FindFolders(root, "disparities", 4)) {
    found.push_back(path.string() + ": the stereo set, which has disparities and no depth");
  }
  return found;
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenSintel(const DatasetOptions& options) {
  const fs::path root = CleanRoot(options.root);
  DepthScan scan{.root = root,
                 .list_folders = {},
                 .manifest = FindManifest(root, kTraining, "sintel"),
                 .samples = {},
                 .alone = {}};
  for (const fs::path& base : {root / kTraining, root}) {
    if (!scan.samples.empty()) continue;
    for (const std::string& sequence : FolderNames(base / "depth")) {
      ScanSequence(base, sequence, scan);
    }
  }
  if (scan.samples.empty()) {
    throw MakeError({.root = root,
                     .dataset = "Sintel depth",
                     .looked_for = std::string(kSet.layout),
                     .tried = {root / kTraining / "depth", root / "depth"},
                     .nearest = NearestThings(root)});
  }
  return MakeDepthDataset(kSet, options, std::move(scan), DecodeSintel);
}

}  // namespace assay
