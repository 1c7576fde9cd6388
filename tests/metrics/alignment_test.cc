// Alignments:
//   affine kinds without a ridge recover an exact line; least-squares residuals are
//   orthogonal to the model; medians of even counts average or take the lower one;
//   disparity kinds fit in disparity, exclude what they must and hold their floor;
//   UniK3D drops the 5 % worst pairs; Metric3D falls back; too few pairs give NaN;
//   a constant prediction gets the least-norm fit; max_res thins columns only.
#include "metrics/alignment.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace assay {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

constexpr DepthKind kDepth = DepthKind::kDepth;
constexpr DepthKind kDisparity = DepthKind::kDisparity;

AlignmentSettings Kind(Alignment kind, Median median = Median::kAveraged) {
  return {.kind = kind, .median = median};
}

AlignmentFit FitOf(Alignment kind, std::vector<double> p, std::vector<double> g) {
  return FitAlignment(Kind(kind), kDepth, p, g);
}

std::vector<double> Inverted(std::vector<double> values) {
  for (double& value : values) value = 1 / value;
  return values;
}

// At least `count` different positive values.
std::vector<double> AnyPredictions(int count) {
  const auto size = static_cast<std::size_t>(*rc::gen::inRange(count, count + 30));
  const auto steps = *rc::gen::unique<std::vector<int>>(size, rc::gen::inRange(100, 10000));
  std::vector<double> out;
  for (const int step : steps) out.push_back(step / 1000.0);
  return out;
}

double AnyBetween(int low_mm, int high_mm) { return *rc::gen::inRange(low_mm, high_mm) / 1000.0; }

TEST(AlignmentTest, NoneIsTheIdentityAndInvertsDisparity) {
  const std::vector<double> p = {1, 2}, g = {3, 4};
  const AlignmentFit fit = FitAlignment(Kind(Alignment::kNone), kDepth, p, g);
  EXPECT_EQ(fit, AlignmentFit{});
  EXPECT_EQ(ApplyAlignment(Kind(Alignment::kNone), kDepth, fit, 4), 4);
  EXPECT_EQ(ApplyAlignment(Kind(Alignment::kNone), kDisparity, fit, 4), 0.25);
}

TEST(AlignmentTest, MedianRatioTakesTheMiddleOfEachSide) {
  EXPECT_EQ(FitOf(Alignment::kMedianRatio, {1, 4, 2}, {30, 10, 20}).scale, 10);
}

TEST(AlignmentTest, EvenMediansAverageOrTakeTheLowerValue) {
  const std::vector<double> p = {4, 1, 2, 3}, g = {10, 40, 20, 30};
  EXPECT_DOUBLE_EQ(FitAlignment(Kind(Alignment::kMedianRatio), kDepth, p, g).scale, 25 / 2.5);
  EXPECT_DOUBLE_EQ(FitAlignment(Kind(Alignment::kMedianRatio, Median::kLower), kDepth, p, g).scale,
                   20 / 2.0);
}

TEST(AlignmentTest, MedianOfRatiosIsNotTheRatioOfMedians) {
  const std::vector<double> p = {1, 2, 10}, g = {3, 2, 20};  // ratios 3, 1, 2
  EXPECT_EQ(FitOf(Alignment::kMedianOfRatios, p, g).scale, 2);
  EXPECT_EQ(FitOf(Alignment::kMedianRatio, p, g).scale, 1.5);
}

TEST(AlignmentTest, LsqScaleIsTheProjectionOfTruthOnPrediction) {
  EXPECT_DOUBLE_EQ(FitOf(Alignment::kLsqScale, {1, 2}, {3, 4}).scale, (3 + 8) / 5.0);
}

TEST(AlignmentTest, AffineKindsWithoutARidgeRecoverAnExactLine) {
  EXPECT_TRUE(rc::check("recover", [] {
    const std::vector<double> p = AnyPredictions(12);
    const double scale = AnyBetween(100, 5000);
    const double shift = AnyBetween(0, 5000);  // kMetric3dPolyfit drops g <= 0
    std::vector<double> g;
    for (const double value : p) g.push_back(scale * value + shift);
    // Not kUnidepthSsi: its ridge pulls a line through close predictions aside.
    const Alignment kind = *rc::gen::element(Alignment::kLsqAffine, Alignment::kMetric3dPolyfit);
    const AlignmentFit fit = FitOf(kind, p, g);
    RC_ASSERT(std::abs(fit.scale - scale) < 1e-6);
    RC_ASSERT(std::abs(fit.shift - shift) < 1e-6);
  }));
}

TEST(AlignmentTest, AffineResidualsAreOrthogonalToPredictionsAndOnes) {
  EXPECT_TRUE(rc::check("orthogonal", [] {
    const std::vector<double> p = AnyPredictions(2);
    std::vector<double> g;
    for (std::size_t i = 0; i < p.size(); ++i) g.push_back(AnyBetween(1, 10000));
    const AlignmentFit fit = FitOf(Alignment::kLsqAffine, p, g);
    double sum = 0, joint = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double residual = fit.scale * p[i] + fit.shift - g[i];
      sum += residual;
      joint += residual * p[i];
    }
    RC_ASSERT(std::abs(sum) < 1e-8 && std::abs(joint) < 1e-7);
  }));
}

TEST(AlignmentTest, ConstantPredictionsGetTheFitOfLeastNorm) {
  // Every (s, t) with 2 s + t = 5 fits equally well; (2, 1) is the shortest.
  const AlignmentFit fit = FitOf(Alignment::kLsqAffine, {2, 2, 2}, {4, 5, 6});
  EXPECT_DOUBLE_EQ(fit.scale, 2);
  EXPECT_DOUBLE_EQ(fit.shift, 1);
}

TEST(AlignmentTest, DisparityKindsRecoverAnExactLineInDisparity) {
  EXPECT_TRUE(rc::check("disparity", [] {
    const std::vector<double> x = AnyPredictions(3);
    const double scale = AnyBetween(100, 3000);
    const double shift = AnyBetween(0, 500);
    std::vector<double> g;
    for (const double value : x) g.push_back(1 / (scale * value + shift));
    const std::vector<double> depth = Inverted(x);
    const auto recovers = [&](Alignment kind, DepthKind answer, const std::vector<double>& p) {
      const AlignmentFit fit = FitAlignment(Kind(kind), answer, p, g);
      RC_ASSERT(std::abs(fit.scale - scale) < 1e-8);
      RC_ASSERT(std::abs(fit.shift - shift) < 1e-8);
      const double first = ApplyAlignment(Kind(kind), answer, fit, p[0]);
      RC_ASSERT(std::abs(first - g[0]) < 1e-7 * g[0]);
    };
    // The network output is taken as disparity whatever it is called.
    recovers(Alignment::kLsqAffineDisparity, kDepth, x);
    recovers(Alignment::kLsqAffineDisparity, kDisparity, x);
    recovers(Alignment::kLsqAffineDisparityFromDepth, kDepth, depth);
    recovers(Alignment::kLsqAffineDisparityFromDepth, kDisparity, x);
    recovers(Alignment::kMogeDisparity, kDepth, depth);
    recovers(Alignment::kMogeDisparity, kDisparity, x);
  }));
}

TEST(AlignmentTest, MarigoldDisparityLeavesOutPredictionsThatAreNotPositive) {
  const std::vector<double> x = {1, 2, 3, 0, -5}, g = {1, 0.5, 1 / 3.0, 7, 9};
  const AlignmentFit fit = FitOf(Alignment::kLsqAffineDisparity, x, g);
  EXPECT_NEAR(fit.scale, 1, 1e-12);
  EXPECT_NEAR(fit.shift, 0, 1e-12);
}

TEST(AlignmentTest, MarigoldDisparityIsFlooredAtAThousandth) {
  const AlignmentSettings settings = Kind(Alignment::kLsqAffineDisparity);
  const AlignmentFit fit{1, -2, 1e-3};
  EXPECT_DOUBLE_EQ(ApplyAlignment(settings, kDepth, fit, 1), 1000);
  EXPECT_DOUBLE_EQ(ApplyAlignment(settings, kDepth, fit, 2.5), 2);
  EXPECT_EQ(FitOf(Alignment::kLsqAffineDisparity, {1, 2}, {1, 2}).disparity_floor, 1e-3);
}

TEST(AlignmentTest, MogeDisparityIsFlooredAtTheFarthestTruth) {
  const AlignmentFit fit = FitOf(Alignment::kMogeDisparity, {1, 2, 4}, {1, 2, 8});
  EXPECT_EQ(fit.disparity_floor, 1 / 8.0);
  EXPECT_DOUBLE_EQ(ApplyAlignment(Kind(Alignment::kMogeDisparity), kDepth, {1, -1, 0.125}, 4), 8);
}

TEST(AlignmentTest, DepthFitsOfDisparityAnswersInvertThemFirst) {
  const std::vector<double> x = {1, 0.5, 0.25}, g = {3, 5, 9};  // g = 2 / x + 1
  const AlignmentFit fit = FitAlignment(Kind(Alignment::kLsqAffine), kDisparity, x, g);
  EXPECT_NEAR(fit.scale, 2, 1e-12);
  EXPECT_NEAR(fit.shift, 1, 1e-12);
  EXPECT_NEAR(ApplyAlignment(Kind(Alignment::kLsqAffine), kDisparity, fit, 0.1), 21, 1e-9);
}

TEST(AlignmentTest, UnidepthRidgeSolvesTheRegularisedNormalEquations) {
  const std::vector<double> p = {1, 2, 4}, g = {2, 3, 9};
  const AlignmentFit fit = FitOf(Alignment::kUnidepthSsi, p, g);
  // (A^T A + r) (s, t) = A^T g: 21 s + 7 t = 44 and 7 s + 3 t = 14, r added.
  EXPECT_NEAR((21 + 1e-9) * fit.scale + 7 * fit.shift, 44, 1e-10);
  EXPECT_NEAR(7 * fit.scale + (3 + 1e-9) * fit.shift, 14, 1e-10);
}

TEST(AlignmentTest, Unik3dDropsPairsAtOrAboveTheQuantileOfTheError) {
  // Errors 0, 0.1 … 1.9 and 100: rank 0.95 * 20 = 19, so the limit is the second
  // largest error and the pairs at and above it leave.
  std::vector<double> p, g;
  double pp = 0, sum_p = 0, pg = 0, sum_g = 0;
  for (int i = 0; i < 21; ++i) {
    p.push_back(i + 1);
    g.push_back(i + 1 + (i == 20 ? 100 : 0.1 * i));
    if (i >= 19) continue;
    pp += p.back() * p.back();
    sum_p += p.back();
    pg += p.back() * g.back();
    sum_g += g.back();
  }
  const AlignmentFit fit = FitOf(Alignment::kUnik3dSsi, p, g);
  EXPECT_NEAR((pp + 1e-4) * fit.scale + sum_p * fit.shift, pg, 1e-8);
  EXPECT_NEAR(sum_p * fit.scale + (19 + 1e-4) * fit.shift, sum_g, 1e-8);
}

TEST(AlignmentTest, Metric3dKeepsTheIdentityUpToTenPairs) {
  std::vector<double> p, g;
  for (int i = 1; i <= 10; ++i) {
    p.push_back(i);
    g.push_back(2 * i + 1);
  }
  EXPECT_EQ(FitOf(Alignment::kMetric3dPolyfit, p, g), AlignmentFit{});
  p.push_back(11);
  g.push_back(23);
  EXPECT_NEAR(FitOf(Alignment::kMetric3dPolyfit, p, g).scale, 2, 1e-12);
}

TEST(AlignmentTest, Metric3dFallsBackToMediansWhereTheLineFalls) {
  std::vector<double> p, g;
  for (int i = 1; i <= 11; ++i) {
    p.push_back(i);
    g.push_back(2.0 * (12 - i));
  }
  const AlignmentFit fit = FitOf(Alignment::kMetric3dPolyfit, p, g);
  EXPECT_DOUBLE_EQ(fit.scale, 12 / (6 + 1e-8));
  EXPECT_EQ(fit.shift, 0);
}

TEST(AlignmentTest, FewerPairsThanParametersGiveNan) {
  for (const Alignment kind :
       {Alignment::kMedianRatio, Alignment::kMedianOfRatios, Alignment::kLsqScale}) {
    EXPECT_TRUE(std::isnan(FitOf(kind, {}, {}).scale));
    EXPECT_FALSE(std::isnan(FitOf(kind, {1}, {2}).scale));
  }
  for (const Alignment kind : {Alignment::kLsqAffine,
                               Alignment::kLsqAffineDisparity,
                               Alignment::kLsqAffineDisparityFromDepth,
                               Alignment::kMogeDisparity,
                               Alignment::kUnidepthSsi,
                               Alignment::kUnik3dSsi}) {
    EXPECT_TRUE(std::isnan(FitOf(kind, {}, {}).scale));
    EXPECT_TRUE(std::isnan(FitOf(kind, {1}, {2}).scale));
    EXPECT_TRUE(std::isnan(FitOf(kind, {1}, {2}).shift));
  }
}

TEST(AlignmentTest, NanPredictionsMakeTheFitNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> p = {1, nan, 3, 4}, g = {1, 2, 3, 4};
  for (const Alignment kind : {Alignment::kMedianRatio,
                               Alignment::kMedianOfRatios,
                               Alignment::kLsqScale,
                               Alignment::kLsqAffine,
                               Alignment::kUnidepthSsi,
                               Alignment::kUnik3dSsi,
                               Alignment::kMogeDisparity}) {
    EXPECT_TRUE(std::isnan(FitOf(kind, p, g).scale)) << static_cast<int>(kind);
  }
}

TEST(AlignmentTest, UnequalLengthsAreRefused) {
  EXPECT_THROW(FitOf(Alignment::kNone, {1, 2}, {1}), std::invalid_argument);
}

TEST(AlignmentTest, MaxResThinsColumnsAtTruncatedPositions) {
  EXPECT_THAT(SubsampledColumns({6, 3}, 4), ElementsAre(0, 1, 3, 4));  // f = 2/3
  EXPECT_THAT(SubsampledColumns({4, 8}, 4), ElementsAre(0, 2));        // f from the height
  EXPECT_EQ(SubsampledColumns({6048, 4032}, 1024).size(), 1024U);
}

TEST(AlignmentTest, MaxResKeepsEveryColumnOfSmallFramesAndWhenOff) {
  EXPECT_THAT(SubsampledColumns({3, 2}, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(SubsampledColumns({3, 2}, 0), ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace assay
