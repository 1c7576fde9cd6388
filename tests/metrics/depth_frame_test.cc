// Frames of depth answers:
//   crops, KB windows and padding equal copies cut by hand, for answers of either
//   size; nothing outside the box is scored; outside the window is undefined (own
//   presets) or 0 (emulations), also for painted and disparity answers; sizes that
//   fit nothing are refused or resized; painted answers are never blended.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "metrics/depth.h"
#include "tests/metrics/depth_checks.h"
#include "tests/support/naive_depth.h"

namespace assay {
namespace {

using test::DepthPixel;
using test::ErrorsNear;
using test::NaiveErrors;
using test::NaivePixels;
using test::PaintedRow;
using test::Row;
using test::TruthRow;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr Size kKitti{1242, 375};

// Deterministic, positive, different almost everywhere.
DepthMap Pattern(Size size, int seed) {
  DepthMap map(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      map.At(x, y) = 1 + ((x * 31 + y * 17 + seed * 7) % 700) / 10.0;
    }
  }
  return map;
}

// One pixel in 29 has a measurement, about as in a lidar frame.
DepthTruth SparseTruth(Size size) {
  DepthTruth truth{Pattern(size, 1), {}};
  for (std::size_t i = 0; i < size.Pixels(); ++i) {
    if (i % 29 != 0) truth.depth_m.Pixels()[i] = 0;
  }
  return truth;
}

DepthSettings Kitti(Crop crop, CropFrame frame, PredictionFrame shown) {
  DepthSettings settings;
  settings.bounds = {.min = 1e-3, .max = 80};
  settings.clip = PredictionClip{.min = 1e-3, .max = 80};
  settings.crop = crop;
  settings.crop_frame = frame;
  settings.prediction_frame = shown;
  settings.undefined = UndefinedPrediction::kAsSourceClips;
  return settings;
}

void ExpectEqualToCopies(const DepthSettings& settings, const DepthValue& value) {
  const DepthTruth truth = SparseTruth(kKitti);
  const DepthScore score = DepthMetric(settings).Compare(value, truth);
  std::vector<DepthPixel> pixels = NaivePixels(settings, value, truth);
  EXPECT_EQ(score.all.pixels, static_cast<std::int64_t>(pixels.size()));
  for (DepthPixel& pixel : pixels) {
    if (!pixel.prediction) pixel.prediction = settings.clip->min;
  }
  EXPECT_TRUE(ErrorsNear(ErrorsOf(score.all), NaiveErrors(pixels)));
}

TEST(DepthFrameTest, EveryFrameAndCropEqualsImagesCutByHand) {
  const DepthValue full{.map = Pattern(kKitti, 2)};
  const DepthValue window{.map = Pattern({1216, 352}, 3)};
  for (const Crop crop : {Crop::kNone, Crop::kGarg, Crop::kEigen, Crop::kNyuBox}) {
    ExpectEqualToCopies(Kitti(crop, CropFrame::kFull, PredictionFrame::kFull), full);
    for (const CropFrame frame : {CropFrame::kKb, CropFrame::kPadBack}) {
      ExpectEqualToCopies(Kitti(crop, frame, PredictionFrame::kKb), full);
      ExpectEqualToCopies(Kitti(crop, frame, PredictionFrame::kKb), window);
    }
  }
}

TEST(DepthFrameTest, ShownFrameIsTheKbWindowOrTheWholeImage) {
  EXPECT_EQ(
      DepthMetric(Kitti(Crop::kGarg, CropFrame::kKb, PredictionFrame::kKb)).ShownFrame(kKitti),
      (Size{1216, 352}));
  EXPECT_EQ(
      DepthMetric(Kitti(Crop::kGarg, CropFrame::kFull, PredictionFrame::kFull)).ShownFrame(kKitti),
      kKitti);
}

TEST(DepthFrameTest, TruthOutsideTheBoxDoesNotMatter) {
  const DepthMetric metric(Kitti(Crop::kGarg, CropFrame::kKb, PredictionFrame::kKb));
  const DepthValue value{.map = Pattern({1216, 352}, 3)};
  DepthTruth truth = SparseTruth(kKitti);
  const DepthScore before = metric.Compare(value, truth);
  // garg inside the window, in full coordinates: rows 166:372, columns 56:1185.
  for (int y = 0; y < kKitti.height; ++y) {
    for (int x = 0; x < kKitti.width; ++x) {
      const bool inside = y >= 166 && y < 372 && x >= 56 && x < 1185;
      if (!inside) truth.depth_m.At(x, y) = 5;
    }
  }
  EXPECT_EQ(metric.Compare(value, truth), before);
}

TEST(DepthFrameTest, OutsideTheWindowOwnPresetsAreUndefinedEvenWhenPainted) {
  DepthSettings settings = Kitti(Crop::kNone, CropFrame::kPadBack, PredictionFrame::kKb);
  settings.undefined = UndefinedPrediction::kWorseClipEnd;
  const DepthTruth truth{DepthMap(kKitti, 10), {}};
  const std::int64_t outside = 1242LL * 375 - 1216LL * 352;
  for (const bool painted : {false, true}) {
    const DepthValue value{.map = DepthMap({1216, 352}, 10), .painted = painted};
    EXPECT_EQ(DepthMetric(settings).Compare(value, truth).undefined, outside);
  }
}

TEST(DepthFrameTest, OutsideTheWindowEmulationsSeeDepthZero) {
  const DepthMetric metric(Kitti(Crop::kNone, CropFrame::kPadBack, PredictionFrame::kKb));
  const DepthTruth truth{DepthMap(kKitti, 10), {}};
  const double outside = 1242.0 * 375 - 1216.0 * 352;
  const DepthValue depth{.map = DepthMap({1216, 352}, 10)};
  const DepthValue disparity{.map = DepthMap({1216, 352}, 0.1), .kind = DepthKind::kDisparity};
  for (const DepthValue& value : {depth, disparity}) {
    // Clipped to 1e-3: AbsRel 0.9999 for each pixel of the margin.
    EXPECT_NEAR(metric.Compare(value, truth).all.abs_rel, outside * 0.9999, 1e-6);
  }
}

TEST(DepthFrameTest, AnswersOfAnotherSizeAreRefusedWithBothSizes) {
  const DepthMetric metric(Kitti(Crop::kGarg, CropFrame::kKb, PredictionFrame::kKb));
  try {
    metric.Compare({.map = DepthMap({640, 480}, 1)}, SparseTruth(kKitti));
    FAIL() << "a 640 x 480 answer was accepted";
  } catch (const SizeMismatch& error) {
    EXPECT_EQ(error.found, (Size{640, 480}));
    EXPECT_EQ(error.expected, (Size{1216, 352}));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("640 x 480"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("1216 x 352"));
  }
}

// Stretched over the image it would be scored in the wrong places.
TEST(DepthFrameTest, AnArrayOfTheKbWindowIsNoAnswerToTheWholeImage) {
  DepthSettings settings = Kitti(Crop::kGarg, CropFrame::kFull, PredictionFrame::kFull);
  settings.resize = DepthResize::kBilinearCornersTrue;
  const DepthMetric metric(settings);
  const DepthValue window{.map = Pattern({1216, 352}, 1)};
  EXPECT_THROW(metric.Compare(window, SparseTruth(kKitti)), SizeMismatch);
  EXPECT_NO_THROW(metric.Compare({.map = Pattern({608, 188}, 1)}, SparseTruth(kKitti)));
  EXPECT_NO_THROW(metric.Compare(window, SparseTruth({1216, 352})));
  EXPECT_NO_THROW(metric.Compare(window, SparseTruth({2432, 704})));
  DepthValue painted = window;
  painted.painted = true;
  EXPECT_NO_THROW(metric.Compare(painted, SparseTruth(kKitti)));
}

TEST(DepthFrameTest, EmptyAnswersAreRefusedEvenWhereSizesAreFree) {
  DepthSettings settings;
  settings.resize = DepthResize::kBilinearCornersTrue;
  EXPECT_THROW(DepthMetric(settings).Compare({}, TruthRow({1})), SizeMismatch);
}

double ResizedErrorSum(DepthResize resize, const DepthValue& value, const DepthTruth& truth) {
  DepthSettings settings;
  settings.resize = resize;
  return DepthMetric(settings).Compare(value, truth).all.sq;
}

TEST(DepthFrameTest, EachResizeSettingPicksItsInterpolation) {
  EXPECT_NEAR(
      ResizedErrorSum(DepthResize::kNearest, Row({1, 3}), TruthRow({1, 1, 3, 3})), 0, 1e-24);
  EXPECT_NEAR(
      ResizedErrorSum(DepthResize::kBilinearCornersFalse, Row({1, 3}), TruthRow({1, 1.5, 2.5, 3})),
      0,
      1e-24);
  EXPECT_NEAR(ResizedErrorSum(DepthResize::kBilinearCornersTrue, Row({1, 3}), TruthRow({1, 2, 3})),
              0,
              1e-24);
}

TEST(DepthFrameTest, DisparityIsResizedBeforeItIsInverted) {
  DepthValue value = Row({1, 0.5});
  value.kind = DepthKind::kDisparity;
  EXPECT_NEAR(ResizedErrorSum(DepthResize::kBilinearCornersTrue, value, TruthRow({1, 1 / 0.75, 2})),
              0,
              1e-24);
}

TEST(DepthFrameTest, PaintedAnswersAreNeverBlended) {
  DepthSettings settings;
  settings.resize = DepthResize::kBilinearCornersTrue;
  settings.clip = PredictionClip{.min = 0.005, .max = 10};
  const DepthScore score =
      DepthMetric(settings).Compare(PaintedRow({2, kInf}), TruthRow({2, 2, 10, 10}));
  EXPECT_EQ(score.undefined, 0);
  EXPECT_EQ(score.all.sq, 0);
}

TEST(DepthFrameTest, TruthSmallerThanTheKbWindowIsRefused) {
  const DepthMetric metric(Kitti(Crop::kGarg, CropFrame::kKb, PredictionFrame::kKb));
  EXPECT_THROW(metric.Compare(Row({1}), TruthRow({1})), std::invalid_argument);
}

}  // namespace
}  // namespace assay
