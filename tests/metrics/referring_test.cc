// ReferringMetric:
//   equals a pixel-by-pixel evaluation on random data under every preset and under
//   random settings; the overlap variants do to a doubly covered pixel what they say,
//   lisa and lavt alike; ignored pixels leave both masks or are background; empty
//   masks score by policy; ReLA's table, cell by cell, and min_area; P@t includes t
//   itself; nothing is NaN; the frame resizes the truth; settings and masks that
//   cannot be meant are refused; Worst and Best bound a, worst takes no policy.
#include "metrics/referring.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "metrics/resize.h"
#include "tests/support/naive_referring.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnyReferringPair;
using test::NaiveReferring;
using test::ReferringPair;
using ::testing::ElementsAre;

Mask Row(std::vector<std::uint8_t> pixels) {
  const Size size{static_cast<int>(pixels.size()), 1};
  return {size, std::move(pixels)};
}

ReferringTruth Truth(std::vector<std::uint8_t> pixels, bool no_target = false) {
  return {Row(std::move(pixels)), no_target};
}

ReferringMetric Preset(std::string_view name) { return ReferringMetric(FindReferringPreset(name)); }

ReferringSettings Unframed(ReferringSettings settings) {
  settings.frame.reset();
  return settings;
}

ReferringMetric::Result Evaluate(const ReferringMetric& metric,
                                 const std::vector<ReferringPair>& samples) {
  ReferringMetric::State state = metric.Start();
  for (const auto& [prediction, truth] : samples) {
    metric.Add(metric.Compare(prediction, truth), state);
  }
  return metric.Finish(state);
}

ReferringMetric::Result One(const ReferringMetric& metric, const ReferringScore& score) {
  ReferringMetric::State state = metric.Start();
  metric.Add(score, state);
  return metric.Finish(state);
}

bool Near(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-12;
}

void AssertEqual(const ReferringMetric::Result& a, const ReferringMetric::Result& b) {
  RC_ASSERT(Near(a.ciou, b.ciou));
  RC_ASSERT(Near(a.giou, b.giou));
  for (std::size_t i = 0; i < kReferringThresholds.size(); ++i) {
    RC_ASSERT(Near(a.precision.at(i), b.precision.at(i)));
  }
  RC_ASSERT(Near(a.n_acc, b.n_acc));
  RC_ASSERT(Near(a.t_acc, b.t_acc));
  RC_ASSERT(Near(a.boundary_iou, b.boundary_iou));
  RC_ASSERT(a.samples == b.samples);
  RC_ASSERT(a.precision_samples == b.precision_samples);
  RC_ASSERT(a.without_target == b.without_target);
  RC_ASSERT(a.with_target == b.with_target);
}

std::vector<ReferringPair> AnySamples() {
  std::vector<ReferringPair> samples;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) samples.push_back(AnyReferringPair(6, 4));
  return samples;
}

TEST(ReferringTest, EqualsThePixelByPixelEvaluationUnderEveryPreset) {
  EXPECT_TRUE(rc::check("presets", [] {
    const std::vector<ReferringPair> samples = AnySamples();
    for (const ReferringPreset& preset : ReferringPresets()) {
      ReferringSettings settings = Unframed(preset.settings);
      settings.boundary_ratio = *rc::gen::element(0.0, 0.05, 0.3);
      AssertEqual(Evaluate(ReferringMetric(settings), samples), NaiveReferring(settings, samples));
    }
  }));
}

ReferringSettings AnySettings() {
  ReferringSettings settings;
  settings.overlap = *rc::gen::element(PartOverlap::kUnion, PartOverlap::kLisa, PartOverlap::kLavt);
  settings.ignored = *rc::gen::element(IgnoredPixels::kLeftOut, IgnoredPixels::kBackground);
  settings.empty_policy = *rc::gen::element(EmptyPolicy::kOne, EmptyPolicy::kZero);
  settings.empty_ratio =
      *rc::gen::element(EmptyRatio::kUndefined, EmptyRatio::kOne, EmptyRatio::kZero);
  settings.min_area = *rc::gen::inRange(1, 5);
  settings.iou_epsilon = *rc::gen::element(0.0, 1e-5, 0.5);
  settings.ratio_epsilon = *rc::gen::element(0.0, 1e-10, 0.5);
  settings.count_epsilon = *rc::gen::element(0.0, 1e-5, 0.5);
  settings.boundary_ratio = *rc::gen::element(0.0, 0.05, 0.3);
  return settings;
}

TEST(ReferringTest, EqualsThePixelByPixelEvaluationUnderRandomSettings) {
  EXPECT_TRUE(rc::check("settings", [] {
    ReferringSettings settings = AnySettings();
    if (*rc::gen::arbitrary<bool>()) {
      // ReLA has its own rule for U = 0 and no epsilon.
      settings.no_target = NoTargetRule::kRela;
      settings.empty_policy = EmptyPolicy::kZero;
      settings.iou_epsilon = 0;
    }
    const std::vector<ReferringPair> samples = AnySamples();
    AssertEqual(Evaluate(ReferringMetric(settings), samples), NaiveReferring(settings, samples));
  }));
}

TEST(ReferringTest, APixelOfTwoPartsIsInsideForUnionAndALossForLisaAndLavt) {
  const Mask prediction = Row({1, 1, 0, 1});
  const ReferringTruth truth = Truth({1, 2, 2, 0});
  ReferringSettings settings;
  const auto score = [&](PartOverlap overlap) {
    settings.overlap = overlap;
    return ReferringMetric(settings).Compare(prediction, truth);
  };
  EXPECT_EQ(score(PartOverlap::kUnion),
            (ReferringScore{.intersection = 2, .prediction = 3, .target = 3}));
  EXPECT_EQ(score(PartOverlap::kLisa),
            (ReferringScore{.intersection = 1, .prediction = 3, .target = 1}));
  EXPECT_EQ(score(PartOverlap::kLavt), score(PartOverlap::kLisa));
}

TEST(ReferringTest, IgnoredPixelsLeaveBothMasksOrAreBackground) {
  const Mask prediction = Row({1, 1, 1});
  const ReferringTruth truth = Truth({1, 255, 255});
  EXPECT_EQ(Preset("default").Compare(prediction, truth),
            (ReferringScore{.intersection = 1, .prediction = 1, .target = 1}));
  EXPECT_EQ(Preset("rela").Compare(prediction, truth),
            (ReferringScore{.intersection = 1, .prediction = 3, .target = 1}));
}

TEST(ReferringTest, ATruthThatIsIgnoredEverywhereScoresByThePolicyWhateverIsPredicted) {
  const ReferringTruth truth = Truth({255, 255});
  EXPECT_EQ(Evaluate(Preset("lisa"), {{Row({1, 1}), truth}}).giou, 1 / (1 + 1e-5));
  EXPECT_EQ(Evaluate(Preset("default"), {{Row({1, 1}), truth}}).giou, 1);
}

TEST(ReferringTest, EmptyMasksScoreByPolicy) {
  ReferringSettings settings;
  for (const auto& [policy, both_empty] :
       {std::pair(EmptyPolicy::kOne, 1.0), std::pair(EmptyPolicy::kZero, 0.0)}) {
    settings.empty_policy = policy;
    const ReferringMetric metric(settings);
    EXPECT_EQ(Evaluate(metric, {{Row({0, 0}), Truth({0, 0})}}).giou, both_empty);
    EXPECT_EQ(Evaluate(metric, {{Row({1, 0}), Truth({0, 0})}}).giou, 0);
    EXPECT_EQ(Evaluate(metric, {{Row({0, 0}), Truth({0, 1})}}).giou, 0);
  }
}

TEST(ReferringTest, CumulativeSumsTakeThePredictedAreaOfAnEmptyTruth) {
  const auto result = Evaluate(
      Preset("default"), {{Row({1, 1, 0}), Truth({0, 0, 0})}, {Row({1, 1, 0}), Truth({1, 1, 0})}});
  EXPECT_EQ(result.ciou, 0.5);
  EXPECT_EQ(result.giou, 0.5);
}

TEST(ReferringTest, RelaDecidesAboutTheTargetBeforeItLooksAtPixels) {
  const ReferringMetric rela = Preset("rela");
  struct Cell {
    Mask prediction;
    ReferringTruth truth;
    double giou, ciou, n_acc, t_acc;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Cell> cells = {
      {Row({0, 0, 0, 0}), Truth({0, 0, 0, 0}, true), 1, nan, 1, nan},  // TP
      {Row({1, 0, 0, 0}), Truth({0, 0, 0, 0}, true), 0, 0, 0, nan},    // FN
      {Row({0, 0, 0, 0}), Truth({1, 1, 0, 0}), 0, 0, 0, 0},            // FP
      {Row({1, 0, 0, 0}), Truth({1, 1, 0, 0}), 0.5, 0.5, 0, 0},        // TN
      {Row({0, 0, 0, 0}), Truth({0, 0, 0, 0}, false), 0, nan, 0, 0},   // FP, no pixel
  };
  for (const Cell& cell : cells) {
    const auto result = Evaluate(rela, {{cell.prediction, cell.truth}});
    EXPECT_TRUE(Near(result.giou, cell.giou)) << result.giou;
    EXPECT_TRUE(Near(result.ciou, cell.ciou)) << result.ciou;
    EXPECT_TRUE(Near(result.n_acc, cell.n_acc)) << result.n_acc;
    EXPECT_TRUE(Near(result.t_acc, cell.t_acc)) << result.t_acc;
  }
}

TEST(ReferringTest, FewerThanMinAreaPixelsSayNothing) {
  ReferringSettings settings = FindReferringPreset("rela");
  settings.min_area = 3;
  const ReferringMetric metric(settings);
  // Two predicted pixels: the truth's target is missed, and its union still counts.
  const auto missed = Evaluate(metric, {{Row({1, 1, 0, 0}), Truth({1, 1, 1, 0})}});
  EXPECT_EQ(missed.giou, 0);
  EXPECT_EQ(missed.ciou, 0);
  const auto right = Evaluate(metric, {{Row({1, 1, 0, 0}), Truth({0, 0, 0, 0}, true)}});
  EXPECT_EQ(right.giou, 1);
  EXPECT_TRUE(std::isnan(right.ciou));
  EXPECT_EQ(Evaluate(metric, {{Row({1, 1, 1, 0}), Truth({1, 1, 1, 0})}}).giou, 1);
}

TEST(ReferringTest, PrecisionIncludesItsThresholdAndRelaCountsTargetsOnly) {
  const ReferringPair seven_of_ten = {Row({1, 1, 1, 1, 1, 1, 1, 0, 0, 0}),
                                      Truth({1, 1, 1, 1, 1, 1, 1, 1, 1, 1})};
  EXPECT_THAT(Evaluate(Preset("default"), {seven_of_ten}).precision, ElementsAre(1, 1, 1, 0, 0));
  const ReferringPair nothing = {Row({0}), Truth({0}, true)};
  EXPECT_THAT(Evaluate(Preset("default"), {seven_of_ten, nothing}).precision,
              ElementsAre(1, 1, 1, 0.5, 0.5));
  const auto rela = Evaluate(Preset("rela"), {seven_of_ten, nothing});
  EXPECT_THAT(rela.precision, ElementsAre(1, 1, 1, 0, 0));
  EXPECT_EQ(rela.precision_samples, 1);
}

TEST(ReferringTest, NothingIsNan) {
  for (const ReferringPreset& preset : ReferringPresets()) {
    const ReferringMetric metric(preset.settings);
    const auto result = metric.Finish(metric.Start());
    for (const double value : {result.ciou, result.giou, result.precision[0], result.n_acc}) {
      EXPECT_TRUE(std::isnan(value)) << preset.name;
    }
  }
}

TEST(ReferringTest, ASetWithoutAnyPixelHasTheRatioOfItsPreset) {
  const auto ratio = [](std::string_view name) {
    const ReferringSettings settings = Unframed(FindReferringPreset(name));
    return Evaluate(ReferringMetric(settings), {{Row({0}), Truth({0})}}).ciou;
  };
  EXPECT_TRUE(std::isnan(ratio("default")));
  EXPECT_TRUE(std::isnan(ratio("lavt")));
  EXPECT_EQ(ratio("lisa"), 0);
  EXPECT_EQ(ratio("xsam"), 1);
}

TEST(ReferringTest, TheFrameResizesTheTruthToTheAnswer) {
  EXPECT_TRUE(rc::check("frame", [] {
    auto [prediction, truth] = AnyReferringPair(9, 7);
    ReferringSettings settings;
    settings.frame = test::AnySize(9, 7);
    Mask answer = ResizeNearestAsPillow(prediction, *settings.frame);
    const ReferringTruth resized{ResizeNearestAsPillow(truth.target, *settings.frame),
                                 truth.no_target};
    const ReferringMetric framed(settings);
    RC_ASSERT(framed.ScoredSize(prediction.size()) == *settings.frame);
    RC_ASSERT(framed.Compare(answer, truth) == ReferringMetric({}).Compare(answer, resized));
  }));
  EXPECT_EQ(Preset("lavt").ScoredSize({640, 427}), (Size{480, 480}));
  EXPECT_EQ(Preset("lisa").ScoredSize({640, 427}), (Size{640, 427}));
}

TEST(ReferringTest, SettingsThatCannotBeMeantAreRefused) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const double bad : {-1e-9, inf, std::numeric_limits<double>::quiet_NaN()}) {
    for (double ReferringSettings::* field : {&ReferringSettings::iou_epsilon,
                                              &ReferringSettings::ratio_epsilon,
                                              &ReferringSettings::count_epsilon}) {
      ReferringSettings settings;
      settings.*field = bad;
      EXPECT_THROW(ReferringMetric{settings}, std::invalid_argument);
    }
  }
  EXPECT_THROW(ReferringMetric{ReferringSettings{.min_area = 0}}, std::invalid_argument);
  EXPECT_THROW((ReferringMetric{ReferringSettings{.frame = Size{480, 0}}}), std::invalid_argument);
  for (const double bad : {-0.02, 1.02, inf, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW((ReferringMetric{ReferringSettings{.boundary_ratio = bad}}),
                 std::invalid_argument);
  }
  EXPECT_THROW(FindReferringPreset("lissa"), std::invalid_argument);
}

TEST(ReferringTest, MasksThatCannotBeMeantAreRefused) {
  const ReferringMetric metric = Preset("default");
  EXPECT_THROW(metric.Compare(Row({0, 1}), Truth({0})), std::logic_error);
  EXPECT_THROW(metric.Compare(Row({2}), Truth({0})), std::logic_error);
  EXPECT_THROW(metric.Compare(Row({255}), Truth({1})), std::logic_error);
  EXPECT_THROW(metric.Compare(Row({0}), Truth({3})), std::logic_error);
  EXPECT_THROW(metric.Compare(Row({0}), Truth({1}, true)), std::logic_error);
  EXPECT_THROW(metric.Compare(Mask(), ReferringTruth()), std::logic_error);
  EXPECT_NO_THROW(metric.Compare(Row({0}), Truth({255}, true)));
}

TEST(ReferringTest, WorstAndBestBoundTheScoreOfEveryAnswer) {
  EXPECT_TRUE(rc::check("bounds", [] {
    const auto [prediction, truth] = AnyReferringPair(5, 3);
    for (const ReferringPreset& preset : ReferringPresets()) {
      const ReferringMetric metric(Unframed(preset.settings));
      const auto given = One(metric, metric.Compare(prediction, truth));
      const auto worst = One(metric, metric.Worst(truth));
      const auto best = One(metric, metric.Best(truth));
      RC_ASSERT(worst.giou == 0);
      RC_ASSERT(worst.giou <= given.giou);
      RC_ASSERT(given.giou <= best.giou);
      RC_ASSERT(std::isnan(given.ciou) || std::isnan(best.ciou) || given.ciou <= best.ciou);
      const double decided = truth.no_target ? worst.n_acc : worst.t_acc;
      RC_ASSERT(decided == 0);
    }
  }));
}

TEST(ReferringTest, TheWorstAnswerPutsTheAreaOfTheTruthIntoTheUnion) {
  const ReferringMetric metric = Preset("default");
  ReferringMetric::State state = metric.Start();
  metric.Add(metric.Worst(Truth({1, 1, 2, 0, 255})), state);
  EXPECT_EQ(state.united, 3);
  EXPECT_EQ(state.intersection, 0);
}

}  // namespace
}  // namespace assay
