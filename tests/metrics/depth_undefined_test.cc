// Undefined predictions:
//   replacing pixels by NaN, 0, negative numbers or infinities never improves any
//   metric of an image in assay's own presets (Depth Anything 3 had such a hole);
//   no value between the clip ends scores worse; the masks do not shrink; painted 0
//   and +inf are defined; emulations follow their clip; without a clip p = 0;
//   fits leave undefined pixels out and count them.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <vector>

#include "metrics/depth.h"
#include "tests/metrics/depth_checks.h"
#include "tests/support/naive_depth.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnyPredictedDepth;
using test::AnyRaster;
using test::AnySize;
using test::AnyTruthDepth;
using test::AnyUndefined;
using test::ListOf;
using test::PaintedRow;
using test::Row;
using test::TruthRow;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

DepthSettings Product() {
  DepthSettings settings;
  settings.bounds.max = 10;
  settings.clip = PredictionClip{.min = 0.005, .max = 10};
  return settings;
}

DepthSettings Emulation() {
  DepthSettings settings = Product();
  settings.undefined = UndefinedPrediction::kAsSourceClips;
  return settings;
}

DepthSettings WithoutClip(DepthSettings settings) {
  settings.clip.reset();
  return settings;
}

// True when no error of `after` is better than that of `before`. SILog squared:
// its root has only half of the digits near 0.
bool NeverBetter(const DepthErrors& after, const DepthErrors& before) {
  const auto a = ListOf(after);
  const auto b = ListOf(before);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(b[i])) continue;
    const double x = test::Comparable(i, a[i]);
    const double y = test::Comparable(i, b[i]);
    const bool better = i < 3 ? x > y : x < y - 1e-12 * (1 + y);
    if (better || std::isnan(x)) return false;
  }
  return true;
}

TEST(DepthUndefinedTest, LeavingPixelsUndefinedNeverImprovesAnyMetric) {
  EXPECT_TRUE(rc::check("T8", [] {
    const DepthMetric metric(Product());
    const Size size = AnySize(8, 5);
    const DepthTruth truth{AnyRaster(size, AnyTruthDepth()), {}};
    DepthValue value{.map = AnyRaster(size, AnyPredictedDepth())};
    if (*rc::gen::arbitrary<bool>()) value.kind = DepthKind::kDisparity;
    const DepthScore before = metric.Compare(value, truth);
    for (double& pixel : value.map.Pixels()) {
      if (*rc::gen::inRange(0, 3) == 0) pixel = *AnyUndefined();
    }
    const DepthScore after = metric.Compare(value, truth);
    RC_ASSERT(after.all.pixels == before.all.pixels);
    RC_ASSERT(NeverBetter(ErrorsOf(after.all), ErrorsOf(before.all)));
    for (std::size_t i = 0; i < after.bands.size(); ++i) {
      RC_ASSERT(NeverBetter(ErrorsOf(after.bands[i]), ErrorsOf(before.bands[i])));
    }
  }));
}

TEST(DepthUndefinedTest, LeavingTheHardestPixelUndefinedNeverImprovesAnyMetric) {
  EXPECT_TRUE(rc::check("hardest", [] {
    const DepthMetric metric(Product());
    const Size size = AnySize(6, 4);
    const DepthTruth truth{AnyRaster(size, test::AnyDepth(9000)), {}};
    DepthValue value{.map = AnyRaster(size, test::AnyDepth(12000))};
    const DepthScore before = metric.Compare(value, truth);
    std::size_t hardest = 0;
    double most = -1;
    for (std::size_t i = 0; i < size.Pixels(); ++i) {
      const double error = std::abs(std::log(value.map.Pixels()[i] / truth.depth_m.Pixels()[i]));
      if (error > most) hardest = i;
      most = std::max(most, error);
    }
    value.map.Pixels()[hardest] = *AnyUndefined();
    const DepthScore after = metric.Compare(value, truth);
    RC_ASSERT(after.undefined == 1);
    RC_ASSERT(NeverBetter(ErrorsOf(after.all), ErrorsOf(before.all)));
  }));
}

TEST(DepthUndefinedTest, LeavingPixelsUndefinedBeforeAResizeNeverShrinksTheirCount) {
  DepthSettings settings = Product();
  settings.resize = DepthResize::kBilinearCornersFalse;
  const DepthMetric metric(settings);
  const DepthTruth truth = TruthRow({2, 2, 2, 2});
  // Blending the 0 as a number would turn the 9 of the neighbour into 4.5.
  const DepthScore score = metric.Compare(Row({9, 0}), truth);
  // PyTorch reads the right neighbour of the first pixel too, with weight 0.
  EXPECT_EQ(score.undefined, 4);
  EXPECT_TRUE(NeverBetter(ErrorsOf(score.all), ErrorsOf(metric.Compare(Row({9, 9}), truth).all)));
}

TEST(DepthUndefinedTest, EachMetricTakesItsOwnWorseEnd) {
  // g = 6: the low end is farther in metres and in the logarithm.
  DepthSettings settings = Product();
  settings.clip = PredictionClip{.min = 0.1, .max = 10};
  const DepthSums far = DepthMetric(settings).Compare(Row({kNan}), TruthRow({6})).all;
  EXPECT_DOUBLE_EQ(far.sq, 5.9 * 5.9);
  EXPECT_DOUBLE_EQ(far.sq_log, std::pow(std::log(60), 2));
  // g = 0.5: 9.5 m to the high end; ln 5 to the low end, ln 20 to the high end;
  // inverse 8 to the low end, 1.9 to the high end.
  const DepthSums near = DepthMetric(settings).Compare(Row({kNan}), TruthRow({0.5})).all;
  EXPECT_DOUBLE_EQ(near.sq, 9.5 * 9.5);
  EXPECT_DOUBLE_EQ(near.sq_log, std::pow(std::log(20), 2));
  EXPECT_DOUBLE_EQ(near.sq_inverse, 64);
}

TEST(DepthUndefinedTest, DeltaCountsOnlyIfBothEndsAreInliers) {
  DepthSettings settings = Product();
  settings.clip = PredictionClip{.min = 1, .max = 1.4};
  const DepthSums sums = DepthMetric(settings).Compare(Row({kNan, kNan}), TruthRow({1.2, 1})).all;
  EXPECT_THAT(sums.inliers, ::testing::ElementsAre(1, 2, 2));
}

TEST(DepthUndefinedTest, PaintedEndsAreDefinedAndClipped) {
  const DepthScore score =
      DepthMetric(Product()).Compare(PaintedRow({0, kInf, 3}), TruthRow({0.01, 9, 3}));
  EXPECT_EQ(score.undefined, 0);
  EXPECT_EQ(score.clipped, 2);
  EXPECT_DOUBLE_EQ(score.all.abs_rel, 0.5 + 1 / 9.0);
}

TEST(DepthUndefinedTest, PaintedInfinityWithoutAClipIsTheFarthestColour) {
  const DepthScore score =
      DepthMetric(WithoutClip(Product())).Compare(PaintedRow({kInf}), TruthRow({4}));
  // (254/255 of the way from magenta to white) with lambda -3, c 10/3.
  const double far = 10 * (std::sqrt(7 * 255.0) - 1);
  EXPECT_NEAR(score.all.abs_rel, (far - 4) / 4, 1e-12);
  EXPECT_EQ(score.undefined, 0);
}

TEST(DepthUndefinedTest, WithoutAClipUndefinedCountsAsZero) {
  for (const double p : {kNan, kInf, -kInf, 0.0, -3.0}) {
    const DepthScore score =
        DepthMetric(WithoutClip(Emulation())).Compare(Row({p, 2}), TruthRow({4, 2}));
    const DepthErrors e = ErrorsOf(score.all);
    EXPECT_EQ(score.undefined, 1) << p;
    EXPECT_EQ(e.delta1, 0.5);
    EXPECT_EQ(e.abs_rel, 0.5);
    EXPECT_EQ(e.sq_rel, 2);
    EXPECT_EQ(e.rmse, std::sqrt(8));
    for (const double log_error :
         {e.rmse_log, e.log10, e.irmse, e.silog[0], e.silog[1], e.silog[2]}) {
      EXPECT_TRUE(std::isnan(log_error));
    }
  }
}

double FirstError(const DepthSettings& settings, double p, double g) {
  return DepthMetric(settings).Compare(Row({p}), TruthRow({g})).all.abs_rel;
}

TEST(DepthUndefinedTest, EmulationsSendUndefinedWhereTheSourceDoes) {
  DepthSettings settings = Emulation();
  settings.clip = PredictionClip{.min = 1,
                                 .max = 8,
                                 .nan_to = ClipEnd::kMax,
                                 .posinf_to = ClipEnd::kMin,
                                 .nonpositive_to = ClipEnd::kMax};
  EXPECT_DOUBLE_EQ(FirstError(settings, kNan, 4), 1);
  EXPECT_DOUBLE_EQ(FirstError(settings, kInf, 4), 0.75);
  EXPECT_DOUBLE_EQ(FirstError(settings, 0, 4), 1);
  EXPECT_DOUBLE_EQ(FirstError(settings, -2, 4), 1);
  EXPECT_DOUBLE_EQ(FirstError(settings, 0.5, 4), 0.75);
  EXPECT_DOUBLE_EQ(FirstError(settings, 80, 4), 1);
}

TEST(DepthUndefinedTest, KeptNanMakesTheRealMetricsNanAndMissesDelta) {
  DepthSettings settings = Emulation();
  settings.clip->nan_to = ClipEnd::kKeep;
  settings.clip->floor = 1e-6;
  const DepthErrors e =
      ErrorsOf(DepthMetric(settings).Compare(Row({kNan, 2}), TruthRow({2, 2})).all);
  EXPECT_EQ(e.delta1, 0.5);
  EXPECT_TRUE(std::isnan(e.abs_rel));
  EXPECT_TRUE(std::isnan(e.rmse));
  EXPECT_TRUE(std::isnan(e.silog[0]));
}

TEST(DepthUndefinedTest, DropLeavesNanAndZeroOutOfTheScoreAndTheFit) {
  DepthSettings settings;
  settings.undefined = UndefinedPrediction::kDrop;
  const DepthValue value = Row({std::numeric_limits<double>::quiet_NaN(), 2, 0, 4});
  const DepthScore score = DepthMetric(settings).Compare(value, TruthRow({1, 2, 3, 5}));
  EXPECT_EQ(score.all.pixels, 2);
  EXPECT_EQ(score.undefined, 2);
  EXPECT_DOUBLE_EQ(ErrorsOf(score.all).abs_rel, 0.1);
  settings.align.kind = Alignment::kLsqScale;
  const DepthScore fitted = DepthMetric(settings).Compare(value, TruthRow({1, 4, 3, 8}));
  EXPECT_DOUBLE_EQ(fitted.fit.scale, 2);
  EXPECT_EQ(fitted.excluded_from_fit, 2);
}

TEST(DepthUndefinedTest, DropKeepsInfiniteAndNegativeAnswers) {
  DepthSettings settings;
  settings.undefined = UndefinedPrediction::kDrop;
  const DepthValue value = Row({std::numeric_limits<double>::infinity(), -2});
  const DepthScore score = DepthMetric(settings).Compare(value, TruthRow({1, 2}));
  EXPECT_EQ(score.all.pixels, 2);
  EXPECT_EQ(score.all.inliers[2], 0);
  EXPECT_TRUE(std::isnan(ErrorsOf(score.all).abs_rel));
}

TEST(DepthUndefinedTest, TheFloorIsAppliedAfterTheClip) {
  DepthSettings settings = Emulation();
  settings.clip = PredictionClip{.min = 0, .max = 10, .floor = 0.5};
  EXPECT_DOUBLE_EQ(FirstError(settings, 0.1, 1), 0.5);
}

TEST(DepthUndefinedTest, AClipThatBeginsAtZeroLeavesZerosToTheLogarithm) {
  DepthSettings settings = Emulation();
  settings.clip = PredictionClip{.min = 0, .max = 10};
  for (const double p : {0.0, -3.0, kNan}) {
    const DepthErrors e =
        ErrorsOf(DepthMetric(settings).Compare(Row({p, 2}), TruthRow({4, 2})).all);
    EXPECT_EQ(e.abs_rel, 0.5) << p;
    EXPECT_FALSE(std::isfinite(e.rmse_log)) << p;
    EXPECT_FALSE(std::isfinite(e.log10)) << p;
    EXPECT_FALSE(std::isfinite(e.irmse)) << p;
  }
}

TEST(DepthUndefinedTest, FitsOfOwnPresetsLeaveUndefinedPixelsOutAndCountThem) {
  DepthSettings settings = Product();
  settings.align.kind = Alignment::kMedianRatio;
  const DepthScore score =
      DepthMetric(settings).Compare(Row({1, 2, 3, kNan, kInf, 0}), TruthRow({2, 4, 6, 1, 1, 1}));
  EXPECT_EQ(score.excluded_from_fit, 3);
  EXPECT_EQ(score.undefined, 3);
  EXPECT_DOUBLE_EQ(score.fit.scale, 2);
}

TEST(DepthUndefinedTest, ZeroIsAValueOfARelativeScale) {
  DepthSettings settings = Product();
  settings.align.kind = Alignment::kLsqAffine;
  const DepthScore score = DepthMetric(settings).Compare(Row({-1, 0, 1}), TruthRow({1, 3, 5}));
  EXPECT_EQ(score.undefined, 0);
  EXPECT_EQ(score.excluded_from_fit, 0);
  EXPECT_NEAR(score.all.abs_rel, 0, 1e-12);
}

TEST(DepthUndefinedTest, PaintedInfinityStaysOutOfTheFitOfOwnPresetsOnly) {
  DepthSettings settings = Product();
  settings.align.kind = Alignment::kLsqScale;
  const DepthTruth truth = TruthRow({2, 4, 9});
  const DepthScore own = DepthMetric(settings).Compare(PaintedRow({1, 2, kInf}), truth);
  EXPECT_EQ(own.excluded_from_fit, 1);
  EXPECT_EQ(own.undefined, 0);
  EXPECT_DOUBLE_EQ(own.fit.scale, 2);
  settings.undefined = UndefinedPrediction::kAsSourceClips;
  const double far = 10 * (std::sqrt(7 * 255.0) - 1);
  const DepthScore emulated = DepthMetric(settings).Compare(PaintedRow({1, 2, kInf}), truth);
  EXPECT_EQ(emulated.excluded_from_fit, 0);
  EXPECT_NEAR(emulated.fit.scale, (2 + 8 + 9 * far) / (1 + 4 + far * far), 1e-12);
}

TEST(DepthUndefinedTest, EmulatedFitsArePoisonedByNanAsTheirSourceIs) {
  DepthSettings settings = Emulation();
  settings.align.kind = Alignment::kLsqAffine;
  settings.clip->nan_to = ClipEnd::kKeep;
  const DepthScore score = DepthMetric(settings).Compare(Row({1, 2, kNan}), TruthRow({2, 3, 4}));
  EXPECT_TRUE(std::isnan(score.fit.scale));
  EXPECT_TRUE(std::isnan(ErrorsOf(score.all).abs_rel));
}

TEST(DepthUndefinedTest, AFitOfTooFewPixelsLeavesEveryPixelUndefined) {
  DepthSettings settings = Product();
  settings.align.kind = Alignment::kLsqAffine;
  const DepthScore score = DepthMetric(settings).Compare(Row({1, kNan}), TruthRow({2, 3}));
  EXPECT_EQ(score.undefined, 2);
}

TEST(DepthUndefinedTest, WorstIsNeverBetterThanAnyAnswerAndMissesEveryPixel) {
  EXPECT_TRUE(rc::check("worst", [] {
    const DepthMetric metric(Product());
    const Size size = AnySize(6, 4);
    const DepthTruth truth{AnyRaster(size, AnyTruthDepth()), {}};
    const DepthScore any = metric.Compare({.map = AnyRaster(size, AnyPredictedDepth())}, truth);
    const DepthScore worst = metric.Worst(truth);
    RC_ASSERT(worst.all.pixels == any.all.pixels);
    RC_ASSERT(worst.all.inliers == (std::array<std::int64_t, 3>{}));
    RC_ASSERT(worst.undefined == any.all.pixels);
    RC_ASSERT(NeverBetter(ErrorsOf(worst.all), ErrorsOf(any.all)));
  }));
}

TEST(DepthUndefinedTest, WorstForcesDeltaToZeroEvenWhereTheClipEndsAreInliers) {
  DepthSettings settings = Product();
  settings.clip = PredictionClip{.min = 0.9, .max = 1.1};
  EXPECT_EQ(DepthMetric(settings).Worst(TruthRow({1})).all.inliers[2], 0);
}

TEST(DepthUndefinedTest, BestHasNoErrorAndEveryPixelInside) {
  const DepthScore best = DepthMetric(Product()).Best(TruthRow({1, 0, 9, 10}));
  const DepthErrors e = ErrorsOf(best.all);
  EXPECT_EQ(best.all.pixels, 2);
  EXPECT_EQ(e.delta1, 1);
  EXPECT_EQ(e.abs_rel, 0);
  EXPECT_EQ(e.silog[0], 0);
  EXPECT_EQ(best.bands[0].pixels, 1);
  EXPECT_EQ(best.bands[2].pixels, 1);
}

}  // namespace
}  // namespace assay
