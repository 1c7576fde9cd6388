#include "datasets/dsine.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "datasets/dsine_list.h"
#include "datasets/dsine_sets.h"
#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/nyu_forms.h"
#include "datasets/official_keys.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"
#include "metrics/normals_angle.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPack = "dsine_eval";  // Marigold's sets lie in the root itself

bool Exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

constexpr std::string_view kPickle = "_normal.pkl";  // OASIS as DSINE's pack has it

std::string LayoutOf(const DsineSet& set) {
  const std::string_view folder = set.only_folder.empty() ? "<folder>" : set.only_folder;
  return fmt::format("{}/{}/<name>{}", set.folder, folder, set.suffix);
}

template <class T>
Raster<T> WithoutSides(Raster<T> map, int columns) {
  if (columns == 0) return map;
  Raster<T> inner(Size{map.width() - 2 * columns, map.height()});
  for (int y = 0; y < inner.height(); ++y) {
    std::copy_n(map.Row(y).begin() + columns, inner.width(), inner.Row(y).begin());
  }
  return inner;
}

void FaceTheCamera(double longest, NormalMap& normals) {
  for (Vector3& normal : normals.Pixels()) {
    if (!(Length(normal) > longest)) normal = {0, 0, 1};
  }
}

class Dsine final : public Dataset<NormalsTask> {
 public:
  Dsine(const DsineSet& set,
        fs::path base,
        std::optional<SyntheticManifest> manifest,
        DatasetInfo info,
        std::vector<DsineSample> samples)
      : set_(set),
        base_(std::move(base)),
        manifest_(std::move(manifest)),
        info_(std::move(info)),
        samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<NormalsTask> Item(std::size_t index) const override {
    const DsineSample& sample = samples_.at(index);
    return {.key = sample.Key(set_),
            .cluster = set_.nyu_numbers ? sample.Key(set_) : sample.folder,
            .image = ImageFile(sample),
            .native_names = NativeNames(sample),
            .query = {.frame = ShownSize(), .camera = {}}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const DsineSample& sample = samples_.at(index);
    RawTruth raw;
    raw.push_back(ReadTruthFile(TruthFile(sample), sample.Key(set_)));
    return raw;
  }

  NormalsTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    NormalsTruth truth = {DecodeNormals(
        set_.file, set_.frame, raw.at(0), samples_.at(index).Key(set_), StoredSize(index))};
    if (set_.facing_up_to) FaceTheCamera(*set_.facing_up_to, truth.normals);
    truth.normals = WithoutSides(truth.normals, set_.cut_columns);
    return truth;
  }

  RgbImage Image(std::size_t index) const override {
    const DsineSample& sample = samples_.at(index);
    const fs::path path = ImageFile(sample);
    RgbImage image = ReadInputImage(path, sample.Key(set_));
    CheckSize(image.size(), StoredSize(index), path, sample.Key(set_));
    return WithoutSides(image, set_.cut_columns);
  }

 private:
  // Of the files; 0 x 0 where each has its own.
  assay::Size FileSize() const { return manifest_ ? manifest_->size : set_.size; }
  assay::Size ShownSize() const {
    const assay::Size size = FileSize();
    return {size.width - 2 * set_.cut_columns, size.height};
  }
  // Of a set whose samples have sizes of their own, by the image's header.
  assay::Size StoredSize(std::size_t index) const {
    if (FileSize().Pixels() > 0) return FileSize();
    const DsineSample& sample = samples_.at(index);
    return ReadPhotoSize(ImageFile(sample), sample.Key(set_), PhotoOrientation::kAsStored);
  }
  fs::path TruthFile(const DsineSample& sample) const {
    return base_ / sample.folder / (sample.name + std::string(set_.suffix));
  }
  fs::path ImageFile(const DsineSample& sample) const {
    const std::string stem = sample.name + std::string(set_.image_mark);
    fs::path png = base_ / sample.folder / (stem + ".png");
    fs::path jpg = base_ / sample.folder / (stem + ".jpg");
    return !Exists(png) && Exists(jpg) ? jpg : png;
  }
  // Lotus saves <folder>_<name>_norm, Marigold the image's own stem.
  std::vector<NameRule> NativeNames(const DsineSample& sample) const {
    const auto path = NameRule::Kind::kPath;
    std::vector<NameRule> rules = {{path, sample.Stem() + std::string(set_.image_mark)},
                                   {path, sample.Stem()},
                                   {path, sample.Stem() + "_normal"},
                                   {path, sample.folder + "_" + sample.name + "_norm"}};
    if (set_.nyu_numbers) {
      rules.push_back({path, sample.name + "_img"});
      for (NameRule& rule : NyuNames("", NyuNumber(sample.name))) rules.push_back(std::move(rule));
    }
    return rules;
  }

  DsineSet set_;
  fs::path base_;
  std::optional<SyntheticManifest> manifest_;
  DatasetInfo info_;
  std::vector<DsineSample> samples_;
};

// ---- finding the tree ------------------------------------------------------

struct Scan {
  std::set<DsineSample> samples;
  std::vector<std::string> alone;  // truth files that images wait for
};

void CheckName(const DsineSet& set, const fs::path& file, const std::string& name) {
  if (!set.nyu_numbers || NyuNumber(name) >= 0) return;
  throw DatasetError(file,
                     "",
                     fmt::format("the name is not <6 digits, 000000..001448>{}", set.suffix),
                     "give the file its official name, or take it out of the tree");
}

// Folders `levels` below the base, by their path from there.
std::vector<std::string> FoldersBelow(const fs::path& base, int levels) {
  std::vector<std::string> folders = FolderNames(base);
  for (int level = 1; level < levels; ++level) {
    std::vector<std::string> deeper;
    for (const std::string& folder : folders) {
      for (const std::string& name : FolderNames(base / folder)) {
        deeper.push_back(fmt::format("{}/{}", folder, name));
      }
    }
    folders = std::move(deeper);
  }
  return folders;
}

bool IsImage(const std::string& file) { return file.ends_with(".png") || file.ends_with(".jpg"); }

Scan ScanSamples(const DsineSet& set, const fs::path& base) {
  Scan scan;
  for (const std::string& folder : FoldersBelow(base, set.folder_levels)) {
    if (!set.only_folder.empty() && folder != set.only_folder) continue;
    const std::vector<std::string> files = FileNames(base / folder);
    for (const std::string& file : files) {
      if (file.ends_with(set.suffix) && file.size() > set.suffix.size()) {
        const std::string name = file.substr(0, file.size() - set.suffix.size());
        CheckName(set, base / folder / file, name);
        scan.samples.insert({folder, name});
        continue;
      }
      const std::size_t mark = file.rfind(std::string(set.image_mark) + ".");
      if (!IsImage(file) || mark == std::string::npos || mark == 0) continue;
      const std::string truth = file.substr(0, mark) + std::string(set.suffix);
      if (!std::binary_search(files.begin(), files.end(), truth)) {
        scan.alone.push_back(fmt::format("{}/{}", folder, truth));
      }
    }
  }
  return scan;
}

std::vector<fs::path> Bases(const DsineSet& set, const fs::path& root) {
  return {root, root / set.folder, root / kPack / set.folder};
}

std::vector<std::string> NearestThings(const DsineSet& set, const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& path : FindFolders(root, set.folder, 4)) {
    if (path != root) found.push_back("the set deeper in the tree: pass " + path.string());
  }
  const FileCount here = CountFiles(root, set.suffix, 0);
  if (here.count > 0) {
    found.push_back("the samples themselves: pass " + root.parent_path().string());
  }
  const FileCount pickles = CountFiles(root, kPickle, 4);
  if (pickles.count > 0) {
    found.push_back(fmt::format("{} pickles, which are not read: scripts/convert_oasis.py {}",
                                pickles.count,
                                pickles.first.parent_path().string()));
  }
  const FileCount below = CountFiles(root, set.suffix, 4);
  if (found.empty() && below.count > 0) {
    found.push_back(fmt::format(
        "{} files *{}, the first is {}", below.count, set.suffix, below.first.string()));
  }
  return found;
}

std::optional<SyntheticManifest> FindManifest(const fs::path& root, const fs::path& base) {
  for (const fs::path& folder : {root, base, base.parent_path()}) {
    if (auto manifest = ReadManifest(folder)) return manifest;
  }
  return std::nullopt;
}

std::optional<fs::path> FindList(const DsineSet& set,
                                 const DatasetOptions& options,
                                 const fs::path& base) {
  if (!options.list.empty()) return options.list;
  for (const fs::path& folder : {base / "split", base}) {
    if (Exists(folder / set.list)) return folder / set.list;
  }
  return std::nullopt;
}

// The listed samples that are on disk, in the list's order; the rest as notes.
std::vector<DsineSample> Select(const DsineSet& set,
                                const DsineList& list,
                                const Scan& scan,
                                std::vector<std::string>& notes) {
  std::vector<DsineSample> samples;
  std::vector<std::string> absent;
  for (const DsineSample& sample : list.samples) {
    if (scan.samples.contains(sample)) {
      samples.push_back(sample);
    } else {
      absent.push_back(sample.Stem() + std::string(set.suffix));
    }
  }
  if (samples.empty()) {
    throw DatasetError(list.path,
                       "",
                       fmt::format("none of its {} samples is on disk, where {} others are",
                                   list.samples.size(),
                                   scan.samples.size()),
                       "the first one looked for is " + absent.front());
  }
  if (!absent.empty()) {
    notes.push_back(fmt::format("{} of {} listed samples are not on disk: missing {}",
                                absent.size(),
                                list.samples.size(),
                                FirstFew(absent)));
  }
  if (scan.samples.size() > samples.size()) {
    notes.push_back(fmt::format("{} samples on disk are not in the list and are not used",
                                scan.samples.size() - samples.size()));
  }
  return samples;
}

std::vector<DsineSample> ApplyList(const DsineSet& set,
                                   const fs::path& path,
                                   const Scan& scan,
                                   DatasetInfo& info) {
  const DsineList list = ReadDsineList(set, path);
  info.list_sha256 = list.sha256;
  if (!list.official && !info.synthetic) {
    info.notes.push_back(fmt::format("{} is not the official list ({} of {} samples)",
                                     path.filename().string(),
                                     list.samples.size(),
                                     set.official));
    info.can_be_complete = false;
  }
  return Select(set, list, scan, info.notes);
}

std::vector<std::string> KeysOf(const DsineSet& set, const std::vector<DsineSample>& samples) {
  std::vector<std::string> keys;
  keys.reserve(samples.size());
  for (const DsineSample& sample : samples) keys.push_back(sample.Key(set));
  return keys;
}

void CheckSplit(const DsineSet& set, const std::string& split) {
  if (split.empty() || split == set.split) return;
  throw ConfigError(fmt::format("{} has the split {}, not '{}'", set.dataset, set.split, split));
}

struct Found {
  fs::path base;
  Scan scan;
};

Found FindBase(const DsineSet& set, const fs::path& root) {
  for (const fs::path& base : Bases(set, root)) {
    Scan scan = ScanSamples(set, base);
    if (!scan.samples.empty()) return {base, std::move(scan)};
  }
  throw MakeError({.root = root,
                   .dataset = std::string(set.dataset),
                   .looked_for = LayoutOf(set),
                   .tried = Bases(set, root),
                   .nearest = NearestThings(set, root)});
}

}  // namespace

std::unique_ptr<Dataset<NormalsTask>> OpenDsine(std::string_view dataset,
                                                const DatasetOptions& options) {
  const DsineSet& set = FindDsineSet(dataset);
  CheckSplit(set, options.split);
  const fs::path root = CleanRoot(options.root);
  const auto [base, scan] = FindBase(set, root);
  const auto manifest = FindManifest(root, base);
  DatasetInfo info;
  info.name = set.dataset;
  info.split = set.split;
  info.layout = LayoutOf(set);
  info.synthetic = manifest.has_value();
  info.official = manifest ? manifest->samples : set.official;
  std::vector<DsineSample> samples(scan.samples.begin(), scan.samples.end());
  if (const auto list = FindList(set, options, base)) {
    samples = ApplyList(set, *list, scan, info);
  } else {
    CheckOfficialKeys(set.keys_sha256, set.official, KeysOf(set, samples), info);
    if (!scan.alone.empty()) {
      info.notes.push_back(fmt::format(
          "{} images without ground truth: missing {}", scan.alone.size(), FirstFew(scan.alone)));
    }
  }
  return std::make_unique<Dsine>(set, base, manifest, std::move(info), std::move(samples));
}

}  // namespace assay
