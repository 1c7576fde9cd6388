#include "datasets/refcoco.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "datasets/coco_parts.h"
#include "datasets/expression_text.h"
#include "datasets/io/coco_index.h"
#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/refcoco_files.h"
#include "datasets/refer_records.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Refs, not expressions, of a complete file.
struct OfficialCount {
  std::string_view set, split;
  std::size_t refs;
};
constexpr std::array<OfficialCount, 4> kOfficialCounts = {{
    {"refcoco-unc", "val", 3811},
    {"refcocog-umd", "test", 5023},
    {"refcocog-umd", "train", 42226},
    {"refcocog-umd", "val", 2573},
}};

// ---- the dataset -----------------------------------------------------------

// Everything an opened tree consists of.
struct Tree {
  fs::path instances;
  fs::path images;
  bool generalised = false;
  std::vector<ReferRecord> records;                          // of the split
  std::vector<CocoImage> record_images;                      // one a record
  std::vector<std::vector<CocoAnnotation>> record_parts;     // the same; no crowd in gRefCOCO
  std::vector<std::pair<std::size_t, std::size_t>> samples;  // record, sentence
};

class Refer final : public Dataset<ReferringTask> {
 public:
  Refer(DatasetInfo info, Tree tree)
      : info_(std::move(info)), tree_(std::move(tree)), instances_(tree_.instances) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return tree_.samples.size(); }

  assay::Item<ReferringTask> Item(std::size_t index) const override {
    const auto& [record, sentence] = tree_.samples.at(index);
    const ReferRecord& ref = tree_.records[record];
    const ReferSentence& said = ref.sentences[sentence];
    const std::string id = std::to_string(said.id);
    return {.key = Key(index),
            .cluster = std::to_string(ref.image_id),
            .image = tree_.images / tree_.record_images[record].file_name,
            .native_names = {{NameRule::Kind::kPath, id}},
            .query = {.expression = LowerAscii(TrimBlanks(said.sent)), .raw = said.raw}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const std::size_t record = tree_.samples.at(index).first;
    RawTruth raw;
    raw.push_back(ReadPlace(tree_.record_images[record].place, index));
    for (const CocoAnnotation& annotation : tree_.record_parts[record]) {
      raw.push_back(ReadPlace(annotation.place, index));
    }
    return raw;
  }

  ReferringTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    const json image = Parse(raw.at(0), index);
    const assay::Size size{image.at("width").get<int>(), image.at("height").get<int>()};
    ReferringTruth truth{Raster<std::uint8_t>(size)};
    const ReferRecord& ref = tree_.records[tree_.samples.at(index).first];
    bool any = false;
    for (std::size_t i = 1; i < raw.size(); ++i) {
      const json annotation = Parse(raw[i], index);
      for (const RunLengthMask& part : Parts(annotation, size, index)) {
        AddPart(part, truth.target);
        any = true;
      }
    }
    truth.no_target = tree_.generalised ? ref.annotations.empty() : !any;
    return truth;
  }

  RgbImage Image(std::size_t index) const override {
    const fs::path path = Item(index).image;
    RgbImage image = ReadPhoto(path, Key(index), PhotoOrientation::kAsStored);
    CheckSize(
        image.size(), tree_.record_images[tree_.samples.at(index).first].size, path, Key(index));
    return image;
  }

 private:
  std::string Key(std::size_t index) const {
    const auto& [record, sentence] = tree_.samples.at(index);
    const ReferRecord& ref = tree_.records[record];
    return fmt::format("{}/{}", ref.id, ref.sentences[sentence].id);
  }

  RawPart ReadPlace(const JsonPlace& place, std::size_t index) const {
    try {
      return {tree_.instances, instances_.Read(place.offset, place.length)};
    } catch (const FileError& e) {
      throw AsDatasetError(e, Key(index));
    }
  }

  json Parse(const RawPart& part, std::size_t index) const {
    try {
      return json::parse(part.bytes.begin(), part.bytes.end());
    } catch (const json::exception& e) {
      throw DatasetError(part.path,
                         Key(index),
                         std::string("an object of the sample is no JSON: ") + e.what(),
                         "the file was changed since it was opened, or is damaged: unpack it "
                         "again");
    }
  }

  std::vector<RunLengthMask> Parts(const json& annotation,
                                   assay::Size size,
                                   std::size_t index) const {
    const PolygonRule rule = tree_.generalised ? PolygonRule::kRela : PolygonRule::kPycocotools;
    try {
      return DecodeParts(annotation.at("segmentation"), size, rule);
    } catch (const std::invalid_argument& e) {
      throw DatasetError(tree_.instances,
                         Key(index),
                         "annotation " + annotation.at("id").dump() + ": " + e.what(),
                         "unpack the official file again");
    }
  }

  DatasetInfo info_;
  Tree tree_;
  FileParts instances_;
};

// ---- joining refs and annotations ------------------------------------------

[[noreturn]] void RefuseRecord(const ReferRecords& refs,
                               const ReferRecord& record,
                               const std::string& what) {
  throw DatasetError(refs.path,
                     "",
                     fmt::format("ref {}: {}", record.id, what),
                     "the refs file and instances.json must come from the same archive");
}

// Every record of the file must be in instances.json, whatever its split.
void CheckJoins(const ReferSet& set, const ReferRecords& refs, const CocoIndex& index) {
  for (const ReferRecord& record : refs.records) {
    if (!set.generalised && record.annotations.size() != 1) {
      RefuseRecord(refs, record, "it has no single annotation, as only gRefCOCO may");
    }
    if (index.FindImage(record.image_id) == nullptr) {
      RefuseRecord(refs, record, fmt::format("there is no image {}", record.image_id));
    }
    for (const std::int64_t id : record.annotations) {
      const CocoAnnotation* annotation = index.FindAnnotation(id);
      if (annotation == nullptr) {
        RefuseRecord(refs, record, fmt::format("there is no annotation {}", id));
      }
      if (annotation->image_id == record.image_id) continue;
      RefuseRecord(refs,
                   record,
                   fmt::format("its image is {}, that of its annotation {} is {}",
                               record.image_id,
                               id,
                               annotation->image_id));
    }
  }
}

void AddRecord(ReferRecord record, const CocoIndex& index, Tree& tree) {
  std::vector<CocoAnnotation> parts;
  for (const std::int64_t id : record.annotations) {
    const CocoAnnotation& annotation = *index.FindAnnotation(id);
    if (!tree.generalised || !annotation.crowd) parts.push_back(annotation);
  }
  for (std::size_t i = 0; i < record.sentences.size(); ++i) {
    tree.samples.emplace_back(tree.records.size(), i);
  }
  tree.record_images.push_back(*index.FindImage(record.image_id));
  tree.record_parts.push_back(std::move(parts));
  tree.records.push_back(std::move(record));
}

void CheckSplitName(const ReferSet& set, const std::string& split) {
  if (set.generalised) return;  // any name its file has
  for (const char* known : {"train", "val", "test", "testA", "testB", "testC"}) {
    if (split == known) return;
  }
  throw ConfigError(fmt::format(
      "{} has the splits train, val, test, testA, testB, testC, not '{}'", set.title, split));
}

void SelectSplit(const ReferSet& set,
                 const std::string& split,
                 ReferRecords refs,
                 const CocoIndex& index,
                 Tree& tree) {
  std::set<std::string> names;
  for (ReferRecord& record : refs.records) {
    names.insert(record.split);
    const bool chosen =
        set.generalised ? record.split == split : IsInReferSplit(record.split, split);
    if (chosen) AddRecord(std::move(record), index, tree);
  }
  if (!tree.samples.empty()) return;
  throw ConfigError(fmt::format("no expression of {} is in the split '{}'; {} has the splits {}",
                                set.title,
                                split,
                                refs.path.string(),
                                FirstFew({names.begin(), names.end()}, 6)));
}

void CompareCounts(const ReferSet& set, std::size_t refs, DatasetInfo& info) {
  if (info.synthetic) return;
  for (const OfficialCount& row : kOfficialCounts) {
    if (row.set != set.name || row.split != info.split) continue;
    if (row.refs == refs) return;
    info.can_be_complete = false;
    info.notes.push_back(fmt::format(
        "the refs file has {} refs in this split, the official one {}", refs, row.refs));
    return;
  }
  info.notes.push_back(
      "no official count is known for this split: the refs file is taken as whole");
}

CocoIndex ReadInstances(const fs::path& path) {
  try {
    return ReadCocoIndex(path);
  } catch (const FileError& e) {
    throw DatasetError(path,
                       "",
                       e.problem,
                       "it lies beside the refs file in the official archive: unpack it again");
  }
}

DatasetInfo InfoOf(const ReferSet& set,
                   const std::string& split,
                   const fs::path& root,
                   const ReferFiles& files) {
  DatasetInfo info;
  info.name = set.name;
  info.split = split;
  info.layout = ReferLayout(set);
  info.synthetic =
      ReadManifest(root).has_value() || ReadManifest(files.instances.parent_path()).has_value();
  if (files.has_both) {
    info.notes.push_back(files.refs.filename().string() +
                         " is read; the .p beside it is not looked at");
  }
  return info;
}

}  // namespace

std::unique_ptr<Dataset<ReferringTask>> OpenRefer(std::string_view name,
                                                  const DatasetOptions& options) {
  const ReferSet& set = FindReferSet(name);
  const std::string split = options.split.empty() ? "val" : options.split;
  CheckSplitName(set, split);
  const fs::path root = CleanRoot(options.root);
  ReferFiles files = FindReferFiles(set, root);
  if (!options.list.empty()) files.refs = options.list;
  DatasetInfo info = InfoOf(set, split, root, files);
  ReferRecords refs = ReadReferRecords(files.refs);
  info.list_sha256 = refs.sha256;
  Tree tree;
  tree.instances = files.instances;
  tree.images = files.images;
  tree.generalised = set.generalised;
  const CocoIndex index = ReadInstances(tree.instances);
  CheckJoins(set, refs, index);
  SelectSplit(set, split, std::move(refs), index, tree);
  info.official = static_cast<std::int64_t>(tree.samples.size());
  CompareCounts(set, tree.records.size(), info);
  if (!files.has_images) {
    info.notes.push_back("no " + tree.images.string() +
                         ": saved answers can be scored, models cannot be run");
  }
  return std::make_unique<Refer>(std::move(info), std::move(tree));
}

}  // namespace assay
