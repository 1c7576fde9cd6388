#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "eval/tasks.h"

namespace assay {
namespace {

constexpr std::array<std::pair<std::string_view, InstanceFormula>, 2> kFormulas = {
    {{"reference", InstanceFormula::kReference}, {"paper", InstanceFormula::kPaper}}};
constexpr std::array<std::pair<std::string_view, InstanceAnnotators>, 4> kAnnotators = {
    {{"oracle", InstanceAnnotators::kOracle},
     {"a", InstanceAnnotators::kA},
     {"b", InstanceAnnotators::kB},
     {"c", InstanceAnnotators::kC}}};
constexpr std::array<std::pair<std::string_view, InstanceOverlap>, 2> kOverlaps = {
    {{"mask", InstanceOverlap::kMask}, {"box", InstanceOverlap::kBox}}};

MetricValue Value(std::string name, double number, const InstancesMetric::Result& result) {
  return {.name = std::move(name),
          .value = number,
          .unit = "fraction",
          .n = result.positives + result.negatives,
          .over = "pairs"};
}

// The values that depend on a threshold, under the report's names.
void AddValues(const InstancesMetric::Values& values,
               const std::string& suffix,
               const InstancesMetric::Result& result,
               bool has_mcc,
               std::vector<MetricValue>& metrics) {
  const double cgf1 = has_mcc ? values.cgf1 : std::numeric_limits<double>::quiet_NaN();
  metrics.push_back(Value("cgF1" + suffix, cgf1, result));
  const std::pair<const char*, double> rows[] = {
      {"pmF1", values.positive_micro_f1},
      {"F1", values.f1},
      {"precision", values.precision},
      {"recall", values.recall},
      {"positive_micro_precision", values.positive_micro_precision},
      {"positive_macro_F1", values.positive_macro_f1}};
  for (const auto& [name, number] : rows) metrics.push_back(Value(name + suffix, number, result));
}

}  // namespace

InstancesMetric Evaluation<InstancesTask>::ReadSettings(Fields& fields) {
  InstancesSettings settings;
  settings.formula = fields.Choice<InstanceFormula>("formula", settings.formula, kFormulas);
  settings.annotators =
      fields.Choice<InstanceAnnotators>("annotators", settings.annotators, kAnnotators);
  settings.overlap = fields.Choice<InstanceOverlap>("overlap", settings.overlap, kOverlaps);
  settings.min_score = fields.Number("min_score", settings.min_score, {.min = 0, .max = 1});
  settings.box_epsilon = fields.Number("box_epsilon", settings.box_epsilon, {.min = 0, .max = 1});
  settings.image_epsilon =
      fields.Number("image_epsilon", settings.image_epsilon, {.min = 0, .max = 1});
  return InstancesMetric(settings);
}

nlohmann::json Evaluation<InstancesTask>::ScoreToJson(const InstancesScore& score) {
  nlohmann::json annotators = nlohmann::json::array();
  for (const InstancesScore::Counts& counts : score.annotators) {
    annotators.push_back({counts.truths, counts.predictions, counts.hits, counts.foreign});
  }
  return {{"annotators", std::move(annotators)}};
}

InstancesScore Evaluation<InstancesTask>::ScoreFromJson(const nlohmann::json& json) {
  InstancesScore score;
  for (const auto& counts : json.at("annotators")) {
    score.annotators.push_back({.truths = counts.at(0).get<std::int64_t>(),
                                .predictions = counts.at(1).get<std::int64_t>(),
                                .hits = counts.at(2).get<PerTau>(),
                                .foreign = counts.at(3).get<std::int64_t>()});
  }
  return score;
}

Summary Evaluation<InstancesTask>::Summarise(const InstancesMetric::Result& result) const {
  // The coefficient needs pairs of both kinds; the reference prints 0 without.
  const bool has_mcc = result.positives > 0 && result.negatives > 0;
  const double undefined = std::numeric_limits<double>::quiet_NaN();
  Summary summary;
  AddValues(result.mean, "", result, has_mcc, summary.metrics);
  summary.metrics.push_back(Value("IL_MCC", has_mcc ? result.il_mcc : undefined, result));
  const std::pair<const char*, double> image_level[] = {{"IL_precision", result.il_precision},
                                                        {"IL_recall", result.il_recall},
                                                        {"IL_F1", result.il_f1}};
  for (const auto& [name, number] : image_level) {
    summary.metrics.push_back(Value(name, number, result));
  }
  summary.metrics.push_back(Value("IL_FPR", result.il_fpr, result));
  summary.metrics.back().higher_is_better = false;
  AddValues(result.at_50, "@0.5", result, has_mcc, summary.metrics);
  AddValues(result.at_75, "@0.75", result, has_mcc, summary.metrics);
  if (!has_mcc && result.positives + result.negatives > 0) {
    summary.warnings.emplace_back(
        "IL_MCC and cgF1 need pairs with and without the phrase in the image; this set has only "
        "one kind, so they are undefined and pmF1 stands alone");
  }
  if (result.counts.foreign > 0) {
    summary.warnings.push_back(std::to_string(result.counts.foreign) +
                               " predictions have a category the truth does not list; they count "
                               "as not given");
  }
  return summary;
}

}  // namespace assay
