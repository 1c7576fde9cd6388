#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "datasets/listing.h"
#include "datasets/nyu_forms.h"
#include "datasets/truth_file.h"

namespace assay {

const NyuPngForm kNyuBts = {.layout = "official_splits/<split>/<scene>/sync_depth_<5 digits>.png",
                            .depth_prefix = "sync_depth_",
                            .depth_suffix = ".png",
                            .rgb_prefix = "rgb_",
                            .rgb_suffix = ".jpg",
                            .digits = 5,
                            .first = 0};
const NyuPngForm kNyuMarigold = {.layout = "<split>/<scene>/depth_<4 digits>.png",
                                 .depth_prefix = "depth_",
                                 .depth_suffix = ".png",
                                 .rgb_prefix = "rgb_",
                                 .rgb_suffix = ".png",
                                 .digits = 4,
                                 .first = 1};

namespace {

namespace fs = std::filesystem;

constexpr int kImages = 1449;
constexpr double kUnitsPerMetre = 1000;

bool LooksLike(std::string_view name, std::string_view prefix, std::string_view suffix) {
  return name.starts_with(prefix) && name.ends_with(suffix) &&
         name.size() > prefix.size() + suffix.size();
}

// The 0-based index in a file name; -1 when it does not follow the form.
int IndexOf(const NyuPngForm& form,
            std::string_view name,
            std::string_view prefix,
            std::string_view suffix) {
  if (!LooksLike(name, prefix, suffix)) return -1;
  const std::string_view digits =
      name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || digits.size() != static_cast<std::size_t>(form.digits)) return -1;
  const int index = number - form.first;
  return index < kImages ? index : -1;
}

struct Sample {
  int index = 0;  // from 0
  std::string folder, scene;
};

fs::path FileOf(const NyuPngForm& form,
                const fs::path& base,
                const Sample& sample,
                std::string_view prefix,
                std::string_view suffix) {
  return base / sample.folder / sample.scene /
         fmt::format("{}{:0{}}{}", prefix, sample.index + form.first, form.digits, suffix);
}

class NyuPng final : public Dataset<DepthTask> {
 public:
  NyuPng(const NyuPngForm& form,
         fs::path base,
         NyuContext context,
         DatasetInfo info,
         std::vector<Sample> samples)
      : form_(form),
        base_(std::move(base)),
        context_(std::move(context)),
        info_(std::move(info)),
        samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<DepthTask> Item(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    return NyuItem(
        context_, sample.scene, sample.index, File(sample, form_.rgb_prefix, form_.rgb_suffix));
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    RawTruth raw;
    raw.push_back(
        ReadTruthFile(File(sample, form_.depth_prefix, form_.depth_suffix), NyuKey(sample.index)));
    return raw;
  }

  DepthTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    return {.depth_m = DecodeDepthPng(
                raw.at(0), NyuKey(samples_.at(index).index), kUnitsPerMetre, context_.ImageSize()),
            .file_mask = {}};
  }

  RgbImage Image(std::size_t index) const override {
    const fs::path path = Item(index).image;
    const std::string key = NyuKey(samples_.at(index).index);
    RgbImage image = ReadInputImage(path, key);
    CheckSize(image.size(), context_.ImageSize(), path, key);
    return image;
  }

 private:
  fs::path File(const Sample& sample, std::string_view prefix, std::string_view suffix) const {
    return FileOf(form_, base_, sample, prefix, suffix);
  }

  NyuPngForm form_;
  fs::path base_;
  NyuContext context_;
  DatasetInfo info_;
  std::vector<Sample> samples_;
};

int IndexOrThrow(const NyuPngForm& form, const fs::path& folder, const std::string& file) {
  const int index = IndexOf(form, file, form.depth_prefix, form.depth_suffix);
  if (index >= 0) return index;
  throw DatasetError(folder / file,
                     "",
                     fmt::format("the name is not {}<{} digits, {}..{}>{}",
                                 form.depth_prefix,
                                 form.digits,
                                 form.first,
                                 kImages - 1 + form.first,
                                 form.depth_suffix),
                     "give the file its official name, or take it out of the tree");
}

// Images whose truth is not there: a hole in the tree that the count alone would
// not locate.
void NoteImagesAlone(const NyuPngForm& form,
                     const fs::path& folder,
                     const std::vector<std::string>& files,
                     std::vector<std::string>& alone) {
  for (const std::string& file : files) {
    const int index = IndexOf(form, file, form.rgb_prefix, form.rgb_suffix);
    if (index < 0) continue;
    const std::string depth = fmt::format(
        "{}{:0{}}{}", form.depth_prefix, index + form.first, form.digits, form.depth_suffix);
    if (!std::binary_search(files.begin(), files.end(), depth)) {
      alone.push_back((folder.filename() / depth).string());
    }
  }
}

struct Found {
  std::vector<Sample> samples;
  std::vector<std::string> alone;
};

Found FindSamples(const NyuPngForm& form, const fs::path& base, const NyuContext& context) {
  Found found;
  for (const std::string& split : context.SplitFolders()) {
    for (const std::string& scene : FolderNames(base / split)) {
      const fs::path folder = base / split / scene;
      const std::vector<std::string> files = FileNames(folder);
      NoteImagesAlone(form, folder, files, found.alone);
      for (const std::string& file : files) {
        if (!LooksLike(file, form.depth_prefix, form.depth_suffix)) continue;
        found.samples.push_back({IndexOrThrow(form, folder, file), split, scene});
      }
    }
  }
  std::sort(found.samples.begin(), found.samples.end(), [](const Sample& a, const Sample& b) {
    return a.index < b.index;
  });
  return found;
}

void CheckUnique(const NyuPngForm& form, const fs::path& base, const std::vector<Sample>& samples) {
  const auto twice =
      std::adjacent_find(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
        return a.index == b.index;
      });
  if (twice == samples.end()) return;
  const Sample& other = *(twice + 1);
  throw DatasetError(FileOf(form, base, *twice, form.depth_prefix, form.depth_suffix),
                     NyuKey(twice->index),
                     fmt::format("the image also lies in {}/{}", other.folder, other.scene),
                     "numbers are unique over all scenes: remove the copy");
}

}  // namespace

bool HoldsNyuPng(const NyuPngForm& form, const fs::path& split_folder) {
  for (const std::string& scene : FolderNames(split_folder)) {
    for (const std::string& file : FileNames(split_folder / scene)) {
      if (LooksLike(file, form.depth_prefix, form.depth_suffix)) return true;
    }
  }
  return false;
}

std::unique_ptr<Dataset<DepthTask>> OpenNyuPng(const NyuPngForm& form,
                                               const fs::path& base,
                                               const NyuContext& context) {
  Found found = FindSamples(form, base, context);
  CheckUnique(form, base, found.samples);
  std::vector<int> indices;
  indices.reserve(found.samples.size());
  for (const Sample& sample : found.samples) indices.push_back(sample.index);
  DatasetInfo info = context.Info("nyu", std::string(form.layout), indices);
  if (!found.alone.empty()) {
    info.notes.push_back(fmt::format(
        "{} images without ground truth: missing {}", found.alone.size(), FirstFew(found.alone)));
  }
  return std::make_unique<NyuPng>(form, base, context, std::move(info), std::move(found.samples));
}

}  // namespace assay
