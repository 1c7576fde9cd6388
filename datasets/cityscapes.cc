#include "datasets/cityscapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "datasets/cityscapes_labels.h"
#include "datasets/cityscapes_truth.h"
#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/listing.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLabels = "_gtFine_labelIds.png";
constexpr std::string_view kInstances = "_gtFine_instanceIds.png";

// Frames with fine annotations per official split.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> kOfficialCounts = {
    {{"train", 2975}, {"val", 500}, {"test", 1525}}};

struct Sample {
  std::string city;
  std::string frame;  // city_seq_frame
  std::string Key() const { return city + "/" + frame; }
};

class Cityscapes final : public Dataset<SemanticTask> {
 public:
  Cityscapes(const fs::path& base, DatasetInfo info, std::vector<Sample> samples)
      : truth_(base / "gtFine" / info.split),
        images_(base / "leftImg8bit" / info.split),
        info_(std::move(info)),
        samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<SemanticTask> Item(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    return {.key = sample.Key(),
            .cluster = sample.city,
            .image = images_ / sample.city / (sample.frame + "_leftImg8bit.png"),
            .native_names = {{NameRule::Kind::kPrefix, sample.frame}},
            .query = {.space = &CityscapesLabels()}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    const std::string stem = (truth_ / sample.city / sample.frame).string();
    RawTruth raw;
    raw.push_back(ReadTruthFile(stem + std::string(kLabels), sample.Key()));
    raw.push_back(ReadTruthFile(stem + std::string(kInstances), sample.Key()));
    return raw;
  }

  SemanticTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    const std::string key = samples_.at(index).Key();
    const RawPart& labels = raw.at(0);
    const RawPart& instances = raw.at(1);
    try {
      SemanticTruth truth{.labels = DecodeGray8(labels.bytes, labels.path),
                          .instances = DecodeGray16(instances.bytes, instances.path)};
      CheckCityscapesTruth(truth, labels.path, instances.path, key);
      return truth;
    } catch (const FileError& e) {
      throw AsDatasetError(e, key);
    }
  }

  RgbImage Image(std::size_t index) const override {
    return ReadInputImage(Item(index).image, samples_.at(index).Key());
  }

 private:
  fs::path truth_, images_;
  DatasetInfo info_;
  std::vector<Sample> samples_;
};

// ---- finding the tree ------------------------------------------------------

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::vector<std::string> NearestThings(const fs::path& root, const std::string& split) {
  std::vector<std::string> found;
  for (const fs::path& fine : FindFolders(root, "gtFine", 3)) {
    if (fine == root / "gtFine" || fine == root) {
      const auto splits = FolderNames(fine);
      found.push_back(fmt::format(
          "{} with splits: {}", fine.string(), splits.empty() ? "none" : FirstFew(splits, 5)));
    } else {
      found.push_back(
          fmt::format("gtFine deeper in the tree: pass {}", fine.parent_path().string()));
    }
  }
  for (fs::path up = root; up.has_relative_path() && up != up.parent_path();
       up = up.parent_path()) {
    if (up != root && up.filename() == "gtFine") {
      found.push_back(fmt::format("gtFine above: pass {}", up.parent_path().string()));
    }
  }
  const FileCount labels = CountFiles(root, kLabels, 4);
  if (labels.count > 0) {
    found.push_back(fmt::format("{} label files outside split '{}', the first is {}",
                                labels.count,
                                split,
                                labels.first.string()));
  }
  const FileCount train_ids = CountFiles(root, "_gtFine_labelTrainIds.png", 4);
  if (train_ids.count > 0 && labels.count == 0) {
    found.push_back(
        fmt::format("{} *_gtFine_labelTrainIds.png but no labelIds (train ids are derived from "
                    "them; unpack gtFine_trainvaltest.zip)",
                    train_ids.count));
  }
  for (const char* other : {"gtCoarse", "leftImg8bit"}) {
    for (const fs::path& path : FindFolders(root, other, 2)) {
      found.push_back(fmt::format("{}, which is not the fine annotation", path.string()));
    }
  }
  return found;
}

constexpr const char* kLayout = "gtFine/<split>/<city>/<city>_<seq>_<frame>_gtFine_labelIds.png";

[[noreturn]] void ThrowWrongRoot(const fs::path& root, const std::string& split) {
  std::vector<fs::path> tried = {root / "gtFine" / split};
  if (root.filename() == "gtFine") tried.push_back(root / split);
  throw MakeError({.root = root,
                   .dataset = "Cityscapes",
                   .looked_for = fmt::format("{} with split '{}'", kLayout, split),
                   .tried = tried,
                   .nearest = NearestThings(root, split)});
}

// The folder above gtFine.
fs::path FindBase(const fs::path& root, const std::string& split) {
  const bool above = IsFolder(root / "gtFine" / split);
  const bool itself = root.filename() == "gtFine" && IsFolder(root / split);
  if (above && itself) {
    throw DatasetError(root,
                       "",
                       "this gtFine folder holds another gtFine",
                       "pass the folder above the one that is meant");
  }
  if (itself) return (root / "..").lexically_normal();
  if (!above) ThrowWrongRoot(root, split);
  return root;
}

CityscapesName ParseOrThrow(const fs::path& folder,
                            const std::string& file,
                            const std::string& city) {
  const auto name = ParseCityscapesName(file);
  if (name && name->city == city && name->type2 == "labelIds" && name->type == "gtFine") {
    return *name;
  }
  throw DatasetError(folder / file,
                     "",
                     "the name is not <city>_<6 digits>_<6 digits>_gtFine_labelIds.png with the "
                     "city of its folder",
                     "give the file its official name, or take it out of the tree");
}

// Both halves of a frame must be there.
void CheckPairs(const fs::path& folder, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const bool is_labels = file.ends_with(kLabels);
    if (!is_labels && !file.ends_with(kInstances)) continue;
    const std::string_view mine = is_labels ? kLabels : kInstances;
    const std::string stem = file.substr(0, file.size() - mine.size());
    const std::string other = stem + std::string(is_labels ? kInstances : kLabels);
    if (!std::binary_search(files.begin(), files.end(), other)) {
      throw DatasetError(folder / other,
                         folder.filename().string() + "/" + stem,
                         "missing, although " + file + " is there",
                         "unpack gtFine_trainvaltest.zip again: it holds both");
    }
  }
}

std::vector<Sample> FindSamples(const fs::path& folder) {
  std::vector<Sample> samples;
  for (const std::string& city : FolderNames(folder)) {
    const std::vector<std::string> files = FileNames(folder / city);
    CheckPairs(folder / city, files);
    for (const std::string& file : files) {
      if (!file.ends_with(kLabels)) continue;
      samples.push_back({city, ParseOrThrow(folder / city, file, city).Frame()});
    }
  }
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return a.Key() < b.Key();
  });
  return samples;
}

std::int64_t OfficialCount(const std::string& split) {
  for (const auto& [name, count] : kOfficialCounts) {
    if (name == split) return count;
  }
  return 0;
}

}  // namespace

std::optional<CityscapesName> ParseCityscapesName(std::string_view file_name) {
  const std::size_t dot = file_name.find('.', file_name.rfind('_') + 1);
  if (dot == std::string_view::npos) return std::nullopt;
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= dot;) {
    const std::size_t end = std::min(file_name.find('_', begin), dot);
    parts.emplace_back(file_name.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.emplace_back(file_name.substr(dot + 1));
  const auto empty = [](const std::string& part) { return part.empty(); };
  const auto six_digits = [](const std::string& part) {
    return part.size() == 6 && part.find_first_not_of("0123456789") == std::string::npos;
  };
  if (parts.size() != 5 && parts.size() != 6) return std::nullopt;
  if (std::any_of(parts.begin(), parts.end(), empty)) return std::nullopt;
  if (!six_digits(parts[1]) || !six_digits(parts[2])) return std::nullopt;
  return CityscapesName{.city = parts[0],
                        .sequence = parts[1],
                        .frame = parts[2],
                        .type = parts[3],
                        .type2 = parts.size() == 6 ? parts[4] : "",
                        .extension = parts.back()};
}

std::unique_ptr<Dataset<SemanticTask>> OpenCityscapes(const DatasetOptions& options) {
  const std::string split = options.split.empty() ? "val" : options.split;
  const fs::path base = FindBase(CleanRoot(options.root), split);
  std::vector<Sample> samples = FindSamples(base / "gtFine" / split);
  if (samples.empty()) ThrowWrongRoot(base, split);
  DatasetInfo info;
  info.name = "cityscapes";
  info.split = split;
  info.layout = kLayout;
  const auto manifest = ReadManifest(base);
  info.synthetic = manifest.has_value();
  // A manifest counts the evaluation split alone.
  const std::int64_t stated = manifest && split == "val" ? manifest->samples : 0;
  info.official = manifest ? stated : OfficialCount(split);
  if (!IsFolder(base / "leftImg8bit" / split)) {
    info.notes.push_back("no leftImg8bit/" + split +
                         ": saved answers can be scored, models cannot be run");
  }
  return std::make_unique<Cityscapes>(base, std::move(info), std::move(samples));
}

}  // namespace assay
