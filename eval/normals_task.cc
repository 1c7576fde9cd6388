#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "eval/setting_fields.h"
#include "eval/tasks.h"
#include "model/normal_formats.h"

namespace assay {
namespace {

template <class E, std::size_t N>
using Names = SettingNames<E, N>;

constexpr Names<AngleRule, 3> kAngleRules = {{{"atan2", AngleRule::kAtan2},
                                              {"acos_f32", AngleRule::kAcosFloat},
                                              {"dot_raw_truth", AngleRule::kDotRawTruth}}};
constexpr Names<NormalsAggregate, 2> kAggregates = {
    {{"pooled_pixels", NormalsAggregate::kPooled},
     {"per_image_mean", NormalsAggregate::kPerImage}}};
constexpr Names<UndefinedNormal, 2> kUndefined = {
    {{"worst", UndefinedNormal::kWorst}, {"zero_as_90", UndefinedNormal::kZeroAs90}}};
constexpr Names<EmptyNormals, 2> kEmptyImages = {
    {{"skip", EmptyNormals::kSkip}, {"nan_poison", EmptyNormals::kNanPoison}}};

constexpr std::array<const char*, kAngleBounds.size()> kWithinNames = {
    "within_5", "within_7.5", "within_11.25", "within_22.5", "within_30"};

constexpr double kMostDecimals = 9;

std::optional<int> ReadDecimals(Fields& fields) {
  constexpr const char* kName = "per_image_decimals";
  const auto given = fields.OptionalNumber(kName, {}, {.min = 0, .max = kMostDecimals});
  if (!given) return std::nullopt;
  if (*given != std::floor(*given)) fields.Report(kName, "must be a whole number");
  return static_cast<int>(*given);
}

double ToNumber(const nlohmann::json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

nlohmann::json AxesToJson(const AxisEvidence& axes) {
  nlohmann::json json = {axes.pixels, axes.tilted_x, axes.tilted_y, axes.declared};
  for (const double sum : axes.changed) json.push_back(sum);
  return json;
}

AxisEvidence AxesFromJson(const nlohmann::json& json) {
  AxisEvidence axes{.pixels = json.at(0), .tilted_x = json.at(1), .tilted_y = json.at(2)};
  axes.declared = json.at(3);
  for (std::size_t i = 0; i < axes.changed.size(); ++i) axes.changed[i] = json.at(4 + i);
  return axes;
}

Summary::Entry Entry(const char* name, const NormalErrors& errors) {
  Summary::Entry entry{name,
                       {{"mean", errors.mean}, {"median", errors.median}, {"RMSE", errors.rmse}}};
  for (std::size_t k = 0; k < kWithinNames.size(); ++k) {
    entry.values.emplace_back(kWithinNames[k], errors.within[k]);
  }
  return entry;
}

// Per-image medians are exact.
std::string MedianMethod(NormalsAggregate aggregate) {
  if (aggregate != NormalsAggregate::kPooled) return "";
  return fmt::format("from a histogram with bins of {} degrees, exact to {} degrees",
                     1.0 / kAngleBinsPerDegree,
                     0.5 / kAngleBinsPerDegree);
}

std::vector<MetricValue> Values(const NormalErrors& errors,
                                std::int64_t n,
                                NormalsAggregate aggregate) {
  const std::string over = aggregate == NormalsAggregate::kPooled ? "pixels" : "images";
  const std::string method = MedianMethod(aggregate);
  std::vector<MetricValue> values = {{"mean", errors.mean, "degree", false, n, over},
                                     {"median", errors.median, "degree", false, n, over, method},
                                     {"RMSE", errors.rmse, "degree", false, n, over}};
  for (std::size_t k = 0; k < kWithinNames.size(); ++k) {
    values.push_back({kWithinNames[k], errors.within[k], "fraction", true, n, over});
  }
  return values;
}

// The convention the answers look like and how to declare it, where one has such axes and the
// format's are set.
std::string LikelyFrame(const Decoder<NormalsTask>* decoder, const AxisFinding& finding) {
  constexpr const char* kCheck = "check the frame the answers were saved in";
  const auto* framed = dynamic_cast<const FramedNormals*>(decoder);
  if (framed == nullptr) return kCheck;
  const std::string_view frame = FrameBehind(framed->DeclaredFrame(), finding.change);
  if (frame.empty()) return kCheck;
  return fmt::format("they look like `{}`: --set answer.frame={}", frame, frame);
}

std::string Suspicion(const Decoder<NormalsTask>* decoder, const AxisFinding& finding) {
  return fmt::format(
      "the answers seem to be in another axis convention: with the change '{}' of their axes the "
      "mean angle over {} images is {:.2f} degrees instead of {:.2f}; {}",
      finding.change,
      finding.images,
      finding.changed_mean,
      finding.declared_mean,
      LikelyFrame(decoder, finding));
}

}  // namespace

NormalsMetric Evaluation<NormalsTask>::ReadSettings(Fields& fields) {
  NormalsSettings settings;
  settings.truth_norm = ReadBounds<NormBounds>(fields.Object("gt_norm"));
  settings.angle = fields.Choice<AngleRule>("angle", AngleRule::kAtan2, kAngleRules);
  settings.within_strict = fields.Choice<bool>("within_end", true, kBoundEnds);
  settings.median = fields.Choice<Median>("median", Median::kAveraged, kMedians);
  settings.aggregate =
      fields.Choice<NormalsAggregate>("aggregate", NormalsAggregate::kPooled, kAggregates);
  settings.per_image_decimals = ReadDecimals(fields);
  settings.undefined =
      fields.Choice<UndefinedNormal>("undefined_pred", UndefinedNormal::kWorst, kUndefined);
  settings.empty_image =
      fields.Choice<EmptyNormals>("empty_image", EmptyNormals::kSkip, kEmptyImages);
  if (fields.Has("min_pixels")) settings.min_pixels = fields.Integer("min_pixels", 1, 1);
  return NormalsMetric(settings);
}

std::string Evaluation<NormalsTask>::ScoreToText(const NormalsScore& score) {
  const nlohmann::json json = {{"pixels", score.pixels},
                               {"undefined", score.undefined},
                               {"within", score.within},
                               {"sum", score.sum},
                               {"sum_squares", score.sum_squares},
                               {"median", score.median},
                               {"angles", EncodeAngleCounts(score.angles)},
                               {"axes", AxesToJson(score.axes)}};
  return json.dump();
}

NormalsScore Evaluation<NormalsTask>::ScoreFromText(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  NormalsScore score;
  score.pixels = json.at("pixels");
  score.undefined = json.at("undefined");
  score.within = json.at("within");
  score.sum = json.at("sum");
  score.sum_squares = json.at("sum_squares");
  score.median = ToNumber(json.at("median"));
  score.angles = DecodeAngleCounts(json.at("angles").get_ref<const std::string&>());
  score.axes = AxesFromJson(json.at("axes"));
  return score;
}

std::optional<std::string> Evaluation<NormalsTask>::EarlySuspicion(
    const NormalsMetric::State& state) const {
  if (!NormalsMetric::AxesAreJudged(state)) return std::nullopt;
  const auto finding = DiagnoseAxes(state.axes);
  return finding ? Suspicion(decoder.get(), *finding) : "";
}

Summary Evaluation<NormalsTask>::Summarise(const NormalsMetric::Result& result) const {
  const NormalsAggregate aggregate = metric.settings().aggregate;
  const bool pooled = aggregate == NormalsAggregate::kPooled;
  Summary summary;
  summary.metrics = Values(result.errors, pooled ? result.pixels : result.images, aggregate);
  summary.breakdown = {
      {"aggregate",
       {Entry("pooled_pixels", result.pooled), Entry("per_image_mean", result.per_image)}}};
  summary.pixels = {{"scored", result.pixels}, {"undefined", result.undefined}};
  if (result.undefined > 0) {
    summary.warnings.push_back(fmt::format(
        "{} of {} scored pixels have no defined prediction; they are scored as the protocol's "
        "undefined_pred says",
        result.undefined,
        result.pixels));
  }
  if (result.skipped > 0) {
    summary.warnings.push_back(
        metric.settings().min_pixels > 1
            ? fmt::format("{} images have fewer than {} pixels with a true normal (min_pixels)",
                          result.skipped,
                          metric.settings().min_pixels)
            : fmt::format("{} images have no pixel with a true normal (empty_image)",
                          result.skipped));
  }
  if (result.axes) {
    summary.suspicion = Suspicion(decoder.get(), *result.axes);
    summary.warnings.push_back(summary.suspicion);
  }
  return summary;
}

}  // namespace assay
