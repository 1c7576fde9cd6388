// Overlap of masks and boxes:
//   counts and IoU of 10,000 random pairs, crowd or not, equal those of their pixels
//   bit for bit; every pair of a list is compared as alone; different sizes count -1
//   or 0 by their boxes; nothing common is 0; boxes touch without overlapping.
#include "metrics/mask_overlap.h"

#include <gmock/gmock.h>

#include <random>
#include <stdexcept>
#include <vector>

#include "tests/support/naive_masks.h"

namespace assay {
namespace {

TEST(MaskOverlapTest, TenThousandRandomPairsHaveTheOverlapOfTheirPixels) {
  std::mt19937_64 random(3);
  int with_common_pixels = 0;
  for (int i = 0; i < 10000; ++i) {
    SCOPED_TRACE(i);
    const Size size = test::RandomSize(12, 12, random);
    const Mask a = test::RandomMask(size, random);
    const Mask b = test::RandomMask(size, random);
    const RunLengthMask d = ToRuns(a);
    const RunLengthMask g = ToRuns(b);
    ASSERT_EQ(CountOverlap(d, g), test::NaiveOverlap(a, b));
    for (const bool crowd : {false, true}) {
      ASSERT_EQ(MaskIou(d, g, crowd), test::NaiveIou(a, b, crowd));
    }
    with_common_pixels += MaskIou(d, g) > 0 ? 1 : 0;
  }
  EXPECT_GT(with_common_pixels, 5000);
}

TEST(MaskOverlapTest, AListIsComparedPairByPair) {
  std::mt19937_64 random(4);
  std::vector<RunLengthMask> masks;
  for (int i = 0; i < 7; ++i) masks.push_back(ToRuns(test::RandomMask({9, 8}, random)));
  masks.push_back(EmptyRuns({8, 9}));
  masks.push_back(ToRuns(Mask({8, 9}, 1)));
  std::vector<const RunLengthMask*> detections;
  std::vector<const RunLengthMask*> truths;
  for (std::size_t i = 0; i < masks.size(); ++i) (i < 4 ? detections : truths).push_back(&masks[i]);
  const std::vector<double> ious = MaskIous(detections, truths);
  ASSERT_EQ(ious.size(), 20U);
  for (std::size_t i = 0; i < ious.size(); ++i) {
    EXPECT_EQ(ious[i], MaskIou(*detections[i / 5], *truths[i % 5]));
  }
}

TEST(MaskOverlapTest, MasksOfDifferentSizesAreToldByTheirBoxes) {
  Mask corner({4, 4});
  corner.At(0, 0) = 1;
  Mask far({8, 8});
  far.At(6, 6) = 1;
  const RunLengthMask full = ToRuns(Mask({8, 8}, 1));
  EXPECT_EQ(MaskIou(ToRuns(corner), full), kIouOfDifferentSizes);
  EXPECT_EQ(MaskIou(ToRuns(corner), ToRuns(far)), 0);
  EXPECT_THROW(CountOverlap(ToRuns(corner), full), std::invalid_argument);
}

TEST(MaskOverlapTest, TwoEmptyMasksHaveNothingInCommon) {
  EXPECT_EQ(MaskIou(EmptyRuns({5, 5}), EmptyRuns({5, 5})), 0);
  EXPECT_EQ(CountOverlap(EmptyRuns({5, 5}), EmptyRuns({5, 5})), MaskOverlap{});
}

TEST(MaskOverlapTest, BoxesOverlapByTheirAreas) {
  EXPECT_EQ(BoxIou({0, 0, 2, 2}, {1, 1, 2, 2}), 1.0 / 7);
  EXPECT_EQ(BoxIou({0, 0, 2, 2}, {1, 1, 2, 2}, true), 1.0 / 4);
  EXPECT_EQ(BoxIou({0, 0, 2, 2}, {0, 0, 2, 2}), 1);
  EXPECT_EQ(BoxIou({0.25, 0.25, 0.5, 0.5}, {0.5, 0.25, 0.5, 0.5}), 1.0 / 3);
}

TEST(MaskOverlapTest, BoxesThatOnlyTouchOrAreFlatDoNotOverlap) {
  EXPECT_EQ(BoxIou({0, 0, 2, 2}, {2, 0, 2, 2}), 0);
  EXPECT_EQ(BoxIou({0, 0, 2, 2}, {0, 2, 2, 2}), 0);
  EXPECT_EQ(BoxIou({0, 0, 2, 2}, {5, 5, 1, 1}), 0);
  EXPECT_EQ(BoxIou({0, 0, 0, 2}, {0, 0, 0, 2}), 0);
}

}  // namespace
}  // namespace assay
