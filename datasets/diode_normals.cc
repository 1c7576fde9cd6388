#include "datasets/diode_normals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/normal_files.h"
#include "datasets/official_keys.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSplit = "val";
constexpr std::string_view kSuffix = "_normal.npy";
constexpr Size kSize = {.width = 1024, .height = 768};
constexpr Intrinsics kCamera = {.fx = 886.81, .fy = 927.06, .cx = 512, .cy = 384};

struct Set {
  std::string_view name;
  std::vector<std::string_view> halves;
  std::int64_t official;
  std::string_view keys_sha256;  // HashOfKeys of the samples in the depth lists of Marigold

  std::string Layout() const {
    return fmt::format("[val/]{}/<scene>/<scan>/<name>{}", fmt::join(halves, " or "), kSuffix);
  }
};

Set FindSet(std::string_view dataset) {
  if (dataset == "diode-indoor-normals") {
    return {dataset,
            {"indoors"},
            325,
            "sha256:396be541235a3960e1b86e4d80d2bddb404495993b7d05a4c9a6c7fd35a187f6"};
  }
  if (dataset == "diode-normals") {
    return {dataset,
            {"indoors", "outdoor"},
            771,
            "sha256:d7a16d637d0b3c8fa18334d977a0c407b8ecb097577daa29d44ee7ae0c2d4c89"};
  }
  throw std::logic_error("DIODE's normals have no set " + std::string(dataset));
}

struct Sample {
  std::string scan;  // <half>/<scene>/<scan>
  std::string name;

  std::string Key() const { return scan + "/" + name; }
};

// RUB vectors with every normal turned towards the camera. The ray of a pixel is (x right,
// y down, z into the scene), in RUB (x, -y, -z).
void FaceTheCamera(const Intrinsics& camera, NormalMap& normals) {
  for (int y = 0; y < normals.height(); ++y) {
    const double down = (y + 0.5 - camera.cy) / camera.fy;
    for (int x = 0; x < normals.width(); ++x) {
      const double right = (x + 0.5 - camera.cx) / camera.fx;
      Vector3& n = normals.At(x, y);
      if (n.x * right - n.y * down - n.z > 0) n = {-n.x, -n.y, -n.z};
    }
  }
}

class DiodeNormals final : public Dataset<NormalsTask> {
 public:
  DiodeNormals(fs::path base, assay::Size size, DatasetInfo info, std::vector<Sample> samples)
      : base_(std::move(base)), size_(size), info_(std::move(info)), samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<NormalsTask> Item(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    const auto path = NameRule::Kind::kPath;
    return {.key = sample.Key(),
            .cluster = sample.scan,
            .image = base_ / sample.scan / (sample.name + ".png"),
            .native_names = {{path, sample.name}, {path, sample.name + "_normal"}},
            .query = {.frame = size_, .camera = Camera()}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    RawTruth raw;
    raw.push_back(
        ReadTruthFile(base_ / sample.scan / (sample.name + std::string(kSuffix)), sample.Key()));
    return raw;
  }

  NormalsTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    // y and z negated are the camera's x right, y down, z into the scene, and those negated
    // again are RUB.
    NormalsTruth truth{DecodeNormals(
        NormalFile::kNpy, NormalFrame::kRub, raw.at(0), samples_.at(index).Key(), size_)};
    FaceTheCamera(Camera(), truth.normals);
    return truth;
  }

  RgbImage Image(std::size_t index) const override {
    const auto item = Item(index);
    RgbImage image = ReadInputImage(item.image, item.key);
    CheckSize(image.size(), size_, item.image, item.key);
    return image;
  }

 private:
  Intrinsics Camera() const {
    const double x = static_cast<double>(size_.width) / kSize.width;
    const double y = static_cast<double>(size_.height) / kSize.height;
    return {kCamera.fx * x, kCamera.fy * y, kCamera.cx * x, kCamera.cy * y};
  }

  fs::path base_;
  assay::Size size_;
  DatasetInfo info_;
  std::vector<Sample> samples_;
};

struct Scan {
  std::vector<Sample> samples;
  std::vector<std::string> alone;  // truth files that images wait for
};

void ScanFolder(const fs::path& base, const std::string& folder, Scan& scan) {
  const std::vector<std::string> files = FileNames(base / folder);
  for (const std::string& file : files) {
    if (file.ends_with(kSuffix) && file.size() > kSuffix.size()) {
      scan.samples.push_back({folder, file.substr(0, file.size() - kSuffix.size())});
    }
    if (!file.ends_with(".png")) continue;
    const std::string truth = fs::path(file).stem().string() + std::string(kSuffix);
    if (!std::binary_search(files.begin(), files.end(), truth)) {
      scan.alone.push_back(fmt::format("{}/{}", folder, truth));
    }
  }
}

Scan ScanSamples(const Set& set, const fs::path& base) {
  Scan scan;
  for (const std::string_view half : set.halves) {
    for (const std::string& scene : FolderNames(base / half)) {
      for (const std::string& name : FolderNames(base / half / scene)) {
        ScanFolder(base, fmt::format("{}/{}/{}", half, scene, name), scan);
      }
    }
  }
  std::sort(scan.samples.begin(), scan.samples.end(), [](const Sample& a, const Sample& b) {
    return a.Key() < b.Key();
  });
  return scan;
}

std::vector<std::string> NearestThings(const Set& set, const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, set.halves.front(), 3)) {
    found.push_back("the indoor half: pass " + path.parent_path().string() +
                    ", once it holds files *" + std::string(kSuffix));
  }
  for (fs::path up = root; up.has_relative_path() && up != up.parent_path();
       up = up.parent_path()) {
    if (up.filename() == set.halves.front()) {
      found.push_back("the indoor half above: pass " + up.parent_path().string());
    }
  }
  return found;
}

std::optional<SyntheticManifest> FindManifest(const fs::path& root, const fs::path& base) {
  for (const fs::path& folder : {root, base, base.parent_path()}) {
    if (auto manifest = ReadManifest(folder)) return manifest;
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Dataset<NormalsTask>> OpenDiodeNormals(std::string_view dataset,
                                                       const DatasetOptions& options) {
  const Set set = FindSet(dataset);
  if (!options.split.empty() && options.split != kSplit) {
    throw ConfigError(
        fmt::format("{} has the split {}, not '{}'", set.name, kSplit, options.split));
  }
  const fs::path root = CleanRoot(options.root);
  fs::path base = root / kSplit;
  Scan scan = ScanSamples(set, base);
  if (scan.samples.empty()) {
    base = root;
    scan = ScanSamples(set, base);
  }
  if (scan.samples.empty()) {
    throw MakeError({.root = root,
                     .dataset = std::string(set.name),
                     .looked_for = set.Layout(),
                     .tried = {root / kSplit / set.halves.front(), root / set.halves.front()},
                     .nearest = NearestThings(set, root)});
  }
  const auto manifest = FindManifest(root, base);
  DatasetInfo info;
  info.name = set.name;
  info.split = kSplit;
  info.layout = set.Layout();
  info.synthetic = manifest.has_value();
  info.official = manifest ? manifest->samples : set.official;
  std::vector<std::string> keys;
  keys.reserve(scan.samples.size());
  for (const Sample& sample : scan.samples) keys.push_back(sample.Key());
  CheckOfficialKeys(set.keys_sha256, set.official, std::move(keys), info);
  if (!scan.alone.empty()) {
    info.notes.push_back(fmt::format(
        "{} images without normals: missing {}", scan.alone.size(), FirstFew(scan.alone)));
  }
  return std::make_unique<DiodeNormals>(
      base, manifest ? manifest->size : kSize, std::move(info), std::move(scan.samples));
}

}  // namespace assay
