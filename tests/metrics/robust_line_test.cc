// Robust fits and the subsample they are made on.
//   - scale and line equal their naive versions on random points, many of them equal
//   - the exact line has the least loss of all lines through two points; MoGe's, which
//     drops ties, equals it where no two p are equal, and can lose where they are
//   - the grid equals its naive version for sizes below and above 64
//   - an answer of a constant depth gets a flat line, NaN or no points give NaN
#include "metrics/robust_line.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "metrics/nearest_grid.h"
#include "tests/support/naive_robust.h"

namespace assay {
namespace {

using test::LossOf;
using test::Values;

struct Points {
  Values p, g, w;
};

// Few different values, so that ties are common, or many.
Points AnyPoints(int least, int values) {
  Points points;
  const int count = *rc::gen::inRange(least, 40);
  for (int i = 0; i < count; ++i) {
    points.p.push_back(*rc::gen::inRange(1, values) / 16.0);
    points.g.push_back(*rc::gen::inRange(1, 4000) / 256.0);
    points.w.push_back(1 / points.g.back());
  }
  return points;
}

TEST(RobustLine, TheScaleIsTheNaiveOne) {
  EXPECT_TRUE(rc::check([] {
    const auto [p, g, w] = AnyPoints(1, 50);
    RC_ASSERT(RobustScale(p, g, w) == test::NaiveRobustScale(p, g, w));
  }));
}

TEST(RobustLine, TheLineIsTheNaiveOne) {
  EXPECT_TRUE(rc::check([] {
    const auto [p, g, w] = AnyPoints(2, *rc::gen::element(8, 5000));
    for (const AnchorTies ties : {AnchorTies::kDropped, AnchorTies::kCounted}) {
      const Line line = RobustLine(p, g, w, ties);
      const Line naive = test::NaiveRobustLine(p, g, w, ties);
      // Of two lines of equal loss rounding may pick either.
      const double a = LossOf(line, p, g, w);
      const double b = LossOf(naive, p, g, w);
      const bool same = line.scale == naive.scale && line.shift == naive.shift;
      RC_ASSERT(same || std::abs(a - b) <= 1e-12 * (1 + b));
    }
  }));
}

TEST(RobustLine, NoLineThroughTwoPointsBeatsTheExactOne) {
  EXPECT_TRUE(rc::check([] {
    const auto [p, g, w] = AnyPoints(2, *rc::gen::element(8, 5000));
    const double least = test::LeastLossOfAllPairs(p, g, w);
    RC_PRE(std::isfinite(least));
    const double loss = LossOf(RobustLine(p, g, w, AnchorTies::kCounted), p, g, w);
    RC_ASSERT(loss <= least * (1 + 1e-12) + 1e-12);
  }));
}

TEST(RobustLine, DroppedTiesCanChooseAWorseLine) {
  // The three points at p = 1 disagree; as an anchor none of them pays for the others.
  const Values p = {1, 1, 1, 2, 3}, g = {1, 5, 9, 2, 3}, w = {1, 1, 1, 0.1, 0.1};
  const double exact = LossOf(RobustLine(p, g, w, AnchorTies::kCounted), p, g, w);
  const double dropped = LossOf(RobustLine(p, g, w, AnchorTies::kDropped), p, g, w);
  EXPECT_GT(dropped, exact + 0.1);
}

TEST(RobustLine, AConstantAnswerGetsAFlatLine) {
  const Values p = {2, 2, 2}, g = {1, 4, 5}, w = {1, 1, 1};
  EXPECT_EQ(RobustLine(p, g, w, AnchorTies::kCounted).scale, 0);
  EXPECT_EQ(RobustLine(p, g, w, AnchorTies::kCounted).shift, 4);
}

TEST(RobustLine, NanOrNoPointsGiveNan) {
  const Values one = {1}, nan = {std::numeric_limits<double>::quiet_NaN()};
  EXPECT_TRUE(std::isnan(RobustScale({}, {}, {})));
  EXPECT_TRUE(std::isnan(RobustScale(nan, one, one)));
  EXPECT_TRUE(std::isnan(RobustLine(nan, one, one, AnchorTies::kDropped).scale));
}

TEST(NearestGrid, EqualsTheNaiveOneForAnySize) {
  for (const Size size : {Size{1, 1}, Size{5, 7}, Size{64, 64}, Size{65, 63}, Size{130, 97}}) {
    Raster<std::uint8_t> valid(size, 0);
    std::uint32_t state = 7;
    for (std::uint8_t& pixel : valid.Pixels()) {
      state = state * 1664525U + 1013904223U;
      pixel = (state >> 24) % 3 == 0 ? 0 : 1;
    }
    EXPECT_EQ(NearestGrid(valid), test::NaiveNearestGrid(valid)) << size.width;
  }
}

TEST(NearestGrid, NothingValidGivesNothing) {
  EXPECT_TRUE(NearestGrid(Raster<std::uint8_t>(Size{70, 70}, 0)).empty());
}

}  // namespace
}  // namespace assay
