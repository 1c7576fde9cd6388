#include "model/rgb_depth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "model/depth_path.h"
#include "model/painted.h"

namespace assay {
namespace {

// Corner k of the path; edge k runs from corner k to corner k + 1.
constexpr std::array<RealRgb, 8> kCorners = {
    {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 1, 1}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}}};
constexpr std::size_t kEdges = kCorners.size() - 1;

// Position of `color` along edge k, and its squared distance to that point.
RealPathPoint OnEdge(const RealRgb& color, std::size_t k) {
  const RealRgb& from = kCorners[k];
  const RealRgb& to = kCorners[k + 1];
  double along = 0;
  for (std::size_t i = 0; i < 3; ++i) along += (color[i] - from[i]) * (to[i] - from[i]);
  along = std::clamp(along, 0.0, 1.0);
  double squared = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double difference = color[i] - (from[i] + along * (to[i] - from[i]));
    squared += difference * difference;
  }
  return {(static_cast<double>(k) + along) / static_cast<double>(kEdges), squared};
}

constexpr std::string_view kPrompt =
    "Predict the metric depth of this scene as an image. Visualized in the rainbow "
    "(black-red-yellow-green-cyan-blue-violet-white) color palette.";

struct Settings {
  DepthCurve curve;
  ToByte to_byte = ToByte::kRound;
  Painted painted;
  std::string prompt;
};

class RgbDepth final : public Codec<DepthTask> {
 public:
  explicit RgbDepth(Settings settings) : settings_(std::move(settings)) {
    depth_.reserve(kPathSteps + 1);
    for (int step = 0; step <= kPathSteps; ++step) {
      depth_.push_back(CurveDepth(settings_.curve, static_cast<double>(step) / kPathSteps));
    }
  }

  std::vector<std::string> Extensions() const override { return PaintedExtensions(); }
  std::vector<std::string> Ask(const DepthTask::Query& query) const override;
  RgbImage Encode(const DepthTruth& truth, const DepthTask::Query& query) const override;
  Decoded<DepthTask> Decode(const Answer& answer,
                            const DepthTask::Query& query,
                            const Frame& frame) const override;

 private:
  Settings settings_;
  std::vector<double> depth_;  // metres per step of the path
};

std::vector<std::string> RgbDepth::Ask(const DepthTask::Query& /*query*/) const {
  return {settings_.prompt};
}

RgbImage RgbDepth::Encode(const DepthTruth& truth, const DepthTask::Query& /*query*/) const {
  RgbImage image(truth.depth_m.size());
  const auto from = truth.depth_m.Pixels();
  const auto to = image.Pixels();
  // "No measurement" is 0, which is painted black as a depth of 0 m is.
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = RgbFromDepth(settings_.curve, from[i], settings_.to_byte);
  }
  return image;
}

Decoded<DepthTask> RgbDepth::Decode(const Answer& answer,
                                    const DepthTask::Query& /*query*/,
                                    const Frame& frame) const {
  const RgbImage image = ReadPainted(answer, settings_.painted);
  const FitMap map = FitPainted(answer, settings_.painted, frame, image.size());
  PathStatistics statistics;
  const Raster<std::uint16_t> steps = PathSteps(image, statistics);

  const auto pixels = static_cast<double>(image.size().Pixels());
  const auto infinite = static_cast<double>(statistics.at_end);
  Decoded<DepthTask> decoded;
  decoded.value = {LookUp(steps, map, depth_), DepthKind::kDepth, /*painted=*/true};
  decoded.value.painted_far_m = depth_[kPathSteps - 1];  // the last step before +inf
  decoded.diagnostics = {{"off_path_p50", statistics.ResidualAt(0.50)},
                         {"off_path_p90", statistics.ResidualAt(0.90)},
                         {"off_path_p99", statistics.ResidualAt(0.99)},
                         {"off_path_max", statistics.ResidualAt(1.00)},
                         {"inf_pixels", infinite},
                         {"inf_share", infinite / pixels},
                         {"extrapolated_pixels", static_cast<double>(map.extrapolated)}};
  return decoded;
}

}  // namespace

double CurveFraction(const DepthCurve& curve, double depth_m) {
  if (!(depth_m > 0)) return 0;
  return 1 - std::pow(1 - depth_m / (curve.lambda * curve.c), curve.lambda + 1);
}

double CurveDepth(const DepthCurve& curve, double fraction) {
  if (fraction >= 1) return std::numeric_limits<double>::infinity();
  if (!(fraction > 0)) return 0;
  return curve.lambda * curve.c * (1 - std::pow(1 - fraction, 1 / (curve.lambda + 1)));
}

RealPathPoint NearestOnPath(const RealRgb& color) {
  RealPathPoint best = OnEdge(color, 0);
  for (std::size_t k = 1; k < kEdges; ++k) {
    const RealPathPoint point = OnEdge(color, k);
    if (point.squared_distance < best.squared_distance) best = point;
  }
  return best;
}

RealRgb PathColor(double fraction) {
  const double s = static_cast<double>(kEdges) * std::clamp(fraction, 0.0, 1.0);
  const std::size_t k = std::min(kEdges - 1, static_cast<std::size_t>(s));
  const double t = s - static_cast<double>(k);
  RealRgb color{};
  for (std::size_t i = 0; i < 3; ++i) {
    color[i] = kCorners[k][i] + t * (kCorners[k + 1][i] - kCorners[k][i]);
  }
  return color;
}

double DepthFromRgb(const DepthCurve& curve, Rgb8 color) {
  return CurveDepth(curve, static_cast<double>(NearestOnPath(color).step) / kPathSteps);
}

double DepthFromRgb(const DepthCurve& curve, const RealRgb& color) {
  return CurveDepth(curve, NearestOnPath(color).fraction);
}

RealRgb RgbFromDepth(const DepthCurve& curve, double depth_m) {
  return PathColor(CurveFraction(curve, depth_m));
}

Rgb8 RgbFromDepth(const DepthCurve& curve, double depth_m, ToByte to_byte) {
  const RealRgb color = RgbFromDepth(curve, depth_m);
  return {Byte(color[0], to_byte), Byte(color[1], to_byte), Byte(color[2], to_byte)};
}

double LargestFiniteDepth(const DepthCurve& curve) {
  return CurveDepth(curve, static_cast<double>(kPathSteps - 1) / kPathSteps);
}

std::unique_ptr<Codec<DepthTask>> MakeRgbDepth(Fields& fields) {
  Settings settings;
  const DepthCurve standard;
  settings.curve.lambda = fields.Number("lambda", standard.lambda);
  if (!(settings.curve.lambda < -1)) {
    fields.Report("lambda",
                  "must be below -1: the curve is not bounded otherwise. The paper's lambda "
                  "is -3 (Barron's p = lambda + 1 = -2)");
    settings.curve.lambda = standard.lambda;
  }
  settings.curve.c = fields.Number("c", standard.c);
  if (!(settings.curve.c > 0)) {
    fields.Report("c", "must be a positive length in metres");
    settings.curve.c = standard.c;
  }
  settings.to_byte = fields.Choice<ToByte>("u8", ToByte::kRound, kToByteNames);
  settings.painted = ReadPaintedSettings(fields);
  settings.prompt = fields.Text("prompt", std::string(kPrompt));
  return std::make_unique<RgbDepth>(std::move(settings));
}

}  // namespace assay
