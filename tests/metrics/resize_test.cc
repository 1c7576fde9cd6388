// Resizing:
//   the values torch.nn.functional.interpolate gives on small maps (worked out by
//   hand from its documented coordinates); same size is the identity; constants
//   stay; corners stay with align_corners; a linear ramp stays linear; NaN spreads
//   to its readers only.
#include "metrics/resize.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace assay {
namespace {

using ::testing::ElementsAre;

Raster<double> Row(std::vector<double> values) {
  const Size size{static_cast<int>(values.size()), 1};
  return {size, std::move(values)};
}

std::vector<double> Values(const Raster<double>& map) {
  return {map.Pixels().begin(), map.Pixels().end()};
}

TEST(ResizeTest, NearestReadsFloorOfIndexTimesRatio) {
  EXPECT_THAT(Values(ResizeNearest(Row({10, 20, 30}), {5, 1})), ElementsAre(10, 10, 20, 20, 30));
  EXPECT_THAT(Values(ResizeNearest(Row({10, 20, 30, 40, 50}), {2, 1})), ElementsAre(10, 30));
}

TEST(ResizeTest, CornersTrueSpreadsTheEndsToTheEnds) {
  EXPECT_THAT(Values(ResizeBilinear(Row({0, 10, 40}), {5, 1}, CornerRule::kAlignCorners)),
              ElementsAre(0, 5, 10, 25, 40));
}

TEST(ResizeTest, CornersFalseSamplesPixelCentresAndRepeatsTheBorder) {
  EXPECT_THAT(Values(ResizeBilinear(Row({0, 10}), {4, 1}, CornerRule::kHalfPixel)),
              ElementsAre(0, 2.5, 7.5, 10));
  EXPECT_THAT(Values(ResizeBilinear(Row({0, 10, 20, 30}), {2, 1}, CornerRule::kHalfPixel)),
              ElementsAre(5, 25));
}

TEST(ResizeTest, OnePixelOutputTakesTheFirstCornerOrTheCentre) {
  EXPECT_THAT(Values(ResizeBilinear(Row({3, 9, 27}), {1, 1}, CornerRule::kAlignCorners)),
              ElementsAre(3));
  EXPECT_THAT(Values(ResizeBilinear(Row({3, 9, 27}), {1, 1}, CornerRule::kHalfPixel)),
              ElementsAre(9));
}

TEST(ResizeTest, BothAxesAreInterpolated) {
  const Raster<double> map(Size{2, 2}, std::vector<double>{0, 4, 8, 12});
  EXPECT_THAT(Values(ResizeBilinear(map, {3, 3}, CornerRule::kAlignCorners)),
              ElementsAre(0, 2, 4, 4, 6, 8, 8, 10, 12));
}

TEST(ResizeTest, NanSpreadsOnlyToPixelsThatReadIt) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto out = Values(ResizeBilinear(Row({1, nan, 3, 3}), {8, 1}, CornerRule::kHalfPixel));
  EXPECT_FALSE(std::isnan(out[6]));
  EXPECT_TRUE(std::isnan(out[2]));
  EXPECT_TRUE(std::isnan(out[3]));
}

TEST(ResizeTest, SameSizeIsTheIdentityForEveryMethod) {
  EXPECT_TRUE(rc::check("identity", [] {
    const Size size{*rc::gen::inRange(1, 7), *rc::gen::inRange(1, 7)};
    const auto pixels =
        *rc::gen::container<std::vector<int>>(size.Pixels(), rc::gen::inRange(-1000, 1000));
    const Raster<double> map(size, {pixels.begin(), pixels.end()});
    RC_ASSERT(ResizeNearest(map, size) == map);
    RC_ASSERT(ResizeBilinear(map, size, CornerRule::kAlignCorners) == map);
    RC_ASSERT(ResizeBilinear(map, size, CornerRule::kHalfPixel) == map);
  }));
}

TEST(ResizeTest, ALinearRampStaysLinearBetweenTheCorners) {
  EXPECT_TRUE(rc::check("ramp", [] {
    const int from = *rc::gen::inRange(2, 20);
    const int to = *rc::gen::inRange(2, 40);
    std::vector<double> ramp;
    for (int i = 0; i < from; ++i) ramp.push_back(i);
    const auto out = Values(ResizeBilinear(Row(ramp), {to, 1}, CornerRule::kAlignCorners));
    for (int i = 0; i < to; ++i) {
      const double expected = static_cast<double>(from - 1) * i / (to - 1);
      RC_ASSERT(std::abs(out[static_cast<std::size_t>(i)] - expected) < 1e-12 * from);
    }
  }));
}

TEST(ResizeTest, ValuesStayBetweenTheExtremesOfTheMap) {
  EXPECT_TRUE(rc::check("range", [] {
    const Size from{*rc::gen::inRange(1, 6), *rc::gen::inRange(1, 6)};
    const Size to{*rc::gen::inRange(1, 12), *rc::gen::inRange(1, 12)};
    const auto pixels =
        *rc::gen::container<std::vector<int>>(from.Pixels(), rc::gen::inRange(0, 1000));
    const auto [low, high] = std::minmax_element(pixels.begin(), pixels.end());
    const CornerRule rule = *rc::gen::element(CornerRule::kAlignCorners, CornerRule::kHalfPixel);
    const Raster<double> map(from, {pixels.begin(), pixels.end()});
    for (const double value : Values(ResizeBilinear(map, to, rule))) {
      RC_ASSERT(value >= *low - 1e-9 && value <= *high + 1e-9);
    }
  }));
}

}  // namespace
}  // namespace assay
