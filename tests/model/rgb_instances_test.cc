// The painted instance code (model/rgb_instances.h):
// * decode(encode(truth)) gives back random blobs that do not touch, whatever the
//   background; nothing painted is a valid empty answer;
// * the annotator with most instances is painted, later ones on top, crowds not at all;
// * colours are far apart as stated, and repeat only where the cube is full;
// * answers are decoded before resampling; objects that no truth pixel samples vanish;
// * every setting reaches its step; diagnostics count what each step did;
// * the prompt names phrase and background; bad settings and lossy files are refused.
#include "model/rgb_instances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
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

std::unique_ptr<Codec<InstancesTask>> Standard(const Json& settings = Json::object()) {
  return MakeWith(MakeRgbInstances, settings);
}

Decoded<InstancesTask> DecodeImage(const RgbImage& image, const Json& settings = Json::object()) {
  return Standard(settings)->Decode(AnswerOf(EncodePng(image)), {}, FrameOf(image.size()));
}

// A filled rectangle, the last two inclusive.
void Fill(RgbImage& image, int left, int top, int right, int bottom, Rgb8 color) {
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) image.At(x, y) = color;
  }
}

RunLengthMask Rectangle(Size size, int left, int top, int right, int bottom) {
  Mask mask(size);
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) mask.At(x, y) = 1;
  }
  return ToRuns(mask);
}

// Ellipses and rectangles, one in each cell of a grid or none, with a gap between.
InstancesTruth AnyBlobs() {
  constexpr int kCell = 16;
  const int columns = *rc::gen::inRange(1, 7);
  const int rows = *rc::gen::inRange(1, 7);
  InstancesTruth truth{{columns * kCell, rows * kCell}, {{}}};
  for (int cell = 0; cell < columns * rows; ++cell) {
    if (*rc::gen::inRange(0, 4) == 0) continue;
    const int width = *rc::gen::inRange(6, kCell - 2);
    const int height = *rc::gen::inRange(6, kCell - 2);
    const bool round = *rc::gen::arbitrary<bool>();
    Mask mask(truth.size);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double u = (2 * x + 1.0) / width - 1;
        const double v = (2 * y + 1.0) / height - 1;
        if (round && u * u + v * v > 1) continue;
        mask.At(cell % columns * kCell + x, cell / columns * kCell + y) = 1;
      }
    }
    truth.annotators[0].instances.push_back({.mask = ToRuns(mask)});
  }
  return truth;
}

std::vector<std::string> SortedMasks(const auto& instances) {
  std::vector<std::string> masks;
  for (const auto& instance : instances) masks.push_back(EncodeRuns(instance.mask));
  std::sort(masks.begin(), masks.end());
  return masks;
}

TEST(RgbInstances, BlobsThatDoNotTouchAreReadBackAsTheyArePainted) {
  EXPECT_TRUE(rc::check([] {
    const InstancesTruth truth = AnyBlobs();
    const Json background = *rc::gen::element<Json>("black", "white", Json{88, 50, 82}, "#808080");
    const auto codec = Standard({{"background", background}});
    const Answer answer = AnswerOf(EncodePng(codec->Encode(truth, {})));
    const auto decoded = codec->Decode(answer, {}, FrameOf(truth.size));
    RC_ASSERT(SortedMasks(decoded.value.instances) == SortedMasks(truth.annotators[0].instances));
    RC_ASSERT(decoded.value.size == truth.size);
    RC_ASSERT(Find(decoded.diagnostics, "kept_share") == 1);
    for (const Instance& instance : decoded.value.instances) {
      RC_ASSERT(instance.score == 1 && instance.category == 1);
    }
  }));
}

TEST(RgbInstances, NothingPaintedIsAValidEmptyAnswer) {
  const auto decoded = DecodeImage(RgbImage(Size{8, 8}, Rgb8{3, 2, 1}));
  EXPECT_THAT(decoded.value.instances, IsEmpty());
  EXPECT_EQ(decoded.value.size, (Size{8, 8}));
  EXPECT_EQ(Find(decoded.diagnostics, "instances"), 0);
  EXPECT_EQ(Find(decoded.diagnostics, "kept_share"), 1);
}

TEST(RgbInstances, BoxesAreFractionsOfTheImage) {
  RgbImage image(Size{20, 40});
  Fill(image, 5, 10, 14, 29, {0, 200, 0});
  const auto decoded = DecodeImage(image);
  ASSERT_THAT(decoded.value.instances, SizeIs(1));
  EXPECT_THAT(*decoded.value.instances[0].box_xywh, ElementsAre(0.25, 0.25, 0.5, 0.5));
}

TEST(RgbInstances, TheAnnotatorWithMostInstancesIsPaintedAndCrowdsAreNot) {
  const Size size{40, 20};
  const TrueInstance left{.mask = Rectangle(size, 1, 1, 10, 10)};
  const TrueInstance right{.mask = Rectangle(size, 21, 1, 30, 10)};
  const TrueInstance crowd{.mask = Rectangle(size, 1, 12, 38, 18), .crowd = true};
  InstancesTruth truth{size, {{{left, crowd, crowd}}, {{left, right}}, {{right, left}}}};
  const auto codec = Standard();
  const auto decode = [&] {
    return codec->Decode(AnswerOf(EncodePng(codec->Encode(truth, {}))), {}, FrameOf(size));
  };
  EXPECT_EQ(SortedMasks(decode().value.instances), SortedMasks(truth.annotators[1].instances));
  const Rgb8 first = codec->Encode(truth, {}).At(1, 1);
  truth.annotators.erase(truth.annotators.begin() + 1);
  EXPECT_NE(codec->Encode(truth, {}).At(1, 1), first);  // now the second of its annotator
  truth.annotators.pop_back();
  EXPECT_EQ(SortedMasks(decode().value.instances), SortedMasks(std::vector<TrueInstance>{left}));
}

TEST(RgbInstances, LaterInstancesArePaintedOverEarlierOnes) {
  const Size size{30, 30};
  const InstancesTruth truth{
      size,
      {{{{.mask = Rectangle(size, 0, 0, 19, 19)}, {.mask = Rectangle(size, 10, 10, 29, 29)}}}}};
  const auto codec = Standard();
  const auto decoded =
      codec->Decode(AnswerOf(EncodePng(codec->Encode(truth, {}))), {}, FrameOf(size));
  ASSERT_THAT(decoded.value.instances, SizeIs(2));
  EXPECT_EQ(Area(decoded.value.instances[0].mask), 300);
  EXPECT_EQ(decoded.value.instances[1].mask, truth.annotators[0].instances[1].mask);
}

TEST(RgbInstances, ATruthWithoutInstancesIsPaintedAsBackground) {
  const Rgb8 grey{9, 9, 9};
  const auto codec = Standard({{"background", {9, 9, 9}}});
  EXPECT_EQ(codec->Encode({{4, 3}, {{}, {}}}, {}), RgbImage(Size{4, 3}, grey));
  EXPECT_EQ(codec->Encode({{4, 3}, {}}, {}), RgbImage(Size{4, 3}, grey));
}

TEST(RgbInstances, AMaskOfAnotherSizeThanTheTruthsIsOurFault) {
  const InstancesTruth truth{{4, 4}, {{{{.mask = Rectangle({5, 4}, 0, 0, 4, 3)}}}}};
  EXPECT_THROW(Standard()->Encode(truth, {}), std::logic_error);
}

double Nearest(const std::vector<Rgb8>& colors, Rgb8 background) {
  double nearest = 1e9;
  const auto compare = [&](Rgb8 a, Rgb8 b) {
    nearest = std::min(nearest, std::hypot(a.r - b.r, a.g - b.g, a.b - b.b));
  };
  for (std::size_t i = 0; i < colors.size(); ++i) {
    compare(colors[i], background);
    for (std::size_t k = 0; k < i; ++k) compare(colors[i], colors[k]);
  }
  return nearest;
}

TEST(SeparatedColors, AreAsFarApartAsStated) {
  EXPECT_TRUE(rc::check([] {
    const auto channel = [] { return static_cast<std::uint8_t>(*rc::gen::inRange(0, 256)); };
    const Rgb8 background{channel(), channel(), channel()};
    const double tau = *rc::gen::inRange(0, 1001) / 10.0;
    const auto few = SeparatedColors(4, background, tau);
    RC_ASSERT(few.size() == 4U);
    RC_ASSERT(Nearest(few, background) > 2 * tau + 2);
    if (tau < 14) return;
    const auto many = SeparatedColors(tau < 30 ? 700 : 24, background, tau);
    RC_ASSERT(Nearest(many, background) > tau);
  }));
}

TEST(SeparatedColors, RepeatWhereTheCubeIsFull) {
  const auto colors = SeparatedColors(40, {0, 0, 0}, 100);
  EXPECT_THAT(colors, SizeIs(40));
  // At tau 100 the levels are 0, 127 and 255: 27 points, one of them the background.
  EXPECT_EQ(colors[26], colors[0]);
  EXPECT_GT(Nearest({colors.begin(), colors.begin() + 26}, {0, 0, 0}), 100);
  EXPECT_THROW(SeparatedColors(1, {}, 100.5), std::invalid_argument);
}

TEST(RgbInstances, ManyInstancesAreStillToldApart) {
  const Size size{40 * 12, 30 * 12};
  InstancesTruth truth{size, {{}}};
  for (int i = 0; i < 1200; ++i) {
    const int left = i % 40 * 12;
    const int top = i / 40 * 12;
    truth.annotators[0].instances.push_back(
        {.mask = Rectangle(size, left, top, left + 10, top + 10)});
  }
  const auto codec = Standard();
  const auto decoded =
      codec->Decode(AnswerOf(EncodePng(codec->Encode(truth, {}))), {}, FrameOf(size));
  EXPECT_EQ(SortedMasks(decoded.value.instances), SortedMasks(truth.annotators[0].instances));
}

TEST(RgbInstances, AnswersAreDecodedBeforeTheyAreResampled) {
  RgbImage image(Size{20, 10});
  Fill(image, 0, 0, 9, 9, {200, 0, 0});
  Fill(image, 10, 0, 19, 9, {0, 0, 200});
  const auto codec = Standard({{"fit", "stretch"}});
  const auto decoded = codec->Decode(AnswerOf(EncodePng(image)), {}, FrameOf({50, 20}));
  ASSERT_THAT(decoded.value.instances, SizeIs(2));
  EXPECT_EQ(decoded.value.instances[0].mask, Rectangle({50, 20}, 0, 0, 24, 19));
  EXPECT_EQ(decoded.value.instances[1].mask, Rectangle({50, 20}, 25, 0, 49, 19));
}

TEST(RgbInstances, AnObjectThatNoTruthPixelSamplesVanishesAndIsCounted) {
  RgbImage image(Size{30, 30});
  Fill(image, 0, 0, 2, 29, {200, 0, 0});  // the truth's 3 columns sample 5, 15 and 25
  Fill(image, 10, 0, 19, 29, {0, 200, 0});
  const auto decoded =
      Standard({{"fit", "stretch"}})->Decode(AnswerOf(EncodePng(image)), {}, FrameOf({3, 3}));
  ASSERT_THAT(decoded.value.instances, SizeIs(1));
  EXPECT_EQ(decoded.value.instances[0].mask, Rectangle({3, 3}, 1, 0, 1, 2));
  EXPECT_EQ(Find(decoded.diagnostics, "vanished"), 1);
  EXPECT_EQ(Find(decoded.diagnostics, "instances"), 1);
  EXPECT_EQ(Find(decoded.diagnostics, "kept_share"), 1);
}

TEST(RgbInstances, TruthBeyondACroppedAnswerTakesTheEdgeAndIsCounted) {
  RgbImage image(Size{10, 10});
  Fill(image, 0, 0, 9, 9, {200, 0, 0});
  const auto decoded = Standard()->Decode(AnswerOf(EncodePng(image)), {}, FrameOf({20, 10}));
  ASSERT_THAT(decoded.value.instances, SizeIs(1));
  EXPECT_EQ(Area(decoded.value.instances[0].mask), 200);
  EXPECT_EQ(Find(decoded.diagnostics, "extrapolated_pixels"), 100);
}

// 100 x 100: a square in two pieces 30 apart, a line, a speck.
RgbImage Pieces() {
  RgbImage image(Size{100, 100});
  Fill(image, 10, 10, 19, 19, {200, 0, 0});
  Fill(image, 50, 10, 59, 19, {200, 0, 0});
  Fill(image, 10, 60, 59, 61, {0, 200, 0});
  Fill(image, 90, 90, 90, 90, {0, 0, 200});
  return image;
}

TEST(RgbInstances, DiagnosticsCountWhatEachStepDid) {
  const auto decoded = DecodeImage(Pieces());
  // The two boxes of 100 are joined: 50 x 10 <= 5 * 200. The speck is below 2 pixels.
  const Diagnostics expected = {{"instances", 1},
                                {"kept_share", 200.0 / 301},
                                {"components", 4},
                                {"dropped_by_size", 1},
                                {"dropped_by_erosion", 1},
                                {"merged", 1},
                                {"vanished", 0},
                                {"extrapolated_pixels", 0}};
  EXPECT_EQ(decoded.diagnostics, expected);
}

TEST(RgbInstances, EverySettingReachesItsStep) {
  const auto count = [](const Json& settings) {
    return DecodeImage(Pieces(), settings).value.instances.size();
  };
  EXPECT_EQ(count({}), 1U);
  EXPECT_EQ(count({{"gamma", 2.49}}), 2U);
  EXPECT_EQ(count({{"theta_erosion", 0}}), 2U);
  EXPECT_EQ(count({{"theta_erosion", 0}, {"theta_size", 0.0001}}), 3U);
  EXPECT_EQ(count({{"theta_size", 0.011}}), 0U);
  EXPECT_EQ(count({{"background", "white"}, {"gamma", 0}}), 3U);  // black is an object
  EXPECT_EQ(count({{"background", {200, 0, 10}}, {"tau", 10}}), 2U);
  EXPECT_EQ(count({{"background", {200, 0, 10}}, {"tau", 10.5}}), 1U);
  RgbImage diagonal(Size{6, 6});
  Fill(diagonal, 0, 0, 2, 2, {200, 0, 0});
  Fill(diagonal, 3, 3, 5, 5, {200, 0, 0});
  const auto pieces = [&](const char* connectivity) {
    return DecodeImage(diagonal, {{"connectivity", connectivity}, {"gamma", 0}})
        .value.instances.size();
  };
  EXPECT_EQ(pieces("4"), 2U);
  EXPECT_EQ(pieces("8"), 1U);
  EXPECT_EQ(pieces("16-knight"), 1U);
}

TEST(RgbInstances, PhraseAndBackgroundStandInThePrompt) {
  EXPECT_THAT(Standard()->Ask({"yellow {background} cup", {8, 8}}),
              ElementsAre("Generate an instance segmentation visualization of this image. Each "
                          "yellow {background} cup is colored differently. Background is "
                          "RGB(0, 0, 0)."));
  const auto codec = Standard({{"background", "#583252"}, {"prompt", "{background}: {phrase}"}});
  EXPECT_THAT(codec->Ask({"dog", {8, 8}}), ElementsAre("RGB(88, 50, 82): dog"));
}

TEST(RgbInstances, SettingsOutOfRangeAreFindings) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{{"tau", -1},
                                                                             {"tau", 100.1},
                                                                             {"theta_size", -0.1},
                                                                             {"theta_erosion", 1.5},
                                                                             {"gamma", -1},
                                                                             {"connectivity", "16"},
                                                                             {"background", "blak"},
                                                                             {"fit", "zoom"}}) {
    const auto findings = FindingsOf(MakeRgbInstances, {{name, value}});
    ASSERT_THAT(findings, SizeIs(1)) << name;
    EXPECT_EQ(findings[0].pointer, "/answer/" + name);
  }
}

TEST(RgbInstances, AJpegIsRefusedUnlessAllowed) {
  RgbImage image(Size{64, 64});
  Fill(image, 16, 16, 47, 47, {255, 0, 0});
  const Bytes jpeg = EncodeJpeg(image);
  const auto error =
      ErrorOf([&] { Standard()->Decode(AnswerOf(jpeg, "a.jpg"), {}, FrameOf({64, 64})); });
  EXPECT_EQ(error.code, "lossy");
  EXPECT_THAT(error.detail, HasSubstr("a.jpg"));
  const auto codec = Standard({{"allow_lossy", true}});
  EXPECT_THAT(codec->Decode(AnswerOf(jpeg), {}, FrameOf({64, 64})).value.instances, SizeIs(1));
}

}  // namespace
}  // namespace assay
