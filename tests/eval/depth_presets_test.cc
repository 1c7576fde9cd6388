// Shipped depth protocols against values of the evaluators they cite, on synthetic frames.
//   - every metric that an evaluator gives is that of the protocol file, settings and all
//   - every protocol of NYU and KITTI that says it is verified is among them, but for @moge
//     (moge_view_test.cc)
//   - MoGe's robust fits, its 64 x 64 subsample and the boundary F1 of MoGe and Depth Pro
//     are those of their own functions
// Expected values: scripts/make_depth_protocol_samples.py, which states sources and versions.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "metrics/depth_boundary.h"
#include "metrics/nearest_grid.h"
#include "metrics/robust_line.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using nlohmann::json;

json Expected() {
  return json::parse(ReadText(std::filesystem::path(ASSAY_SOURCE_DIR) /
                              "tests/golden/depth_protocols/expected.json"));
}

// The samples of the script, pixel by pixel.
std::int64_t Noise(int x, int y, int n, int k) {
  std::uint32_t value =
      static_cast<std::uint32_t>(x) * 374761393U + static_cast<std::uint32_t>(y) * 668265263U +
      static_cast<std::uint32_t>(n) * 2246822519U + static_cast<std::uint32_t>(k) * 3266489917U;
  value ^= value >> 13;
  value *= 1274126177U;
  return value ^ (value >> 16);
}

struct Sample {
  DepthMap truth, answer, hard, dropped;  // dropped: of the hard values NaN and 0 only
  Mask usable;
};

double HardValue(std::int64_t which, double otherwise) {
  switch (which) {
    case 1:
      return std::numeric_limits<double>::quiet_NaN();
    case 2:
      return std::numeric_limits<double>::infinity();
    case 3:
      return 0;
    case 4:
      return -1;
    default:
      return otherwise;
  }
}

Sample MakeSample(bool kitti, int n, Size size) {
  const DepthMap empty(size, 0.0);
  Sample sample{empty, empty, empty, empty, Mask(size, 1)};
  const double unit = kitti ? 256 : 1000;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const std::int64_t kind = Noise(x, y, n, 2) % 100;
      const std::int64_t base = kitti ? 300 + (7 * x + 29 * y + 1013 * n) % 22000
                                      : 700 + (13 * x + 17 * y + 997 * n) % 9000;
      std::int64_t raw = base + Noise(x, y, n, 1) % 41 - 20;
      if (!kitti && kind == 12) raw = 10000;
      if (!kitti && kind == 13) raw = 1;
      if (!kitti && kind == 14) raw = 12000;
      if (kind < 12) raw = 0;
      sample.truth.At(x, y) = static_cast<double>(raw) / unit;
      const double factor = 0.75 + static_cast<double>(Noise(x, y, n, 3) % 600) / 1000;
      double answer = static_cast<double>(base) / unit * factor + 0.02;
      const std::int64_t outlier = Noise(x, y, n, 4);
      if (outlier % 200 == 0) answer *= 4;
      answer = static_cast<float>(answer);
      sample.answer.At(x, y) = answer;
      sample.hard.At(x, y) = HardValue(outlier % 500, answer);
      const bool is_dropped = outlier % 500 == 1 || outlier % 500 == 3;
      sample.dropped.At(x, y) = is_dropped ? sample.hard.At(x, y) : answer;
      sample.usable.At(x, y) = Noise(x, y, n, 5) % 10 != 0 ? 1 : 0;
    }
  }
  return sample;
}

std::vector<Sample> SamplesOf(bool kitti) {
  if (!kitti) return {MakeSample(false, 0, {640, 480}), MakeSample(false, 1, {640, 480})};
  return {MakeSample(true, 0, {1242, 375}), MakeSample(true, 1, {1226, 370})};
}

Protocol Load(const std::string& name, bool disparity) {
  ProtocolOverrides overrides{.set = {}, .format = "npy", .palette = {}};
  if (disparity) overrides.set = {{"answer.kind", "disparity"}};
  return LoadProtocol(test::Configs(), name, overrides);
}

DepthValue ValueOf(const Sample& sample, const json& how) {
  DepthValue value{.map = how.value("hard", false) ? sample.hard : sample.answer};
  if (how.value("dropped", false)) value.map = sample.dropped;
  if (!how.value("disparity", false)) return value;
  value.kind = DepthKind::kDisparity;
  for (double& pixel : value.map.Pixels()) pixel = 1 / pixel;
  return value;
}

Summary SummaryOf(const std::string& name, const json& how, const std::vector<Sample>& samples) {
  const Protocol protocol = Load(name, how.value("disparity", false));
  const auto& evaluation = std::get<Evaluation<DepthTask>>(protocol.evaluation);
  auto state = evaluation.metric.Start();
  for (const Sample& sample : samples) {
    const DepthTruth truth{sample.truth, sample.usable};
    evaluation.metric.Add(evaluation.metric.Compare(ValueOf(sample, how), truth), state);
  }
  return evaluation.Summarise(evaluation.metric.Finish(state));
}

void ExpectMetricsOf(const json& rows) {
  for (const bool kitti : {false, true}) {
    const std::vector<Sample> samples = SamplesOf(kitti);
    for (const auto& [name, how] : rows.items()) {
      const bool has_kittis_frames = name.find("kitti-depth") != std::string::npos;  // vkitti's too
      if (has_kittis_frames != kitti) continue;
      const Summary summary = SummaryOf(name, how, samples);
      const double tolerance = how.value("tolerance", 1e-9);
      for (const auto& [metric, value] : how.at("metrics").items()) {
        const double wanted = value.get<double>();
        EXPECT_NEAR(
            test::ValueIn(summary, metric), wanted, tolerance * std::max(1.0, std::abs(wanted)))
            << name << " " << metric;
      }
    }
  }
}

TEST(DepthPresets, EveryMetricIsThatOfTheCitedEvaluator) {
  ExpectMetricsOf(Expected().at("protocols"));
}

TEST(DepthPresets, LotusAndMarigoldAreLotus2AndE2eFtToo) {
  ExpectMetricsOf(Expected().at("twins"));
}

TEST(DepthPresets, EveryVerifiedProtocolOfNyuAndKittiIsHeld) {
  const json expected = Expected();
  for (const std::string& name : test::Configs().ProtocolNames()) {
    if (!name.starts_with("nyu-depth") && !name.starts_with("kitti-depth")) continue;
    if (name.ends_with("@moge") || !LoadProtocol(test::Configs(), name).verified) continue;
    EXPECT_TRUE(expected.at("protocols").contains(name)) << name;
  }
}

// ---- robust fits and boundaries ----------------------------------------------

Size SizeOf(const json& row) { return {row.at("size").at(1), row.at("size").at(0)}; }

struct Pairs {
  std::vector<double> p, g, w;
};

Pairs Every(const Sample& sample, const std::vector<GridPixel>& pixels, std::size_t step) {
  Pairs pairs;
  for (std::size_t i = 0; i < pixels.size(); i += step) {
    pairs.p.push_back(sample.answer.At(pixels[i].x, pixels[i].y));
    pairs.g.push_back(sample.truth.At(pixels[i].x, pixels[i].y));
    pairs.w.push_back(1 / pairs.g.back());
  }
  return pairs;
}

TEST(DepthPresets, MogesFitsAndBoundariesAreThoseOfItsOwnFunctions) {
  const json expected = Expected();
  int n = 0;
  for (const json& row : expected.at("moge").at("cases")) {
    const Sample sample = MakeSample(false, n++, SizeOf(row));
    Mask valid(SizeOf(row), 0);
    DepthMap scored(SizeOf(row), 0.0);
    for (std::size_t i = 0; i < valid.Pixels().size(); ++i) {
      const double g = sample.truth.Pixels()[i];
      if (!(g > 1e-3 && g < 10)) continue;
      valid.Pixels()[i] = 1;
      scored.Pixels()[i] = g;
    }
    const std::vector<GridPixel> pixels = NearestGrid(valid);
    std::int64_t checksum = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      checksum += static_cast<std::int64_t>(i + 1) * (pixels[i].x + 4096 * pixels[i].y);
    }
    EXPECT_EQ(pixels.size(), row.at("pixels").at("count"));
    EXPECT_EQ(checksum, row.at("pixels").at("checksum").get<std::int64_t>());

    const Pairs all = Every(sample, pixels, 1);
    EXPECT_NEAR(RobustScale(all.p, all.g, all.w), row.at("scale"), 1e-9);
    const Pairs some = Every(sample, pixels, 8);
    const Line line = RobustLine(some.p, some.g, some.w, AnchorTies::kDropped);
    EXPECT_NEAR(line.scale, row.at("affine_of_every_8th").at(0), 1e-9);
    EXPECT_NEAR(line.shift, row.at("affine_of_every_8th").at(1), 1e-9);

    const std::vector<double> f1 = BoundaryF1(DepthBoundary::kMoge, sample.answer, scored);
    for (int radius = 1; radius <= 3; ++radius) {
      EXPECT_NEAR(f1.at(static_cast<std::size_t>(radius) - 1),
                  row.at("boundary_F1_r" + std::to_string(radius)),
                  1e-6);
    }
    DepthSettings settings;
    settings.bounds = {.min = 1e-3, .max = 10};
    settings.abs_rel_epsilon = 1e-6;
    settings.undefined = UndefinedPrediction::kAsSourceClips;
    const DepthScore score =
        DepthMetric(settings).Compare({.map = sample.answer}, {sample.truth, {}});
    EXPECT_NEAR(ErrorsOf(score.all).abs_rel, row.at("AbsRel"), 1e-9);
  }
}

TEST(DepthPresets, DepthProsBoundaryIsThatOfItsOwnFunction) {
  const json expected = Expected();
  int n = 0;
  for (const json& row : expected.at("depthpro").at("cases")) {
    Sample sample = MakeSample(false, n++, SizeOf(row));
    for (double& g : sample.truth.Pixels()) g = g > 0 ? g : 3;
    EXPECT_NEAR(BoundaryF1(DepthBoundary::kDepthPro, sample.answer, sample.truth).at(0),
                row.at("boundary_F1"),
                1e-9);
  }
}

}  // namespace
}  // namespace assay
