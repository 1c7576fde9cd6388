#include "datasets/diode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "datasets/depth_set.h"
#include "datasets/diode_meta.h"
#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "val";
constexpr std::string_view kSuffix = "_depth.npy";
constexpr std::string_view kMaskSuffix = "_depth_mask.npy";
constexpr Size kSize = {.width = 1024, .height = 768};
constexpr Intrinsics kCamera = {.fx = 886.81, .fy = 927.06, .cx = 512, .cy = 384};
constexpr std::array kHalves = {"indoors", "outdoor"};
constexpr std::string_view kMeta = "diode_meta.json";
constexpr std::string_view kMetaSha256 =
    "sha256:ea293e1e8eb5615430353291ea9b798d8e75b6672abfd90d185069a3f53b1288";

struct DiodeSet {
  std::string_view half;  // empty = both
  DepthSet set;
};

constexpr std::array<DiodeSet, 6> kSets = {{
    {.half = "",
     .set = {.dataset = "diode",
             .split = "val",
             .layout = "[val/]{indoors,outdoor}/<scene>/<scan>/<name>_depth.npy",
             .official = 771,
             .keys_sha256 =
                 "sha256:d7a16d637d0b3c8fa18334d977a0c407b8ecb097577daa29d44ee7ae0c2d4c89",
             .list = "diode_val_all_filename_list.txt",
             .list_sha256 =
                 "sha256:657e430e9e75530c91a9fa4f355234a71a5a0f1060381f0966feabc3643178ce"}},
    {.half = "indoors",
     .set = {.dataset = "diode-indoor",
             .split = "val",
             .layout = "[val/]indoors/<scene>/<scan>/<name>_depth.npy",
             .official = 325,
             .keys_sha256 =
                 "sha256:396be541235a3960e1b86e4d80d2bddb404495993b7d05a4c9a6c7fd35a187f6",
             .list = "diode_val_indoor_filename_list.txt",
             .list_sha256 =
                 "sha256:32333dac76c1be101b6d9ee22c177ec5ff966dd4fbf51556a0d915e47bbb667d"}},
    {.half = "outdoor",
     .set = {.dataset = "diode-outdoor",
             .split = "val",
             .layout = "[val/]outdoor/<scene>/<scan>/<name>_depth.npy",
             .official = 446,
             .keys_sha256 =
                 "sha256:8a9ef2e2ded327f881afe853190a0e23b784f7dca373195e558b3edb098f7aa1",
             .list = "diode_val_outdoor_filename_list.txt",
             .list_sha256 =
                 "sha256:fb97c9c6937c0b3205341992e476212094a73b7fabe3bae7a7b2cb708045a000"}},
    {.half = "",
     .set = {.dataset = "diode",
             .split = "val-612",
             .layout = "[val/]{indoors,outdoor}/<scene>/<scan>/<name>_depth.npy",
             .official = 612,
             .list = kMeta,
             .list_sha256 = kMetaSha256,
             .needs_list = true,
             .read_list = [](const fs::path& path) { return ReadDiodeMeta(path, ""); }}},
    {.half = "indoors",
     .set = {.dataset = "diode-indoor",
             .split = "val-612",
             .layout = "[val/]indoors/<scene>/<scan>/<name>_depth.npy",
             .official = 220,
             .list = kMeta,
             .list_sha256 = kMetaSha256,
             .needs_list = true,
             .read_list = [](const fs::path& path) { return ReadDiodeMeta(path, "indoors"); }}},
    {.half = "outdoor",
     .set = {.dataset = "diode-outdoor",
             .split = "val-612",
             .layout = "[val/]outdoor/<scene>/<scan>/<name>_depth.npy",
             .official = 392,
             .list = kMeta,
             .list_sha256 = kMetaSha256,
             .needs_list = true,
             .read_list = [](const fs::path& path) { return ReadDiodeMeta(path, "outdoor"); }}},
}};

const DiodeSet& FindSet(std::string_view dataset, const std::string& split) {
  const DiodeSet* found = nullptr;
  for (const DiodeSet& row : kSets) {
    if (row.set.dataset != dataset) continue;
    if (found == nullptr || row.set.split == split) found = &row;
  }
  if (found == nullptr) throw std::logic_error("DIODE has no set " + std::string(dataset));
  if (!split.empty() && found->set.split != split) {
    throw ConfigError(fmt::format("{} has the splits val and val-612, not '{}'", dataset, split));
  }
  return *found;
}

// ---- truth -------------------------------------------------------------------

Mask DecodeMask(const RawPart& raw) {
  const Raster<double> numbers = AsRaster(DecodeNpy(raw.bytes, raw.path), raw.path);
  Mask mask(numbers.size());
  std::transform(
      numbers.Pixels().begin(), numbers.Pixels().end(), mask.Pixels().begin(), [](double value) {
        return static_cast<std::uint8_t>(value != 0 ? 1 : 0);
      });
  return mask;
}

DepthTruth DecodeDiode(const RawTruth& raw, const DepthSample& sample) {
  const RawPart& file = raw.at(0);
  const RawPart& mask = raw.at(1);
  try {
    DepthTruth truth{.depth_m = AsRaster(DecodeNpy(file.bytes, file.path), file.path),
                     .file_mask = DecodeMask(mask)};
    CheckSize(truth.depth_m.size(), sample.size, file.path, sample.key);
    CheckSize(truth.file_mask.size(), sample.size, mask.path, sample.key);
    CleanDepth(file, sample.key, truth);
    return truth;
  } catch (const FileError& e) {
    throw AsDatasetError(e, sample.key);
  }
}

// ---- finding the tree --------------------------------------------------------

void ScanFolder(const fs::path& base, const std::string& folder, Size size, DepthScan& scan) {
  const std::vector<std::string> files = FileNames(base / folder);
  for (const std::string& file : files) {
    if (file.ends_with(kSuffix) && file.size() > kSuffix.size()) {
      const std::string name = file.substr(0, file.size() - kSuffix.size());
      const fs::path stem = fs::path(folder) / name;
      DepthSample sample{
          .key = stem.generic_string(),
          .cluster = folder,
          .image = base / (stem.string() + ".png"),
          .truth = {base / folder / file, base / folder / (name + std::string(kMaskSuffix))},
          .native_names = ImageNames(stem),
          .size = size,
          .camera = Scaled(kCamera, kSize, size)};
      sample.native_names.push_back({NameRule::Kind::kPath, name});
      sample.native_names.push_back({NameRule::Kind::kPath, "pred_" + name});
      scan.samples.push_back(std::move(sample));
    }
    if (!file.ends_with(".png")) continue;
    const std::string truth = fs::path(file).stem().string() + std::string(kSuffix);
    if (!std::binary_search(files.begin(), files.end(), truth)) {
      scan.alone.push_back(fmt::format("{}/{}", folder, truth));
    }
  }
}

void ScanHalf(const fs::path& base, const std::string& half, Size size, DepthScan& scan) {
  for (const std::string& scene : FolderNames(base / half)) {
    for (const std::string& name : FolderNames(base / half / scene)) {
      ScanFolder(base, fmt::format("{}/{}/{}", half, scene, name), size, scan);
    }
  }
}

std::vector<std::string> NearestThings(const DiodeSet& wanted, const fs::path& root) {
  std::vector<std::string> found;
  for (const char* half : kHalves) {
    for (const fs::path& path : FindFolders(root, half, 3)) {
      const bool other = !wanted.half.empty() && wanted.half != half;
      found.push_back(other ? "the other half: " + path.string()
                            : fmt::format("the folder {}: pass {}, once it holds files *{}",
                                          path.string(),
                                          path.parent_path().string(),
                                          kSuffix));
    }
    for (fs::path up = root; up.has_relative_path() && up != up.parent_path();
         up = up.parent_path()) {
      if (up.filename() == half) {
        found.push_back("the folder " + std::string(half) + " above: pass " +
                        up.parent_path().string());
      }
    }
  }
  return found;
}

DepthScan ScanTree(const DiodeSet& wanted, const fs::path& root) {
  DepthScan scan{.root = root,
                 .list_folders = {root, root / "diode_depth", root / "data_split/diode_depth"},
                 .manifest = FindManifest(root, kFolder, "diode"),
                 .samples = {},
                 .alone = {}};
  const Size size = FrameOf(scan, kSize);
  std::vector<fs::path> tried;
  for (const fs::path& base : {root / kFolder, root}) {
    for (const char* half : kHalves) {
      if (!wanted.half.empty() && wanted.half != half) continue;
      tried.push_back(base / half);
      ScanHalf(base, half, size, scan);
    }
    if (!scan.samples.empty()) return scan;
  }
  throw MakeError({.root = root,
                   .dataset = std::string(wanted.set.dataset),
                   .looked_for = std::string(wanted.set.layout),
                   .tried = std::move(tried),
                   .nearest = NearestThings(wanted, root)});
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenDiode(std::string_view dataset,
                                              const DatasetOptions& options) {
  const DiodeSet& wanted = FindSet(dataset, options.split);
  const fs::path root = CleanRoot(options.root);
  return MakeDepthDataset(wanted.set, options, ScanTree(wanted, root), DecodeDiode);
}

}  // namespace assay
