// The painted class code and its palette (model/rgb_semantic.h, palette.h,
// nearest_color.h):
// * the shipped palette file equals the built-in one; colours are >= 127 apart
//   and none is black; the prompt is the published JSON form with tuples;
// * colours in every accepted notation; every palette mistake is a finding;
// * nearest colour equals brute force for any colours, ties to the first;
// * decode(encode(truth)) is the truth on named classes; void by implicit black;
// * answers are decoded before resampling; shares beyond 14 and 48;
// * lossy or foreign files, and palettes of another label space, are refused.
#include "model/rgb_semantic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <stdexcept>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/file.h"
#include "model/css_colors.h"
#include "model/nearest_color.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::Distance2;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using test::Make;
using test::MakeCodec;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

SemanticTask::Query Streets() { return {&CityscapesLabels()}; }

std::unique_ptr<Codec<SemanticTask>> Standard(bool implicit_black = false) {
  return MakeCodec<SemanticTask>({{"codec", "rgb"}, {"implicit_black", implicit_black}});
}

TEST(Palette, TheShippedFileEqualsTheBuiltInTable) {
  const Json file = Json::parse(ReadText(ASSAY_SOURCE_DIR "/configs/palettes/cityscapes.json"));
  const auto made = Make("semantic", {{"codec", "rgb-semantic"}});
  EXPECT_EQ(made.effective.at("palette"), file);
  EXPECT_THAT(Make("semantic", {{"codec", "rgb"}, {"palette", file}}).findings, IsEmpty());
}

TEST(Palette, ColoursAreFarApartAndBlackIsFree) {
  const Palette palette = CityscapesPalette();
  ASSERT_THAT(palette, SizeIs(19));
  for (std::size_t i = 0; i < palette.size(); ++i) {
    EXPECT_GE(Distance2(palette[i].color, Rgb8{0, 0, 0}), 127 * 127) << palette[i].name;
    for (std::size_t k = 0; k < i; ++k) {
      EXPECT_GE(Distance2(palette[i].color, palette[k].color), 127 * 127)
          << palette[i].name << ", " << palette[k].name;
    }
  }
}

TEST(Palette, ItsOrderIsThatOfTheTrainIds) {
  const Palette palette = CityscapesPalette();
  for (const LabelClass& c : CityscapesLabels().classes) {
    if (c.evaluated) {
      EXPECT_EQ(palette.at(c.train_id).name, c.name);
    }
  }
  EXPECT_THAT(UnknownClasses(palette, CityscapesLabels()), IsEmpty());
}

TEST(Palette, ColoursAreReadInEveryNotation) {
  EXPECT_EQ(ParseColor("#80C000"), (Rgb8{128, 192, 0}));
  EXPECT_EQ(ParseColor("(255, 165, 0)"), (Rgb8{255, 165, 0}));
  EXPECT_EQ(ParseColor("<0,0, 255>"), (Rgb8{0, 0, 255}));
  EXPECT_EQ(ParseColor("88,50,82"), (Rgb8{88, 50, 82}));
  EXPECT_EQ(ParseColor("pink"), (Rgb8{255, 192, 203}));
  EXPECT_EQ(ParseColor(" DarkSlateGrey "), (Rgb8{47, 79, 79}));
  EXPECT_EQ(ParseColor("rebeccapurple"), (Rgb8{102, 51, 153}));
}

TEST(Palette, WhatIsNoColourIsNoColour) {
  for (const char* text : {"light purple",
                           "#80C00",
                           "#80C00G",
                           "(1, 2)",
                           "(1, 2, 3, 4)",
                           "(1, 2, 256)",
                           "<1, -2, 3>",
                           "",
                           "(",
                           "<>",
                           "#",
                           "# 12345"}) {
    EXPECT_EQ(ParseColor(text), std::nullopt) << text;
  }
}

TEST(CssColors, TheTableHoldsTheNamesOfTheStandard) {
  const std::vector<std::string> names = CssColorNames();
  EXPECT_THAT(std::set<std::string>(names.begin(), names.end()), SizeIs(148));
  EXPECT_EQ(CssColor("green"), (Rgb8{0, 128, 0}));
  EXPECT_EQ(CssColor("lime"), (Rgb8{0, 255, 0}));
  EXPECT_EQ(CssColor("aliceblue"), (Rgb8{240, 248, 255}));
  EXPECT_EQ(CssColor("yellowgreen"), (Rgb8{154, 205, 50}));
  EXPECT_EQ(CssColor("gray"), CssColor("grey"));
  EXPECT_EQ(CssColor("zinc"), std::nullopt);
}

TEST(Palette, AnObjectOfNamesIsReadInTheOrderOfItsNames) {
  const auto codec = MakeCodec<SemanticTask>(
      {{"codec", "rgb"},
       {"prompt", "Paint {mapping}!"},
       {"palette", {{"sky", "#0080ff"}, {"car", "blue"}, {"road", {128, 0, 128}}}}});
  EXPECT_THAT(codec->Ask(Streets()),
              ElementsAre("Paint {\"car\": <0, 0, 255>, \"road\": <128, 0, 128>, "
                          "\"sky\": <0, 128, 255>}!"));
}

std::string OnlyFinding(const Json& palette) {
  const auto made = Make("semantic", {{"codec", "rgb"}, {"palette", palette}});
  if (made.findings.size() != 1 || made.findings[0].pointer != "/answer/palette") return "";
  return made.findings[0].message;
}

TEST(Palette, EveryMistakeIsAFinding) {
  EXPECT_THAT(OnlyFinding({{"road", "blu"}}), HasSubstr("did you mean 'blue'?"));
  EXPECT_THAT(OnlyFinding({{"road", {1, 2}}}), HasSubstr("'road' is [1,2]"));
  EXPECT_THAT(OnlyFinding({{"road", {1, 2, 300}}}), HasSubstr("0..255"));
  EXPECT_THAT(OnlyFinding({{"road", {1, 2, 3}}, {"sky", {1, 2, 3}}}), HasSubstr("same colour"));
  EXPECT_THAT(OnlyFinding(Json::array()), HasSubstr("0 entries"));
  EXPECT_THAT(OnlyFinding("cityscapes.json"), HasSubstr("must be a list"));
  const Json twice = {{{"class", "road"}, {"rgb", "red"}}, {{"class", "road"}, {"rgb", "blue"}}};
  EXPECT_THAT(OnlyFinding(twice), HasSubstr("'road' occurs twice"));
  EXPECT_THAT(OnlyFinding({{{"class", "road"}, {"color", "red"}}}), HasSubstr("entry 0"));
}

TEST(Palette, SeveralMistakesAreReportedAtOnce) {
  const auto made = Make("semantic", {{"codec", "rgb"}, {"palette", {{"a", "x"}, {"b", {1}}}}});
  EXPECT_THAT(made.findings, SizeIs(2));
}

TEST(Palette, ImplicitBlackBesideABlackClassIsAFinding) {
  const auto made = Make("semantic",
                         {{"codec", "rgb"},
                          {"implicit_black", true},
                          {"palette", {{"road", "black"}, {"sky", "white"}}}});
  ASSERT_THAT(made.findings, SizeIs(1));
  EXPECT_EQ(made.findings[0].pointer, "/answer/implicit_black");
}

Rgb8 AnyColor() {
  const auto channel = [] { return static_cast<std::uint8_t>(*rc::gen::inRange(0, 256)); };
  return {channel(), channel(), channel()};
}

TEST(NearestColor, EqualsBruteForceWithTiesToTheFirst) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Rgb8> colors;
    const int count = *rc::gen::inRange(1, 40);
    for (int i = 0; i < count; ++i) colors.push_back(AnyColor());
    if (count > 2) colors.back() = colors.front();
    const NearestColor nearest(colors);
    for (int i = 0; i < 2000; ++i) {
      const Rgb8 color{static_cast<std::uint8_t>(i * 7),
                       static_cast<std::uint8_t>(i * 31),
                       static_cast<std::uint8_t>(i * 113)};
      std::size_t best = 0;
      for (std::size_t k = 1; k < colors.size(); ++k) {
        if (Distance2(colors[k], color) < Distance2(colors[best], color)) best = k;
      }
      const NearestColor::Match match = nearest.Find(color);
      RC_ASSERT(match.index == best);
      RC_ASSERT(match.squared_distance == Distance2(colors[best], color));
    }
  }));
}

TEST(NearestColor, TheShippedPaletteEqualsBruteForceOnAWholeGrid) {
  std::vector<Rgb8> colors;
  for (const PaletteEntry& entry : CityscapesPalette()) colors.push_back(entry.color);
  const NearestColor nearest(colors);
  int ties = 0;
  for (int r = 0; r < 256; r += 3) {
    for (int g = 0; g < 256; g += 3) {
      for (int b = 0; b < 256; b += 3) {
        const Rgb8 color{static_cast<std::uint8_t>(r),
                         static_cast<std::uint8_t>(g),
                         static_cast<std::uint8_t>(b)};
        std::size_t best = 0;
        bool tie = false;
        for (std::size_t k = 1; k < colors.size(); ++k) {
          const int gain = Distance2(colors[best], color) - Distance2(colors[k], color);
          tie = gain > 0 ? false : tie || gain == 0;
          if (gain > 0) best = k;
        }
        ties += tie ? 1 : 0;
        ASSERT_EQ(nearest.Find(color).index, best) << r << "," << g << "," << b;
      }
    }
  }
  EXPECT_GT(ties, 0);
}

TEST(NearestColor, NoColoursOrTooManyAreRefused) {
  EXPECT_THROW(NearestColor({}), std::invalid_argument);
  EXPECT_THROW(NearestColor(std::vector<Rgb8>(257)), std::invalid_argument);
}

TEST(RgbSemantic, AsksWithTheMappingInTuples) {
  const auto prompts = Standard()->Ask(Streets());
  ASSERT_THAT(prompts, SizeIs(1));
  EXPECT_THAT(prompts[0],
              ::testing::StartsWith(
                  "Generate a visualization image of semantic segmentation, using this color "
                  "mapping: {\"road\": <128, 0, 128>, \"sidewalk\": <255, 0, 255>, "));
  EXPECT_THAT(prompts[0], ::testing::EndsWith("\"bicycle\": <255, 0, 128>}"));
}

SemanticTruth AnyTruth(Size size) {
  SemanticTruth truth{LabelMap(size), {}};
  for (std::uint8_t& id : truth.labels.Pixels()) {
    id = static_cast<std::uint8_t>(*rc::gen::inRange(0, 34));
  }
  return truth;
}

TEST(RgbSemantic, WhatIsPaintedIsReadBackOnEveryNamedClass) {
  EXPECT_TRUE(rc::check([] {
    const Size size{*rc::gen::inRange(1, 20), *rc::gen::inRange(1, 20)};
    const SemanticTruth truth = AnyTruth(size);
    const bool implicit_black = *rc::gen::arbitrary<bool>();
    const auto codec = Standard(implicit_black);
    const Answer answer = AnswerOf(EncodePng(codec->Encode(truth, Streets())));
    const auto decoded = codec->Decode(answer, Streets(), FrameOf(size));
    for (std::size_t i = 0; i < size.Pixels(); ++i) {
      const std::uint8_t id = truth.labels.Pixels()[i];
      const std::uint8_t rest = implicit_black ? 0 : 7;  // else the first colour, road
      const bool named = CityscapesLabels().classes[id].evaluated;
      RC_ASSERT(decoded.value.Pixels()[i] == (named ? id : rest));
    }
    RC_ASSERT(Find(decoded.diagnostics, "share_beyond_14") == 0);
  }));
}

TEST(RgbSemantic, BlackIsVoidOnlyWhenImplicitBlackIsOn) {
  const Answer answer = AnswerOf(EncodePng(RgbImage(Size{2, 2}, Rgb8{5, 2, 9})));
  const auto off = Standard(false)->Decode(answer, Streets(), FrameOf({2, 2}));
  const auto on = Standard(true)->Decode(answer, Streets(), FrameOf({2, 2}));
  EXPECT_EQ(on.value.At(0, 0), 0);
  EXPECT_EQ(off.value.At(0, 0), 28 - 1);  // truck, (0, 0, 128), is the nearest to it
}

TEST(RgbSemantic, ATieGoesToTheFirstClassOfThePrompt) {
  const Answer answer = AnswerOf(EncodePng(RgbImage(Size{1, 1}, Rgb8{10, 0, 0})));
  const auto decode = [&](const char* first, const char* second) {
    const auto codec = MakeCodec<SemanticTask>(
        {{"codec", "rgb"},
         {"palette",
          {{{"class", first}, {"rgb", {0, 0, 0}}}, {{"class", second}, {"rgb", {20, 0, 0}}}}}});
    return codec->Decode(answer, Streets(), FrameOf({1, 1})).value.At(0, 0);
  };
  EXPECT_EQ(decode("sky", "car"), 23);
  EXPECT_EQ(decode("car", "sky"), 26);
}

TEST(RgbSemantic, SharesCountPixelsFartherThanTheStatedDistances) {
  // From road (128, 0, 128): exactly 14; just above; exactly 48; just above.
  const RgbImage image(
      Size{4, 1}, std::vector<Rgb8>{{142, 0, 128}, {143, 0, 128}, {176, 0, 128}, {177, 0, 128}});
  const auto decoded = Standard()->Decode(AnswerOf(EncodePng(image)), Streets(), FrameOf({4, 1}));
  EXPECT_EQ(Find(decoded.diagnostics, "share_beyond_14"), 0.75);
  EXPECT_EQ(Find(decoded.diagnostics, "share_beyond_48"), 0.25);
  EXPECT_THAT(decoded.value.Pixels(), ElementsAre(7, 7, 7, 7));
}

TEST(RgbSemantic, ColoursAreNeverInterpolated) {
  // Between red (person) and blue (car) lies purple, which is road.
  const RgbImage image(Size{2, 1}, std::vector<Rgb8>{{255, 0, 0}, {0, 0, 255}});
  const auto codec = MakeCodec<SemanticTask>({{"codec", "rgb"}, {"fit", "stretch"}});
  const auto decoded = codec->Decode(AnswerOf(EncodePng(image)), Streets(), FrameOf({5, 1}));
  EXPECT_THAT(decoded.value.Pixels(), ElementsAre(24, 24, 26, 26, 26));
}

TEST(RgbSemantic, AJpegIsRefusedUnlessAllowed) {
  const Bytes jpeg = EncodeJpeg(RgbImage(Size{16, 16}, Rgb8{128, 0, 128}));
  EXPECT_EQ(ErrorOf([&] {
              Standard()->Decode(AnswerOf(jpeg, "a.jpg"), Streets(), FrameOf({16, 16}));
            }).code,
            "lossy");
  const auto lenient = MakeCodec<SemanticTask>({{"codec", "rgb"}, {"allow_lossy", true}});
  const auto decoded = lenient->Decode(AnswerOf(jpeg), Streets(), FrameOf({16, 16}));
  EXPECT_EQ(decoded.value.At(8, 8), 7);
}

TEST(RgbSemantic, ClassesWithoutAColourAreNotedBeforeAnyWork) {
  EXPECT_THAT(Standard()->Notes(Streets()), IsEmpty());
  const auto codec = MakeCodec<SemanticTask>({{"codec", "rgb"}, {"palette", {{"road", "red"}}}});
  const auto notes = codec->Notes(Streets());
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(notes[0], AllOf(HasSubstr("sidewalk"), HasSubstr("bicycle"), Not(HasSubstr("road"))));
}

TEST(RgbSemantic, APaletteOfAnotherLabelSpaceIsNamedWithASuggestion) {
  const auto codec = MakeCodec<SemanticTask>({{"codec", "rgb"}, {"palette", {{"raod", "red"}}}});
  EXPECT_THROW(codec->Ask(Streets()), ConfigError);
  EXPECT_THROW(codec->Encode({LabelMap(Size{1, 1}), {}}, Streets()), ConfigError);
  const auto error = ErrorOf([&] {
    codec->Decode(AnswerOf(EncodePng(RgbImage(Size{1, 1}))), Streets(), FrameOf({1, 1}));
  });
  EXPECT_EQ(error.code, "bad-palette");
  EXPECT_THAT(error.detail, HasSubstr("did you mean 'road'?"));
}

}  // namespace
}  // namespace assay
