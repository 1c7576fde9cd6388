// MapTo and Resample (model/fit.h):
// * the published cases of vision_banana section 7 clamp the stated rows;
// * u and v follow the formulas of the header, on random sizes (floating naive);
// * an answer of the shown image's own size is the identity under every fit;
// * letterbox never extrapolates, cover crop never reads outside, stretch covers;
// * the map is symmetric under mirroring, and monotone;
// * a truth grid other than the shown size addresses the same places;
// * sample positions exactly on a pixel border belong to the pixel they open.
#include "model/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace assay {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr Fit kFits[] = {Fit::kCoverCrop, Fit::kStretch, Fit::kLetterbox};

int Arbitrary(int low, int high) { return *rc::gen::inRange(low, high); }

Size ArbitrarySize() { return {Arbitrary(1, 60), Arbitrary(1, 60)}; }

struct Naive {
  double u, v;
};

Naive NaivePosition(Fit fit, Size truth, Size shown, Size answer, int x, int y) {
  const double x_shown = (x + 0.5) * shown.width / truth.width;
  const double y_shown = (y + 0.5) * shown.height / truth.height;
  const double across = static_cast<double>(answer.width) / shown.width;
  const double down = static_cast<double>(answer.height) / shown.height;
  if (fit == Fit::kStretch) return {x_shown * across, y_shown * down};
  const double s = fit == Fit::kCoverCrop ? std::max(across, down) : std::min(across, down);
  return {s * x_shown - (s * shown.width - answer.width) / 2,
          s * y_shown - (s * shown.height - answer.height) / 2};
}

// The rows of the grid whose exact position lies outside the answer.
std::set<int> ClampedRows(Size truth, Size answer) {
  std::set<int> rows;
  for (int y = 0; y < truth.height; ++y) {
    const double v = NaivePosition(Fit::kCoverCrop, truth, truth, answer, 0, y).v;
    if (v < 0 || v >= answer.height) rows.insert(y);
  }
  return rows;
}

TEST(Fit, KittiShapedAnswersClampThreeRowsAtEachEnd) {
  const Size truth{1242, 375};
  const Size answer{1888, 560};
  const FitMap map = MapTo(Fit::kCoverCrop, truth, truth, answer);
  EXPECT_EQ(map.extrapolated, 7452);
  EXPECT_THAT(ClampedRows(truth, answer), ElementsAre(0, 1, 2, 372, 373, 374));
  EXPECT_EQ(map.row[2], 0);
  EXPECT_EQ(map.row[3], 0);  // v = 3.5 * 1.520128824 - 5.024155 = .296
  EXPECT_EQ(map.row[4], 1);  // v = 1.816
  EXPECT_EQ(map.row[372], 559);
}

TEST(Fit, A4To3AnswerOfAPhotoClampsFourRowsAtEachEnd) {
  const Size truth{1999, 1500};
  const FitMap map = MapTo(Fit::kCoverCrop, truth, truth, {1200, 896});
  EXPECT_EQ(map.extrapolated, 15992);
  EXPECT_THAT(ClampedRows(truth, {1200, 896}), ElementsAre(0, 1, 2, 3, 1496, 1497, 1498, 1499));
}

TEST(Fit, AVgaAnswerClampsTheFirstAndLastRow) {
  const Size truth{640, 480};
  const FitMap map = MapTo(Fit::kCoverCrop, truth, truth, {1200, 896});
  EXPECT_EQ(map.extrapolated, 1280);
  EXPECT_EQ(map.row[0], 0);
  EXPECT_EQ(map.row[1], 0);  // v = 1.5 * 1.875 - 2 = .8125
  EXPECT_EQ(map.row[2], 2);  // v = 2.6875
  EXPECT_EQ(map.row[479], 895);
  EXPECT_EQ(map.column[1], 2);  // u = 2.8125
}

TEST(Fit, StretchingAnAnswerMovesItsBordersAgainstTheCoverCrop) {
  const Size truth{1242, 375};
  const FitMap crop = MapTo(Fit::kCoverCrop, truth, truth, {1888, 560});
  const FitMap stretch = MapTo(Fit::kStretch, truth, truth, {1888, 560});
  EXPECT_EQ(stretch.extrapolated, 0);
  EXPECT_EQ(stretch.row[20] - crop.row[20], 30 - 26);  // v = 30.61 against 26.14
  EXPECT_EQ(stretch.column, crop.column);
}

TEST(Fit, AnAnswerOfTheShownSizeIsTheIdentityUnderEveryFit) {
  EXPECT_TRUE(rc::check([] {
    const Size size = ArbitrarySize();
    for (const Fit fit : kFits) {
      const FitMap map = MapTo(fit, size, size, size);
      RC_ASSERT(map.extrapolated == 0);
      for (int x = 0; x < size.width; ++x) RC_ASSERT(map.column[static_cast<std::size_t>(x)] == x);
      for (int y = 0; y < size.height; ++y) RC_ASSERT(map.row[static_cast<std::size_t>(y)] == y);
    }
  }));
}

bool NearBorder(double position) { return std::abs(position - std::round(position)) < 1e-9; }

TEST(Fit, EveryPixelFollowsTheFormulaOfTheHeader) {
  EXPECT_TRUE(rc::check([] {
    const Size truth = ArbitrarySize();
    const Size shown = ArbitrarySize();
    const Size answer = ArbitrarySize();
    for (const Fit fit : kFits) {
      const FitMap map = MapTo(fit, truth, shown, answer);
      for (int x = 0; x < truth.width; ++x) {
        const double u = NaivePosition(fit, truth, shown, answer, x, 0).u;
        if (NearBorder(u)) continue;  // floating rounding decides; see the border test
        const int expected = std::clamp(static_cast<int>(std::floor(u)), 0, answer.width - 1);
        RC_ASSERT(map.column[static_cast<std::size_t>(x)] == expected);
      }
      for (int y = 0; y < truth.height; ++y) {
        const double v = NaivePosition(fit, truth, shown, answer, 0, y).v;
        if (NearBorder(v)) continue;
        const int expected = std::clamp(static_cast<int>(std::floor(v)), 0, answer.height - 1);
        RC_ASSERT(map.row[static_cast<std::size_t>(y)] == expected);
      }
    }
  }));
}

TEST(Fit, OnlyTheCoverCropExtrapolates) {
  EXPECT_TRUE(rc::check([] {
    const Size truth = ArbitrarySize();
    const Size shown = ArbitrarySize();
    const Size answer = ArbitrarySize();
    RC_ASSERT(MapTo(Fit::kStretch, truth, shown, answer).extrapolated == 0);
    RC_ASSERT(MapTo(Fit::kLetterbox, truth, shown, answer).extrapolated == 0);
  }));
}

TEST(Fit, ExtrapolatedPixelsAreThoseWhosePositionLiesOutside) {
  EXPECT_TRUE(rc::check([] {
    const Size truth = ArbitrarySize();
    const Size answer = ArbitrarySize();
    std::int64_t outside = 0;
    for (int y = 0; y < truth.height; ++y) {
      for (int x = 0; x < truth.width; ++x) {
        const Naive at = NaivePosition(Fit::kCoverCrop, truth, truth, answer, x, y);
        RC_PRE(!NearBorder(at.u) && !NearBorder(at.v));
        const bool inside = at.u >= 0 && at.u < answer.width && at.v >= 0 && at.v < answer.height;
        outside += inside ? 0 : 1;
      }
    }
    RC_ASSERT(MapTo(Fit::kCoverCrop, truth, truth, answer).extrapolated == outside);
  }));
}

TEST(Fit, AFinerTruthGridAddressesTheSamePlaces) {
  const Size shown{8, 6};
  const FitMap coarse = MapTo(Fit::kLetterbox, shown, shown, {16, 20});
  const FitMap fine = MapTo(Fit::kLetterbox, {24, 18}, shown, {16, 20});
  for (std::size_t y = 0; y < 6; ++y) EXPECT_EQ(fine.row[3 * y + 1], coarse.row[y]) << y;
}

// 4 grid columns over an answer of 2 columns: centres at u = .25 .75 1.25 1.75.
// 2 over 4: u = 1, 3, exactly on borders: the pixel that begins there.
TEST(Fit, APositionOnAPixelBorderBelongsToThePixelItOpens) {
  const FitMap map = MapTo(Fit::kStretch, {2, 2}, {2, 2}, {4, 4});
  EXPECT_THAT(map.column, ElementsAre(1, 3));
  // 3 over 6 through thirds of a pixel, where floating point rounds: u = 1, 3, 5.
  const FitMap thirds = MapTo(Fit::kCoverCrop, {3, 3}, {7, 7}, {6, 6});
  EXPECT_THAT(thirds.column, ElementsAre(1, 3, 5));
}

TEST(Fit, ResampleTakesTheMappedPixel) {
  const Raster<int> answer(Size{2, 2}, std::vector<int>{1, 2, 3, 4});
  const FitMap map = MapTo(Fit::kStretch, {4, 4}, {4, 4}, {2, 2});
  const Raster<int> out = Resample(answer, map);
  EXPECT_EQ(out,
            Raster<int>(Size{4, 4},
                        std::vector<int>{1,
                                         1,
                                         2,
                                         2,
                                         1,
                                         1,
                                         2,
                                         2,  //
                                         3,
                                         3,
                                         4,
                                         4,
                                         3,
                                         3,
                                         4,
                                         4}));
}

TEST(Fit, ASizeWithoutPixelsIsRefused) {
  EXPECT_THROW(MapTo(Fit::kStretch, {0, 4}, {4, 4}, {4, 4}), std::invalid_argument);
  EXPECT_THROW(MapTo(Fit::kStretch, {4, 4}, {4, -1}, {4, 4}), std::invalid_argument);
  EXPECT_THROW(MapTo(Fit::kStretch, {4, 4}, {4, 4}, {4, 0}), std::invalid_argument);
}

}  // namespace
}  // namespace assay
