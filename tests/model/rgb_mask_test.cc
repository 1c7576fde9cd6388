// The painted mask code (model/rgb_mask.h):
// * decode(encode(truth)) is the truth: 1 and 2 inside, 0 and ignored outside;
// * for any colours, a pixel is inside iff the referent's colour is nearest; a tie
//   is outside; with tau, iff it is nearer than tau;
// * further referents of the same answer are told apart;
// * answers are decoded before resampling, by the fit the answer or protocol states;
// * foreground_share, and the shares beyond 14 and 48;
// * the prompt holds the expression; one that asks for other colours is noted;
// * equal colours and settings without effect are findings; lossy files are refused.
#include "model/rgb_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/model/decoders.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FindingsOf;
using test::FrameOf;
using test::MakeWith;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

std::unique_ptr<Codec<ReferringTask>> Standard(const Json& settings = Json::object()) {
  return MakeWith(MakeRgbMask, settings);
}

Decoded<ReferringTask> DecodeImage(const RgbImage& image, const Json& settings = Json::object()) {
  return Standard(settings)->Decode(AnswerOf(EncodePng(image)), {}, FrameOf(image.size()));
}

RgbImage RowOf(const std::vector<Rgb8>& colors) {
  return {Size{static_cast<int>(colors.size()), 1}, colors};
}

Rgb8 AnyColor() {
  const auto channel = [] { return static_cast<std::uint8_t>(*rc::gen::inRange(0, 256)); };
  return {channel(), channel(), channel()};
}

double Distance(Rgb8 a, Rgb8 b) {
  return std::sqrt(std::pow(a.r - b.r, 2) + std::pow(a.g - b.g, 2) + std::pow(a.b - b.b, 2));
}

Json ToJson(Rgb8 color) { return {color.r, color.g, color.b}; }

TEST(RgbMask, WhatIsPaintedIsReadBackWithSharedPartsInsideAndIgnoredPixelsOutside) {
  EXPECT_TRUE(rc::check([] {
    const ReferringTruth truth = test::AnyReferringPair(20, 20).second;
    const auto codec = Standard();
    const auto decoded = codec->Decode(
        AnswerOf(EncodePng(codec->Encode(truth, {}))), {}, FrameOf(truth.target.size()));
    for (std::size_t i = 0; i < truth.target.Pixels().size(); ++i) {
      const std::uint8_t target = truth.target.Pixels()[i];
      RC_ASSERT(decoded.value.Pixels()[i] == (target == 1 || target == 2 ? 1 : 0));
    }
    RC_ASSERT(Find(decoded.diagnostics, "share_beyond_14") == 0);
  }));
}

TEST(RgbMask, APixelIsInsideIffTheReferentsColourIsNearest) {
  EXPECT_TRUE(rc::check([] {
    const Rgb8 foreground = AnyColor();
    const Rgb8 background = AnyColor();
    const Rgb8 other = AnyColor();
    RC_PRE(!(foreground == background) && !(foreground == other) && !(background == other));
    RgbImage image(Size{16, 16});
    for (Rgb8& pixel : image.Pixels()) pixel = AnyColor();
    image.At(0, 0) = foreground;
    const auto decoded = DecodeImage(image,
                                     {{"foreground", ToJson(foreground)},
                                      {"background", ToJson(background)},
                                      {"others", {ToJson(other)}}});
    for (std::size_t i = 0; i < image.Pixels().size(); ++i) {
      const Rgb8 p = image.Pixels()[i];
      const bool inside =
          Distance(p, foreground) < std::min(Distance(p, background), Distance(p, other));
      RC_ASSERT(decoded.value.Pixels()[i] == (inside ? 1 : 0));
    }
  }));
}

TEST(RgbMask, WithTauAPixelIsInsideIffItIsNearerThanTau) {
  const RgbImage image = RowOf({{255, 255, 0}, {255, 241, 0}, {255, 242, 0}, {245, 246, 3}});
  // Distances 0, 14, 13 and sqrt(190) = 13.78.
  EXPECT_THAT(DecodeImage(image, {{"tau", 14}}).value.Pixels(), ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(DecodeImage(image, {{"tau", 13.5}}).value.Pixels(), ElementsAre(1, 0, 1, 0));
  EXPECT_THAT(DecodeImage(image, {{"tau", 14.001}}).value.Pixels(), ElementsAre(1, 1, 1, 1));
}

TEST(RgbMask, ATieIsOutside) {
  // As far from black as from (254, 0, 0).
  const RgbImage image = RowOf({{127, 0, 0}, {128, 0, 0}, {126, 0, 0}});
  const Json settings = {{"foreground", {254, 0, 0}}};
  EXPECT_THAT(DecodeImage(image, settings).value.Pixels(), ElementsAre(0, 1, 0));
  const Json other = {{"foreground", {254, 0, 0}}, {"background", "blue"}, {"others", {"black"}}};
  EXPECT_THAT(DecodeImage(image, other).value.Pixels(), ElementsAre(0, 1, 0));
}

TEST(RgbMask, OnlyTheQueriedReferentIsInside) {
  const RgbImage image = RowOf({{250, 250, 5}, {60, 250, 250}, {2, 1, 0}, {180, 200, 90}});
  EXPECT_THAT(DecodeImage(image).value.Pixels(), ElementsAre(1, 1, 0, 1));
  EXPECT_THAT(DecodeImage(image, {{"others", {"cyan"}}}).value.Pixels(), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(DecodeImage(image, {{"foreground", "cyan"}, {"others", {"yellow"}}}).value.Pixels(),
              ElementsAre(0, 1, 0, 0));
}

TEST(RgbMask, ColoursAreNeverInterpolatedAndTheAnswersOwnFitWins) {
  const RgbImage image = RowOf({{255, 255, 0}, {0, 0, 0}});
  Answer answer = AnswerOf(EncodePng(image));
  const auto codec = Standard({{"fit", "stretch"}});
  EXPECT_THAT(codec->Decode(answer, {}, FrameOf({5, 1})).value.Pixels(),
              ElementsAre(1, 1, 0, 0, 0));
  answer.fit = Fit::kLetterbox;
  const auto decoded = codec->Decode(answer, {}, FrameOf({2, 2}));
  EXPECT_THAT(decoded.value.Pixels(), ElementsAre(1, 0, 1, 0));
  EXPECT_EQ(Find(decoded.diagnostics, "extrapolated_pixels"), 0);
}

TEST(RgbMask, SharesAreOfTheAnswersOwnPixels) {
  // From black: exactly 14, just above, exactly 48, just above; and yellow itself.
  const auto decoded =
      DecodeImage(RowOf({{14, 0, 0}, {15, 0, 0}, {0, 48, 0}, {0, 49, 0}, {255, 255, 0}}));
  EXPECT_EQ(Find(decoded.diagnostics, "foreground_share"), 0.2);
  EXPECT_EQ(Find(decoded.diagnostics, "share_beyond_14"), 0.6);
  EXPECT_EQ(Find(decoded.diagnostics, "share_beyond_48"), 0.2);
}

TEST(RgbMask, TheExpressionStandsInThePrompt) {
  EXPECT_THAT(
      Standard()->Ask({.expression = "left {expression} dog", .raw = "Left dog"}),
      ElementsAre("This image shows segmentation masks from the given image. The background "
                  "is black color. The left {expression} dog is represented by a solid "
                  "yellow."));
  const auto codec = Standard({{"prompt", "{expression}: paint {expression}"}});
  EXPECT_THAT(codec->Ask({.expression = "cup", .raw = ""}), ElementsAre("cup: paint cup"));
}

TEST(RgbMask, APromptThatAsksForOtherColoursThanAreReadIsNoted) {
  EXPECT_THAT(Standard()->Notes({}), IsEmpty());
  const auto notes = Standard({{"foreground", "cyan"}})->Notes({});
  ASSERT_THAT(notes, SizeIs(1));
  EXPECT_THAT(notes[0], HasSubstr("(0, 255, 255) on (0, 0, 0)"));
  EXPECT_THAT(Standard({{"foreground", "cyan"}, {"prompt", "Paint it cyan"}})->Notes({}),
              IsEmpty());
}

TEST(RgbMask, SettingsThatCannotTellColoursApartAreFindings) {
  const auto only = [](const Json& settings) {
    const auto findings = FindingsOf(MakeRgbMask, settings);
    return findings.size() == 1 ? findings[0].pointer + ": " + findings[0].message : "";
  };
  EXPECT_THAT(only({{"background", "yellow"}}), HasSubstr("/answer/background: is the foreground"));
  EXPECT_THAT(only({{"others", {"red", "black"}}}),
              HasSubstr("/answer/others: colour 2 is that of "
                        "the background"));
  EXPECT_THAT(only({{"others", {"yellow"}}}), HasSubstr("that of the foreground"));
  EXPECT_THAT(only({{"others", {"red"}}, {"tau", 14}}), HasSubstr("/answer/tau: decides alone"));
  EXPECT_THAT(only({{"tau", 0}}), HasSubstr("allowed: 1.0 to 442"));
  EXPECT_THAT(only({{"foreground", "yelow"}}), HasSubstr("did you mean 'yellow'?"));
  EXPECT_THAT(only({{"others", {"red", {1, 2}}}}), HasSubstr("/answer/others: colour 2 is [1,2]"));
  EXPECT_THAT(only({{"others", "red"}}), HasSubstr("must be a list of at most 254 colours"));
  EXPECT_THAT(only({{"others", Json::array_t(255, "red")}}), HasSubstr("at most 254"));
}

TEST(RgbMask, AsManyOthersAsAreAllowedAreRead) {
  Json others = Json::array();
  for (int i = 1; i <= 254; ++i) others.push_back({0, 0, i});
  EXPECT_THAT(DecodeImage(RowOf({{250, 250, 0}, {0, 0, 200}}), {{"others", others}}).value.Pixels(),
              ElementsAre(1, 0));
}

TEST(RgbMask, AJpegIsRefusedUnlessAllowed) {
  const Bytes jpeg = EncodeJpeg(RgbImage(Size{16, 16}, Rgb8{255, 255, 0}));
  const auto error =
      ErrorOf([&] { Standard()->Decode(AnswerOf(jpeg, "a.jpg"), {}, FrameOf({16, 16})); });
  EXPECT_EQ(error.code, "lossy");
  EXPECT_THAT(error.detail, HasSubstr("a.jpg"));
  const auto codec = Standard({{"allow_lossy", true}});
  EXPECT_EQ(codec->Decode(AnswerOf(jpeg), {}, FrameOf({16, 16})).value.At(8, 8), 1);
}

TEST(RgbMask, AGrayImageIsRefused) {
  const Bytes gray = EncodePng(Raster<std::uint8_t>(Size{4, 4}, 255));
  EXPECT_EQ(ErrorOf([&] { Standard()->Decode(AnswerOf(gray), {}, FrameOf({4, 4})); }).code,
            "wrong-channels");
}

}  // namespace
}  // namespace assay
