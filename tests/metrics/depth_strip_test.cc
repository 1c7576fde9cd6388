// Strips of pixels:
//   Within has exactly the pixels between its ends, both in, NaN out, for every length; sets of
//   neighbours; ForEachPixel visits a set's pixels in order
#include "metrics/depth_strip.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <limits>
#include <vector>

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

}  // namespace
}  // namespace assay
