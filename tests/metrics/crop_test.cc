// Crops:
//   garg and eigen boxes of every KITTI size; double products truncate; KB window;
//   NYU boxes and their areas; boxes never leave the image; Cut copies a window.
#include "metrics/crop.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <stdexcept>
#include <string>

namespace assay {

// Found by name lookup when a comparison fails.
void PrintTo(const Box& box, std::ostream* out) {
  *out << box.row_begin << ":" << box.row_end << ", " << box.col_begin << ":" << box.col_end;
}

namespace {

struct KittiCase {
  Size size;
  Box garg, eigen;
  int top, left;
};

constexpr KittiCase kKitti[] = {
    {{1242, 375}, {153, 371, 44, 1197}, {124, 342, 44, 1197}, 23, 13},
    {{1241, 376}, {153, 372, 44, 1196}, {124, 343, 44, 1196}, 24, 12},
    {{1238, 374}, {152, 370, 44, 1193}, {124, 341, 44, 1193}, 22, 11},
    {{1226, 370}, {151, 366, 44, 1181}, {122, 337, 44, 1181}, 18, 5},
    {{1224, 370}, {151, 366, 43, 1180}, {122, 337, 43, 1180}, 18, 4},
    {{1216, 352}, {143, 349, 43, 1172}, {117, 321, 43, 1172}, 0, 0},
};

class KittiCropTest : public ::testing::TestWithParam<KittiCase> {};

TEST_P(KittiCropTest, GargBoxIsTheOneOfTheReferences) {
  EXPECT_EQ(CropBox(Crop::kGarg, GetParam().size), GetParam().garg);
}

TEST_P(KittiCropTest, EigenBoxIsTheOneOfTheReferences) {
  EXPECT_EQ(CropBox(Crop::kEigen, GetParam().size), GetParam().eigen);
}

TEST_P(KittiCropTest, KbWindowKeepsTheLowestRowsAndTheMiddleColumns) {
  const auto& [size, garg, eigen, top, left] = GetParam();
  EXPECT_EQ(KbCrop(size), (Box{top, top + 352, left, left + 1216}));
  EXPECT_EQ(KbCrop(size).row_end, size.height);
}

INSTANTIATE_TEST_SUITE_P(AllSizes, KittiCropTest, ::testing::ValuesIn(kKitti));

TEST(CropTest, ProductsAreTruncatedInDoubleNeitherRoundedNorFloat) {
  // 0.99189189 * 370 = 366.9999993; the float product is 367.
  EXPECT_EQ(CropBox(Crop::kGarg, {1226, 370}).row_end, 366);
  EXPECT_EQ(CropBox(Crop::kEigen, {1226, 370}).row_end, 337);
  // 0.03594771 * 1242 = 44.6: rounding gives 45.
  EXPECT_EQ(CropBox(Crop::kGarg, {1242, 375}).col_begin, 44);
}

TEST(CropTest, KbWindowOfASmallerImageIsRefusedWithItsSize) {
  try {
    KbCrop({1215, 352});
    FAIL() << "a narrower image was accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("1215 x 352"));
  }
  EXPECT_THROW(KbCrop({1216, 351}), std::invalid_argument);
}

TEST(CropTest, NyuBoxesHaveTheirPublishedAreas) {
  const auto area = [](const Box& box) {
    return (box.row_end - box.row_begin) * (box.col_end - box.col_begin);
  };
  EXPECT_EQ(area(CropBox(Crop::kNyuBox, {640, 480})), 238560);
  EXPECT_EQ(area(CropBox(Crop::kNyuBoxMatlab, {640, 480})), 239547);
}

TEST(CropTest, NyuBoxOfALargerImageIsTheSameTopLeftWindow) {
  EXPECT_EQ(CropBox(Crop::kNyuBox, {1024, 768}), (Box{45, 471, 41, 601}));
}

TEST(CropTest, AStatedBoxIsCutToTheImage) {
  EXPECT_EQ(CropBox(Crop::kExplicit, {100, 50}, {3, 20, 10, 40}), (Box{3, 20, 10, 40}));
  EXPECT_EQ(CropBox(Crop::kExplicit, {30, 10}, {3, 20, 10, 40}), (Box{3, 10, 10, 30}));
}

TEST(CropTest, NoCropIsTheWholeImage) {
  EXPECT_EQ(CropBox(Crop::kNone, {7, 5}), (Box{0, 5, 0, 7}));
}

TEST(CropTest, BoxesStayInsideTheImage) {
  EXPECT_TRUE(rc::check("inside", [] {
    const Size size{*rc::gen::inRange(1, 2000), *rc::gen::inRange(1, 2000)};
    const Crop crop = *rc::gen::element(
        Crop::kNone, Crop::kNyuBox, Crop::kNyuBoxMatlab, Crop::kGarg, Crop::kEigen);
    const Box box = CropBox(crop, size);
    RC_ASSERT(0 <= box.row_begin && box.row_begin <= box.row_end && box.row_end <= size.height);
    RC_ASSERT(0 <= box.col_begin && box.col_begin <= box.col_end && box.col_end <= size.width);
  }));
}

TEST(CropTest, CutCopiesExactlyTheWindow) {
  EXPECT_TRUE(rc::check("cut", [] {
    const Size size{*rc::gen::inRange(1, 9), *rc::gen::inRange(1, 9)};
    Raster<int> image(size);
    int next = 0;
    for (int& pixel : image.Pixels()) pixel = next++;
    const int top = *rc::gen::inRange(0, size.height);
    const int left = *rc::gen::inRange(0, size.width);
    const Box box{top,
                  *rc::gen::inRange(top, size.height + 1),
                  left,
                  *rc::gen::inRange(left, size.width + 1)};
    const Raster<int> cut = Cut(image, box);
    RC_ASSERT(cut.size() == (Size{box.col_end - left, box.row_end - top}));
    for (int y = 0; y < cut.height(); ++y) {
      for (int x = 0; x < cut.width(); ++x) {
        RC_ASSERT(cut.At(x, y) == (y + top) * size.width + x + left);
      }
    }
  }));
}

}  // namespace
}  // namespace assay
