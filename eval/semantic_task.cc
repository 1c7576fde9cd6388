#include <array>
#include <nlohmann/json.hpp>

#include "datasets/cityscapes_labels.h"
#include "datasets/folder_labels.h"
#include "eval/tasks.h"

namespace assay {
namespace {

constexpr std::array<std::pair<std::string_view, SemanticPolicy>, 3> kPolicies = {
    {{"official", SemanticPolicy::kOfficial},
     {"mmseg", SemanticPolicy::kMmseg},
     {"detectron2", SemanticPolicy::kDetectron2}}};

MetricValue Mean(std::string name, double value, std::int64_t n, std::string over) {
  return {
      .name = std::move(name), .value = value, .unit = "fraction", .n = n, .over = std::move(over)};
}

std::int64_t CountDefined(const std::vector<double>& values) {
  std::int64_t defined = 0;
  for (const double value : values) defined += value == value ? 1 : 0;
  return defined;
}

// Train ids submitted as ids give plausible garbage (hellochick/
// ICNet-tensorflow issue 99): no id above 18 anywhere, and none of vegetation,
// sky, car, which every street has, is a tell-tale over a whole set.
bool LooksLikeTrainIds(const LabelSpace& space, const std::vector<std::int64_t>& confusion) {
  const std::size_t count = space.classes.size();
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (std::size_t truth = 0; truth < count; ++truth) {
    for (std::size_t id = 0; id < count; ++id) {
      (id > 18 ? high : low) += confusion[truth * count + id];
    }
  }
  return high == 0 && low > 0;
}

// Behind the metrics of every evaluator, and beside the IoU of each class.
void AddBoundaries(const LabelSpace& space,
                   const SemanticMetric::Result& result,
                   Summary& summary) {
  summary.metrics.push_back(Mean("boundary_IoU",
                                 result.mean_boundary_iou,
                                 CountDefined(result.class_boundary_iou),
                                 "classes"));
  std::size_t row = 0;
  for (const LabelClass& label : space.classes) {
    if (!label.evaluated) continue;
    summary.breakdown.front().second[row++].values.emplace_back(
        "boundary_IoU", result.class_boundary_iou[label.id]);
  }
}

Summary SummariseOfficial(const LabelSpace& space, const SemanticMetric::Result& result) {
  Summary summary;
  summary.metrics = {Mean("mIoU", result.mean_iou, CountDefined(result.class_iou), "classes"),
                     Mean("iIoU", result.mean_iiou, CountDefined(result.class_iiou), "classes"),
                     Mean("category_IoU",
                          result.mean_category_iou,
                          CountDefined(result.category_iou),
                          "categories"),
                     Mean("category_iIoU",
                          result.mean_category_iiou,
                          CountDefined(result.category_iiou),
                          "categories")};
  std::vector<Summary::Entry> classes;
  for (const LabelClass& label : space.classes) {
    if (!label.evaluated) continue;
    classes.push_back(
        {std::string(label.name),
         {{"IoU", result.class_iou[label.id]}, {"iIoU", result.class_iiou[label.id]}}});
  }
  std::vector<Summary::Entry> categories;
  for (std::size_t i = 1; i < space.categories.size(); ++i) {
    categories.push_back({std::string(space.categories[i]),
                          {{"IoU", result.category_iou[i]}, {"iIoU", result.category_iiou[i]}}});
  }
  summary.breakdown = {{"class", std::move(classes)}, {"category", std::move(categories)}};
  return summary;
}

// The evaluators that know classes only.
Summary SummariseByAreas(const SemanticMetric& metric, const SemanticMetric::Result& result) {
  const std::int64_t scored = CountDefined(result.class_iou);
  Summary summary;
  summary.metrics = {Mean("mIoU", result.mean_iou, scored, "classes"),
                     Mean("mACC", result.mean_accuracy, scored, "classes"),
                     Mean("pACC", result.pixel_accuracy, scored, "classes")};
  if (metric.settings().policy == SemanticPolicy::kDetectron2) {
    summary.metrics.push_back(Mean("fwIoU", result.frequency_weighted_iou, scored, "classes"));
  }
  std::vector<Summary::Entry> classes;
  for (const LabelClass& label : metric.space().classes) {
    if (!label.evaluated) continue;
    classes.push_back({std::string(label.name), {{"IoU", result.class_iou[label.id]}}});
  }
  summary.breakdown = {{"class", std::move(classes)}};
  return summary;
}

// The classes that a folder of one's own describes; what is wrong with them is told where
// the description is read.
const LabelSpace* OwnLabels(Fields& fields) {
  if (!fields.Has("folder")) return nullptr;
  const nlohmann::json given = fields.Any("folder", nlohmann::json::object());
  std::vector<Finding> told_elsewhere;
  nlohmann::json effective;
  return &FolderLabels(
      ReadFolderDescription(given, SemanticTask::kName, "/folder", effective, told_elsewhere)
          .classes);
}

}  // namespace

SemanticMetric Evaluation<SemanticTask>::ReadSettings(Fields& fields) {
  const LabelSpace* own = OwnLabels(fields);
  SemanticSettings settings;
  if (own != nullptr) settings.policy = SemanticPolicy::kMmseg;
  settings.policy = fields.Choice<SemanticPolicy>("policy", settings.policy, kPolicies);
  if (own != nullptr && settings.policy == SemanticPolicy::kOfficial) {
    fields.Report("policy", "official is for the categories and instances of Cityscapes only");
  }
  settings.boundary_ratio =
      fields.Number("boundary_ratio", settings.boundary_ratio, {.min = 0, .max = 1});
  return SemanticMetric(own != nullptr ? *own : CityscapesLabels(), settings);
}

std::string Evaluation<SemanticTask>::ScoreToText(const SemanticScore& score) {
  nlohmann::json cells = nlohmann::json::array();
  for (const auto& cell : score.cells) cells.push_back({cell.truth, cell.prediction, cell.pixels});
  nlohmann::json instances = nlohmann::json::array();
  for (const auto& object : score.instances) {
    instances.push_back({object.class_id, object.pixels, object.class_hits, object.category_hits});
  }
  nlohmann::json json = {{"cells", std::move(cells)}, {"instances", std::move(instances)}};
  if (score.worst) json["worst"] = true;
  for (const auto& boundary : score.boundaries) {
    json["boundaries"].push_back({boundary.class_id, boundary.intersection, boundary.united});
  }
  return json.dump();
}

SemanticScore Evaluation<SemanticTask>::ScoreFromText(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  SemanticScore score;
  score.worst = json.value("worst", false);
  for (const auto& cell : json.at("cells")) {
    score.cells.push_back({cell.at(0).get<std::uint8_t>(),
                           cell.at(1).get<std::uint8_t>(),
                           cell.at(2).get<std::int64_t>()});
  }
  for (const auto& object : json.at("instances")) {
    score.instances.push_back({object.at(0).get<std::uint8_t>(),
                               object.at(1).get<std::int64_t>(),
                               object.at(2).get<std::int64_t>(),
                               object.at(3).get<std::int64_t>()});
  }
  for (const auto& boundary : json.value("boundaries", nlohmann::json::array())) {
    score.boundaries.push_back({boundary.at(0).get<std::uint8_t>(),
                                boundary.at(1).get<std::int64_t>(),
                                boundary.at(2).get<std::int64_t>()});
  }
  return score;
}

Summary Evaluation<SemanticTask>::Summarise(const SemanticMetric::Result& result) const {
  Summary summary = metric.settings().policy == SemanticPolicy::kOfficial
                        ? SummariseOfficial(metric.space(), result)
                        : SummariseByAreas(metric, result);
  if (metric.settings().boundary_ratio > 0) AddBoundaries(metric.space(), result, summary);
  // A painted answer names classes by colour: it cannot hold the wrong ids.
  const bool painted = dynamic_cast<const Codec<SemanticTask>*>(decoder.get()) != nullptr;
  const bool cityscapes = &metric.space() == &CityscapesLabels();
  if (cityscapes && !painted && LooksLikeTrainIds(metric.space(), result.confusion)) {
    summary.warnings.push_back(
        "no predicted id is above 18 in the whole set: these look like train ids; "
        "score them with --format train-ids");
  }
  return summary;
}

}  // namespace assay
