// Folding depth scores:
//   mean over images or pooled over pixels; images with too few pixels are skipped
//   and counted, poison the mean, or raise, on both sides of each bound; a metric
//   that is NaN in one image is NaN for the dataset, and only that metric; bands
//   are pooled.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "metrics/depth.h"
#include "tests/metrics/depth_checks.h"
#include "tests/support/naive_depth.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::DepthPixel;
using test::ErrorsNear;
using test::NaiveErrors;
using test::Row;
using test::TruthRow;

using Image = std::pair<DepthValue, DepthTruth>;

DepthMetric::Result Evaluate(const DepthSettings& settings, const std::vector<Image>& images) {
  const DepthMetric metric(settings);
  DepthMetric::State state = metric.Start();
  for (const auto& [value, truth] : images) metric.Add(metric.Compare(value, truth), state);
  return metric.Finish(state);
}

// AbsRel 0.5 on one pixel, 0 on three.
std::vector<Image> UnevenImages() {
  return {{Row({3}), TruthRow({2})}, {Row({4, 5, 6}), TruthRow({4, 5, 6})}};
}

Image Empty() { return {Row({1}), TruthRow({0})}; }

TEST(DepthFoldTest, ImagesWeighEquallyInTheMean) {
  const auto result = Evaluate(DepthSettings{}, UnevenImages());
  EXPECT_DOUBLE_EQ(result.errors.abs_rel, 0.25);
  EXPECT_DOUBLE_EQ(result.errors.delta1, 0.5);
  EXPECT_EQ(result.images, 2);
  EXPECT_EQ(result.pixels, 4);
}

TEST(DepthFoldTest, PixelsWeighEquallyWhenPooled) {
  DepthSettings settings;
  settings.aggregate = DepthAggregate::kPooledPixels;
  const auto result = Evaluate(settings, UnevenImages());
  EXPECT_DOUBLE_EQ(result.errors.abs_rel, 0.125);
  EXPECT_DOUBLE_EQ(result.errors.delta1, 0.75);
  EXPECT_DOUBLE_EQ(result.errors.rmse, 0.5);
}

TEST(DepthFoldTest, EqualsNaiveMeansAndPoolsOnRandomData) {
  EXPECT_TRUE(rc::check("fold", [] {
    std::vector<Image> images;
    std::vector<DepthPixel> pool;
    std::array<double, test::kErrors> means{};
    const int count = *rc::gen::inRange(1, 5);
    for (int i = 0; i < count; ++i) {
      const Size size = test::AnySize(6, 4);
      RC_PRE(size.Pixels() >= 2);
      images.push_back({{test::AnyRaster(size, test::AnyDepth(15000))},
                        {test::AnyRaster(size, test::AnyDepth(15000)), {}}});
      std::vector<DepthPixel> pixels;
      for (std::size_t k = 0; k < size.Pixels(); ++k) {
        pixels.push_back(
            {images.back().second.depth_m.Pixels()[k], images.back().first.map.Pixels()[k]});
      }
      const auto errors = test::ListOf(NaiveErrors(pixels));
      for (std::size_t k = 0; k < errors.size(); ++k) means[k] += errors[k] / count;
      pool.insert(pool.end(), pixels.begin(), pixels.end());
    }
    const auto found = test::ListOf(Evaluate(DepthSettings{}, images).errors);
    for (std::size_t k = 0; k < means.size(); ++k) {
      RC_ASSERT(std::abs(found[k] - means[k]) <= 1e-6 * (1 + means[k]));
    }
    DepthSettings pooled;
    pooled.aggregate = DepthAggregate::kPooledPixels;
    RC_ASSERT(ErrorsNear(Evaluate(pooled, images).errors, NaiveErrors(pool)));
  }));
}

TEST(DepthFoldTest, SkippedImagesAreCountedAndLeaveTheMeanAlone) {
  auto images = UnevenImages();
  images.push_back(Empty());
  const auto result = Evaluate(DepthSettings{}, images);
  EXPECT_DOUBLE_EQ(result.errors.abs_rel, 0.25);
  EXPECT_EQ(result.images, 2);
  EXPECT_EQ(result.skipped, 1);
  EXPECT_EQ(result.null_images, 1);  // SILog b of the image with one pixel
}

TEST(DepthFoldTest, SkipBelowKeepsAnImageWithExactlyThatManyPixels) {
  DepthSettings settings;
  settings.empty_below = 3;
  EXPECT_EQ(Evaluate(settings, UnevenImages()).images, 1);
  settings.empty_below = 4;
  EXPECT_EQ(Evaluate(settings, UnevenImages()).images, 0);
  EXPECT_EQ(Evaluate(settings, UnevenImages()).pixels, 0);
}

TEST(DepthFoldTest, EmptyImagesPoisonTheMeanWhereTheSourceLetsThem) {
  DepthSettings settings;
  settings.empty_image = EmptyImage::kNanPoison;
  auto images = UnevenImages();
  images.push_back(Empty());
  const auto result = Evaluate(settings, images);
  for (const double error : test::ListOf(result.errors)) EXPECT_TRUE(std::isnan(error));
  EXPECT_EQ(result.images, 3);
  EXPECT_EQ(result.null_images, 2);
}

TEST(DepthFoldTest, RaiseBelowNamesTheCount) {
  DepthSettings settings;
  settings.empty_image = EmptyImage::kRaiseBelow;
  settings.empty_below = 3;
  const DepthMetric metric(settings);
  EXPECT_NO_THROW(metric.Compare(Row({1, 1, 1}), TruthRow({1, 1, 1})));
  const DepthTruth two = TruthRow({1, 1, 0});
  try {
    metric.Compare(Row({1, 1, 1}), two);
    FAIL() << "two pixels were accepted";
  } catch (const std::domain_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("2 scored pixels"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("at least 3"));
  }
  EXPECT_THROW(metric.Worst(two), std::domain_error);
  EXPECT_THROW(metric.Best(two), std::domain_error);
}

TEST(DepthFoldTest, ANullImageMetricNullsThatMetricOfTheDatasetOnly) {
  DepthSettings settings;
  settings.undefined = UndefinedPrediction::kAsSourceClips;
  const auto result =
      Evaluate(settings, {{Row({0, 2}), TruthRow({2, 2})}, {Row({2, 2}), TruthRow({2, 2})}});
  EXPECT_DOUBLE_EQ(result.errors.abs_rel, 0.25);
  EXPECT_DOUBLE_EQ(result.errors.delta1, 0.75);
  EXPECT_TRUE(std::isnan(result.errors.rmse_log));
  EXPECT_TRUE(std::isnan(result.errors.silog[0]));
  EXPECT_EQ(result.null_images, 1);
}

TEST(DepthFoldTest, NothingFoldedGivesNan) {
  const auto result = Evaluate(DepthSettings{}, {});
  for (const double error : test::ListOf(result.errors)) EXPECT_TRUE(std::isnan(error));
  EXPECT_EQ(result.images, 0);
}

TEST(DepthFoldTest, BandsArePooledOverPixels) {
  const auto result =
      Evaluate(DepthSettings{}, {{Row({3}), TruthRow({2})}, {Row({4, 4, 9}), TruthRow({4, 4, 6})}});
  ASSERT_EQ(result.bands.size(), DepthMetric::kBandEdges.size() + 1);
  EXPECT_EQ(result.band_pixels[1], 3);  // 2 to 5 m
  EXPECT_DOUBLE_EQ(result.bands[1].abs_rel, 0.5 / 3);
  EXPECT_EQ(result.band_pixels[2], 1);
  EXPECT_DOUBLE_EQ(result.bands[2].abs_rel, 0.5);
  EXPECT_TRUE(std::isnan(result.bands[0].abs_rel));
}

}  // namespace
}  // namespace assay
