// mask-png (model/mask_png.h):
// * what is not zero is inside, for gray of every depth, with alpha, palettes by
//   index, and RGB that is gray;
// * colours, JPEGs, damaged files, a palette index that does not exist and another
//   size are refused, naming file and pixel;
// * a fit stated by the answer brings another size to the grid;
// * foreground_share and inside_values describe the answer.
#include "model/mask_png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/decoders.h"
#include "tests/support/png_writer.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using test::PngPlan;
using test::WritePng;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Samples = std::vector<std::uint16_t>;

PngPlan Plan(Size size, int bit_depth, int colour_type, std::vector<Rgb8> palette = {}) {
  PngPlan plan;
  plan.size = size;
  plan.bit_depth = bit_depth;
  plan.colour_type = colour_type;
  plan.palette = std::move(palette);
  return plan;
}

Decoded<ReferringTask> DecodeBytes(const Bytes& bytes, Size grid) {
  return MakeMaskPng()->Decode(AnswerOf(bytes), {}, FrameOf(grid));
}

PredictionError ErrorFor(const Bytes& bytes, Size grid) {
  return ErrorOf([&] { DecodeBytes(bytes, grid); });
}

TEST(MaskPng, EveryGrayValueButZeroIsInside) {
  Raster<std::uint8_t> image(Size{256, 1});
  for (int x = 0; x < 256; ++x) image.At(x, 0) = static_cast<std::uint8_t>(x);
  const auto decoded = DecodeBytes(EncodePng(image), image.size());
  for (int x = 0; x < 256; ++x) EXPECT_EQ(decoded.value.At(x, 0), x == 0 ? 0 : 1) << x;
  EXPECT_EQ(Find(decoded.diagnostics, "inside_values"), 255);
  EXPECT_EQ(Find(decoded.diagnostics, "foreground_share"), 255.0 / 256);
}

TEST(MaskPng, GrayOfEveryDepthIsReadAsItIsWritten) {
  EXPECT_TRUE(rc::check([] {
    const int depth = *rc::gen::element(1, 2, 4, 8, 16);
    const bool alpha = depth >= 8 && *rc::gen::arbitrary<bool>();
    const Size size = test::AnySize(12, 12);
    const PngPlan plan = Plan(size, depth, alpha ? 4 : 0);
    Samples samples;
    Samples values;
    for (std::size_t i = 0; i < size.Pixels(); ++i) {
      const auto largest = static_cast<std::uint16_t>((1 << depth) - 1);
      const auto middle = static_cast<std::uint16_t>(largest / 2);
      values.push_back(*rc::gen::element<std::uint16_t>(0, 0, 1, middle, largest));
      samples.push_back(values.back());
      if (alpha) samples.push_back(*rc::gen::element<std::uint16_t>(0, largest));
    }
    const auto decoded = DecodeBytes(WritePng(plan, samples), size);
    for (std::size_t i = 0; i < values.size(); ++i) {
      RC_ASSERT(decoded.value.Pixels()[i] == (values[i] == 0 ? 0 : 1));
    }
    std::set<std::uint16_t> different(values.begin(), values.end());
    different.erase(0);
    RC_ASSERT(Find(decoded.diagnostics, "inside_values") == static_cast<double>(different.size()));
  }));
}

TEST(MaskPng, SixteenBitsDoNotLoseTheirLowByte) {
  const Raster<std::uint16_t> image(Size{3, 1}, {0, 1, 256});
  EXPECT_THAT(DecodeBytes(EncodePng(image), {3, 1}).value.Pixels(), ElementsAre(0, 1, 1));
}

TEST(MaskPng, APaletteIsReadByIndexNotByColour) {
  for (const int depth : {1, 2, 4, 8}) {
    // Index 0 is white, index 1 is black.
    const PngPlan plan = Plan({3, 1}, depth, 3, {{255, 255, 255}, {0, 0, 0}});
    EXPECT_THAT(DecodeBytes(WritePng(plan, Samples{0, 1, 0}), {3, 1}).value.Pixels(),
                ElementsAre(0, 1, 0))
        << depth;
  }
}

TEST(MaskPng, APaletteIndexThatDoesNotExistIsCorrupt) {
  const PngPlan plan = Plan({2, 2}, 2, 3, {{0, 0, 0}, {255, 255, 255}});
  const auto error = ErrorFor(WritePng(plan, Samples{0, 1, 0, 3}), {2, 2});
  EXPECT_EQ(error.code, "corrupt");
  EXPECT_THAT(error.detail,
              AllOf(HasSubstr("answer.png"), HasSubstr("(x 1, y 1)"), HasSubstr("index 3")));
}

TEST(MaskPng, GrayWrittenThreeTimesIsReadWithAndWithoutAlpha) {
  const RgbImage image(Size{3, 1}, std::vector<Rgb8>{{0, 0, 0}, {255, 255, 255}, {7, 7, 7}});
  EXPECT_THAT(DecodeBytes(EncodePng(image), {3, 1}).value.Pixels(), ElementsAre(0, 1, 1));
  const PngPlan plan = Plan({2, 1}, 8, 6);
  const Samples samples = {0, 0, 0, 255, 9, 9, 9, 0};
  EXPECT_THAT(DecodeBytes(WritePng(plan, samples), {2, 1}).value.Pixels(), ElementsAre(0, 1));
}

TEST(MaskPng, AColourIsRefusedWithItsPixelAndThePaintedFormatSuggested) {
  RgbImage image(Size{3, 2});
  image.At(2, 1) = {255, 255, 0};
  const auto error = ErrorFor(EncodePng(image), {3, 2});
  EXPECT_EQ(error.code, "wrong-channels");
  EXPECT_EQ(error.stage, PredictionError::Stage::kRead);
  EXPECT_THAT(
      error.detail,
      AllOf(HasSubstr("(x 2, y 1) is (255, 255, 0)"), HasSubstr("rgb-mask"), HasSubstr("answer")));
}

TEST(MaskPng, AnotherSizeThanTheTruthsIsRefusedWithBothSizes) {
  const auto error = ErrorFor(EncodePng(Raster<std::uint8_t>(Size{4, 3}, 1)), {8, 6});
  EXPECT_EQ(error.code, "wrong-size");
  EXPECT_THAT(error.detail, AllOf(HasSubstr("4x3"), HasSubstr("8x6")));
}

TEST(MaskPng, AStatedFitBringsAnotherSizeToTheGrid) {
  Answer answer = AnswerOf(EncodePng(Raster<std::uint8_t>(Size{2, 1}, {0, 9})));
  answer.fit = Fit::kStretch;
  const auto decoded = MakeMaskPng()->Decode(answer, {}, FrameOf({4, 1}));
  EXPECT_THAT(decoded.value.Pixels(), ElementsAre(0, 0, 1, 1));
  EXPECT_EQ(Find(decoded.diagnostics, "extrapolated_pixels"), 0);
}

TEST(MaskPng, AJpegIsLossyWhateverItsName) {
  const auto error = ErrorFor(EncodeJpeg(RgbImage(Size{8, 8})), {8, 8});
  EXPECT_EQ(error.code, "lossy");
  EXPECT_THAT(error.detail, HasSubstr("answer.png"));
}

TEST(MaskPng, WhatIsNoPngOrCutOffIsRefused) {
  EXPECT_EQ(ErrorFor(Bytes{'G', 'I', 'F', '8'}, {1, 1}).code, "wrong-format");
  EXPECT_EQ(ErrorFor(Bytes{}, {1, 1}).code, "truncated");
  Bytes bytes = EncodePng(Raster<std::uint8_t>(Size{9, 9}, 1));
  bytes.resize(bytes.size() - 20);
  EXPECT_EQ(ErrorFor(bytes, {9, 9}).code, "truncated");
}

}  // namespace
}  // namespace assay
