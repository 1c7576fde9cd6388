// Depth sums and errors:
//   equal a pixel-by-pixel evaluation on random data in every unaligned setting
//   (bounds, mask files, NYU boxes, clip or none, painted or not), on rows of several
//   strips too; the formulas on
//   one worked pixel; delta is strict; the bounds are strict or inclusive exactly at
//   10.0 m; measured pixels only; bands are half-open and add up; errors of nothing
//   are NaN; alignments are fitted on the scored pixels alone.
#include "metrics/depth.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "tests/metrics/depth_checks.h"
#include "tests/support/naive_depth.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnyPredictedDepth;
using test::AnyRaster;
using test::AnySize;
using test::AnyTruthDepth;
using test::DepthPixel;
using test::ErrorsNear;
using test::NaiveErrors;
using test::NaivePixels;
using test::NaiveWorstErrors;
using test::Row;
using test::TruthRow;

constexpr double kInf = std::numeric_limits<double>::infinity();

DepthSettings Clipped() {
  DepthSettings settings;
  settings.bounds.max = 10;
  settings.clip = PredictionClip{.min = 0.005, .max = 10};
  return settings;
}

DepthSettings AnySettings() {
  DepthSettings settings = Clipped();
  settings.bounds.min = *rc::gen::element(0.0, 0.001, 2.0);
  settings.bounds.min_strict = *rc::gen::arbitrary<bool>();
  settings.bounds.max_strict = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) settings.bounds.max.reset();
  settings.truth_mask =
      *rc::gen::element(TruthMask::kBounds, TruthMask::kFile, TruthMask::kFileAndBounds);
  return settings;
}

TEST(DepthTest, EqualsThePixelByPixelEvaluationOnRandomData) {
  EXPECT_TRUE(rc::check("differential", [] {
    const DepthSettings settings = AnySettings();
    const Size size = AnySize(5, 2);  // 2^10 assignments of undefined pixels at most
    const DepthValue value{.map = AnyRaster(size, AnyPredictedDepth()),
                           .painted = *rc::gen::arbitrary<bool>()};
    const DepthTruth truth{AnyRaster(size, AnyTruthDepth()),
                           AnyRaster(size, rc::gen::map(rc::gen::inRange(0, 2), [](int bit) {
                                       return static_cast<std::uint8_t>(bit);
                                     }))};
    const std::vector<DepthPixel> pixels = NaivePixels(settings, value, truth);
    const DepthScore score = DepthMetric(settings).Compare(value, truth);
    RC_ASSERT(score.all.pixels == static_cast<std::int64_t>(pixels.size()));
    std::int64_t undefined = 0;
    for (const DepthPixel& pixel : pixels) undefined += pixel.prediction ? 0 : 1;
    RC_ASSERT(score.undefined == undefined);
    if (pixels.empty()) return;
    RC_ASSERT(ErrorsNear(ErrorsOf(score.all), NaiveWorstErrors(pixels, 0.005, 10)));
  }));
}

TEST(DepthTest, EqualsThePixelByPixelEvaluationOnRowsOfSeveralStrips) {
  EXPECT_TRUE(rc::check([] {
    DepthSettings settings = AnySettings();
    settings.crop = Crop::kExplicit;
    settings.crop_box = {0, 2, *rc::gen::inRange(0, 70), *rc::gen::inRange(71, 200)};
    if (*rc::gen::arbitrary<bool>()) settings.clip.reset();
    settings.undefined = UndefinedPrediction::kAsSourceClips;
    const Size size{*rc::gen::inRange(60, 200), 3};
    const auto depth = rc::gen::map(rc::gen::inRange(0, 4000), [](int raw) { return raw / 256.0; });
    const auto bit = rc::gen::map(rc::gen::inRange(0, 4),
                                  [](int raw) { return static_cast<std::uint8_t>(raw > 0); });
    const auto positive =
        rc::gen::map(rc::gen::inRange(1, 9000), [](int raw) { return raw / 512.0; });
    const DepthValue value{.map = AnyRaster(size, positive)};
    const DepthTruth truth{AnyRaster(size, depth), AnyRaster(size, bit)};
    const std::vector<DepthPixel> pixels = NaivePixels(settings, value, truth);
    const DepthScore score = DepthMetric(settings).Compare(value, truth);
    RC_ASSERT(score.all.pixels == static_cast<std::int64_t>(pixels.size()));
    if (!pixels.empty()) RC_ASSERT(ErrorsNear(ErrorsOf(score.all), NaiveErrors(pixels)));
  }));
}

TEST(DepthTest, FormulasHoldOnOneWorkedPixel) {
  DepthSettings settings;
  const DepthErrors e = ErrorsOf(DepthMetric(settings).Compare(Row({3}), TruthRow({2})).all);
  EXPECT_EQ(e.delta1, 0);
  EXPECT_EQ(e.delta2, 1);  // 1.5 < 1.5625
  EXPECT_EQ(e.delta3, 1);
  EXPECT_DOUBLE_EQ(e.mae, 1);
  EXPECT_DOUBLE_EQ(e.abs_rel, 0.5);
  EXPECT_DOUBLE_EQ(e.sq_rel, 0.5);
  EXPECT_DOUBLE_EQ(e.rmse, 1);
  EXPECT_DOUBLE_EQ(e.rmse_log, std::log(1.5));
  EXPECT_DOUBLE_EQ(e.log10, std::log10(1.5));
  EXPECT_DOUBLE_EQ(e.irmse, 1 / 6.0);
  EXPECT_EQ(e.silog[0], 0);
  EXPECT_TRUE(std::isnan(e.silog[1]));
  EXPECT_DOUBLE_EQ(e.silog[2], std::log(1.5) * std::sqrt(0.5));
  EXPECT_EQ(e.silog[3], 0);
}

TEST(DepthTest, SilogVariantsHoldOnTwoWorkedPixels) {
  // e = 0 and ln 4: mean ln 2, variance (ln 2)^2, unbiased variance twice that.
  const DepthErrors e =
      ErrorsOf(DepthMetric(DepthSettings{}).Compare(Row({2, 4}), TruthRow({2, 1})).all);
  const double ln2 = std::log(2);
  EXPECT_NEAR(e.silog[0], 100 * ln2, 1e-12);
  EXPECT_NEAR(e.silog[1], 100 * ln2 * std::sqrt(2), 1e-12);
  EXPECT_NEAR(e.silog[2], ln2 * std::sqrt(1.5), 1e-14);
  EXPECT_NEAR(e.silog[3], std::log10(2), 1e-14);
}

TEST(DepthTest, DeltaIsStrictAtItsThresholds) {
  const DepthMetric metric{DepthSettings{}};
  // Ratios 1.25, 1.5625 and 1.953125 are exact in binary, in both directions.
  const auto inliers = [&](double p, double g) {
    return metric.Compare(Row({p}), TruthRow({g})).all.inliers;
  };
  EXPECT_THAT(inliers(1.25, 1), ::testing::ElementsAre(0, 1, 1));
  EXPECT_THAT(inliers(1, 1.25), ::testing::ElementsAre(0, 1, 1));
  EXPECT_THAT(inliers(1.5625, 1), ::testing::ElementsAre(0, 0, 1));
  EXPECT_THAT(inliers(1.953125, 1), ::testing::ElementsAre(0, 0, 0));
  EXPECT_THAT(inliers(std::nextafter(1.25, 1), 1), ::testing::ElementsAre(1, 1, 1));
}

std::int64_t ScoredAt(double g, bool min_strict, bool max_strict) {
  DepthSettings settings;
  settings.bounds = {.min = 1e-3, .min_strict = min_strict, .max = 10, .max_strict = max_strict};
  return DepthMetric(settings).Compare(Row({1}), TruthRow({g})).all.pixels;
}

TEST(DepthTest, StrictBoundsLeaveTheirEndsOutAndInclusiveOnesKeepThem) {
  EXPECT_EQ(ScoredAt(10.0, true, true), 0);
  EXPECT_EQ(ScoredAt(10.0, true, false), 1);
  EXPECT_EQ(ScoredAt(std::nextafter(10.0, 0), true, true), 1);
  EXPECT_EQ(ScoredAt(std::nextafter(10.0, 11), false, false), 0);
  EXPECT_EQ(ScoredAt(1e-3, true, true), 0);
  EXPECT_EQ(ScoredAt(1e-3, false, true), 1);
  EXPECT_EQ(ScoredAt(std::nextafter(1e-3, 0), false, false), 0);
  EXPECT_EQ(ScoredAt(std::nextafter(1e-3, 1), true, true), 1);
}

TEST(DepthTest, PixelsWithoutAMeasurementAreNeverScored) {
  DepthSettings settings;
  settings.bounds.min = -1;
  const DepthMetric metric(settings);
  EXPECT_EQ(metric.Compare(Row({1, 1, 1}), TruthRow({0, kInf, 2})).all.pixels, 1);
}

TEST(DepthTest, MaskFileDecidesAloneOrTogetherWithTheBounds) {
  DepthTruth truth = TruthRow({1, 1, 50, 50});
  truth.file_mask = Mask(Size{4, 1}, std::vector<std::uint8_t>{1, 0, 1, 0});
  DepthSettings settings = Clipped();
  const auto scored = [&](TruthMask mask) {
    settings.truth_mask = mask;
    return DepthMetric(settings).Compare(Row({1, 1, 1, 1}), truth).all.pixels;
  };
  EXPECT_EQ(scored(TruthMask::kBounds), 2);
  EXPECT_EQ(scored(TruthMask::kFile), 2);
  EXPECT_EQ(scored(TruthMask::kFileAndBounds), 1);
}

TEST(DepthTest, AMissingOrMisfittingMaskFileIsABug) {
  DepthSettings settings = Clipped();
  settings.truth_mask = TruthMask::kFile;
  DepthTruth truth = TruthRow({1, 2});
  EXPECT_THROW(DepthMetric(settings).Compare(Row({1, 2}), truth), std::logic_error);
  truth.file_mask = Mask(Size{1, 1}, 1);
  EXPECT_THROW(DepthMetric(settings).Compare(Row({1, 2}), truth), std::logic_error);
}

TEST(DepthTest, BandsAreHalfOpenAndTheLastIsOpen) {
  const DepthScore score =
      DepthMetric(DepthSettings{})
          .Compare(Row({1, 1, 1, 1, 1, 1}), TruthRow({1.999, 2, 5, 79.9, 80, 1000}));
  std::vector<std::int64_t> pixels;
  for (const DepthSums& band : score.bands) pixels.push_back(band.pixels);
  EXPECT_THAT(pixels, ::testing::ElementsAre(1, 1, 1, 0, 0, 1, 2));
}

TEST(DepthTest, CountsOfTheBandsAddUpToTheImage) {
  EXPECT_TRUE(rc::check("bands", [] {
    const Size size = AnySize(9, 5);
    const DepthSettings settings = *rc::gen::element(0, 1) == 0 ? Clipped() : DepthSettings{};
    const DepthScore score = DepthMetric(settings).Compare(
        {.map = AnyRaster(size, AnyPredictedDepth())}, {AnyRaster(size, AnyTruthDepth()), {}});
    DepthSums sum;
    for (const DepthSums& band : score.bands) {
      sum.pixels += band.pixels;
      for (std::size_t k = 0; k < 3; ++k) sum.inliers[k] += band.inliers[k];
    }
    RC_ASSERT(sum.pixels == score.all.pixels);
    RC_ASSERT(sum.inliers == score.all.inliers);
  }));
}

TEST(DepthTest, ErrorsOfNothingAreNan) {
  const DepthErrors e = ErrorsOf(DepthSums{});
  for (const double error : test::ListOf(e)) EXPECT_TRUE(std::isnan(error));
}

TEST(DepthTest, ClippedCountsDefinedPredictionsTheClipMoved) {
  const DepthScore score = DepthMetric(Clipped()).Compare(
      Row({0.001, 0.005, 4, 10, 12, std::nan("")}), TruthRow({1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(score.clipped, 2);
  EXPECT_EQ(score.undefined, 1);
}

TEST(DepthTest, DisparityWithoutAlignmentIsInverted) {
  DepthValue value = Row({0.5, 0.25});
  value.kind = DepthKind::kDisparity;
  const DepthSums sums = DepthMetric(Clipped()).Compare(value, TruthRow({2, 4})).all;
  EXPECT_EQ(sums.abs_rel, 0);
  EXPECT_EQ(sums.inliers[0], 2);
}

TEST(DepthTest, AlignmentSeesTheScoredPixelsAlone) {
  DepthSettings settings = Clipped();
  settings.align.kind = Alignment::kLsqAffine;
  // g = 2 p + 1 where scored; the last two pixels are outside the bounds.
  const DepthScore score =
      DepthMetric(settings).Compare(Row({1, 2, 3, 70, 0.1}), TruthRow({3, 5, 7, 11, 0}));
  EXPECT_NEAR(score.fit.scale, 2, 1e-12);
  EXPECT_NEAR(score.fit.shift, 1, 1e-12);
  EXPECT_NEAR(score.all.abs_rel, 0, 1e-12);
  EXPECT_EQ(score.excluded_from_fit, 0);
}

TEST(DepthTest, ClipComesAfterTheAlignment) {
  DepthSettings settings = Clipped();
  settings.align.kind = Alignment::kMedianRatio;
  // Scale 1/4: 20 becomes 5 and must not have been clipped to 10 before.
  const DepthScore score = DepthMetric(settings).Compare(Row({20, 8, 32}), TruthRow({5, 2, 8}));
  EXPECT_DOUBLE_EQ(score.fit.scale, 0.25);
  EXPECT_NEAR(score.all.abs_rel, 0, 1e-15);
  EXPECT_EQ(score.clipped, 0);
}

TEST(DepthTest, MaxResFitsOnThinnedColumnsAndScoresAll) {
  DepthSettings settings = Clipped();
  settings.align = {.kind = Alignment::kLsqAffine, .max_res = 2};
  // Width 4, f = 1/2: columns 0 and 2, where g = p; columns 1 and 3 disagree.
  const DepthScore score = DepthMetric(settings).Compare(Row({1, 2, 3, 4}), TruthRow({1, 9, 3, 9}));
  EXPECT_NEAR(score.fit.scale, 1, 1e-12);
  EXPECT_NEAR(score.fit.shift, 0, 1e-12);
  EXPECT_EQ(score.all.pixels, 4);
}

TEST(DepthTest, MaxResThinsFitsOfDisparityAsWell) {
  DepthSettings settings = Clipped();
  for (const auto kind :
       {Alignment::kLsqAffineDisparity, Alignment::kLsqAffineDisparityFromDepth}) {
    settings.align = {.kind = kind, .max_res = 2};
    DepthValue answer = Row({1, 0.5, 0.25, 0.125});
    answer.kind = DepthKind::kDisparity;
    // Columns 0 and 2, where g = 1 / x.
    const DepthScore score = DepthMetric(settings).Compare(answer, TruthRow({1, 9, 4, 9}));
    EXPECT_NEAR(score.fit.scale, 1, 1e-12);
    EXPECT_NEAR(score.fit.shift, 0, 1e-12);
  }
}

}  // namespace
}  // namespace assay
