// Normals (metrics/normals.h):
//   angles are exact near 0 and 180 and do not depend on lengths; pooled and per-image
//   values equal a naive scorer's on random data; a per-image mean can be rounded;
//   undefined predictions stay in the mask and never improve anything; the bounds of the
//   truth's length and of the shares are strict or not; single precision and the raw dot
//   product show the errors they are known for; images with too few pixels can be left out;
//   an image's median is that of its sorted angles; worst and best bracket every answer.
#include "metrics/normals.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "metrics/normals_angle.h"
#include "metrics/size_mismatch.h"
#include "tests/support/naive_normals.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::NaiveNormals;
using test::NormalsImages;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// (0, 0, 1) turned by so many degrees about the y axis.
Vector3 Turned(double degrees, double length = 1) {
  const double radians = degrees * std::numbers::pi / 180;
  return {length * std::sin(radians), 0, length * std::cos(radians)};
}

NormalMap Row(const std::vector<Vector3>& pixels) {
  return {Size{static_cast<int>(pixels.size()), 1}, pixels};
}

NormalMap Facing(int pixels, double length = 1) {
  return Row(std::vector<Vector3>(static_cast<std::size_t>(pixels), {0, 0, length}));
}

NormalsScore Score(const NormalsSettings& settings, const std::vector<Vector3>& predicted) {
  return NormalsMetric(settings).Compare({Row(predicted)},
                                         {Facing(static_cast<int>(predicted.size()))});
}

NormalsMetric::Result Evaluate(const NormalsSettings& settings, const NormalsImages& images) {
  const NormalsMetric metric(settings);
  NormalsMetric::State state = metric.Start();
  for (const auto& [predicted, truth] : images) {
    metric.Add(metric.Compare({predicted}, {truth}), state);
  }
  return metric.Finish(state);
}

// No pixel that sits within rounding of a bound of the shares.
bool NoTies(const NormalsImages& images) {
  for (const auto& [predicted, truth] : images) {
    for (const double angle : test::NaiveAngles(predicted, truth)) {
      for (const double bound : kAngleBounds) {
        if (std::abs(angle - bound) < 1e-9) return false;
      }
    }
  }
  return true;
}

void ExpectNear(const NormalErrors& errors, const NaiveNormals& naive, double median_tolerance) {
  RC_ASSERT(std::abs(errors.mean - naive.mean) <= 1e-10 * (1 + naive.mean));
  RC_ASSERT(std::abs(errors.rmse - naive.rmse) <= 1e-10 * (1 + naive.rmse));
  RC_ASSERT(std::abs(errors.median - naive.median) <= median_tolerance);
  for (std::size_t k = 0; k < naive.within.size(); ++k) {
    RC_ASSERT(std::abs(errors.within[k] - naive.within[k]) <= 1e-12);
  }
}

TEST(NormalsTest, AnglesAreExactAtBothEndsAndDoNotDependOnLengths) {
  for (const double angle : {0.0, 1e-7, 1e-3, 0.034, 45.0, 90.0, 179.9999999, 180.0}) {
    for (const double length : {1e-300, 0.5, 1.0, 1e300}) {
      EXPECT_NEAR(AngleBetween(Turned(angle, length), {0, 0, 2}), angle, 1e-12) << length;
    }
  }
}

TEST(NormalsTest, SinglePrecisionReadsAnAngleWhereThereIsNone) {
  double largest = 0;
  for (int i = 1; i < 2000; ++i) {
    const Vector3 v = {i / 2000.0, 1 - i / 3000.0, 0.3};
    EXPECT_LT(AngleBetween(v, v), 1e-13);
    largest = std::max(largest, AngleByAcosFloat(v, v));
  }
  EXPECT_GT(largest, 0.01);
  EXPECT_LE(largest, 0.05);
}

TEST(NormalsTest, TheRawDotReadsAShortTruthAsAnAngle) {
  EXPECT_NEAR(AngleByRawDot(Turned(10), {0, 0, 0.9}), 27.585, 5e-4);
  EXPECT_NEAR(AngleBetween(Turned(10), {0, 0, 0.9}), 10, 1e-12);
  NormalsSettings settings;
  settings.angle = AngleRule::kDotRawTruth;
  const auto score = NormalsMetric(settings).Compare({Row({Turned(10)})}, {Facing(1, 0.9)});
  EXPECT_NEAR(score.sum, 27.585, 5e-4);
}

TEST(NormalsTest, PooledAndPerImageEqualANaiveScorer) {
  EXPECT_TRUE(rc::check("naive", [] {
    NormalsImages images;
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) {
      const Size size = test::AnySize(8, 5);
      images.emplace_back(test::AnyRaster(size, test::AnyPredictedNormal()),
                          test::AnyRaster(size, test::AnyTruthNormal()));
    }
    RC_PRE(NoTies(images));
    const auto result = Evaluate({}, images);
    RC_PRE(result.pixels > 0);
    ExpectNear(result.pooled, test::NaivePooled(images), 0.0005 + 1e-9);
    ExpectNear(result.per_image, test::NaivePerImage(images), 1e-10);
    RC_ASSERT(result.errors.mean == result.pooled.mean);
  }));
}

TEST(NormalsTest, TheSettingsSayWhichAggregateIsTheValue) {
  const NormalsImages images = {{Row({Turned(10)}), Facing(1)},
                                {Row({Turned(40), Turned(40), Turned(40)}), Facing(3)}};
  NormalsSettings settings;
  EXPECT_NEAR(Evaluate(settings, images).errors.mean, 32.5, 1e-12);
  settings.aggregate = NormalsAggregate::kPerImage;
  const auto result = Evaluate(settings, images);
  EXPECT_NEAR(result.errors.mean, 25, 1e-12);
  EXPECT_NEAR(result.errors.within[2], 0.5, 1e-12);
  EXPECT_NEAR(result.pooled.mean, 32.5, 1e-12);
}

TEST(NormalsTest, TheLowerMedianIsPyTorchs) {
  const NormalsImages images = {{Row({Turned(30), Turned(10), Turned(20), Turned(60)}), Facing(4)}};
  NormalsSettings settings;
  EXPECT_NEAR(Evaluate(settings, images).pooled.median, 25, 1e-9);
  EXPECT_NEAR(Evaluate(settings, images).per_image.median, 25, 1e-9);
  settings.median = Median::kLower;
  EXPECT_NEAR(Evaluate(settings, images).pooled.median, 20, 1e-9);
  EXPECT_NEAR(Evaluate(settings, images).per_image.median, 20, 1e-9);
}

TEST(NormalsTest, PerImageValuesCanBeRounded) {
  const NormalsImages images = {{Row({Turned(1.00004), Turned(1.00004), Turned(50)}), Facing(3)}};
  NormalsSettings settings;
  settings.per_image_decimals = 4;
  const auto result = Evaluate(settings, images);
  EXPECT_NEAR(result.per_image.median, 1.0, 1e-12);
  EXPECT_NEAR(result.per_image.within[0], 0.666667, 1e-12) << "66.6667 percent";
  EXPECT_NEAR(result.pooled.within[0], 2.0 / 3, 1e-12);
}

TEST(NormalsTest, UndefinedPredictionsStayInTheMaskAtTheWorst) {
  const NormalsScore score = Score({}, {{0, 0, 1}, {}, {kNan, 0, 1}, {0, INFINITY, 0}});
  EXPECT_EQ(score.pixels, 4);
  EXPECT_EQ(score.undefined, 3);
  EXPECT_EQ(score.sum, 540);
  EXPECT_EQ(score.within[4], 1);
  NormalsSettings settings;
  settings.undefined = UndefinedNormal::kZeroAs90;
  EXPECT_EQ(Score(settings, {{0, 0, 1}, {}, {kNan, 0, 1}}).sum, 270);
}

TEST(NormalsTest, UndefiningAPixelNeverImprovesAValue) {
  EXPECT_TRUE(rc::check("undefined", [] {
    const Size size = test::AnySize(6, 4);
    NormalMap predicted = test::AnyRaster(size, test::AnyDirection());
    const NormalMap truth = test::AnyRaster(size, test::AnyDirection());
    const auto before = Evaluate({}, {{predicted, truth}}).errors;
    const auto at = *rc::gen::inRange<std::size_t>(0, size.Pixels());
    predicted.Pixels()[at] = {kNan, kNan, kNan};
    const auto after = Evaluate({}, {{predicted, truth}}).errors;
    RC_ASSERT(after.mean >= before.mean && after.median >= before.median);
    RC_ASSERT(after.rmse >= before.rmse);
    for (std::size_t k = 0; k < kAngleBounds.size(); ++k) {
      RC_ASSERT(after.within[k] <= before.within[k]);
    }
  }));
}

// How many of truths of lengths 0, 0.5, 1, 1.5 and NaN are scored.
std::int64_t ScoredLengths(const NormBounds& bounds) {
  NormalsSettings settings;
  settings.truth_norm = bounds;
  const NormalMap truth = Row({{}, {0, 0, 0.5}, {0, 1, 0}, {1.5, 0, 0}, {kNan, 0, 0}});
  return NormalsMetric(settings).Compare({Facing(5)}, {truth}).pixels;
}

TEST(NormalsTest, TheTruthsLengthDecidesWhatIsScored) {
  EXPECT_EQ(ScoredLengths({}), 3);
  EXPECT_EQ(ScoredLengths({.min = 0.5}), 2);
  EXPECT_EQ(ScoredLengths({.min = 0.5, .min_strict = false}), 3);
  EXPECT_EQ(ScoredLengths({.min = 0.5, .max = 1.5}), 1);
  EXPECT_EQ(ScoredLengths({.min = 0.5, .max = 1.5, .max_strict = false}), 2);
  EXPECT_EQ(ScoredLengths({.min = 0, .min_strict = false}), 3) << "a zero vector has no direction";
}

// A vector whose angle to the axis comes out as exactly the bound of this number. Not
// every bound is a product of some number with 180 / pi in double precision.
std::optional<Vector3> TiedAt(std::size_t bound) {
  const Vector3 flat = Turned(kAngleBounds[bound]);
  for (int i = 1; i < 10000; ++i) {
    const double turn = i / 1000.0;
    const Vector3 v = {flat.x * std::cos(turn), flat.x * std::sin(turn), flat.z};
    if (AngleBetween(v, {0, 0, 1}) == kAngleBounds[bound]) return v;
  }
  return std::nullopt;
}

TEST(NormalsTest, SharesAreStrictUnlessSaid) {
  NormalsSettings inclusive;
  inclusive.within_strict = false;
  int ties = 0;
  for (std::size_t k = 0; k < kAngleBounds.size(); ++k) {
    EXPECT_EQ(Score({}, {Turned(kAngleBounds[k] - 0.05)}).within[k], 1);
    EXPECT_EQ(Score(inclusive, {Turned(kAngleBounds[k] + 0.05)}).within[k], 0);
    const auto tied = TiedAt(k);
    if (!tied) continue;
    ++ties;
    EXPECT_EQ(Score({}, {*tied}).within[k], 0) << kAngleBounds[k];
    EXPECT_EQ(Score(inclusive, {*tied}).within[k], 1) << kAngleBounds[k];
  }
  EXPECT_GT(ties, 0);
}

TEST(NormalsTest, AnImageWithoutTruthIsSkippedOrPoisonsThePerImageValues) {
  const NormalsImages images = {{Facing(2), Row({{}, {}})}, {Row({Turned(10)}), Facing(1)}};
  NormalsSettings settings;
  const auto skipped = Evaluate(settings, images);
  EXPECT_EQ(skipped.images, 1);
  EXPECT_EQ(skipped.skipped, 1);
  EXPECT_NEAR(skipped.per_image.mean, 10, 1e-12);
  settings.empty_image = EmptyNormals::kNanPoison;
  const auto poisoned = Evaluate(settings, images);
  EXPECT_TRUE(std::isnan(poisoned.per_image.mean));
  EXPECT_TRUE(std::isnan(poisoned.per_image.median));
  EXPECT_NEAR(poisoned.pooled.mean, 10, 1e-12);
}

TEST(NormalsTest, ImagesWithTooFewPixelsAreSkipped) {
  const NormalsImages images = {{Row({Turned(50), Turned(50)}), Facing(2)},
                                {Row({Turned(10), Turned(10), Turned(10)}), Facing(3)}};
  NormalsSettings settings;
  settings.min_pixels = 3;
  const auto result = Evaluate(settings, images);
  EXPECT_EQ(result.images, 1);
  EXPECT_EQ(result.skipped, 1);
  EXPECT_EQ(result.pixels, 3);
  EXPECT_NEAR(result.pooled.mean, 10, 1e-12);
  EXPECT_NEAR(result.per_image.mean, 10, 1e-12);
}

// Only the bins around the middle are put in order, so the middle pair may lie in one bin,
// in two neighbours, or far apart.
TEST(NormalsTest, TheMedianOfAnImageIsThatOfItsSortedAngles) {
  EXPECT_TRUE(rc::check("median", [] {
    const auto thousandths =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 40)));
    const int spread = *rc::gen::element(1, 7, 4000);
    std::vector<Vector3> predicted;
    std::vector<double> angles;
    predicted.reserve(thousandths.size());
    angles.reserve(thousandths.size());
    for (const int thousandth : thousandths) {
      predicted.push_back(Turned(0.0003 * thousandth * spread));
      angles.push_back(AngleBetween(predicted.back(), {0, 0, 1}));
    }
    std::sort(angles.begin(), angles.end());
    const double lower = angles[(angles.size() - 1) / 2];
    const double upper = angles[angles.size() / 2];
    NormalsSettings settings;
    RC_ASSERT(Score(settings, predicted).median == (lower + upper) / 2);
    settings.median = Median::kLower;
    RC_ASSERT(Score(settings, predicted).median == lower);
  }));
}

TEST(NormalsTest, AnEmptySetHasNoValues) {
  const auto result = Evaluate({}, {});
  EXPECT_TRUE(std::isnan(result.pooled.mean));
  EXPECT_TRUE(std::isnan(result.pooled.median));
  EXPECT_TRUE(std::isnan(result.per_image.rmse));
}

TEST(NormalsTest, AnotherSizeIsRefused) {
  EXPECT_THROW(NormalsMetric({}).Compare({Facing(2)}, {Facing(3)}), SizeMismatch);
}

TEST(NormalsTest, WorstAndBestBracketEveryAnswer) {
  EXPECT_TRUE(rc::check("bounds", [] {
    const Size size = test::AnySize(6, 4);
    const NormalMap predicted = test::AnyRaster(size, test::AnyPredictedNormal());
    const NormalMap truth = test::AnyRaster(size, test::AnyTruthNormal());
    const NormalsMetric metric{NormalsSettings{}};
    const auto score = metric.Compare({predicted}, {truth});
    const auto worst = metric.Worst({truth});
    const auto best = metric.Best({truth});
    RC_ASSERT(worst.pixels == score.pixels && best.pixels == score.pixels);
    RC_ASSERT(worst.sum >= score.sum && best.sum == 0);
    for (std::size_t k = 0; k < kAngleBounds.size(); ++k) {
      RC_ASSERT(worst.within[k] == 0 && best.within[k] == score.pixels);
    }
  }));
}

}  // namespace
}  // namespace assay
