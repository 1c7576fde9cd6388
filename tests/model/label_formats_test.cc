// label-ids and train-ids (model/label_formats.h):
// * every id and train id of the label space becomes what the table says;
// * every other value is bad-id, naming value and first pixel;
// * a wrong size, JPEG, 16 bits, colour or damaged file is refused by name;
// * a fit stated by the answer brings another size to the grid;
// * max_id and ids_above_18 describe the answer.
#include "model/label_formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/cityscapes_labels.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Gray = Raster<std::uint8_t>;

SemanticTask::Query Streets() { return {&CityscapesLabels()}; }

Gray Ramp(int first, int last) {
  Gray image(Size{last - first + 1, 1});
  for (int x = 0; x < image.width(); ++x) image.At(x, 0) = static_cast<std::uint8_t>(first + x);
  return image;
}

PredictionError ErrorFor(const Decoder<SemanticTask>& decoder, const Bytes& bytes, Size grid) {
  return ErrorOf([&] { decoder.Decode(AnswerOf(bytes), Streets(), FrameOf(grid)); });
}

TEST(LabelIds, EveryIdOfTheLabelSpaceIsItself) {
  const Gray image = Ramp(0, 33);
  const auto decoded =
      MakeLabelIds()->Decode(AnswerOf(EncodePng(image)), Streets(), FrameOf(image.size()));
  EXPECT_EQ(decoded.value, image);
  EXPECT_EQ(Find(decoded.diagnostics, "max_id"), 33);
  EXPECT_EQ(Find(decoded.diagnostics, "ids_above_18"), 15);
}

TEST(LabelIds, EveryOtherValueIsABadId) {
  for (int value = 34; value < 256; ++value) {
    Gray image(Size{3, 2}, 7);
    image.At(1, 1) = static_cast<std::uint8_t>(value);
    const auto error = ErrorFor(*MakeLabelIds(), EncodePng(image), image.size());
    ASSERT_EQ(error.code, "bad-id") << value;
    ASSERT_THAT(
        error.detail,
        AllOf(HasSubstr("pixel (x 1, y 1) is " + std::to_string(value)), HasSubstr("answer.png")));
  }
}

TEST(TrainIds, EachBecomesItsLabelIdAnd255BecomesVoid) {
  Gray image = Ramp(0, 19);
  image.At(19, 0) = 255;
  const auto decoded =
      MakeTrainIds()->Decode(AnswerOf(EncodePng(image)), Streets(), FrameOf(image.size()));
  EXPECT_THAT(
      decoded.value.Pixels(),
      ElementsAre(7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33, 0));
}

TEST(TrainIds, EveryOtherValueIsABadId) {
  for (int value = 19; value < 255; ++value) {
    const Gray image(Size{2, 2}, static_cast<std::uint8_t>(value));
    ASSERT_EQ(ErrorFor(*MakeTrainIds(), EncodePng(image), image.size()).code, "bad-id") << value;
  }
}

TEST(LabelIds, TrainIdsGivenAsLabelIdsShowInTheDiagnostics) {
  const Gray image = Ramp(0, 18);
  const auto decoded =
      MakeLabelIds()->Decode(AnswerOf(EncodePng(image)), Streets(), FrameOf(image.size()));
  EXPECT_EQ(Find(decoded.diagnostics, "ids_above_18"), 0);
  EXPECT_EQ(Find(decoded.diagnostics, "max_id"), 18);
}

TEST(LabelIds, AnotherSizeThanTheTruthsIsRefusedWithBothSizes) {
  const auto error = ErrorFor(*MakeLabelIds(), EncodePng(Gray(Size{4, 3}, 7)), {8, 6});
  EXPECT_EQ(error.code, "wrong-size");
  EXPECT_THAT(error.detail, AllOf(HasSubstr("4x3"), HasSubstr("8x6")));
}

TEST(LabelIds, AStatedFitBringsAnotherSizeToTheGrid) {
  Answer answer = AnswerOf(EncodePng(Ramp(7, 8)));
  answer.fit = Fit::kStretch;
  const auto decoded = MakeLabelIds()->Decode(answer, Streets(), FrameOf({4, 1}));
  EXPECT_THAT(decoded.value.Pixels(), ElementsAre(7, 7, 8, 8));
}

TEST(LabelIds, SixteenBitsSuggestAnInstanceFile) {
  const auto error =
      ErrorFor(*MakeLabelIds(), EncodePng(Raster<std::uint16_t>(Size{4, 4}, 26001)), {4, 4});
  EXPECT_EQ(error.code, "wrong-depth");
  EXPECT_THAT(error.detail, HasSubstr("is this an instanceIds file?"));
}

TEST(LabelIds, AColourImageSuggestsThePaintedFormat) {
  const auto error = ErrorFor(*MakeLabelIds(), EncodePng(RgbImage(Size{4, 4})), {4, 4});
  EXPECT_EQ(error.code, "wrong-channels");
  EXPECT_THAT(error.detail, HasSubstr("rgb-semantic"));
}

TEST(LabelIds, AJpegIsLossyWhateverItsName) {
  EXPECT_EQ(ErrorFor(*MakeLabelIds(), EncodeJpeg(RgbImage(Size{8, 8})), {8, 8}).code, "lossy");
}

TEST(LabelIds, ATruncatedFileIsRefused) {
  Bytes bytes = EncodePng(Ramp(0, 33));
  bytes.resize(bytes.size() - 20);
  const auto error = ErrorFor(*MakeLabelIds(), bytes, {34, 1});
  EXPECT_EQ(error.stage, PredictionError::Stage::kRead);
  EXPECT_NE(error.code, "nothing thrown");
}

}  // namespace
}  // namespace assay
