#include "datasets/folder_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>

#include "datasets/folder_files.h"
#include "datasets/io/fields.h"
#include "metrics/tasks.h"

namespace assay {
namespace {

using nlohmann::json;

using Formats = std::span<const std::pair<std::string_view, FolderTruth>>;

constexpr std::pair<std::string_view, FolderTruth> kIds[] = {{"ids", FolderTruth::kPng8}};
constexpr std::pair<std::string_view, FolderTruth> kMask[] = {{"mask", FolderTruth::kPng8}};
constexpr std::pair<std::string_view, FolderTruth> kDepth[] = {{"png16", FolderTruth::kPng16},
                                                               {"npy", FolderTruth::kNpy},
                                                               {"exr", FolderTruth::kExr},
                                                               {"pfm", FolderTruth::kPfm}};
constexpr std::pair<std::string_view, FolderTruth> kNormals[] = {{"png8", FolderTruth::kPng8},
                                                                 {"png16", FolderTruth::kPng16},
                                                                 {"npy", FolderTruth::kNpy},
                                                                 {"exr", FolderTruth::kExr}};

constexpr std::pair<std::string_view, Formats> kFormats[] = {{SemanticTask::kName, kIds},
                                                             {ReferringTask::kName, kMask},
                                                             {InstancesTask::kName, kIds},
                                                             {DepthTask::kName, kDepth},
                                                             {NormalsTask::kName, kNormals}};

Formats FormatsOf(std::string_view task) {
  for (const auto& [name, formats] : kFormats) {
    if (name == task) return formats;
  }
  return kIds;
}

constexpr double kMillimetre = 0.001;
constexpr int kLargestId = 254;

Rgb8 Color(Fields& fields) {
  const json given = fields.Any("color", json());
  const auto byte = [](const json& part) {
    return part.is_number_integer() && part >= 0 && part <= 255;
  };
  if (!given.is_array() || given.size() != 3 || !std::all_of(given.begin(), given.end(), byte)) {
    fields.Report("color", "must be [r, g, b], 0 to 255 each");
    return {};
  }
  return {given[0].get<std::uint8_t>(), given[1].get<std::uint8_t>(), given[2].get<std::uint8_t>()};
}

std::vector<FolderClass> Classes(Fields& fields,
                                 const std::string& pointer,
                                 std::vector<Finding>& findings) {
  const json given = fields.Any("classes", json::array());
  if (!given.is_array() || given.empty()) {
    fields.Report("classes", "must list the classes: {\"id\", \"name\", \"color\"} each");
    return {};
  }
  std::vector<FolderClass> classes;
  std::set<std::int64_t> ids;
  std::set<std::string> names;
  for (std::size_t i = 0; i < given.size(); ++i) {
    json effective;
    Fields row(given[i], effective, findings, fmt::format("{}/classes/{}", pointer, i));
    const std::int64_t id = row.Integer("id", 0, 1);
    FolderClass one{static_cast<std::uint8_t>(id), row.Text("name", ""), Color(row)};
    if (id > kLargestId) row.Report("id", "must be 1 to 254");
    if (!ids.insert(id).second) row.Report("id", "is another class's too");
    if (one.name.empty()) row.Report("name", "must be given");
    if (!names.insert(one.name).second) row.Report("name", "is another class's too");
    row.Finish();
    classes.push_back(std::move(one));
  }
  return classes;
}

void CheckPatterns(Fields& fields, const FolderDescription& folder) {
  const std::size_t wildcards = Wildcards(folder.truth);
  if (wildcards == 0) {
    fields.Report("truth", "must be a pattern with a wildcard, as truth/*.png");
  } else if (!folder.images.empty() && Wildcards(folder.images) != wildcards) {
    fields.Report("images", fmt::format("must have as many wildcards as truth, {}", wildcards));
  }
}

}  // namespace

FolderDescription ReadFolderDescription(const json& given,
                                        std::string_view task,
                                        const std::string& pointer,
                                        json& effective,
                                        std::vector<Finding>& findings) {
  Fields fields(given, effective, findings, pointer);
  FolderDescription folder;
  folder.images = fields.Text("images", "");
  folder.truth = fields.Text("truth", "");
  const Formats formats = FormatsOf(task);
  folder.format =
      fields.Choice("truth_format", formats.front().second, ChoiceTable<FolderTruth>(formats));
  if (task == DepthTask::kName) {
    const double unit = folder.format == FolderTruth::kPng16 ? kMillimetre : 1;
    folder.scale = fields.Number("truth_scale", unit, {.min = 1e-9});
  }
  if (task == NormalsTask::kName) {
    folder.frame =
        fields.Choice("truth_frame", folder.frame, ChoiceTable<NormalFrame>(kNormalFrameNames));
  }
  if (task == SemanticTask::kName || task == ReferringTask::kName) {
    if (const auto ignore = fields.OptionalNumber("ignore", {}, {.min = 1, .max = 255})) {
      folder.ignore = static_cast<std::int64_t>(*ignore);
    }
  }
  if (task == SemanticTask::kName) folder.classes = Classes(fields, pointer, findings);
  folder.samples = fields.Text("samples", "");
  folder.cluster = fields.Text("cluster", "");
  folder.slices = fields.DistinctNames("slices");
  folder.licence = fields.Text("licence", "");
  CheckPatterns(fields, folder);
  const bool needs_table = task == ReferringTask::kName || task == InstancesTask::kName;
  if (folder.samples.empty() &&
      (needs_table || !folder.cluster.empty() || !folder.slices.empty())) {
    fields.Report("samples", "must name a CSV file, which has the texts, clusters and slices");
  }
  fields.Finish();
  return folder;
}

}  // namespace assay
