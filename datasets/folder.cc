#include "datasets/folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "datasets/expression_text.h"
#include "datasets/folder_files.h"
#include "datasets/folder_labels.h"
#include "datasets/folder_truth.h"
#include "datasets/io/csv.h"
#include "datasets/io/fields.h"
#include "datasets/listing.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Sample {
  std::string key;
  std::string cluster;
  fs::path image;  // empty = none
  fs::path truth;
  std::string text;  // what is asked
  std::vector<Slice> slices;
};

// ---- samples -----------------------------------------------------------------

std::string FolderOf(const std::string& key) {
  const std::size_t slash = key.rfind('/');
  return slash == std::string::npos ? key : key.substr(0, slash);
}

fs::path ImageOf(const FolderDescription& folder,
                 const fs::path& root,
                 const std::vector<std::string>& texts) {
  return folder.images.empty() ? fs::path() : root / FillPattern(folder.images, texts);
}

std::vector<Sample> SamplesOnDisk(const FolderDescription& folder, const fs::path& root) {
  std::vector<Sample> samples;
  for (const std::string& path : FindFiles(root, folder.truth)) {
    const auto texts = MatchPattern(folder.truth, path);
    if (!texts) continue;  // FindFiles gives none such
    const std::string key = KeyOf(folder.truth, *texts);
    samples.push_back({.key = key,
                       .cluster = FolderOf(key),
                       .image = ImageOf(folder, root, *texts),
                       .truth = root / path,
                       .text = {},
                       .slices = {}});
  }
  return samples;
}

// The samples table, by column.
class Table {
 public:
  explicit Table(const fs::path& path) : path_(path) {
    try {
      table_ = ReadCsv(path);
    } catch (const FileError& error) {
      throw AsDatasetError(error, "");
    }
    for (std::size_t i = 0; i < table_.head.size(); ++i) {
      if (columns_.emplace(table_.head[i], i).second) continue;
      throw DatasetError(path_,
                         "",
                         fmt::format("has two columns '{}'", table_.head[i]),
                         "rename or remove one of them");
    }
  }

  std::size_t Rows() const { return table_.rows.size(); }
  bool Has(const std::string& column) const { return columns_.contains(column); }
  const std::string& Cell(std::size_t row, const std::string& column) const {
    return table_.rows[row][columns_.at(column)];
  }
  void Need(const std::string& column) const {
    if (Has(column)) return;
    throw DatasetError(path_,
                       "",
                       fmt::format("has no column '{}'", column),
                       "its columns are " + FirstFew(table_.head, 20));
  }

 private:
  fs::path path_;
  CsvTable table_;
  std::map<std::string, std::size_t> columns_;
};

std::vector<std::string> TextsOrThrow(const std::string& pattern,
                                      const std::string& key,
                                      const fs::path& table) {
  if (auto texts = TextsOfKey(pattern, key)) return *std::move(texts);
  throw DatasetError(table,
                     key,
                     fmt::format("does not fit the pattern {}", pattern),
                     "a key is what lies from the pattern's first wildcard to its last");
}

std::vector<Slice> SlicesOf(const FolderDescription& folder, const Table& table, std::size_t row) {
  std::vector<Slice> slices;
  for (const std::string& column : folder.slices) {
    const std::string& value = table.Cell(row, column);
    if (!value.empty()) slices.push_back({.column = column, .value = value});
  }
  return slices;
}

// Each slice is folded like the whole set: a column of running numbers would fill the memory
// and tell nobody anything.
constexpr std::size_t kMostSlices = 256;

void CheckSlices(const std::vector<Sample>& samples, const fs::path& table) {
  std::map<std::string, std::set<std::string>> values;
  for (const Sample& sample : samples) {
    for (const Slice& slice : sample.slices) values[slice.column].insert(slice.value);
  }
  std::size_t slices = 0;
  std::string found;
  for (const auto& [column, of_column] : values) {
    slices += of_column.size();
    found +=
        fmt::format("{}'{}' has {} values", found.empty() ? "" : ", ", column, of_column.size());
  }
  if (slices <= kMostSlices) return;
  throw DatasetError(
      table,
      "",
      "the slices are too many: " + found,
      fmt::format("there may be {} in all: name columns that group samples", kMostSlices));
}

std::vector<Sample> SamplesOfTable(const FolderDescription& folder,
                                   const fs::path& root,
                                   const std::string& text_column) {
  const fs::path path = root / folder.samples;
  const Table table(path);
  table.Need("key");
  if (!text_column.empty()) table.Need(text_column);
  if (!folder.cluster.empty()) table.Need(folder.cluster);
  for (const std::string& slice : folder.slices) table.Need(slice);
  std::vector<Sample> samples;
  samples.reserve(table.Rows());
  for (std::size_t row = 0; row < table.Rows(); ++row) {
    const std::string& key = table.Cell(row, "key");
    const std::string& image = table.Has("image") ? table.Cell(row, "image") : key;
    samples.push_back(
        {.key = key,
         .cluster = folder.cluster.empty() ? FolderOf(key) : table.Cell(row, folder.cluster),
         .image = folder.images.empty()
                      ? fs::path()
                      : ImageOf(folder, root, TextsOrThrow(folder.images, image, path)),
         .truth = root / FillPattern(folder.truth, TextsOrThrow(folder.truth, key, path)),
         .text = text_column.empty() ? "" : table.Cell(row, text_column),
         .slices = SlicesOf(folder, table, row)});
  }
  CheckSlices(samples, path);
  return samples;
}

void CheckSamplesOf(const std::vector<Sample>& samples, const fs::path& root) {
  std::set<std::string> keys;
  for (const Sample& sample : samples) {
    if (!keys.insert(sample.key).second) {
      throw DatasetError(root, sample.key, "occurs twice", "keys must differ");
    }
    if (!fs::is_regular_file(sample.truth)) {
      throw DatasetError(
          sample.truth, sample.key, "is not there", "restore it, or take the sample out");
    }
  }
}

// ---- the dataset -------------------------------------------------------------

template <class Task>
std::string TextColumn() {
  if constexpr (std::is_same_v<Task, ReferringTask>) return "expression";
  if constexpr (std::is_same_v<Task, InstancesTask>) return "phrase";
  return "";
}

template <class Task>
class Folder final : public Dataset<Task> {
 public:
  Folder(FolderDescription folder, DatasetInfo info, std::vector<Sample> samples)
      : folder_(std::move(folder)), info_(std::move(info)), samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }

  assay::Item<Task> Item(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    assay::Item<Task> item;
    item.key = sample.key;
    item.cluster = sample.cluster;
    item.slices = sample.slices;
    item.image = sample.image.string();
    item.native_names = {{NameRule::Kind::kPath, sample.key}};
    item.query = Query(sample);
    return item;
  }

  RawTruth ReadTruth(std::size_t index) const override {
    RawTruth raw;
    raw.push_back(ReadTruthFile(samples_.at(index).truth, samples_.at(index).key));
    return raw;
  }

  typename Task::Truth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    return DecodeFolder(folder_, raw.at(0), samples_.at(index).key, Task{});
  }

  RgbImage Image(std::size_t index) const override {
    const Sample& sample = samples_.at(index);
    if (sample.image.empty()) {
      throw DatasetError(sample.truth,
                         sample.key,
                         "has no image: the description names none",
                         "add the pattern `images` to run models");
    }
    return ReadInputImage(sample.image, sample.key);
  }

 private:
  typename Task::Query Query(const Sample& sample) const {
    if constexpr (std::is_same_v<Task, SemanticTask>) {
      return {.space = &FolderLabels(folder_.classes)};
    } else if constexpr (std::is_same_v<Task, ReferringTask>) {
      return {.expression = TrimBlanks(sample.text), .raw = sample.text, .is_sentence = false};
    } else if constexpr (std::is_same_v<Task, InstancesTask>) {
      return {.phrase = sample.text, .size = FolderTruthSize(folder_, sample.truth, sample.key)};
    } else {
      return {.frame = FolderTruthSize(folder_, sample.truth, sample.key), .camera = {}};
    }
  }

  FolderDescription folder_;
  DatasetInfo info_;
  std::vector<Sample> samples_;
};

// The description given with the protocol, or the one the root keeps.
json DescriptionOf(std::string_view name, const DatasetOptions& options, const fs::path& root) {
  if (!options.folder.empty()) return json::parse(options.folder);
  const fs::path file = root / kFolderProtocol;
  if (!fs::is_regular_file(file)) {
    throw MakeError(
        {.root = root,
         .dataset = std::string(name),
         .looked_for = fmt::format("a protocol file with \"folder\", as {}", kFolderProtocol),
         .tried = {root},
         .nearest = {}});
  }
  const json protocol = ParseJson(ReadText(file), file.string());
  return protocol.is_object() ? protocol.value("folder", json::object()) : json::object();
}

template <class Task>
AnyDataset Open(std::string_view name, const DatasetOptions& options) {
  const fs::path root = CleanRoot(options.root);
  if (!fs::is_directory(root)) {
    throw MakeError({.root = root,
                     .dataset = std::string(name),
                     .looked_for = "a folder",
                     .tried = {root},
                     .nearest = {}});
  }
  std::vector<Finding> findings;
  json effective;
  FolderDescription folder = ReadFolderDescription(
      DescriptionOf(name, options, root), Task::kName, "/folder", effective, findings);
  if (!findings.empty()) throw ConfigError(std::string(name), std::move(findings));
  std::vector<Sample> samples = folder.samples.empty()
                                    ? SamplesOnDisk(folder, root)
                                    : SamplesOfTable(folder, root, TextColumn<Task>());
  if (samples.empty()) {
    throw MakeError({.root = root,
                     .dataset = std::string(name),
                     .looked_for = folder.truth,
                     .tried = {root},
                     .nearest = {}});
  }
  CheckSamplesOf(samples, root);
  const auto manifest = ReadManifest(root);
  DatasetInfo info{
      .name = std::string(name),
      .split = options.split.empty() ? "all" : options.split,
      .layout = folder.truth,
      .official = manifest ? manifest->samples : static_cast<std::int64_t>(samples.size()),
      .synthetic = manifest.has_value(),
      .list_sha256 = {},
      .notes = {}};
  if (!folder.licence.empty()) info.notes.push_back("licence: " + folder.licence);
  return std::make_unique<Folder<Task>>(std::move(folder), std::move(info), std::move(samples));
}

struct Opener {
  std::string_view name;
  AnyDataset (*open)(std::string_view name, const DatasetOptions& options);
};
constexpr Opener kOpeners[] = {{"folder-depth", Open<DepthTask>},
                               {"folder-instances", Open<InstancesTask>},
                               {"folder-normals", Open<NormalsTask>},
                               {"folder-referring", Open<ReferringTask>},
                               {"folder-semantic", Open<SemanticTask>}};

}  // namespace

AnyDataset OpenFolder(std::string_view name, const DatasetOptions& options) {
  const auto* row = std::find_if(std::begin(kOpeners), std::end(kOpeners), [&](const Opener& one) {
    return one.name == name;
  });
  return row->open(name, options);
}

}  // namespace assay
