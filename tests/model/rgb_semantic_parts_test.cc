// rgb-semantic with several prompts (classes_per_prompt).
//   - every class stands in one prompt, in the palette's order, with black as everything else;
//     as many as there are classes, or 0, is one prompt and no black
//   - what is painted for all prompts is read back on every named class, the rest is void
//   - random colours are decoded as a naive version does: the nearest claim, then the first
//   - an image that is declared empty claims nothing; each image has its own size
//   - a palette with black has no groups
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <string>

#include "datasets/cityscapes_labels.h"
#include "model/palette.h"
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
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kClasses = 19;

SemanticTask::Query Streets() { return {&CityscapesLabels()}; }

std::unique_ptr<Codec<SemanticTask>> Grouped(int classes_per_prompt) {
  return MakeCodec<SemanticTask>({{"codec", "rgb"}, {"classes_per_prompt", classes_per_prompt}});
}

Answer AnswerOfParts(const std::vector<RgbImage>& images) {
  std::vector<Answer> parts;
  parts.reserve(images.size());
  for (const RgbImage& image : images) parts.push_back(AnswerOf(EncodePng(image)));
  return Joined(std::move(parts));
}

std::uint8_t IdOf(std::string_view name) {
  for (const LabelClass& one : CityscapesLabels().classes) {
    if (one.name == name) return static_cast<std::uint8_t>(one.id);
  }
  return 255;
}

TEST(RgbSemanticParts, EveryClassStandsInOnePromptWithBlackForTheRest) {
  for (const int most : {1, 5, 7, 18}) {
    const auto codec = Grouped(most);
    const auto prompts = codec->Ask(Streets());
    EXPECT_EQ(codec->Parts(), prompts.size());
    EXPECT_THAT(prompts, SizeIs(static_cast<std::size_t>((kClasses + most - 1) / most)));
    std::string all;
    for (const std::string& prompt : prompts) {
      EXPECT_THAT(prompt, EndsWith("\"background\": <0, 0, 0>}"));
      all += prompt;
    }
    std::size_t from = 0;
    for (const PaletteEntry& entry : CityscapesPalette()) {
      const std::size_t at = all.find("\"" + entry.name + "\": <", from);
      ASSERT_NE(at, std::string::npos) << entry.name;
      EXPECT_EQ(all.find("\"" + entry.name + "\": <", at + 1), std::string::npos) << entry.name;
      from = at;
    }
  }
}

TEST(RgbSemanticParts, AsManyAsThereAreClassesIsOnePrompt) {
  const auto one = Grouped(0)->Ask(Streets());
  EXPECT_THAT(one, SizeIs(1));
  EXPECT_THAT(one[0], Not(HasSubstr("background")));
  EXPECT_EQ(Grouped(kClasses)->Ask(Streets()), one);
  EXPECT_EQ(Grouped(100)->Ask(Streets()), one);
  EXPECT_EQ(Grouped(100)->Parts(), 1U);
}

TEST(RgbSemanticParts, WhatIsPaintedForAllPromptsIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    const Size size{*rc::gen::inRange(1, 20), *rc::gen::inRange(1, 20)};
    SemanticTruth truth{LabelMap(size), {}};
    for (std::uint8_t& id : truth.labels.Pixels()) {
      id = static_cast<std::uint8_t>(*rc::gen::inRange(0, 34));
    }
    const auto codec = Grouped(*rc::gen::inRange(1, 19));
    const auto decoded = codec->Decode(
        AnswerOfParts(codec->EncodeParts(truth, Streets())), Streets(), FrameOf(size));
    for (std::size_t i = 0; i < size.Pixels(); ++i) {
      const std::uint8_t id = truth.labels.Pixels()[i];
      const bool named = CityscapesLabels().classes[id].evaluated;
      RC_ASSERT(decoded.value.Pixels()[i] == (named ? id : 0));
    }
    RC_ASSERT(Find(decoded.diagnostics, "contested_share") == 0);
  }));
}

// One pixel of every image: each names its nearest colour, black among them and last.
std::uint8_t NaiveLabel(const std::vector<Rgb8>& pixels, std::size_t most) {
  const Palette palette = CityscapesPalette();
  int best = 1 << 30;
  std::uint8_t label = 0;
  for (std::size_t part = 0; part < pixels.size(); ++part) {
    int nearest = 1 << 30;
    std::string name;
    for (std::size_t i = part * most; i < std::min(palette.size(), (part + 1) * most); ++i) {
      const int distance = Distance2(palette[i].color, pixels[part]);
      if (distance >= nearest) continue;
      nearest = distance;
      name = palette[i].name;
    }
    if (Distance2({0, 0, 0}, pixels[part]) < nearest || nearest >= best) continue;
    best = nearest;
    label = IdOf(name);
  }
  return label;
}

TEST(RgbSemanticParts, RandomColoursAreDecodedAsANaiveVersionDoes) {
  EXPECT_TRUE(rc::check([] {
    const auto most = static_cast<std::size_t>(*rc::gen::inRange(1, 19));
    const auto codec = Grouped(static_cast<int>(most));
    const Size size{*rc::gen::inRange(1, 9), 3};
    std::vector<RgbImage> images(codec->Parts(), RgbImage(size));
    for (RgbImage& image : images) {
      for (Rgb8& pixel : image.Pixels()) {
        // Often dark, so that many pixels are everything else's.
        const int high = *rc::gen::element(40, 256);
        const auto channel = [&] { return static_cast<std::uint8_t>(*rc::gen::inRange(0, high)); };
        pixel = {channel(), channel(), channel()};
      }
    }
    const auto decoded = codec->Decode(AnswerOfParts(images), Streets(), FrameOf(size));
    for (std::size_t i = 0; i < size.Pixels(); ++i) {
      std::vector<Rgb8> pixels;
      for (const RgbImage& image : images) pixels.push_back(image.Pixels()[i]);
      RC_ASSERT(decoded.value.Pixels()[i] == NaiveLabel(pixels, most));
    }
  }));
}

TEST(RgbSemanticParts, TheNearestClaimWinsThenTheFirstAndNoneIsVoid) {
  // Three prompts of one class each.
  const auto codec = MakeCodec<SemanticTask>({{"codec", "rgb"},
                                              {"classes_per_prompt", 1},
                                              {"palette",
                                               {{{"class", "sky"}, {"rgb", {100, 0, 0}}},
                                                {{"class", "car"}, {"rgb", {0, 100, 0}}},
                                                {{"class", "road"}, {"rgb", {0, 0, 100}}}}}});
  const auto image = [](std::vector<Rgb8> pixels) {
    return RgbImage(Size{4, 1}, std::move(pixels));
  };
  const auto decoded =
      codec->Decode(AnswerOfParts({image({{90, 0, 0}, {90, 0, 0}, {10, 0, 0}, {0, 0, 0}}),
                                   image({{0, 95, 0}, {0, 90, 0}, {0, 0, 0}, {0, 49, 0}}),
                                   image({{0, 0, 0}, {0, 0, 0}, {0, 0, 100}, {0, 0, 0}})}),
                    Streets(),
                    FrameOf({4, 1}));
  EXPECT_THAT(decoded.value.Pixels(), ElementsAre(IdOf("car"), IdOf("sky"), IdOf("road"), 0));
  EXPECT_EQ(Find(decoded.diagnostics, "contested_share"), 0.5);
  EXPECT_EQ(Find(decoded.diagnostics, "unclaimed_share"), 0.25);
}

TEST(RgbSemanticParts, ImagesOfOtherSizesAndEmptyOnes) {
  const auto codec = MakeCodec<SemanticTask>({{"codec", "rgb"},
                                              {"fit", "stretch"},
                                              {"classes_per_prompt", 1},
                                              {"palette", {{"car", "blue"}, {"road", "red"}}}});
  Answer empty;
  empty.declared_empty = true;
  const RgbImage halves(Size{2, 1}, std::vector<Rgb8>{{255, 0, 0}, {0, 0, 0}});
  const auto decoded =
      codec->Decode(Joined({empty, AnswerOf(EncodePng(halves))}), Streets(), FrameOf({4, 2}));
  for (int y = 0; y < 2; ++y) {
    EXPECT_THAT(decoded.value.Row(y), ElementsAre(IdOf("road"), IdOf("road"), 0, 0));
  }
  EXPECT_TRUE(Joined({empty, empty}).declared_empty);
}

TEST(RgbSemanticParts, APaletteWithBlackHasNoGroups) {
  const auto made = Make("semantic",
                         {{"codec", "rgb"},
                          {"classes_per_prompt", 1},
                          {"palette", {{"car", "black"}, {"road", "red"}}}});
  ASSERT_THAT(made.findings, SizeIs(1));
  EXPECT_EQ(made.findings[0].pointer, "/answer/classes_per_prompt");
  EXPECT_THAT(Make("semantic", {{"codec", "rgb"}, {"classes_per_prompt", -1}}).findings, SizeIs(1));
  EXPECT_THAT(Make("semantic",
                   {{"codec", "rgb"},
                    {"classes_per_prompt", 2},
                    {"palette", {{"car", "black"}, {"road", "red"}}}})
                  .findings,
              IsEmpty());
}

}  // namespace
}  // namespace assay
