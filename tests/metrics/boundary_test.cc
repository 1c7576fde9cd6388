// BoundaryOf and BoundaryDistance:
//   a mask's boundary is what repeated erosions take; all classes at once are each
//   class alone; class 0 has no boundary; the image border bounds; a mask with pixels
//   has a boundary, which grows with d up to all of it; d is rounded halves to even,
//   at least 1, at any size; ratios and distances that cannot be meant are refused.
#include "metrics/boundary.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <stdexcept>

#include "tests/support/naive_boundary.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnyPainting;
using test::AnySize;
using test::NaiveBoundary;

Mask Of(const LabelMap& labels, std::uint8_t id) {
  Mask mask(labels.size());
  for (std::size_t i = 0; i < labels.Pixels().size(); ++i) {
    mask.Pixels()[i] = labels.Pixels()[i] == id ? 1 : 0;
  }
  return mask;
}

std::ptrdiff_t Count(const Raster<std::uint8_t>& map) {
  return static_cast<std::ptrdiff_t>(map.size().Pixels()) -
         std::count(map.Pixels().begin(), map.Pixels().end(), 0);
}

TEST(BoundaryTest, AMasksBoundaryIsWhatRepeatedErosionsTake) {
  EXPECT_TRUE(rc::check("erosions", [] {
    const Mask mask = AnyPainting(AnySize(24, 20), 2);
    const int d = *rc::gen::inRange(1, 8);
    RC_ASSERT(BoundaryOf(mask, d) == NaiveBoundary(mask, d));
  }));
}

TEST(BoundaryTest, AllClassesAtOnceAreEachClassAlone) {
  EXPECT_TRUE(rc::check("classes", [] {
    constexpr int kClasses = 4;
    const LabelMap labels = AnyPainting(AnySize(24, 20), kClasses);
    const int d = *rc::gen::inRange(1, 5);
    const LabelMap boundary = BoundaryOf(labels, d);
    RC_ASSERT(boundary.size() == labels.size());
    for (std::uint8_t id = 1; id < kClasses; ++id) {
      RC_ASSERT(Of(boundary, id) == NaiveBoundary(Of(labels, id), d));
    }
  }));
}

TEST(BoundaryTest, TheImageBorderBounds) {
  const LabelMap ones({5, 4}, 1);
  EXPECT_EQ(BoundaryOf(ones, 1),
            LabelMap({5, 4}, {1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1}));
}

TEST(BoundaryTest, TwoClassesBoundEachOther) {
  const LabelMap sides({6, 3}, {7, 7, 7, 9, 9, 9, 7, 7, 7, 9, 9, 9, 7, 7, 7, 9, 9, 9});
  EXPECT_EQ(BoundaryOf(sides, 1),
            LabelMap({6, 3}, {7, 7, 7, 9, 9, 9, 7, 0, 7, 9, 0, 9, 7, 7, 7, 9, 9, 9}));
}

TEST(BoundaryTest, ClassZeroHasNoBoundary) { EXPECT_EQ(Count(BoundaryOf(Mask({6, 5}), 1)), 0); }

TEST(BoundaryTest, AMaskWithPixelsHasABoundaryThatGrowsWithTheDistanceToAllOfIt) {
  EXPECT_TRUE(rc::check("grows", [] {
    const Mask mask = AnyPainting(AnySize(20, 20), 2);
    std::ptrdiff_t last = 0;
    for (int d = 1; d <= 11; ++d) {
      const std::ptrdiff_t now = Count(BoundaryOf(mask, d));
      RC_ASSERT(now >= last);
      RC_ASSERT((now > 0) == (Count(mask) > 0));
      last = now;
    }
    RC_ASSERT(last == Count(mask));
    RC_ASSERT(BoundaryOf(mask, std::numeric_limits<std::int64_t>::max()) == mask);
  }));
}

TEST(BoundaryTest, TheDistanceRoundsHalvesToEvenAndIsAtLeastOne) {
  const Size diagonal_five{4, 3};
  EXPECT_EQ(BoundaryDistance(diagonal_five, 0.1), 1);  // 0.5
  EXPECT_EQ(BoundaryDistance(diagonal_five, 0.3), 2);  // 1.5
  EXPECT_EQ(BoundaryDistance(diagonal_five, 0.5), 2);  // 2.5
  EXPECT_EQ(BoundaryDistance(diagonal_five, 0.7), 4);  // 3.5
  EXPECT_EQ(BoundaryDistance({2048, 1024}, 0.02), 46);
  EXPECT_TRUE(rc::check("distance", [] {
    const Size size = AnySize(3000, 2000);
    const double ratio = *rc::gen::inRange(1, 1001) / 1000.0;
    RC_ASSERT(BoundaryDistance(size, ratio) == test::NaiveBoundaryDistance(size, ratio));
  }));
}

TEST(BoundaryTest, SidesOfAnyLengthHaveADistance) {
  constexpr int kLongest = std::numeric_limits<int>::max();
  EXPECT_EQ(BoundaryDistance({kLongest, kLongest}, 1), 3037000499);  // 3037000498.6
}

TEST(BoundaryTest, WhatCannotBeMeantIsRefused) {
  for (const double bad : {0.0, -0.02, 1.02, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(IsBoundaryRatio(bad));
    EXPECT_THROW(BoundaryDistance({4, 3}, bad), std::logic_error);
  }
  EXPECT_TRUE(IsBoundaryRatio(1));
  EXPECT_THROW(BoundaryOf(Mask({4, 3}), 0), std::logic_error);
  EXPECT_TRUE(BoundaryOf(Mask(), 1).empty());
}

}  // namespace
}  // namespace assay
