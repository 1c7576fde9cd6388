#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "eval/tasks.h"
#include "metrics/mask_counts.h"

namespace assay {
namespace {

constexpr std::array<std::pair<std::string_view, PartOverlap>, 3> kOverlaps = {
    {{"union", PartOverlap::kUnion}, {"lisa", PartOverlap::kLisa}, {"lavt", PartOverlap::kLavt}}};
constexpr std::array<std::pair<std::string_view, IgnoredPixels>, 2> kIgnored = {
    {{"left_out", IgnoredPixels::kLeftOut}, {"background", IgnoredPixels::kBackground}}};
constexpr std::array<std::pair<std::string_view, EmptyPolicy>, 2> kEmptyPolicies = {
    {{"one", EmptyPolicy::kOne}, {"zero", EmptyPolicy::kZero}}};
constexpr std::array<std::pair<std::string_view, EmptyRatio>, 3> kEmptyRatios = {
    {{"undefined", EmptyRatio::kUndefined},
     {"one", EmptyRatio::kOne},
     {"zero", EmptyRatio::kZero}}};
constexpr std::array<std::pair<std::string_view, NoTargetRule>, 2> kNoTargetRules = {
    {{"none", NoTargetRule::kNone}, {"rela", NoTargetRule::kRela}}};

// "frame": null (the truth's own size) or [width, height].
std::optional<Size> ReadFrame(Fields& fields) {
  const nlohmann::json given = fields.Any("frame", nullptr);
  if (given.is_null()) return std::nullopt;
  const bool sizes = given.is_array() && given.size() == 2 && given[0].is_number_integer() &&
                     given[1].is_number_integer();
  const Size size = sizes ? Size{given[0].get<int>(), given[1].get<int>()} : Size{};
  if (size.width > 0 && size.height > 0) return size;
  fields.Report("frame", "must be null or [width, height], found " + given.dump());
  return std::nullopt;
}

}  // namespace

ReferringMetric Evaluation<ReferringTask>::ReadSettings(Fields& fields) {
  constexpr NumberRange kEpsilon{.min = 0, .max = 1};
  ReferringSettings settings;
  settings.overlap = fields.Choice<PartOverlap>("overlap", settings.overlap, kOverlaps);
  settings.ignored = fields.Choice<IgnoredPixels>("ignored", settings.ignored, kIgnored);
  settings.empty_policy =
      fields.Choice<EmptyPolicy>("empty_policy", settings.empty_policy, kEmptyPolicies);
  settings.empty_ratio =
      fields.Choice<EmptyRatio>("empty_ratio", settings.empty_ratio, kEmptyRatios);
  settings.no_target = fields.Choice<NoTargetRule>("no_target", settings.no_target, kNoTargetRules);
  settings.min_area = fields.Integer("min_area", settings.min_area, 1);
  settings.iou_epsilon = fields.Number("iou_epsilon", settings.iou_epsilon, kEpsilon);
  settings.ratio_epsilon = fields.Number("ratio_epsilon", settings.ratio_epsilon, kEpsilon);
  settings.count_epsilon = fields.Number("count_epsilon", settings.count_epsilon, kEpsilon);
  settings.frame = ReadFrame(fields);
  settings.boundary_ratio =
      fields.Number("boundary_ratio", settings.boundary_ratio, {.min = 0, .max = 1});
  return ReferringMetric(settings);
}

bool Evaluation<ReferringTask>::FindsNothing(const Mask& value) const {
  return CountInside(value.Pixels()) < metric.settings().min_area;
}

std::string Evaluation<ReferringTask>::ScoreToText(const ReferringScore& score) {
  nlohmann::json json = {{"intersection", score.intersection},
                         {"prediction", score.prediction},
                         {"target", score.target},
                         {"no_target", score.no_target},
                         {"says_nothing", score.says_nothing},
                         {"worst", score.worst}};
  if (score.boundary) json["boundary"] = {score.boundary->intersection, score.boundary->united};
  return json.dump();
}

ReferringScore Evaluation<ReferringTask>::ScoreFromText(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  ReferringScore score{.intersection = json.at("intersection"),
                       .prediction = json.at("prediction"),
                       .target = json.at("target"),
                       .no_target = json.at("no_target"),
                       .says_nothing = json.at("says_nothing"),
                       .worst = json.at("worst")};
  if (const auto found = json.find("boundary"); found != json.end()) {
    score.boundary = {found->at(0).get<std::int64_t>(), found->at(1).get<std::int64_t>()};
  }
  return score;
}

Summary Evaluation<ReferringTask>::Summarise(const ReferringMetric::Result& result) const {
  const auto value = [](std::string name, double number, std::int64_t n) {
    return MetricValue{.name = std::move(name),
                       .value = number,
                       .unit = "fraction",
                       .n = n,
                       .over = "expressions"};
  };
  Summary summary;
  summary.metrics = {value("cIoU", result.ciou, result.samples),
                     value("gIoU", result.giou, result.samples)};
  for (std::size_t i = 0; i < kReferringThresholds.size(); ++i) {
    summary.metrics.push_back(value(fmt::format("P@{}", kReferringThresholds[i]),
                                    result.precision[i],
                                    result.precision_samples));
  }
  summary.metrics.push_back(value("N_acc", result.n_acc, result.without_target));
  summary.metrics.push_back(value("T_acc", result.t_acc, result.with_target));
  if (metric.settings().boundary_ratio > 0) {
    summary.metrics.push_back(value("boundary_IoU", result.boundary_iou, result.samples));
  }
  return summary;
}

}  // namespace assay
