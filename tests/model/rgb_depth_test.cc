// The painted depth code (model/rgb_depth.h):
// * corner depths, sample colours and off-path colours of the reference tables;
// * the integer decoder equals a long-double walk over the polyline, ties to the
//   first edge, on a grid and in every vector length; no colour is farther away
//   than kMaxPathDistance2 (all 16.7 million);
// * f and d are inverse; encoding then decoding costs at most one 8-bit level;
// * the codec paints, asks, reads, resamples by the fit, and describes residuals;
// * wrong implementations seen in public code give other depths.
#include "model/rgb_depth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/model/decoders.h"
#include "tests/support/naive_path.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using test::MakeCodec;
using test::NaiveNearest;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pointwise;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const DepthCurve kCurve;

std::unique_ptr<Codec<DepthTask>> Standard() {
  return MakeCodec<DepthTask>({{"codec", "rgb-depth"}});
}

TEST(DepthCurve, CornersLieAtTheStatedDepths) {
  const double depths[] = {0, .8012, 1.8322, 3.2288, 5.2753, 8.7083, 16.4575};
  for (int k = 0; k < 7; ++k) {
    EXPECT_NEAR(CurveDepth(kCurve, k / 7.0), depths[k], 5e-5) << k;
  }
  EXPECT_EQ(CurveDepth(kCurve, 1), kInfinity);
  EXPECT_EQ(CurveFraction(kCurve, kInfinity), 1);
}

struct Sample {
  double depth, fraction;
  double r, g, b;  // times 255
  Rgb8 rounded;
};

const Sample kSamples[] = {
    {0, 0, 0, 0, 0, {0, 0, 0}},
    {0.1, .019704, 35.17, 0, 0, {35, 0, 0}},
    {0.5, .092971, 165.95, 0, 0, {166, 0, 0}},
    {1, .173554, 255, 54.79, 0, {255, 55, 0}},
    {1.5, .243856, 255, 180.28, 0, {255, 180, 0}},
    {2, .305556, 219.58, 255, 0, {220, 255, 0}},
    {3, .408284, 36.21, 255, 0, {36, 255, 0}},
    {4, .489796, 0, 255, 109.29, {0, 255, 109}},
    {5, .555556, 0, 255, 226.67, {0, 255, 227}},
    {7.5, .673469, 0, 72.86, 255, {0, 73, 255}},
    {10, .75, 63.75, 0, 255, {64, 0, 255}},
    {13.71, .822116, 192.48, 0, 255, {192, 0, 255}},
    {20, .888889, 255, 56.67, 255, {255, 57, 255}},
    {40, .96, 255, 183.6, 255, {255, 184, 255}},
    {80, .987654, 255, 232.96, 255, {255, 233, 255}},
    {412.4926, .999440, 255, 254, 255, {255, 254, 255}},
    {587.5, 1 - 1 / (59.75 * 59.75), 255, 254.5, 255, {255, 255, 255}},
};

TEST(DepthCurve, SampleDepthsHaveTheStatedColours) {
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.depth);
    EXPECT_NEAR(CurveFraction(kCurve, sample.depth), sample.fraction, 5.1e-7);
    EXPECT_NEAR(CurveDepth(kCurve, sample.fraction), sample.depth, 5e-3 * (1 + sample.depth));
    const RealRgb color = RgbFromDepth(kCurve, sample.depth);
    EXPECT_NEAR(255 * color[0], sample.r, 5.1e-3);
    EXPECT_NEAR(255 * color[1], sample.g, 5.1e-3);
    EXPECT_NEAR(255 * color[2], sample.b, 5.1e-3);
    EXPECT_EQ(RgbFromDepth(kCurve, sample.depth, ToByte::kRound), sample.rounded);
  }
}

TEST(DepthCurve, TruncationTakesTheLevelBelow) {
  EXPECT_EQ(RgbFromDepth(kCurve, 0.5, ToByte::kTruncate), (Rgb8{165, 0, 0}));
  EXPECT_EQ(RgbFromDepth(kCurve, 10, ToByte::kTruncate), (Rgb8{63, 0, 255}));
  EXPECT_EQ(RgbFromDepth(kCurve, 1000, ToByte::kTruncate), (Rgb8{255, 254, 255}));
}

struct OffPath {
  Rgb8 color;
  int edge, n;
  double residual, depth;
};

TEST(DepthPath, OffPathColoursDecodeAsStated) {
  const OffPath rows[] = {
      {{0, 204, 204}, 3, 204, 51, 4.790199},
      {{127, 127, 127}, 0, 127, 179.6051, .375926},
      {{128, 128, 128}, 6, 128, 179.6051, 27.490156},
      {{10, 3, 0}, 0, 10, 3, .0281295},
      {{0, 0, 64}, 0, 0, 64, 0},
  };
  for (const OffPath& row : rows) {
    SCOPED_TRACE(row.depth);
    const PathPoint point = NearestOnPath(row.color);
    EXPECT_EQ(point.step, 255 * row.edge + row.n);
    EXPECT_NEAR(std::sqrt(point.squared_distance), row.residual, 5e-5);
    EXPECT_NEAR(DepthFromRgb(kCurve, row.color), row.depth, 5.1e-7);
  }
}

TEST(DepthPath, EveryColourNearestToTheWhiteCornerIsInfinite) {
  EXPECT_EQ(DepthFromRgb(kCurve, Rgb8{255, 255, 255}), kInfinity);
  EXPECT_EQ(DepthFromRgb(kCurve, Rgb8{250, 255, 250}), kInfinity);
  EXPECT_NEAR(std::sqrt(NearestOnPath(Rgb8{250, 255, 250}).squared_distance), 7.0711, 5e-5);
}

TEST(DepthPath, TheLastFiniteDepthsAreAsStated) {
  EXPECT_NEAR(DepthFromRgb(kCurve, Rgb8{255, 252, 255}), 233.926, 5e-4);
  EXPECT_NEAR(DepthFromRgb(kCurve, Rgb8{255, 253, 255}), 288.747, 5e-4);
  EXPECT_NEAR(DepthFromRgb(kCurve, Rgb8{255, 254, 255}), 412.493, 5e-4);
  EXPECT_EQ(LargestFiniteDepth(kCurve), DepthFromRgb(kCurve, Rgb8{255, 254, 255}));
}

void ExpectNaive(int r, int g, int b) {
  const Rgb8 color{
      static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)};
  const PathPoint point = NearestOnPath(color);
  const test::NaivePoint naive = NaiveNearest(r, g, b);
  ASSERT_NEAR(static_cast<double>(naive.fraction * kPathSteps), point.step, 1e-6)
      << r << "," << g << "," << b;
  ASSERT_NEAR(static_cast<double>(naive.squared_distance), point.squared_distance, 1e-6)
      << r << "," << g << "," << b;
}

TEST(DepthPath, IntegersEqualALongDoubleWalkOverThePolyline) {
  int ties = 0;
  for (int r = 0; r <= 255; r += 5) {
    for (int g = 0; g <= 255; g += 5) {
      for (int b = 0; b <= 255; b += 5) {
        ExpectNaive(r, g, b);
        ties += NaiveNearest(r, g, b).tie ? 1 : 0;
      }
    }
  }
  EXPECT_GT(ties, 1000);  // so that the rule for ties has been asked
}

TEST(DepthPath, FloatingFormAgreesAwayFromTies) {
  EXPECT_TRUE(rc::check([] {
    const int r = *rc::gen::inRange(0, 256);
    const int g = *rc::gen::inRange(0, 256);
    const int b = *rc::gen::inRange(0, 256);
    RC_PRE(!NaiveNearest(r, g, b).tie);
    const PathPoint integers = NearestOnPath(Rgb8{
        static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)});
    const RealPathPoint reals = NearestOnPath(RealRgb{r / 255.0, g / 255.0, b / 255.0});
    RC_ASSERT(std::abs(reals.fraction * kPathSteps - integers.step) < 1e-9);
    RC_ASSERT(std::abs(reals.squared_distance * 255 * 255 - integers.squared_distance) < 1e-6);
  }));
}

// The vectorised kernel cuts squares to fit 16 bits; this is why it may.
TEST(DepthPath, TheKernelEqualsTheSingleFormOnAllColoursAndNoneIsFartherThanStated) {
  std::vector<Rgb8> plane(256 * 256);
  std::vector<std::uint16_t> steps(plane.size());
  std::vector<std::uint16_t> distances(plane.size());
  int farthest = 0;
  std::int64_t different = 0;
  for (int r = 0; r < 256; ++r) {
    for (std::size_t i = 0; i < plane.size(); ++i) {
      plane[i] = {static_cast<std::uint8_t>(r),
                  static_cast<std::uint8_t>(i >> 8),
                  static_cast<std::uint8_t>(i & 255)};
    }
    NearestOnPath(plane, steps, distances);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      const int red = r;
      const int green = static_cast<int>(i >> 8);
      const int blue = static_cast<int>(i & 255);
      const int r0 = red * red, g0 = green * green, b0 = blue * blue;
      const int r1 = (255 - red) * (255 - red), g1 = (255 - green) * (255 - green),
                b1 = (255 - blue) * (255 - blue);
      const int sums[] = {g0 + b0, r1 + b0, g1 + b0, r0 + g1, r0 + b1, g0 + b1, r1 + b1};
      const int moving[] = {red, green, 255 - red, blue, 255 - green, red, green};
      int best = 0;
      for (int k = 1; k < 7; ++k) best = sums[k] < sums[best] ? k : best;
      different += steps[i] == 255 * best + moving[best] && distances[i] == sums[best] ? 0 : 1;
      farthest = std::max(farthest, sums[best]);
    }
  }
  EXPECT_EQ(different, 0);
  EXPECT_EQ(farthest, kMaxPathDistance2);
}

TEST(DepthPath, EveryLengthOfARowDecodesLikeItsPixels) {
  for (std::size_t length = 0; length < 70; ++length) {
    std::vector<Rgb8> row;
    for (std::size_t i = 0; i < length; ++i) {
      row.push_back({static_cast<std::uint8_t>(i * 37),
                     static_cast<std::uint8_t>(i * 91),
                     static_cast<std::uint8_t>(i * 53)});
    }
    std::vector<std::uint16_t> steps(length);
    std::vector<std::uint16_t> distances(length);
    NearestOnPath(row, steps, distances);
    for (std::size_t i = 0; i < length; ++i) {
      ASSERT_EQ(NearestOnPath(row[i]), (PathPoint{steps[i], distances[i]})) << length;
    }
  }
}

TEST(DepthCurve, FractionAndDepthAreInverseForEveryCurve) {
  EXPECT_TRUE(rc::check([] {
    const DepthCurve curve{-1.1 - *rc::gen::inRange(0, 400) / 100.0,
                           0.1 + *rc::gen::inRange(0, 2000) / 10.0};
    const double depth = *rc::gen::inRange(0, 100000) / 1000.0;
    const double fraction = CurveFraction(curve, depth);
    RC_ASSERT(fraction >= 0 && fraction < 1);
    RC_ASSERT(std::abs(CurveDepth(curve, fraction) - depth) <= 1e-9 * (1 + depth));
  }));
}

TEST(DepthCurve, AColourOfThePathGivesItsFractionBack) {
  EXPECT_TRUE(rc::check([] {
    const double fraction = *rc::gen::inRange(0, 1000001) / 1e6;
    const RealPathPoint point = NearestOnPath(PathColor(fraction));
    RC_ASSERT(std::abs(point.fraction - fraction) < 1e-12);
    RC_ASSERT(point.squared_distance < 1e-24);
  }));
}

TEST(DepthCurve, DepthThroughEightBitsIsOffByAtMostTheHalfOrWholeLevel) {
  EXPECT_TRUE(rc::check([] {
    const double depth = *rc::gen::inRange(1, 200000) / 1000.0;
    const double fraction = CurveFraction(kCurve, depth);
    const double rounded =
        CurveFraction(kCurve, DepthFromRgb(kCurve, RgbFromDepth(kCurve, depth, ToByte::kRound)));
    const double cut =
        CurveFraction(kCurve, DepthFromRgb(kCurve, RgbFromDepth(kCurve, depth, ToByte::kTruncate)));
    RC_ASSERT(std::abs(rounded - fraction) * kPathSteps <= 0.5 + 1e-9);
    RC_ASSERT(std::abs(cut - fraction) * kPathSteps <= 1 + 1e-9);
  }));
}

TEST(DepthPath, EveryStepOfThePathDecodesToItself) {
  for (int step = 0; step <= kPathSteps; ++step) {
    const RealRgb color = PathColor(static_cast<double>(step) / kPathSteps);
    const Rgb8 bytes{static_cast<std::uint8_t>(std::lround(255 * color[0])),
                     static_cast<std::uint8_t>(std::lround(255 * color[1])),
                     static_cast<std::uint8_t>(std::lround(255 * color[2]))};
    ASSERT_EQ(NearestOnPath(bytes), (PathPoint{static_cast<std::uint16_t>(step), 0}));
  }
}

TEST(RgbDepth, AsksForTheRainbow) {
  EXPECT_THAT(
      Standard()->Ask({}),
      ElementsAre("Predict the metric depth of this scene as an image. Visualized in the "
                  "rainbow (black-red-yellow-green-cyan-blue-violet-white) color palette."));
}

TEST(RgbDepth, ATruthPaintedAndReadIsTheTruthToHalfALevel) {
  const auto codec = Standard();
  DepthTruth truth{DepthMap(Size{3, 1}, std::vector<double>{0, 1, 80}), {}};
  const RgbImage image = codec->Encode(truth, {});
  EXPECT_THAT(image.Pixels(), ElementsAre(Rgb8{0, 0, 0}, Rgb8{255, 55, 0}, Rgb8{255, 233, 255}));
  const auto decoded = codec->Decode(AnswerOf(EncodePng(image)), {}, FrameOf({3, 1}));
  EXPECT_TRUE(decoded.value.painted);
  EXPECT_EQ(decoded.value.kind, DepthKind::kDepth);
  EXPECT_THAT(decoded.value.map.Pixels()[1], DoubleNear(1, .0037));
  EXPECT_THAT(decoded.value.map.Pixels()[2], DoubleNear(80, 2.11));
  EXPECT_EQ(Find(decoded.diagnostics, "off_path_max"), 0);
}

TEST(RgbDepth, ResidualsAreNearestRankPercentilesOverTheAnswer) {
  // Residuals 0 (x 5), 3, 5, 13, 64, 7.07: sorted 0 0 0 0 0 3 5 7.07 13 64.
  const RgbImage image(Size{10, 1},
                       std::vector<Rgb8>{{0, 0, 0},
                                         {255, 0, 0},
                                         {0, 255, 0},
                                         {0, 0, 255},
                                         {255, 255, 255},
                                         {10, 3, 0},
                                         {100, 3, 4},
                                         {100, 5, 12},
                                         {0, 0, 64},
                                         {250, 255, 250}});
  const auto decoded = Standard()->Decode(AnswerOf(EncodePng(image)), {}, FrameOf({10, 1}));
  EXPECT_EQ(Find(decoded.diagnostics, "off_path_p50"), 0);
  EXPECT_EQ(Find(decoded.diagnostics, "off_path_p90"), 13);
  EXPECT_EQ(Find(decoded.diagnostics, "off_path_p99"), 64);
  EXPECT_EQ(Find(decoded.diagnostics, "off_path_max"), 64);
  EXPECT_EQ(Find(decoded.diagnostics, "inf_pixels"), 2);
  EXPECT_EQ(Find(decoded.diagnostics, "inf_share"), 0.2);
  EXPECT_EQ(Find(decoded.diagnostics, "extrapolated_pixels"), 0);
}

TEST(RgbDepth, AnswersAreDecodedBeforeTheyAreResampled) {
  // Black beside white: interpolated colours would pass through gray, 27 m.
  const RgbImage image(Size{2, 1}, std::vector<Rgb8>{{0, 0, 0}, {255, 57, 255}});
  const auto codec = MakeCodec<DepthTask>({{"codec", "rgb"}, {"fit", "stretch"}});
  const auto decoded = codec->Decode(AnswerOf(EncodePng(image)), {}, FrameOf({5, 1}));
  const double far = DepthFromRgb(kCurve, Rgb8{255, 57, 255});
  EXPECT_THAT(decoded.value.map.Pixels(), ElementsAre(0, 0, far, far, far));
}

TEST(RgbDepth, TheFitOfTheAnswerWinsOverTheProtocols) {
  RgbImage image(Size{4, 8}, Rgb8{0, 0, 0});
  for (int x = 0; x < 4; ++x) image.At(x, 2) = {255, 0, 0};
  Answer answer = AnswerOf(EncodePng(image));
  const Frame frame = FrameOf({4, 4});
  const auto crop = Standard()->Decode(answer, {}, frame);  // s = 2: rows 1, 3, 5, 7
  answer.fit = Fit::kLetterbox;                             // s = 1: rows 2..5
  const auto letterbox = Standard()->Decode(answer, {}, frame);
  EXPECT_EQ(crop.value.map.At(0, 0), 0);
  EXPECT_NEAR(letterbox.value.map.At(0, 0), .8012, 5e-5);
  EXPECT_EQ(Find(crop.diagnostics, "extrapolated_pixels"), 8);  // half of the columns
  EXPECT_EQ(Find(letterbox.diagnostics, "extrapolated_pixels"), 0);
}

TEST(RgbDepth, JpegAnswersAreRefusedUnlessAllowed) {
  const Bytes jpeg = EncodeJpeg(RgbImage(Size{16, 16}, Rgb8{255, 0, 0}));
  const auto error = ErrorOf([&] { Standard()->Decode(AnswerOf(jpeg), {}, FrameOf({16, 16})); });
  EXPECT_EQ(error.code, "lossy");
  EXPECT_THAT(error.detail, HasSubstr("PNG"));
  const auto lenient = MakeCodec<DepthTask>({{"codec", "rgb"}, {"allow_lossy", true}});
  const auto decoded = lenient->Decode(AnswerOf(jpeg), {}, FrameOf({16, 16}));
  EXPECT_NEAR(decoded.value.map.At(3, 3), .8012, .02);
}

TEST(RgbDepth, AnAnswerStatesTheLargestFiniteDepthOfItsOwnCurve) {
  const auto codec = MakeCodec<DepthTask>({{"codec", "rgb-depth"}, {"lambda", -4}, {"c", 120}});
  const Bytes white = EncodePng(RgbImage(Size{2, 2}, Rgb8{255, 255, 255}));
  const auto decoded = codec->Decode(AnswerOf(white), {}, FrameOf({2, 2}));
  EXPECT_EQ(decoded.value.painted_far_m, LargestFiniteDepth({-4, 120}));
  EXPECT_NE(decoded.value.painted_far_m, LargestFiniteDepth(kCurve));
}

TEST(RgbDepth, UnreadableAnswersAreThatSamplesFault) {
  const auto decode = [](Bytes bytes) {
    return ErrorOf([&] { Standard()->Decode(AnswerOf(std::move(bytes)), {}, FrameOf({4, 4})); });
  };
  Bytes cut = EncodePng(RgbImage(Size{40, 40}, Rgb8{9, 8, 7}));
  cut.resize(cut.size() / 2);
  EXPECT_EQ(decode(cut).stage, PredictionError::Stage::kRead);
  EXPECT_EQ(decode(EncodePng(Raster<std::uint16_t>(Size{4, 4}, 7))).code, "wrong-channels");
  EXPECT_EQ(decode(EncodePng(Raster<std::uint8_t>(Size{4, 4}, 7))).code, "wrong-channels");
  EXPECT_NE(decode({}).code, "nothing thrown");
  EXPECT_NE(decode({'P', '6', ' ', '1'}).code, "nothing thrown");
}

TEST(RgbDepth, SettingsOutsideTheCurveAreFindings) {
  const auto made = test::Make(
      "depth",
      {{"codec", "rgb-depth"}, {"lambda", -1}, {"c", 0}, {"u8", "floor"}, {"fitt", "stretch"}});
  std::vector<std::string> pointers;
  for (const Finding& finding : made.findings) pointers.push_back(finding.pointer);
  EXPECT_THAT(pointers, ElementsAre("/answer/lambda", "/answer/c", "/answer/u8", "/answer/fitt"));
}

// What articles and public code get wrong must not pass for right here.
TEST(WrongImplementations, BarronsExponentIsNotThePapersLambda) {
  const DepthCurve barron{-2, 10.0 / 3.0};
  EXPECT_GT(std::abs(CurveDepth(barron, 0.75) - 10), 1);
  EXPECT_NEAR(CurveDepth(kCurve, 0.75), 10, 1e-12);
}

TEST(WrongImplementations, ThePathDoesNotRunFromBlackToBlue) {
  // black-blue-cyan-green-yellow-red-magenta-white would read blue as the first
  // corner, .8012 m.
  EXPECT_NEAR(DepthFromRgb(kCurve, Rgb8{0, 0, 255}), 8.7083, 5e-5);
  EXPECT_NEAR(DepthFromRgb(kCurve, Rgb8{255, 0, 0}), .8012, 5e-5);
}

TEST(WrongImplementations, SixEdgesGiveOtherDepths) {
  // f = k/6 and 1 - (1 + d)^-3 put yellow (k = 2) at (1 - 1/3)^(-1/3) - 1 = .1447 m.
  EXPECT_NEAR(DepthFromRgb(kCurve, Rgb8{255, 255, 0}), 1.8322, 5e-5);
}

TEST(WrongImplementations, TheEdgesMissingFromThePathDoNotCarryDepth) {
  // Black to green is no edge: the middle of it is nearest to black's edges.
  EXPECT_EQ(NearestOnPath(Rgb8{0, 100, 0}).step, 0);
  EXPECT_EQ(NearestOnPath(Rgb8{0, 100, 0}).squared_distance, 10000);
}

}  // namespace
}  // namespace assay
