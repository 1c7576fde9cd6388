// Strips of pixels and their logarithms:
//   Within has exactly the pixels between its ends, both in, NaN out, for every length; sets of
//   neighbours; ForEachPixel visits a set's pixels in order
//   LogsOf is the logarithm to 3 units in the last place for numbers of at least 1, exact at 1,
//   and std::log's for all others
#include "metrics/depth_strip.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <vector>

#include "metrics/fast_log.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

bool Has(PixelSet set, std::size_t pixel) { return (set >> pixel & 1U) != 0; }

TEST(DepthStrip, WithinHasThePixelsBetweenItsEnds) {
  EXPECT_TRUE(rc::check([] {
    const auto any = rc::gen::element(kNan, -kInf, kInf, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0);
    const auto count = *rc::gen::inRange<std::size_t>(0, kStripPixels + 1);
    const auto values = *rc::gen::container<std::vector<double>>(count, any);
    const PixelSet set = Within(values, 2, 4);
    for (std::size_t i = 0; i < kStripPixels; ++i) {
      RC_ASSERT(Has(set, i) == (i < count && values[i] >= 2 && values[i] <= 4));
    }
  }));
}

TEST(DepthStrip, PixelsBetweenIsCutToTheStrip) {
  EXPECT_EQ(PixelsBetween(0, 0), 0U);
  EXPECT_EQ(PixelsBetween(-5, 2), 3U);
  EXPECT_EQ(PixelsBetween(1, 3), 6U);
  EXPECT_EQ(PixelsBetween(-1, 64), ~PixelSet{0});
  EXPECT_EQ(PixelsBetween(63, 900), PixelSet{1} << 63U);
  EXPECT_EQ(PixelsBetween(64, 900), 0U);
  EXPECT_EQ(PixelsBetween(-9, -2), 0U);
}

TEST(DepthStrip, PixelsOfASetAreVisitedInOrder) {
  std::vector<std::size_t> visited;
  ForEachPixel((PixelSet{1} << 63U) | 5U, [&](std::size_t i) { visited.push_back(i); });
  EXPECT_THAT(visited, ::testing::ElementsAre(0, 2, 63));
}

TEST(FastLog, IsTheLogarithmOfNumbersOfAtLeastOne) {
  EXPECT_TRUE(rc::check([] {
    std::vector<double> values(kStripPixels);
    for (double& value : values) {
      const double fraction = *rc::gen::inRange(0, 1 << 30) / double{1 << 30};
      value = *rc::gen::element(1 + fraction * 1e-9, 1 + fraction, std::exp(700 * fraction));
    }
    std::vector<double> logs(values.size());
    LogsOf(values, logs);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const long double exact = std::log(static_cast<long double>(values[i]));
      const auto unit = static_cast<double>(exact) * std::numeric_limits<double>::epsilon();
      RC_ASSERT(std::abs(static_cast<double>(logs[i] - exact)) <= 3 * unit);
    }
  }));
}

TEST(FastLog, IsExactAtOneAndTheLibrarysElsewhere) {
  const std::vector<double> values = {1, 0.5, 0, -1, kInf, kNan, 1e-310};
  std::vector<double> logs(values.size());
  LogsOf(values, logs);
  EXPECT_EQ(logs[0], 0);
  EXPECT_EQ(logs[1], std::log(0.5));
  EXPECT_EQ(logs[2], -kInf);
  EXPECT_TRUE(std::isnan(logs[3]));
  EXPECT_EQ(logs[4], kInf);
  EXPECT_TRUE(std::isnan(logs[5]));
  EXPECT_EQ(logs[6], std::log(1e-310));
}

}  // namespace
}  // namespace assay
