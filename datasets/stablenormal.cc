#include "datasets/stablenormal.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/normal_files.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "diode-indoor-normals-stablenormal";
constexpr const char* kSplit = "val";
constexpr std::string_view kTruth = "_gt.png";
constexpr std::string_view kImage = "_ref.png";
constexpr std::string_view kAnswer = "_step0.png";
constexpr std::string_view kScan = "scan_";
constexpr int kMostSteps = 100;

// "scan_00183" of scan_00183_00019_00183_indoors_000_010.
std::string ScanOf(const std::string& name) {
  if (!name.starts_with(kScan)) return name;
  return name.substr(0, name.find('_', kScan.size()));
}

class StableNormal final : public Dataset<NormalsTask> {
 public:
  StableNormal(fs::path root, assay::Size size, DatasetInfo info, std::vector<std::string> names)
      : root_(std::move(root)), size_(size), info_(std::move(info)), names_(std::move(names)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return names_.size(); }

  assay::Item<NormalsTask> Item(std::size_t index) const override {
    const std::string& name = names_.at(index);
    return {.key = name,
            .cluster = ScanOf(name),
            .image = root_ / (name + std::string(kImage)),
            .native_names = NativeNames(name),
            .query = {.frame = size_, .camera = {}}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const std::string& name = names_.at(index);
    RawTruth raw;
    raw.push_back(ReadTruthFile(root_ / (name + std::string(kTruth)), name));
    return raw;
  }

  NormalsTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    return {
        DecodeNormals(NormalFile::kPng8, NormalFrame::kLub, raw.at(0), names_.at(index), size_)};
  }

  RgbImage Image(std::size_t index) const override {
    const auto item = Item(index);
    RgbImage image = ReadInputImage(item.image, item.key);
    if (size_.Pixels() > 0) CheckSize(image.size(), size_, item.image, item.key);
    return image;
  }

 private:
  static std::vector<NameRule> NativeNames(const std::string& name) {
    std::vector<NameRule> rules;
    rules.reserve(kMostSteps);
    for (int step = 0; step < kMostSteps; ++step) {
      rules.push_back({NameRule::Kind::kPath, fmt::format("{}_step{}", name, step)});
    }
    return rules;
  }

  fs::path root_;
  assay::Size size_;  // of a synthetic tree; 0 x 0 = what each file says
  DatasetInfo info_;
  std::vector<std::string> names_;
};

struct Scan {
  std::vector<std::string> names;
  std::vector<std::string> alone;  // truth files that images wait for
};

Scan ScanFolder(const fs::path& root) {
  Scan scan;
  const std::vector<std::string> files = FileNames(root);
  for (const std::string& file : files) {
    if (file.ends_with(kTruth) && file.size() > kTruth.size()) {
      scan.names.push_back(file.substr(0, file.size() - kTruth.size()));
    }
    if (!file.ends_with(kImage) || file.size() == kImage.size()) continue;
    std::string truth = file.substr(0, file.size() - kImage.size()) + std::string(kTruth);
    if (!std::binary_search(files.begin(), files.end(), truth)) {
      scan.alone.push_back(std::move(truth));
    }
  }
  std::sort(scan.names.begin(), scan.names.end());
  return scan;
}

std::vector<std::string> SortedBehind(std::vector<std::string> names, std::string_view suffix) {
  const auto full = [&](const std::string& name) { return name + std::string(suffix); };
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return full(a) < full(b);
  });
  return names;
}

// "" where position and name pair the same files.
std::string PositionNote(const std::vector<std::string>& names) {
  const std::vector<std::string> truths = SortedBehind(names, kTruth);
  const std::vector<std::string> answers = SortedBehind(names, kAnswer);
  const auto [truth, answer] = std::mismatch(truths.begin(), truths.end(), answers.begin());
  if (truth == truths.end()) return "";
  return fmt::format(
      "StableNormal's evaluator pairs files by sorted position and would score {}_step0.png "
      "against {}{}; here files are paired by name",
      *answer,
      *truth,
      kTruth);
}

std::vector<std::string> NearestThings(const fs::path& root) {
  const FileCount below = CountFiles(root, kTruth, 4);
  if (below.count == 0) return {};
  return {fmt::format("{} files *{} deeper in the tree: pass {}",
                      below.count,
                      kTruth,
                      below.first.parent_path().string())};
}

}  // namespace

std::unique_ptr<Dataset<NormalsTask>> OpenStableNormal(const DatasetOptions& options) {
  if (!options.split.empty() && options.split != kSplit) {
    throw ConfigError(fmt::format("{} has the split {}, not '{}'", kName, kSplit, options.split));
  }
  const fs::path root = CleanRoot(options.root);
  Scan scan = ScanFolder(root);
  if (scan.names.empty()) {
    throw MakeError({.root = root,
                     .dataset = kName,
                     .looked_for = fmt::format("<name>{}", kTruth),
                     .tried = {root},
                     .nearest = NearestThings(root)});
  }
  const auto manifest = ReadManifest(root);
  DatasetInfo info;
  info.name = kName;
  info.split = kSplit;
  info.layout = fmt::format("<name>{}", kTruth);
  info.synthetic = manifest.has_value();
  info.official = manifest ? manifest->samples : 0;
  info.can_be_complete = manifest.has_value();
  if (!scan.alone.empty()) {
    info.notes.push_back(fmt::format(
        "{} images without normals: missing {}", scan.alone.size(), FirstFew(scan.alone)));
  }
  if (std::string note = PositionNote(scan.names); !note.empty()) {
    info.notes.push_back(std::move(note));
  }
  return std::make_unique<StableNormal>(
      root, manifest ? manifest->size : Size{}, std::move(info), std::move(scan.names));
}

}  // namespace assay
