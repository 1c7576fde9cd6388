#include "datasets/depth_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/official_keys.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

class DepthFiles final : public Dataset<DepthTask> {
 public:
  DepthFiles(DatasetInfo info, std::vector<DepthSample> samples, DepthDecoder decode)
      : info_(std::move(info)), samples_(std::move(samples)), decode_(std::move(decode)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<DepthTask> Item(std::size_t index) const override {
    const DepthSample& sample = samples_.at(index);
    return {.key = sample.key,
            .cluster = sample.cluster,
            .image = sample.image,
            .native_names = sample.native_names,
            .query = {.frame = sample.size, .camera = sample.camera}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const DepthSample& sample = samples_.at(index);
    RawTruth raw;
    for (const fs::path& path : sample.truth) raw.push_back(ReadTruthFile(path, sample.key));
    if (!sample.facts.empty()) raw.push_back({sample.truth.at(0).string(), sample.facts});
    return raw;
  }

  DepthTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    return decode_(raw, samples_.at(index));
  }

  RgbImage Image(std::size_t index) const override {
    const DepthSample& sample = samples_.at(index);
    RgbImage image = ReadInputImage(sample.image, sample.key);
    CheckSize(image.size(), sample.size, sample.image, sample.key);
    return image;
  }

 private:
  DatasetInfo info_;
  std::vector<DepthSample> samples_;
  DepthDecoder decode_;
};

void CheckSplit(const DepthSet& set, const std::string& split) {
  if (split.empty() || split == set.split) return;
  throw ConfigError(fmt::format("{} has the split {}, not '{}'", set.dataset, set.split, split));
}

// Speaks only of a tree that has one of its samples.
std::optional<fs::path> FindShippedList(const DepthSet& set,
                                        const DatasetOptions& options,
                                        const DepthScan& scan) {
  std::optional<fs::path> path = ShippedList(options, set.list);
  if (!path || scan.manifest) return std::nullopt;
  std::set<std::string_view> on_disk;
  for (const DepthSample& sample : scan.samples) on_disk.insert(sample.key);
  for (const DepthListEntry& entry : set.read_list(*path).entries) {
    if (on_disk.contains(entry.key)) return path;
  }
  return std::nullopt;
}

std::optional<fs::path> FindList(const DepthSet& set,
                                 const DatasetOptions& options,
                                 const DepthScan& scan) {
  if (!options.list.empty()) return options.list;
  if (set.list.empty()) return std::nullopt;
  for (const fs::path& folder : scan.list_folders) {
    std::error_code error;
    if (fs::exists(folder / set.list, error)) return folder / set.list;
  }
  return FindShippedList(set, options, scan);
}

[[noreturn]] void ThrowNoList(const DepthSet& set, const DepthScan& scan) {
  const bool named_only = scan.list_folders.empty();
  throw DatasetError(
      scan.root,
      "",
      fmt::format("{}, and nothing else says which samples belong to {} {}",
                  named_only ? "no list of samples is named" : fmt::format("no {} found", set.list),
                  set.dataset,
                  set.split),
      fmt::format("{}name it with --set list=FILE; in a suite, with --set PROTOCOL:list=FILE",
                  named_only ? "" : "put the list there, or "));
}

void Sort(std::vector<DepthSample>& samples) {
  std::sort(samples.begin(), samples.end(), [](const DepthSample& a, const DepthSample& b) {
    return a.key < b.key;
  });
}

// `Row` is DepthSample or DepthListEntry.
template <class Row>
std::vector<std::string> KeysOf(const std::vector<Row>& rows) {
  std::vector<std::string> keys;
  keys.reserve(rows.size());
  for (const Row& row : rows) keys.push_back(row.key);
  return keys;
}

// The listed samples that are on disk, in the list's order; the rest as notes.
std::vector<DepthSample> Select(const DepthList& list,
                                DepthScan& scan,
                                std::vector<std::string>& notes) {
  std::map<std::string, DepthSample> by_key;
  for (DepthSample& sample : scan.samples) by_key.emplace(sample.key, std::move(sample));
  std::vector<DepthSample> selected;
  std::vector<std::string> absent;
  for (const DepthListEntry& entry : list.entries) {
    const auto at = by_key.find(entry.key);
    if (at == by_key.end()) {
      const auto known = scan.absent.find(entry.key);
      absent.push_back(known == scan.absent.end() ? entry.truth : known->second);
    } else {
      selected.push_back(std::move(at->second));
    }
  }
  if (selected.empty()) {
    throw DatasetError(list.path,
                       "",
                       fmt::format("none of its {} samples is on disk, where {} others are",
                                   list.entries.size(),
                                   by_key.size()),
                       "the first one looked for is " + absent.front());
  }
  if (!absent.empty()) {
    notes.push_back(fmt::format("{} of {} listed samples are not on disk: missing {}",
                                absent.size(),
                                list.entries.size(),
                                FirstFew(absent)));
  }
  if (by_key.size() > selected.size()) {
    notes.push_back(fmt::format("{} samples on disk are not in the list and are not used",
                                by_key.size() - selected.size()));
  }
  return selected;
}

// Not every kind of list looks for this itself.
void CheckOnce(const DepthList& list) {
  std::set<std::string_view> seen;
  for (const DepthListEntry& entry : list.entries) {
    if (seen.insert(entry.key).second) continue;
    throw DatasetError(list.path,
                       entry.key,
                       "is listed twice",
                       "a sample counts once: use the official list, or take the line out");
  }
}

std::vector<DepthSample> ApplyList(const DepthSet& set,
                                   const fs::path& path,
                                   DepthScan& scan,
                                   DatasetInfo& info) {
  const DepthList list = set.read_list(path);
  CheckOnce(list);
  info.list_sha256 = list.sha256;
  const bool is_official =
      list.text_sha256 == set.list_sha256 || HashOfKeys(KeysOf(list.entries)) == set.keys_sha256;
  if (set.official == 0 && !info.synthetic) {
    info.official = static_cast<std::int64_t>(list.entries.size());
  } else if (!info.synthetic && !is_official) {
    info.notes.push_back(fmt::format("{} is not the official list ({} of {} samples)",
                                     path.filename().string(),
                                     list.entries.size(),
                                     set.official));
    info.can_be_complete = false;
  }
  return Select(list, scan, info.notes);
}

}  // namespace

std::optional<SyntheticManifest> FindManifest(const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    if (auto manifest = ReadManifest(folder)) return manifest;
  }
  return std::nullopt;
}

std::optional<SyntheticManifest> FindManifest(const fs::path& root,
                                              std::string_view inner,
                                              std::string_view layout) {
  if (auto manifest = ReadManifest(root)) return manifest;
  if (root.filename() != inner) return std::nullopt;
  auto above = ReadManifest(root.parent_path());
  if (above && !above->layout.starts_with(layout)) return std::nullopt;
  return above;
}

Size FrameOf(const DepthScan& scan, Size official) {
  return scan.manifest && scan.manifest->size.Pixels() > 0 ? scan.manifest->size : official;
}

Intrinsics Scaled(const Intrinsics& camera, Size from, Size to) {
  const double x = static_cast<double>(to.width) / from.width;
  const double y = static_cast<double>(to.height) / from.height;
  return {camera.fx * x, camera.fy * y, camera.cx * x, camera.cy * y};
}

std::vector<NameRule> ImageNames(const fs::path& image) {
  const auto path = NameRule::Kind::kPath;
  const std::string folder = image.parent_path().generic_string();
  const std::string before = folder.empty() ? "" : folder + "/";
  const std::string stem = image.stem().string();
  return {{path, before + stem}, {path, before + "pred_" + stem}};
}

void CleanDepth(const RawPart& raw, const std::string& key, DepthTruth& truth) {
  for (int y = 0; y < truth.depth_m.height(); ++y) {
    for (int x = 0; x < truth.depth_m.width(); ++x) {
      double& depth = truth.depth_m.At(x, y);
      if (std::isfinite(depth) && depth >= 0) continue;
      if (truth.file_mask.empty() || truth.file_mask.At(x, y) == 1) {
        throw DatasetError(
            raw.path,
            key,
            fmt::format(
                "pixel ({}, {}) holds the depth {}, and nothing calls it unusable", x, y, depth),
            "depths are finite metres, 0 where nothing was measured: unpack the official files "
            "again");
      }
      depth = 0;
    }
  }
}

DatasetInfo DescribeDepth(const DepthSet& set, const DatasetOptions& options, DepthScan& scan) {
  CheckSplit(set, options.split);
  DatasetInfo info;
  info.name = set.dataset;
  info.split = set.split;
  info.layout = set.layout;
  info.synthetic = scan.manifest.has_value();
  info.official = scan.manifest ? scan.manifest->samples : set.official;
  info.notes = scan.notes;
  Sort(scan.samples);
  if (const auto list = FindList(set, options, scan)) {
    scan.samples = ApplyList(set, *list, scan, info);
    return info;
  }
  if (set.needs_list && !info.synthetic) ThrowNoList(set, scan);
  CheckOfficialKeys(set.keys_sha256, set.official, KeysOf(scan.samples), info);
  if (!scan.alone.empty()) {
    info.notes.push_back(fmt::format(
        "{} images without ground truth: missing {}", scan.alone.size(), FirstFew(scan.alone)));
  }
  return info;
}

std::unique_ptr<Dataset<DepthTask>> MakeDepthDataset(const DepthSet& set,
                                                     const DatasetOptions& options,
                                                     DepthScan scan,
                                                     DepthDecoder decode) {
  DatasetInfo info = DescribeDepth(set, options, scan);
  return std::make_unique<DepthFiles>(std::move(info), std::move(scan.samples), std::move(decode));
}

}  // namespace assay
