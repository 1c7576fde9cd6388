#include "datasets/reasonseg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "datasets/expression_text.h"
#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/reasonseg_truth.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLayout = "reason_seg/ReasonSeg/<split>/<name>.jpg with <name>.json";
constexpr std::string_view kImage = ".jpg";
constexpr std::string_view kLabels = ".json";

// Images per official split.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> kOfficialCounts = {
    {{"train", 239}, {"val", 200}, {"test", 779}}};

// Kinds of queries, as what a split's name ends in and whether they are sentences.
constexpr std::array<std::pair<std::string_view, bool>, 2> kKinds = {
    {{"-long", true}, {"-short", false}}};

struct Sample {
  std::string stem;
  std::string text;
  bool is_sentence = false;
};

ReasonFile ParseOrThrow(const RawPart& part, const std::string& key) {
  try {
    return ParseReasonFile(part.bytes);
  } catch (const std::invalid_argument& e) {
    throw DatasetError(part.path, key, e.what(), "unpack it again from the official archive");
  }
}

// "<width> <height>", so that the truth's hash covers what it was painted on.
Bytes WriteSize(Size size) {
  const std::string text = fmt::format("{} {}", size.width, size.height);
  return {text.begin(), text.end()};
}

Size ReadSize(const Bytes& bytes) {
  const std::string text(bytes.begin(), bytes.end());
  const std::size_t blank = text.find(' ');
  return {std::stoi(text.substr(0, blank)), std::stoi(text.substr(blank + 1))};
}

class ReasonSeg final : public Dataset<ReferringTask> {
 public:
  ReasonSeg(fs::path folder, DatasetInfo info, std::vector<Sample> samples)
      : folder_(std::move(folder)), info_(std::move(info)), samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<ReferringTask> Item(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    return {.key = sample.stem,
            .cluster = sample.stem,
            .image = ImagePath(sample),
            .native_names = {{NameRule::Kind::kPath, sample.stem}},
            .query = {.expression = TrimBlanks(sample.text),
                      .raw = sample.text,
                      .is_sentence = sample.is_sentence}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    RawTruth raw;
    raw.push_back(ReadTruthFile(folder_ / (sample.stem + std::string(kLabels)), sample.stem));
    raw.push_back(
        {ImagePath(sample),
         WriteSize(ReadPhotoSize(ImagePath(sample), sample.stem, PhotoOrientation::kAsSeen))});
    return raw;
  }

  ReferringTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    const ReasonFile file = ParseOrThrow(raw.at(0), samples_.at(index).stem);
    return PaintReasonTruth(file.shapes, ReadSize(raw.at(1).bytes));
  }

  RgbImage Image(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    return ReadPhoto(ImagePath(sample), sample.stem, PhotoOrientation::kAsSeen);
  }

 private:
  fs::path ImagePath(const Sample& sample) const {
    return folder_ / (sample.stem + std::string(kImage));
  }

  fs::path folder_;
  DatasetInfo info_;
  std::vector<Sample> samples_;
};

// ---- finding the tree ------------------------------------------------------

std::vector<fs::path> SplitFolders(const fs::path& root, const std::string& split) {
  return {root / "reason_seg" / "ReasonSeg" / split, root / "ReasonSeg" / split, root / split};
}

bool HasImages(const fs::path& folder) {
  const std::vector<std::string> names = FileNames(folder);
  return std::any_of(
      names.begin(), names.end(), [](const std::string& name) { return name.ends_with(kImage); });
}

std::vector<std::string> NearestThings(const fs::path& root, const std::string& split) {
  std::vector<std::string> found;
  for (const fs::path& folder : FindFolders(root, "ReasonSeg", 4)) {
    found.push_back(
        fmt::format("{} with folders: {}", folder.string(), FirstFew(FolderNames(folder), 5)));
  }
  if (root.filename() == split && HasImages(root)) {
    found.push_back("the split itself: pass " + root.parent_path().string());
  }
  const FileCount parquet = CountFiles(root, ".parquet", 3);
  if (parquet.count > 0) {
    found.push_back(fmt::format("{}: a mirror with rendered masks, which lack the ignored regions",
                                parquet.first.string()));
  }
  return found;
}

fs::path FindSplit(const fs::path& root, const std::string& split) {
  const std::vector<fs::path> tried = SplitFolders(root, split);
  for (const fs::path& folder : tried) {
    if (HasImages(folder)) return folder;
  }
  throw MakeError({.root = root,
                   .dataset = "ReasonSeg",
                   .looked_for = fmt::format("{} with split '{}'", kLayout, split),
                   .tried = tried,
                   .nearest = NearestThings(root, split)});
}

// Both halves of a sample must be there.
void CheckPairs(const fs::path& folder, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const bool is_image = file.ends_with(kImage);
    if (!is_image && !file.ends_with(kLabels)) continue;
    const std::string_view mine = is_image ? kImage : kLabels;
    const std::string stem = file.substr(0, file.size() - mine.size());
    const std::string other = stem + std::string(is_image ? kLabels : kImage);
    if (std::binary_search(files.begin(), files.end(), other)) continue;
    throw DatasetError(folder / other,
                       stem,
                       "missing, although " + file + " is there",
                       "unpack the official archive again: it holds both");
  }
}

std::vector<Sample> ReadSamples(const fs::path& folder) {
  const std::vector<std::string> files = FileNames(folder);
  CheckPairs(folder, files);
  std::vector<Sample> samples;
  for (const std::string& file : files) {
    if (!file.ends_with(kImage)) continue;
    const std::string stem = file.substr(0, file.size() - kImage.size());
    const ReasonFile labels =
        ParseOrThrow(ReadTruthFile(folder / (stem + std::string(kLabels)), stem), stem);
    samples.push_back({stem, labels.text, labels.is_sentence});
  }
  // "a.jpg" comes after "a-b.jpg", but "a" before "a-b".
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return a.stem < b.stem;
  });
  return samples;
}

// "test-long" is what test asks in sentences, "test-short" the rest.
struct Split {
  std::string name;
  std::string folder;
  std::optional<bool> sentences = {};  // none: every query
};

Split ParseSplit(const std::string& name) {
  Split split{.name = name, .folder = name};
  for (const auto& [suffix, sentences] : kKinds) {
    if (!name.ends_with(suffix)) continue;
    split.folder = name.substr(0, name.size() - suffix.size());
    split.sentences = sentences;
  }
  return split;
}

std::int64_t OfficialCount(const Split& split) {
  for (const auto& [folder, count] : kOfficialCounts) {
    if (folder == split.folder) return count;
  }
  throw ConfigError(
      "ReasonSeg has the splits train, val and test, each also as -short and -long, not '" +
      split.name + "'");
}

// Leaves the queries of one kind. Their official number is not published: a part is as
// complete as the split it is part of.
void KeepKind(bool sentences, DatasetInfo& info, std::vector<Sample>& samples) {
  const bool whole = static_cast<std::int64_t>(samples.size()) == info.official;
  std::erase_if(samples, [&](const Sample& sample) { return sample.is_sentence != sentences; });
  info.official = whole ? static_cast<std::int64_t>(samples.size()) : 0;
}

}  // namespace

std::unique_ptr<Dataset<ReferringTask>> OpenReasonSeg(const DatasetOptions& options) {
  DatasetInfo info;
  info.name = "reasonseg";
  const Split split = ParseSplit(options.split.empty() ? "val" : options.split);
  info.split = split.name;
  info.layout = kLayout;
  info.official = OfficialCount(split);
  const fs::path root = CleanRoot(options.root);
  const fs::path folder = FindSplit(root, split.folder);
  if (const auto manifest = ReadManifest(root)) {
    info.synthetic = true;
    // A manifest counts each split that is evaluated; none has a train split.
    info.official = split.folder == "train" ? 0 : manifest->samples;
  }
  std::vector<Sample> samples = ReadSamples(folder);
  if (split.sentences) KeepKind(*split.sentences, info, samples);
  return std::make_unique<ReasonSeg>(folder, std::move(info), std::move(samples));
}

}  // namespace assay
