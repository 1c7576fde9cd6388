#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "eval/setting_fields.h"
#include "eval/tasks.h"

namespace assay {
namespace {

template <class E, std::size_t N>
using Names = SettingNames<E, N>;

constexpr Names<TruthMask, 3> kTruthMasks = {{{"bounds", TruthMask::kBounds},
                                              {"file", TruthMask::kFile},
                                              {"file_and_bounds", TruthMask::kFileAndBounds}}};
constexpr Names<Crop, 6> kCrops = {{{"none", Crop::kNone},
                                    {"nyu_box", Crop::kNyuBox},
                                    {"nyu_box_matlab", Crop::kNyuBoxMatlab},
                                    {"garg", Crop::kGarg},
                                    {"eigen", Crop::kEigen},
                                    {"explicit", Crop::kExplicit}}};
constexpr Names<CropFrame, 3> kCropFrames = {
    {{"full", CropFrame::kFull}, {"kb", CropFrame::kKb}, {"pad_back", CropFrame::kPadBack}}};
constexpr Names<PredictionFrame, 2> kPredictionFrames = {
    {{"full", PredictionFrame::kFull}, {"kb", PredictionFrame::kKb}}};
constexpr Names<ClipEnd, 3> kClipEnds = {
    {{"min", ClipEnd::kMin}, {"max", ClipEnd::kMax}, {"keep", ClipEnd::kKeep}}};
constexpr Names<DepthResize, 4> kResizes = {
    {{"none", DepthResize::kNone},
     {"nearest", DepthResize::kNearest},
     {"bilinear_ac_true", DepthResize::kBilinearCornersTrue},
     {"bilinear_ac_false", DepthResize::kBilinearCornersFalse}}};
constexpr Names<Alignment, 15> kAlignmentNames = {
    {{"none", Alignment::kNone},
     {"median_ratio", Alignment::kMedianRatio},
     {"median_of_ratios", Alignment::kMedianOfRatios},
     {"lsq_scale", Alignment::kLsqScale},
     {"lsq_affine", Alignment::kLsqAffine},
     {"lsq_affine_disparity", Alignment::kLsqAffineDisparity},
     {"lsq_affine_disparity_from_depth", Alignment::kLsqAffineDisparityFromDepth},
     {"moge_disparity", Alignment::kMogeDisparity},
     {"unidepth_ssi", Alignment::kUnidepthSsi},
     {"unik3d_ssi", Alignment::kUnik3dSsi},
     {"metric3d_polyfit", Alignment::kMetric3dPolyfit},
     {"lsq_log_scale", Alignment::kLsqLogScale},
     {"moge_scale", Alignment::kMogeScale},
     {"moge_affine", Alignment::kMogeAffine},
     {"exact_l1", Alignment::kExactL1}}};
constexpr Names<UndefinedPrediction, 3> kUndefined = {
    {{"worse_clip_end", UndefinedPrediction::kWorseClipEnd},
     {"as_source_clips", UndefinedPrediction::kAsSourceClips},
     {"drop", UndefinedPrediction::kDrop}}};
constexpr Names<SqRelOver, 2> kSqRelForms = {
    {{"g", SqRelOver::kTruth}, {"g^2", SqRelOver::kTruthSquared}}};
constexpr Names<DepthAggregate, 2> kAggregates = {
    {{"per_image_mean", DepthAggregate::kPerImageMean},
     {"pooled_pixels", DepthAggregate::kPooledPixels}}};
constexpr Names<EmptyImage, 3> kEmptyImages = {{{"nan_poison", EmptyImage::kNanPoison},
                                                {"skip_below", EmptyImage::kSkipBelow},
                                                {"raise_below", EmptyImage::kRaiseBelow}}};
constexpr Names<LogBase, 2> kLogBases = {{{"ln", LogBase::kNatural}, {"log10", LogBase::kTen}}};
constexpr Names<DepthBoundary, 3> kBoundaries = {{{"none", DepthBoundary::kNone},
                                                  {"depthpro", DepthBoundary::kDepthPro},
                                                  {"moge", DepthBoundary::kMoge}}};
constexpr Names<SilogVariant, 4> kSilogs = {{{"a", SilogVariant::kA},
                                             {"b", SilogVariant::kB},
                                             {"c", SilogVariant::kC},
                                             {"d", SilogVariant::kD}}};

std::optional<PredictionClip> ReadClip(Fields clip, bool given) {
  if (!given) return std::nullopt;
  PredictionClip read;
  read.min = clip.Number("min", 1e-3, {.min = 0});
  read.max = clip.OptionalNumber("max").value_or(std::numeric_limits<double>::infinity());
  read.nan_to = clip.Choice<ClipEnd>("nan_to", ClipEnd::kMin, kClipEnds);
  read.posinf_to = clip.Choice<ClipEnd>("posinf_to", ClipEnd::kMax, kClipEnds);
  read.nonpositive_to = clip.Choice<ClipEnd>("nonpositive_to", ClipEnd::kMin, kClipEnds);
  if (clip.Has("above_to")) {
    read.above_to = clip.Choice<ClipEnd>("above_to", ClipEnd::kMax, kClipEnds);
  }
  read.floor = clip.Number("floor", 0, {.min = 0});
  if (read.max <= read.min) clip.Report("max", "must be larger than min");
  clip.Finish();
  return read;
}

AlignmentSettings ReadAlignment(Fields align) {
  AlignmentSettings read;
  read.kind = align.Choice<Alignment>("name", Alignment::kNone, kAlignmentNames);
  read.median = align.Choice<Median>("median", Median::kAveraged, kMedians);
  read.max_res = static_cast<int>(align.Integer("max_res", 0, 0));
  if (align.Has("min_disparity")) {
    read.min_disparity = align.OptionalNumber("min_disparity", {}, {.min = 0});
  }
  align.Finish();
  return read;
}

CentredView ReadView(Fields view) {
  CentredView read;
  read.size.width = static_cast<int>(view.Integer("width", 640, 1));
  read.size.height = static_cast<int>(view.Integer("height", 480, 1));
  read.most_over_p1 = view.Number("max_over_p1", 1000, {.min = 1});
  view.Finish();
  return read;
}

// Rows and columns, half-open, of crop "explicit".
Box ReadCropBox(Fields box) {
  const auto at = [&](const char* name) { return static_cast<int>(box.Integer(name, 0, 0)); };
  const Box read{at("row_begin"), at("row_end"), at("col_begin"), at("col_end")};
  if (read.row_end <= read.row_begin || read.col_end <= read.col_begin) {
    box.Report("row_end", "the box must have rows and columns: ends larger than begins");
  }
  box.Finish();
  return read;
}

// Fields that stay out of the settings where they are not given.
void ReadFurther(Fields& fields, DepthSettings& settings) {
  if (fields.Has("rmse_log")) {
    settings.rmse_log_base = fields.Choice<LogBase>("rmse_log", LogBase::kNatural, kLogBases);
  }
  if (fields.Has("abs_rel_epsilon")) {
    settings.abs_rel_epsilon = fields.Number("abs_rel_epsilon", 0, {.min = 0});
  }
  if (fields.Has("sqrel")) {
    settings.sq_rel_over = fields.Choice<SqRelOver>("sqrel", SqRelOver::kTruth, kSqRelForms);
  }
  if (fields.Has("mae")) settings.reports_mae = fields.Flag("mae", false);
  if (fields.Has("view")) settings.view = ReadView(fields.Object("view"));
  if (fields.Has("boundary")) {
    settings.boundary = fields.Choice<DepthBoundary>("boundary", DepthBoundary::kNone, kBoundaries);
  }
}

double ToNumber(const nlohmann::json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

// The real sums in order of declaration.
template <class Sums>
auto RealSums(Sums& sums) {
  return std::array{&sums.abs,
                    &sums.abs_rel,
                    &sums.sq_rel,
                    &sums.sq,
                    &sums.sq_log,
                    &sums.abs_log10,
                    &sums.sq_inverse,
                    &sums.log,
                    &sums.sq_log_ab,
                    &sums.log_c,
                    &sums.sq_log_c,
                    &sums.log10,
                    &sums.sq_log10};
}

nlohmann::json SumsToJson(const DepthSums& sums) {
  nlohmann::json json = {sums.pixels, sums.inliers[0], sums.inliers[1], sums.inliers[2]};
  for (const double* real : RealSums(sums)) json.push_back(*real);
  return json;
}

DepthSums SumsFromJson(const nlohmann::json& json) {
  DepthSums sums;
  sums.pixels = json.at(0).get<std::int64_t>();
  for (std::size_t k = 0; k < 3; ++k) sums.inliers[k] = json.at(1 + k).get<std::int64_t>();
  std::size_t position = 4;
  for (double* real : RealSums(sums)) *real = ToNumber(json.at(position++));
  return sums;
}

// By SilogVariant; what each is computed in stands in metrics/depth.h.
struct SilogText {
  const char* name;
  const char* unit;
};
constexpr std::array<SilogText, 4> kSilogTexts = {
    {{"SILog", "x100"}, {"SILog_b", "x100"}, {"SILog_c", "ln"}, {"SILog_d", "log10"}}};

std::vector<MetricValue> Values(const DepthMetric& metric,
                                const DepthErrors& errors,
                                std::int64_t n) {
  const bool pooled = metric.settings().aggregate == DepthAggregate::kPooledPixels;
  const std::string over = pooled ? "pixels" : "images";
  const auto value = [&](std::string name, double number, std::string unit, bool higher = false) {
    return MetricValue{std::move(name), number, std::move(unit), higher, n, over};
  };
  const auto variant = static_cast<std::size_t>(metric.settings().silog);
  const bool squared = metric.settings().sq_rel_over == SqRelOver::kTruthSquared;
  const bool log10 = metric.settings().rmse_log_base == LogBase::kTen;
  return {value("delta1", errors.delta1, "fraction", true),
          value("delta2", errors.delta2, "fraction", true),
          value("delta3", errors.delta3, "fraction", true),
          value("AbsRel", errors.abs_rel, "ratio"),
          value("SqRel", errors.sq_rel, squared ? "ratio" : "metre"),
          value("RMSE", errors.rmse, "metre"),
          value("RMSE_log",
                log10 ? errors.rmse_log * std::numbers::log10e : errors.rmse_log,
                log10 ? "log10" : "ln"),
          value("log10", errors.log10, "log10"),
          value("iRMSE", errors.irmse, "1/metre"),
          value(kSilogTexts[variant].name, errors.silog[variant], kSilogTexts[variant].unit)};
}

std::vector<MetricValue> BoundaryValues(const DepthMetric::Result& result) {
  if (result.boundary.size() == 1) {
    return {{"boundary_F1", result.boundary[0], "fraction", true, result.images, "images"}};
  }
  std::vector<MetricValue> values;
  values.reserve(result.boundary.size());
  for (std::size_t i = 0; i < result.boundary.size(); ++i) {
    values.push_back({"boundary_F1_r" + std::to_string(i + 1),
                      result.boundary[i],
                      "fraction",
                      true,
                      result.images,
                      "images"});
  }
  return values;
}

std::string BandName(std::size_t band) {
  const auto edge = [](std::size_t i) {
    return std::to_string(static_cast<int>(DepthMetric::kBandEdges[i]));
  };
  if (band == 0) return "0-" + edge(0) + " m";
  if (band == DepthMetric::kBandEdges.size()) return edge(band - 1) + "+ m";
  return edge(band - 1) + "-" + edge(band) + " m";
}

}  // namespace

DepthMetric Evaluation<DepthTask>::ReadSettings(Fields& fields) {
  DepthSettings settings;
  settings.bounds = ReadBounds<DepthBounds>(fields.Object("gt_bounds"));
  settings.truth_mask = fields.Choice<TruthMask>("gt_mask", TruthMask::kBounds, kTruthMasks);
  settings.crop = fields.Choice<Crop>("crop", Crop::kNone, kCrops);
  if (settings.crop == Crop::kExplicit || fields.Has("crop_box")) {
    settings.crop_box = ReadCropBox(fields.Object("crop_box"));
    if (settings.crop != Crop::kExplicit) fields.Report("crop_box", "is for crop 'explicit'");
  }
  settings.crop_frame = fields.Choice<CropFrame>("crop_frame", CropFrame::kFull, kCropFrames);
  settings.prediction_frame =
      fields.Choice<PredictionFrame>("pred_frame", PredictionFrame::kFull, kPredictionFrames);
  const bool clips = fields.Has("pred_clip");
  if (clips) {
    settings.clip = ReadClip(fields.Object("pred_clip"), true);
  } else {
    fields.Any("pred_clip", nullptr);
  }
  settings.resize = fields.Choice<DepthResize>("resize", DepthResize::kNone, kResizes);
  settings.align = ReadAlignment(fields.Object("align"));
  settings.undefined = fields.Choice<UndefinedPrediction>(
      "undefined_pred", UndefinedPrediction::kWorseClipEnd, kUndefined);
  settings.aggregate =
      fields.Choice<DepthAggregate>("aggregate", DepthAggregate::kPerImageMean, kAggregates);
  settings.empty_image =
      fields.Choice<EmptyImage>("empty_image", EmptyImage::kSkipBelow, kEmptyImages);
  settings.empty_below = fields.Integer("empty_below", 1, 1);
  settings.silog = fields.Choice<SilogVariant>("silog", SilogVariant::kA, kSilogs);
  ReadFurther(fields, settings);
  if (settings.undefined == UndefinedPrediction::kWorseClipEnd &&
      !(settings.clip && std::isfinite(settings.clip->max))) {
    fields.Report("undefined_pred", "'worse_clip_end' needs a pred_clip with two finite ends");
  }
  if (settings.crop_frame != CropFrame::kFull &&
      settings.prediction_frame == PredictionFrame::kFull) {
    fields.Report("pred_frame", "must be 'kb' when crop_frame is 'kb' or 'pad_back'");
  }
  return DepthMetric(settings);
}

DepthTruth Evaluation<DepthTask>::Shown(const DepthTruth& truth) const {
  if (metric.settings().prediction_frame == PredictionFrame::kFull) return truth;
  const Box window = KbCrop(truth.depth_m.size());
  DepthTruth shown{Cut(truth.depth_m, window), {}};
  if (!truth.file_mask.empty()) shown.file_mask = Cut(truth.file_mask, window);
  return shown;
}

std::string Evaluation<DepthTask>::ScoreToText(const DepthScore& score) {
  nlohmann::json bands = nlohmann::json::array();
  for (const DepthSums& band : score.bands) bands.push_back(SumsToJson(band));
  nlohmann::json json = {{"all", SumsToJson(score.all)},
                         {"bands", std::move(bands)},
                         {"undefined", score.undefined},
                         {"clipped", score.clipped},
                         {"excluded_from_fit", score.excluded_from_fit},
                         {"fit", {score.fit.scale, score.fit.shift, score.fit.disparity_floor}}};
  if (!score.boundary.empty()) json["boundary"] = score.boundary;
  return json.dump();
}

DepthScore Evaluation<DepthTask>::ScoreFromText(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  DepthScore score;
  score.all = SumsFromJson(json.at("all"));
  for (const auto& band : json.at("bands")) score.bands.push_back(SumsFromJson(band));
  score.undefined = json.at("undefined").get<std::int64_t>();
  score.clipped = json.at("clipped").get<std::int64_t>();
  score.excluded_from_fit = json.at("excluded_from_fit").get<std::int64_t>();
  const auto& fit = json.at("fit");
  score.fit = {ToNumber(fit.at(0)), ToNumber(fit.at(1)), ToNumber(fit.at(2))};
  if (json.contains("boundary")) score.boundary = json["boundary"].get<std::vector<double>>();
  return score;
}

SampleFacts Evaluation<DepthTask>::Facts(const DepthScore& score) const {
  if (metric.settings().align.kind == Alignment::kNone) return {};
  return {{"fit_scale", score.fit.scale},
          {"fit_shift", score.fit.shift},
          {"fit_disparity_floor", score.fit.disparity_floor},
          {"excluded_from_fit", static_cast<double>(score.excluded_from_fit)}};
}

Summary Evaluation<DepthTask>::Summarise(const DepthMetric::Result& result) const {
  const bool pooled = metric.settings().aggregate == DepthAggregate::kPooledPixels;
  Summary summary;
  summary.metrics = Values(metric, result.errors, pooled ? result.pixels : result.images);
  if (metric.settings().reports_mae) {
    summary.metrics.push_back({"MAE",
                               result.errors.mae,
                               "metre",
                               false,
                               summary.metrics.front().n,
                               summary.metrics.front().over});
  }
  for (MetricValue& value : BoundaryValues(result)) summary.metrics.push_back(std::move(value));
  std::vector<Summary::Entry> bands;
  for (std::size_t band = 0; band < result.bands.size(); ++band) {
    const DepthErrors& errors = result.bands[band];
    bands.push_back(
        {.name = BandName(band),
         .values = {{"delta1", errors.delta1}, {"AbsRel", errors.abs_rel}, {"RMSE", errors.rmse}},
         .counts = {{"pixels", result.band_pixels[band]}}});
  }
  summary.breakdown = {{"distance", std::move(bands)}};
  summary.pixels = {{"scored", result.pixels},
                    {"undefined", result.undefined},
                    {"clipped", result.clipped},
                    {"excluded_from_fit", result.excluded_from_fit}};
  if (result.undefined > 0) {
    summary.warnings.push_back(std::to_string(result.undefined) + " of " +
                               std::to_string(result.pixels) +
                               " scored pixels have no defined prediction; they are scored as the "
                               "protocol's undefined_pred says");
  }
  if (result.skipped > 0) {
    summary.warnings.push_back(std::to_string(result.skipped) +
                               " images have too few valid pixels and were skipped (empty_image)");
  }
  if (result.null_images > 0) {
    summary.warnings.push_back(std::to_string(result.null_images) +
                               " images have an undefined metric, so the set's value is null");
  }
  return summary;
}

}  // namespace assay
