// The axis diagnosis (metrics/normals_axes.h), through the metric:
//   each of the 7 sign patterns and 5 permutations of right normals is found, and
//   undone by the change that is named; right and merely poor normals give no finding;
//   neither do scenes that are too flat to tell; 30 % is the bound; undefined pixels
//   stay out; the first 20 images with evidence judge, further ones only while those are
//   too flat.
#include "metrics/normals_axes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "metrics/normals.h"
#include "metrics/normals_angle.h"

namespace assay {
namespace {

constexpr Size kSize = {40, 30};

// Tilted surfaces that all face the viewer, no component near another's size.
NormalMap Scene(double tilt) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> any(-1, 1);
  NormalMap map(kSize);
  for (Vector3& n : map.Pixels()) n = {tilt * any(random), tilt * any(random) - 0.3 * tilt, 1};
  return map;
}

NormalMap Changed(const AxisChange& change, NormalMap map) {
  for (Vector3& n : map.Pixels()) n = assay::Changed(change, n);
  return map;
}

std::optional<AxisFinding> Diagnose(const NormalMap& predicted, const NormalMap& truth) {
  const NormalsMetric metric{NormalsSettings{}};
  NormalsMetric::State state = metric.Start();
  metric.Add(metric.Compare({predicted}, {truth}), state);
  return metric.Finish(state).axes;
}

class EveryAxisChange : public ::testing::TestWithParam<AxisChange> {};
INSTANTIATE_TEST_SUITE_P(Table,
                         EveryAxisChange,
                         ::testing::ValuesIn(kAxisChanges),
                         [](const auto& row) { return "Change" + std::to_string(row.index); });

TEST_P(EveryAxisChange, IsFoundAndNamedByWhatUndoesIt) {
  const NormalMap truth = Scene(1.5);
  const auto finding = Diagnose(Changed(GetParam(), truth), truth);
  ASSERT_TRUE(finding.has_value());
  EXPECT_NEAR(finding->changed_mean, 0, 1e-6);
  for (const AxisChange& change : kAxisChanges) {
    if (change.name != finding->change) continue;
    const Vector3 v = {1, 2, 3};
    EXPECT_EQ(assay::Changed(change, assay::Changed(GetParam(), v)), v);
  }
}

TEST(NormalsAxesTest, TheTableHasSevenSignPatternsAndFivePermutations) {
  int signs = 0;
  for (const AxisChange& change : kAxisChanges) {
    const Vector3 v = assay::Changed(change, {1, 2, 3});
    const bool in_place = std::abs(v.x) == 1 && std::abs(v.y) == 2 && std::abs(v.z) == 3;
    signs += in_place ? 1 : 0;
    EXPECT_NE(v, (Vector3{1, 2, 3})) << change.name;
    EXPECT_EQ(v.x * v.x + v.y * v.y + v.z * v.z, 14) << change.name;
  }
  EXPECT_EQ(signs, 7);
  EXPECT_EQ(kAxisChanges.size(), 12U);
  EXPECT_EQ(assay::Changed(kAxisChanges[11], {1, 2, 3}), (Vector3{3, 2, 1}))
      << "an image read B,G,R";
}

TEST(NormalsAxesTest, RightNormalsGiveNoFinding) {
  EXPECT_FALSE(Diagnose(Scene(1.5), Scene(1.5)).has_value());
}

TEST(NormalsAxesTest, PoorNormalsGiveNoFinding) {
  EXPECT_FALSE(Diagnose(NormalMap(kSize, {0, 0, 1}), Scene(1.5)).has_value());
}

TEST(NormalsAxesTest, FlatScenesSayNothing) {
  const NormalMap flat = Scene(0.2);
  EXPECT_FALSE(Diagnose(Changed(kAxisChanges[0], flat), flat).has_value());
}

TEST(NormalsAxesTest, ThirtyPercentIsTheBound) {
  AxisState state;
  AxisEvidence evidence{.pixels = 100, .tilted_x = 5, .tilted_y = 5, .declared = 1000};
  evidence.changed.fill(2000);
  evidence.changed[3] = 700;
  AddEvidence(evidence, state);
  EXPECT_FALSE(DiagnoseAxes(state).has_value()) << "exactly 30 % lower";
  AxisState above;
  evidence.declared = 1001;
  AddEvidence(evidence, above);
  ASSERT_TRUE(DiagnoseAxes(above).has_value());
  EXPECT_EQ(DiagnoseAxes(above)->change, "-x-y");
  EXPECT_NEAR(DiagnoseAxes(above)->declared_mean, 10.01, 1e-12);
  EXPECT_NEAR(DiagnoseAxes(above)->changed_mean, 7, 1e-12);
  EXPECT_EQ(DiagnoseAxes(above)->images, 1);
}

AxisEvidence Tilted(double declared, double changed) {
  AxisEvidence evidence{.pixels = 100, .tilted_x = 50, .tilted_y = 50, .declared = declared};
  evidence.changed.fill(changed);
  return evidence;
}

TEST(NormalsAxesTest, TwentyImagesJudgeAndTheRestChangesNothing) {
  AxisState state;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(AxesAreJudged(state)) << i;
    AddEvidence(Tilted(100, 10), state);
    AddEvidence({}, state);  // an image without evidence is none of the 20
  }
  EXPECT_TRUE(AxesAreJudged(state));
  const auto judged = DiagnoseAxes(state);
  ASSERT_TRUE(judged.has_value());
  EXPECT_EQ(judged->images, 20);
  for (int i = 0; i < 100; ++i) AddEvidence(Tilted(10, 1000), state);
  ASSERT_TRUE(DiagnoseAxes(state).has_value());
  EXPECT_EQ(DiagnoseAxes(state)->changed_mean, judged->changed_mean);
}

TEST(NormalsAxesTest, FlatImagesLeaveTheJudgementToLaterOnes) {
  AxisState state;
  for (int i = 0; i < 30; ++i) AddEvidence({.pixels = 100, .declared = 100}, state);
  EXPECT_FALSE(AxesAreJudged(state));
  EXPECT_FALSE(DiagnoseAxes(state).has_value());
  for (int i = 0; i < 4; ++i) AddEvidence(Tilted(10000, 10), state);
  EXPECT_TRUE(AxesAreJudged(state));
  EXPECT_EQ(DiagnoseAxes(state)->images, 34);
}

TEST(NormalsAxesTest, BothTiltsAreNeeded) {
  AxisEvidence evidence{.pixels = 100, .tilted_x = 5, .tilted_y = 4, .declared = 1000};
  AxisState state;
  AddEvidence(evidence, state);
  EXPECT_FALSE(DiagnoseAxes(state).has_value());
}

TEST(NormalsAxesTest, UndefinedPredictionsStayOutAndLargeImagesAreThinned) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const NormalsMetric metric{NormalsSettings{}};
  NormalMap predicted(kSize, {0, 0, 1});
  predicted.At(4, 2) = {};  // every second pixel is taken
  predicted.At(4, 4) = {nan, 0, 1};
  EXPECT_EQ(metric.Compare({predicted}, {Scene(1)}).axes.pixels, 40 * 30 / 2 - 2);
  const NormalMap large(Size{200, 100}, {0, 0, 1});
  EXPECT_EQ(metric.Compare({large}, {large}).axes.pixels, 20000 / 20);
}

TEST(NormalsAxes, TheConventionBehindAChangeIsNamedOrThereIsNone) {
  EXPECT_EQ(FrameBehind(NormalFrame::kRub, "-x"), "lub");
  EXPECT_EQ(FrameBehind(NormalFrame::kLub, "-x"), "rub");
  EXPECT_EQ(FrameBehind(NormalFrame::kRub, "-y-z"), "opencv");
  EXPECT_EQ(FrameBehind(NormalFrame::kLub, "-x-y-z"), "opencv");
  EXPECT_EQ(FrameBehind(NormalFrame::kOpencv, "-z"), "omnidata");
  EXPECT_EQ(FrameBehind(NormalFrame::kOpencv, "-x-y-z"), "lub");
  EXPECT_EQ(FrameBehind(NormalFrame::kRub, "-x-y-z"), "");
  EXPECT_EQ(FrameBehind(NormalFrame::kRub, "zyx"), "");
  EXPECT_EQ(FrameBehind(NormalFrame::kRub, "none"), "");
}

}  // namespace
}  // namespace assay
