// Polygons as masks (real ones: tests/golden/coco_masks_test.cc):
//   the worked examples of the rule; parts outside the image are cut off; a polygon
//   that goes back on itself is empty; where it starts does not matter; a box is the
//   polygon of its corners; what is no polygon is refused and named.
#include "metrics/polygon.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/random_samples.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Polygon = std::vector<double>;

std::string Refusal(Size size, const Polygon& xy) {
  try {
    DrawPolygon(size, xy);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing was refused";
}

Polygon AnyPolygon() {
  Polygon xy;
  const int vertices = *rc::gen::inRange(3, 8);
  for (int i = 0; i < 2 * vertices; ++i) xy.push_back(*rc::gen::inRange(-40, 240) / 8.0);
  return xy;
}

TEST(PolygonTest, TheWorkedExamplesAreDrawn) {
  EXPECT_THAT(DrawPolygon({8, 6}, Polygon{1, 1, 1, 3, 4, 3, 4, 1}).runs,
              ElementsAre(7, 2, 4, 2, 4, 2, 27));
  const RunLengthMask triangle = DrawPolygon({6, 6}, Polygon{0, 0, 6, 0, 0, 6});
  EXPECT_THAT(triangle.runs, ElementsAre(0, 5, 1, 4, 2, 3, 3, 2, 4, 1, 11));
  EXPECT_EQ(EncodeRuns(triangle), "051O1O1O1O7");
}

TEST(PolygonTest, ARectangleIsCutOffAtTheImage) {
  EXPECT_EQ(ToMask(DrawPolygon({4, 3}, Polygon{-5, -5, -5, 50, 50, 50, 50, -5})), Mask({4, 3}, 1));
  EXPECT_THAT(DrawPolygon({4, 3}, Polygon{-2, 1, -2, 9, 2, 9, 2, 1}).runs,
              ElementsAre(1, 2, 1, 2, 6));
  EXPECT_EQ(DrawPolygon({4, 3}, Polygon{10, 0, 10, 3, 20, 3, 20, 0}), EmptyRuns({4, 3}));
  EXPECT_EQ(DrawPolygon({4, 3}, Polygon{0, -9, 4, -9, 4, -2, 0, -2}), EmptyRuns({4, 3}));
}

TEST(PolygonTest, APolygonThatGoesBackOnItselfIsEmpty) {
  EXPECT_EQ(DrawPolygon({9, 9}, Polygon{1, 1, 7, 5, 1, 1}), EmptyRuns({9, 9}));
  EXPECT_EQ(DrawPolygon({9, 9}, Polygon{4, 4, 4, 4, 4, 4}), EmptyRuns({9, 9}));
}

TEST(PolygonTest, WhereAPolygonStartsDoesNotMatter) {
  EXPECT_TRUE(rc::check("start", [] {
    const Size size = test::AnySize(30, 30);
    const Polygon xy = AnyPolygon();
    Polygon turned = xy;
    std::rotate(turned.begin(), turned.begin() + 2, turned.end());
    RC_ASSERT(DrawPolygon(size, turned) == DrawPolygon(size, xy));
  }));
}

// Rows and columns of a smaller image are those of a larger one, cut off.
TEST(PolygonTest, ASmallerImageShowsPartOfALargerOne) {
  EXPECT_TRUE(rc::check("part", [] {
    const Polygon xy = AnyPolygon();
    const Mask large = ToMask(DrawPolygon({31, 31}, xy));
    const Mask small = ToMask(DrawPolygon(test::AnySize(30, 30), xy));
    for (int y = 0; y < small.height(); ++y) {
      for (int x = 0; x < small.width(); ++x) RC_ASSERT(small.At(x, y) == large.At(x, y));
    }
  }));
}

TEST(PolygonTest, ABoxIsThePolygonOfItsCorners) {
  EXPECT_EQ(DrawBox({8, 6}, {1, 1, 3, 2}), DrawPolygon({8, 6}, Polygon{1, 1, 1, 3, 4, 3, 4, 1}));
  EXPECT_EQ(Area(DrawBox({60, 50}, {5, 5, 25, 20})), 500);
  EXPECT_EQ(Area(DrawBox({60, 50}, {0.1, 0.1, 0.3, 0.3})), 0);
}

TEST(PolygonTest, WhatIsNoPolygonIsRefusedAndSaysWhy) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Refusal({8, 6}, {1, 1, 1, 3, 4, 3, 4}), HasSubstr("an x without a y"));
  EXPECT_THAT(Refusal({8, 6}, {1, 1, 1, 3}), HasSubstr("three vertices and has 2"));
  EXPECT_THAT(Refusal({8, 6}, {}), HasSubstr("three vertices and has 0"));
  EXPECT_THAT(Refusal({8, 6}, {1, nan, 1, 3, 4, 3}), HasSubstr("value 2 of the polygon"));
  EXPECT_THAT(Refusal({8, 6}, {1, 1, -inf, 3, 4, 3}), HasSubstr("value 3 of the polygon"));
  EXPECT_THAT(Refusal({8, 6}, {1, 1, 1, 3, 4, 1e7}), HasSubstr("value 6 of the polygon"));
  EXPECT_THAT(Refusal({0, 6}, {1, 1, 1, 3, 4, 3}), HasSubstr("has no pixel"));
  EXPECT_THAT(Refusal({1 << 20, 1 << 20}, {1, 1, 1, 3, 4, 3}), HasSubstr("larger than"));
}

}  // namespace
}  // namespace assay
