// Real files, read in place: sizes, counts, extremes and sums of the depth maps and
// answers, as stated with the fixtures. Skipped where the folder is absent.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "datasets/io/array.h"
#include "datasets/io/image.h"
#include "tests/support/file_errors.h"

namespace assay {
namespace {

using test::CodeOf;

std::filesystem::path Fixture(const std::string& name) {
  return std::filesystem::path(ASSAY_SHARED_DIR) / "fixtures" / name;
}

class Fixtures : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Fixture("depth"))) {
      GTEST_SKIP() << "no real data in " << Fixture("depth");
    }
  }
};

struct DepthPng {
  std::string name;
  Size size;
  std::int64_t non_zero;
  int min;  // of the non-zero values
  int max;
  std::int64_t sum;
};

TEST_F(Fixtures, SixteenBitDepthPngsHaveTheStatedCountsAndSums) {
  for (const DepthPng& png :
       {DepthPng{"kitti_0000000005.png", {1242, 375}, 90839, 1365, 21733, 416223157},
        DepthPng{"nyu_sync_depth_00000.png", {640, 480}, 225121, 1390, 6625, 805536601},
        DepthPng{"arkit_depth.png", {256, 192}, 49152, 1566, 3512, 127858955},
        DepthPng{"lingbot_2_raw_depth.png", {640, 480}, 296359, 718, 1779, 327124382}}) {
    SCOPED_TRACE(png.name);
    const std::filesystem::path path = Fixture("depth/" + png.name);
    const Raster<std::uint16_t> map = DecodeGray16(ReadFile(path), path);
    std::vector<int> values;
    std::copy_if(
        map.Pixels().begin(), map.Pixels().end(), std::back_inserter(values), [](int value) {
          return value != 0;
        });
    EXPECT_EQ(map.size(), png.size);
    EXPECT_EQ(static_cast<std::int64_t>(values.size()), png.non_zero);
    EXPECT_EQ(*std::min_element(values.begin(), values.end()), png.min);
    EXPECT_EQ(*std::max_element(values.begin(), values.end()), png.max);
    EXPECT_EQ(std::accumulate(values.begin(), values.end(), std::int64_t{0}), png.sum);
  }
}

TEST_F(Fixtures, ADepthPngIsNotTakenForLabels) {
  const std::filesystem::path path = Fixture("depth/kitti_0000000005.png");
  EXPECT_EQ(CodeOf([&] { DecodeGray8(ReadFile(path), path); }), "wrong-depth");
  EXPECT_EQ(CodeOf([&] { DecodeRgb(ReadFile(path), path); }), "wrong-channels");
}

struct DepthNpy {
  std::string name;
  Size size;
  double min;
  double max;
  double digit;  // half a unit of the last digit stated
};

TEST_F(Fixtures, NumPyDepthMapsHaveTheStatedRange) {
  for (const DepthNpy& npy : {DepthNpy{"studio.npy", {640, 480}, .201, 4.272, 5e-4},
                              DepthNpy{"living_room.npy", {640, 480}, 1.016, 44.266, 5e-4},
                              DepthNpy{"street.npy", {640, 480}, 9.61, 655.04, 5e-3},
                              DepthNpy{"city.npy", {640, 480}, 154.613, 357.283, 5e-4}}) {
    SCOPED_TRACE(npy.name);
    const std::filesystem::path path = Fixture("depth/" + npy.name);
    const Raster<double> map = AsRaster(DecodeNpy(ReadFile(path), path), path);
    const auto [min, max] = std::minmax_element(map.Pixels().begin(), map.Pixels().end());
    EXPECT_EQ(map.size(), npy.size);
    EXPECT_NEAR(*min, npy.min, npy.digit);
    EXPECT_NEAR(*max, npy.max, npy.digit);
  }
}

TEST_F(Fixtures, TheNyuPairHas50176ValidPixelsInBothShapes) {
  for (const std::string name : {"fastdepth_nyu_gt.npy", "fastdepth_nyu_pred.npy"}) {
    const std::filesystem::path path = Fixture("depth/" + name);
    const Raster<double> map = AsRaster(DecodeNpy(ReadFile(path), path), path);
    EXPECT_EQ(map.size(), (Size{224, 224}));
    EXPECT_EQ(
        std::count_if(map.Pixels().begin(), map.Pixels().end(), [](double v) { return v > 0; }),
        50176);
  }
}

TEST_F(Fixtures, PaintedDepthIsRgbaAndItsAlphaIsDropped) {
  const std::filesystem::path path = Fixture("depth/studio_hilbertmap.png");
  EXPECT_EQ(ReadHeader(path).channels, 4);
  EXPECT_EQ(DecodeRgb(ReadFile(path), path, Lossy::kRefuse).size(), (Size{640, 480}));
}

TEST_F(Fixtures, AnImageNamedPngThatIsAJpegIsToldByItsContent) {
  const std::filesystem::path path = Fixture("vision-banana/refseg5_in.png");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  EXPECT_EQ(ReadHeader(path).format, ImageFormat::kJpeg);
  EXPECT_EQ(ReadHeader(path).size, DecodeRgb(ReadFile(path), path).size());
  EXPECT_EQ(CodeOf([&] { DecodeRgb(ReadFile(path), path, Lossy::kRefuse); }), "lossy");
}

TEST_F(Fixtures, TheCityscapesFrameIsReadWithTheKindsItHas) {
  const std::string stem = "cityscapes/frankfurt_000000_000294_";
  const std::filesystem::path labels = Fixture(stem + "gtFine_labelIds.png");
  if (!std::filesystem::exists(labels)) GTEST_SKIP() << "no " << labels;
  const std::filesystem::path instances = Fixture(stem + "gtFine_instanceIds.png");
  const Raster<std::uint8_t> label_map = DecodeGray8(ReadFile(labels), labels);
  const Raster<std::uint16_t> instance_map = DecodeGray16(ReadFile(instances), instances);
  EXPECT_EQ(label_map.size(), (Size{256, 128}));
  // An instance id is its label, or 1000 times its label and a number.
  for (std::size_t i = 0; i < label_map.Pixels().size(); ++i) {
    const int id = instance_map.Pixels()[i];
    ASSERT_EQ(id < 1000 ? id : id / 1000, label_map.Pixels()[i]) << i;
  }
}

}  // namespace
}  // namespace assay
