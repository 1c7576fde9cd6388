#include "datasets/saco.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <utility>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/saco_file.h"
#include "datasets/saco_subsets.h"
#include "datasets/saco_truth.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLayout = "[gt-annotations/]gold_<subset>_merged_{a,b,c}_release_test.json";
constexpr std::array<const char*, 3> kFolders = {"gt-annotations", "annotations", "annotation"};
constexpr std::string_view kSuffix = "_release_test.json";

// Where one pair lies in each file.
using Sample = std::array<std::uint32_t, 3>;

class Saco final : public Dataset<InstancesTask> {
 public:
  Saco(DatasetInfo info,
       const fs::path& images,
       std::vector<SacoFile> files,
       std::vector<Sample> samples)
      : info_(std::move(info)),
        images_((images / "").string()),
        files_(std::move(files)),
        samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<InstancesTask> Item(std::size_t index) const override {
    const SacoPair& pair = Pair(index, 0);
    SacoQuestion question = ReadSacoQuestion(files_[0], pair);
    const std::string key = std::to_string(pair.id);
    return {.key = key,
            .cluster = question.file_name,
            .image = images_ + question.file_name,
            .native_names = {{NameRule::Kind::kPath, key}},
            .query = {.phrase = std::move(question.phrase), .size = pair.size}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    RawTruth raw;
    raw.reserve(files_.size());
    for (std::size_t k = 0; k < files_.size(); ++k) {
      raw.push_back(CanonicalSacoPair(files_[k], Pair(index, k)));
    }
    return raw;
  }

  InstancesTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    const std::string key = std::to_string(Pair(index, 0).id);
    InstancesTruth truth{.size = Pair(index, 0).size, .annotators = {}};
    truth.annotators.reserve(files_.size());
    for (std::size_t k = 0; k < files_.size(); ++k) {
      CheckSize(Pair(index, k).size, truth.size, files_[k].Path(), key);
      truth.annotators.push_back(DecodeSacoPair(raw.at(k), key, truth.size));
    }
    return truth;
  }

  RgbImage Image(std::size_t index) const override {
    const assay::Item<InstancesTask> item = Item(index);
    RgbImage image = ReadInputImage(item.image, item.key);
    CheckSize(image.size(), item.query.size, item.image, item.key);
    return image;
  }

 private:
  const SacoPair& Pair(std::size_t index, std::size_t annotator) const {
    return files_[annotator].Pairs()[samples_.at(index).at(annotator)];
  }

  DatasetInfo info_;
  std::string images_;  // the folder, its last slash included
  std::vector<SacoFile> files_;
  std::vector<Sample> samples_;
};

// ---- finding the files -----------------------------------------------------

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::string AnnotatorsOf(InstanceAnnotators annotators) {
  switch (annotators) {
    case InstanceAnnotators::kA:
      return "a";
    case InstanceAnnotators::kB:
      return "b";
    case InstanceAnnotators::kC:
      return "c";
    case InstanceAnnotators::kOracle:
      break;
  }
  return "abc";
}

std::vector<fs::path> AnnotationFolders(const fs::path& root) {
  std::vector<fs::path> folders = {root};
  for (const char* name : kFolders) folders.push_back(root / name);
  return folders;
}

// The root, and what is above it where the root is itself a folder of annotations.
std::vector<fs::path> Homes(const fs::path& root) {
  std::vector<fs::path> homes = {root};
  if (std::find(kFolders.begin(), kFolders.end(), root.filename()) != kFolders.end()) {
    homes.push_back(root.has_parent_path() ? root.parent_path() : fs::path("."));
  }
  return homes;
}

bool HoldsAny(const fs::path& folder, const SacoSubset& subset, const std::string& annotators) {
  return std::any_of(annotators.begin(), annotators.end(), [&](char annotator) {
    return IsFile(folder / SacoFileName(subset, annotator));
  });
}

std::vector<std::string> NearestThings(const fs::path& root, const SacoSubset& subset) {
  std::vector<std::string> found;
  for (const char annotator : {'a', 'b', 'c'}) {
    const FileCount same = CountFiles(root, SacoFileName(subset, annotator), 4);
    if (same.count == 0) continue;
    found.push_back(
        fmt::format("{}: pass {}", same.first.string(), same.first.parent_path().string()));
    break;
  }
  const FileCount others = CountFiles(root, kSuffix, 4);
  if (found.empty() && others.count > 0) {
    found.push_back(fmt::format("{} files *{}, of other subsets or annotators, the first is {}",
                                others.count,
                                kSuffix,
                                others.first.string()));
  }
  const FileCount archive = CountFiles(root, "gt-annotations.zip", 2);
  if (archive.count > 0) found.push_back(archive.first.string() + ", which has to be unpacked");
  for (const fs::path& home : Homes(root)) {
    if (!IsFolder(home / subset.media)) continue;
    found.push_back((home / subset.media).string() + ", which is the images");
  }
  return found;
}

[[noreturn]] void ThrowWrongRoot(const fs::path& root,
                                 const SacoSubset& subset,
                                 const std::string& annotators) {
  throw MakeError({.root = root,
                   .dataset = "SA-Co/Gold",
                   .looked_for = fmt::format("{} with subset '{}', that is {}",
                                             kLayout,
                                             subset.name,
                                             SacoFileName(subset, annotators.front())),
                   .tried = AnnotationFolders(root),
                   .nearest = NearestThings(root, subset)});
}

const SacoSubset& ChooseSubset(const fs::path& root,
                               const std::string& split,
                               const std::string& annotators) {
  if (!split.empty()) return FindSacoSubset(split);
  std::vector<const SacoSubset*> present;
  for (const SacoSubset& subset : SacoSubsets()) {
    for (const fs::path& folder : AnnotationFolders(root)) {
      if (!HoldsAny(folder, subset, annotators)) continue;
      present.push_back(&subset);
      break;
    }
  }
  return present.size() == 1 ? *present.front() : FindSacoSubset("");
}

fs::path FindFolder(const fs::path& root, const SacoSubset& subset, const std::string& annotators) {
  std::vector<fs::path> found;
  for (const fs::path& folder : AnnotationFolders(root)) {
    if (HoldsAny(folder, subset, annotators)) found.push_back(folder);
  }
  if (found.empty()) ThrowWrongRoot(root, subset, annotators);
  if (found.size() > 1) {
    throw DatasetError(found[1],
                       "",
                       fmt::format("the subset {} also lies in {}", subset.name, found[0].string()),
                       "pass the folder that is meant");
  }
  return found.front();
}

// Every annotator's file, with a look around for the first that is not there.
std::vector<fs::path> FindFiles(const fs::path& folder,
                                const SacoSubset& subset,
                                const std::string& annotators) {
  std::vector<fs::path> files;
  for (const char annotator : annotators) {
    files.push_back(folder / SacoFileName(subset, annotator));
    if (IsFile(files.back())) continue;
    std::vector<std::string> names = FileNames(folder);
    std::erase_if(names, [&](const std::string& name) {
      return !name.starts_with(fmt::format("gold_{}_", subset.file_part));
    });
    throw DatasetError(
        files.back(),
        "",
        fmt::format("no such file, but a pair is scored against {}",
                    annotators.size() == 1 ? "it" : "the annotators a, b and c"),
        fmt::format("unpack gt-annotations again; of this subset the folder holds {}",
                    FirstFew(names, 5)));
  }
  return files;
}

// ---- which pairs -----------------------------------------------------------

// Pairs in which a file differs from the first, for a note.
struct Differences {
  std::int64_t count = 0;
  std::string first;
  void Add(std::int64_t id) {
    if (count++ == 0) first = std::to_string(id);
  }
};

void CompareQuestions(const std::vector<SacoFile>& files, std::vector<std::string>& notes) {
  for (std::size_t k = 1; k < files.size(); ++k) {
    Differences other_question;
    Differences unknown;
    std::size_t guess = 0;
    for (const SacoPair& pair : files[k].Pairs()) {
      const auto same = files[0].Find(pair.id, guess);
      if (!same) {
        unknown.Add(pair.id);
      } else if (files[0].Pairs()[*same].question_hash != pair.question_hash) {
        other_question.Add(pair.id);
      }
      guess = same.value_or(guess);
    }
    const std::string name = files[k].Path().filename().string();
    if (unknown.count > 0) {
      notes.push_back(
          fmt::format("{} has {} pairs that {} does not have, the first is {}; they "
                      "are not used",
                      name,
                      unknown.count,
                      files[0].Path().filename().string(),
                      unknown.first));
    }
    if (other_question.count > 0) {
      notes.push_back(
          fmt::format("{} has another phrase or image for {} pairs, the first is {}; "
                      "those of {} are asked",
                      name,
                      other_question.count,
                      other_question.first,
                      files[0].Path().filename().string()));
    }
  }
}

void NoteForeign(const std::vector<SacoFile>& files, std::vector<std::string>& notes) {
  for (const SacoFile& file : files) {
    if (file.ForeignAnnotations() == 0) continue;
    notes.push_back(
        fmt::format("{} has {} annotations of a category it does not list; the "
                    "official evaluator leaves them out",
                    file.Path().filename().string(),
                    file.ForeignAnnotations()));
  }
}

std::vector<Sample> Select(const std::vector<SacoFile>& files) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < files[0].Pairs().size(); ++i) {
    const SacoPair& pair = files[0].Pairs()[i];
    bool exhaustive = pair.exhaustive;
    Sample sample = {static_cast<std::uint32_t>(i)};
    for (std::size_t k = 1; k < files.size(); ++k) {
      const auto at = files[k].Find(pair.id, i);
      if (!at) {
        throw DatasetError(files[k].Path(),
                           std::to_string(pair.id),
                           "the pair is not in this file, although it is in " +
                               files[0].Path().filename().string(),
                           "the files of one subset belong together: unpack all of them again");
      }
      exhaustive = exhaustive && files[k].Pairs()[*at].exhaustive;
      sample.at(k) = static_cast<std::uint32_t>(*at);
    }
    if (exhaustive) samples.push_back(sample);
  }
  if (samples.empty()) {
    throw DatasetError(files[0].Path(),
                       "",
                       fmt::format("none of its {} pairs is exhaustive, so none can be scored",
                                   files[0].Pairs().size()),
                       "compare is_instance_exhaustive with the official archive");
  }
  return samples;
}

// ---- putting it together ---------------------------------------------------

std::optional<SyntheticManifest> FindManifest(const fs::path& root) {
  for (const fs::path& home : Homes(root)) {
    if (auto manifest = ReadManifest(home)) return manifest;
  }
  return std::nullopt;
}

fs::path FindImages(const fs::path& root, const SacoSubset& subset, DatasetInfo& info) {
  for (const fs::path& home : Homes(root)) {
    if (IsFolder(home / subset.media)) return home / subset.media;
  }
  info.notes.push_back(
      fmt::format("no {}: saved answers can be scored, models cannot be run", subset.media));
  return root / subset.media;
}

std::int64_t OfficialCount(const std::optional<SyntheticManifest>& manifest,
                           const SacoSubset& subset,
                           std::int64_t pairs,
                           std::int64_t found,
                           InstanceAnnotators annotators) {
  if (annotators == InstanceAnnotators::kOracle) {
    return manifest ? manifest->samples : subset.evaluated;
  }
  // No list tells how many pairs one annotator calls exhaustive. A file with all of its
  // pairs has them all.
  return manifest || pairs == subset.pairs ? found : 0;
}

std::vector<SacoFile> ReadFiles(const std::vector<fs::path>& paths) {
  std::vector<SacoFile> files;
  files.reserve(paths.size());
  for (const fs::path& path : paths) files.emplace_back(path);
  return files;
}

}  // namespace

std::unique_ptr<Dataset<InstancesTask>> OpenSaco(const DatasetOptions& options,
                                                 InstanceAnnotators annotators) {
  const fs::path root = CleanRoot(options.root);
  const std::string used = AnnotatorsOf(annotators);
  const SacoSubset& subset = ChooseSubset(root, options.split, used);
  const fs::path folder = FindFolder(root, subset, used);
  std::vector<SacoFile> files = ReadFiles(FindFiles(folder, subset, used));
  std::vector<Sample> samples = Select(files);
  const auto pairs = static_cast<std::int64_t>(files[0].Pairs().size());
  const auto found = static_cast<std::int64_t>(samples.size());
  const auto manifest = FindManifest(root);
  DatasetInfo info;
  info.name = "saco-gold" + (used.size() == 1 ? "-" + used : "");
  info.split = subset.name;
  info.layout = kLayout;
  info.synthetic = manifest.has_value();
  info.official = OfficialCount(manifest, subset, pairs, found, annotators);
  if (found < pairs) {
    info.notes.push_back(
        fmt::format("{} of {} pairs are exhaustive and scored; the others are "
                    "left out, as the official evaluator does",
                    found,
                    pairs));
  }
  CompareQuestions(files, info.notes);
  NoteForeign(files, info.notes);
  const fs::path images = FindImages(root, subset, info);
  return std::make_unique<Saco>(std::move(info), images, std::move(files), std::move(samples));
}

}  // namespace assay
