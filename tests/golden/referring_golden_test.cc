// Referring segmentation against values computed by others (tests/golden/res):
//   intersection and union of every case as LISA, LAVT and ReLA count them, and every
//   aggregate, to 1e-12; LISA's own epsilons show; masks are resized as Pillow does.
#include <gmock/gmock.h>

#include <cmath>
#include <string>

#include "metrics/referring.h"
#include "metrics/resize.h"
#include "metrics/run_length.h"
#include "tests/golden/golden_json.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-12;
const std::filesystem::path kFolder = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/res";

const json& Reference() {
  static const json kJson = test::ReadReference(kFolder / "res_metrics_expected.json");
  return kJson;
}

Mask ReadMask(const json& rle) {
  const Size size{rle.at("size").at(1).get<int>(), rle.at("size").at(0).get<int>()};
  return ToMask(DecodeRuns(size, rle.at("counts").get<std::string>()));
}

// A record of gRefCOCO has no target where its mask has no pixel.
ReferringTruth ReadTruth(const json& sample) {
  ReferringTruth truth{ReadMask(sample.at("gt_rle"))};
  const Mask twice = ReadMask(sample.at("gt_value2_rle"));
  const Mask ignored = ReadMask(sample.at("ignore_rle"));
  bool any = false;
  for (std::size_t i = 0; i < truth.target.Pixels().size(); ++i) {
    std::uint8_t& pixel = truth.target.Pixels()[i];
    if (twice.Pixels()[i] == 1) pixel = 2;
    if (ignored.Pixels()[i] == 1) pixel = 255;
    any |= pixel == 1 || pixel == 2;
  }
  truth.no_target = !any;
  return truth;
}

ReferringSettings Preset(std::string_view name) {
  ReferringSettings settings = FindReferringPreset(name);
  settings.frame.reset();  // the cases are compared at their own size
  return settings;
}

ReferringMetric::Result Evaluate(const ReferringSettings& settings) {
  const ReferringMetric metric(settings);
  ReferringMetric::State state = metric.Start();
  for (const json& sample : Reference().at("cases")) {
    metric.Add(metric.Compare(ReadMask(sample.at("pred_rle")), ReadTruth(sample)), state);
  }
  return metric.Finish(state);
}

double Expected(const char* name) { return Reference().at("expected").at(name).get<double>(); }

TEST(ReferringGoldenTest, EveryCaseHasTheCountsOfLisaAndLavt) {
  const ReferringMetric lisa(Preset("lisa"));
  const ReferringMetric lavt(Preset("lavt"));
  ASSERT_EQ(Reference().at("cases").size(), 9U);
  for (const json& sample : Reference().at("cases")) {
    SCOPED_TRACE(sample.at("name").get<std::string>());
    const Mask prediction = ReadMask(sample.at("pred_rle"));
    const ReferringTruth truth = ReadTruth(sample);
    const ReferringScore of_lisa = lisa.Compare(prediction, truth);
    const ReferringScore of_lavt = lavt.Compare(prediction, truth);
    const auto united = [](const ReferringScore& score) {
      return score.prediction + score.target - score.intersection;
    };
    EXPECT_EQ(of_lisa.intersection, sample.at("lisa_intersection").at(1).get<double>());
    EXPECT_EQ(united(of_lisa), sample.at("lisa_union").at(1).get<double>());
    EXPECT_EQ(of_lavt.intersection, sample.at("lavt_I").get<std::int64_t>());
    EXPECT_EQ(united(of_lavt), sample.at("lavt_U").get<std::int64_t>());
    for (const auto& [metric, score, name] :
         {std::tuple(&lisa, &of_lisa, "lisa_iou_fg"), std::tuple(&lavt, &of_lavt, "lavt_iou")}) {
      ReferringSettings settings = metric->settings();
      settings.count_epsilon = 0;
      ReferringMetric::State state;
      ReferringMetric(settings).Add(*score, state);
      EXPECT_NEAR(
          ReferringMetric(settings).Finish(state).giou, sample.at(name).get<double>(), kTolerance);
    }
  }
}

TEST(ReferringGoldenTest, LisaHasItsAggregates) {
  ReferringSettings settings = Preset("lisa");
  const auto reduced = Evaluate(settings);
  EXPECT_NEAR(reduced.giou, Expected("lisa_giou_allreduce_eps"), kTolerance);
  EXPECT_NEAR(reduced.ciou, Expected("lisa_ciou"), kTolerance);
  settings.count_epsilon = 0;
  EXPECT_NEAR(Evaluate(settings).giou, Expected("lisa_giou"), kTolerance);
  EXPECT_GT(std::abs(reduced.giou - Expected("lisa_giou")), 1e-9);
}

TEST(ReferringGoldenTest, LavtHasItsAggregates) {
  const auto result = Evaluate(Preset("lavt"));
  EXPECT_NEAR(result.ciou, Expected("lavt_overall_iou"), kTolerance);
  EXPECT_NEAR(result.giou, Expected("lavt_mean_iou"), kTolerance);
}

TEST(ReferringGoldenTest, RelaHasItsAggregates) {
  const auto result = Evaluate(Preset("rela"));
  EXPECT_NEAR(result.giou, Expected("rela_gIoU"), kTolerance);
  EXPECT_NEAR(result.ciou, Expected("rela_cIoU"), kTolerance);
  EXPECT_NEAR(result.n_acc, Expected("rela_N_acc"), kTolerance);
  EXPECT_NEAR(result.t_acc, Expected("rela_T_acc"), kTolerance);
  EXPECT_EQ(result.without_target, 3);
  EXPECT_EQ(result.with_target, 6);
}

TEST(ReferringGoldenTest, TheEvaluatorsDisagree) {
  EXPECT_GT(std::abs(Evaluate(Preset("lisa")).ciou - Evaluate(Preset("lavt")).ciou), 0.01);
  EXPECT_GT(std::abs(Evaluate(Preset("rela")).ciou - Evaluate(Preset("lavt")).ciou), 0.01);
}

TEST(ReferringGoldenTest, MasksAreResizedAsPillowResizesThem) {
  const json reference = test::ReadReference(kFolder / "pillow_nearest.json");
  ASSERT_EQ(reference.at("rows").size(), 10U);
  for (const json& row : reference.at("rows")) {
    const int from = row.at("from").get<int>();
    const int to = row.at("to").get<int>();
    // The low and the high byte of each pixel's own number.
    Raster<std::uint8_t> low({from, 1});
    Raster<std::uint8_t> high({1, from});
    for (int i = 0; i < from; ++i) {
      low.At(i, 0) = static_cast<std::uint8_t>(i % 256);
      high.At(0, i) = static_cast<std::uint8_t>(i / 256);
    }
    const auto across = ResizeNearestAsPillow(low, {to, 1});
    const auto down = ResizeNearestAsPillow(high, {1, to});
    std::vector<int> sources;
    for (int i = 0; i < to; ++i) sources.push_back(across.At(i, 0) + 256 * down.At(0, i));
    EXPECT_EQ(sources, row.at("sources").get<std::vector<int>>()) << from << " to " << to;
  }
}

}  // namespace
}  // namespace assay
