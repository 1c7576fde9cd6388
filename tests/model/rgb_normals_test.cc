// The painted normals (model/rgb_normals.h):
// * the colours of the reference table; x is negated, so MoGe's colours read mirrored;
// * every colour decodes to length 1; encoding then decoding costs at most 0.39 degrees,
//   0.17 on average, and about twice as much where the encoder truncates;
// * the codec asks, paints, reads, resamples by the fit without mixing colours, and
//   describes the lengths it found;
// * a pixel without truth is painted as facing the camera; a JPEG is refused.
#include "model/rgb_normals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <random>

#include "metrics/normals_angle.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using test::MakeCodec;

std::unique_ptr<Codec<NormalsTask>> Standard() {
  return MakeCodec<NormalsTask>({{"codec", "rgb-normals"}});
}

Decoded<NormalsTask> Read(const RgbImage& image, const Frame& frame) {
  return Standard()->Decode(AnswerOf(EncodePng(image)), {}, frame);
}

std::vector<Vector3> RandomDirections(int count) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> any;
  std::vector<Vector3> directions;
  for (int i = 0; i < count; ++i) directions.push_back({any(random), any(random), any(random)});
  return directions;
}

TEST(RgbNormals, HasTheColoursOfTheReferenceTable) {
  const std::pair<Vector3, Rgb8> rows[] = {{{0, 0, 1}, {128, 128, 255}},
                                           {{-1, 0, 0}, {255, 128, 128}},
                                           {{1, 0, 0}, {0, 128, 128}},
                                           {{0, 1, 0}, {128, 255, 128}},
                                           {{0, -1, 0}, {128, 0, 128}},
                                           {{.6, 0, .8}, {51, 128, 230}},
                                           {{.5774, .5774, .5774}, {54, 201, 201}}};
  for (const auto& [normal, color] : rows) {
    EXPECT_EQ(RgbFromNormal(normal, ToByte::kRound), color);
  }
  EXPECT_EQ(RgbFromNormal({0, 0, 1}, ToByte::kTruncate), (Rgb8{127, 127, 255}));
}

TEST(RgbNormals, BothNeutralGraysFaceTheCamera) {
  for (const std::uint8_t gray : {std::uint8_t{127}, std::uint8_t{128}}) {
    EXPECT_LT(AngleBetween(NormalFromRgb({gray, gray, 255}), {0, 0, 1}), 0.33);
  }
}

TEST(RgbNormals, TheSamplesOfTheSignsOfTheAxes) {
  EXPECT_LT(NormalFromRgb({255, 128, 128}).x, -0.99) << "a wall that faces left";
  EXPECT_GT(NormalFromRgb({128, 255, 128}).y, 0.99) << "a floor";
  EXPECT_GT(NormalFromRgb({128, 128, 255}).z, 0.99) << "a wall that faces the camera";
}

TEST(RgbNormals, EveryColourDecodesToLengthOne) {
  EXPECT_TRUE(rc::check("unit", [](std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    const Vector3 n = NormalFromRgb({r, g, b});
    RC_ASSERT(std::abs(Length(n) - 1) < 1e-12);
  }));
}

// Mean and maximum in degrees of encoding and decoding.
std::pair<double, double> RoundTrip(ToByte to_byte) {
  double sum = 0;
  double largest = 0;
  const auto directions = RandomDirections(20000);
  for (const Vector3& n : directions) {
    const double angle = AngleBetween(NormalFromRgb(RgbFromNormal(n, to_byte)), n);
    sum += angle;
    largest = std::max(largest, angle);
  }
  return {sum / static_cast<double>(directions.size()), largest};
}

TEST(RgbNormals, EightBitsCostWhatTheHeaderSays) {
  const auto [mean, largest] = RoundTrip(ToByte::kRound);
  EXPECT_NEAR(mean, 0.170, 0.005);
  EXPECT_LT(largest, 0.39);
  const auto [cut_mean, cut_largest] = RoundTrip(ToByte::kTruncate);
  EXPECT_NEAR(cut_mean, 0.339, 0.01);
  EXPECT_LT(cut_largest, 0.77);
}

TEST(RgbNormals, PaintsWhatItReads) {
  NormalMap normals(Size{40, 30});
  const auto directions = RandomDirections(1200);
  std::copy(directions.begin(), directions.end(), normals.Pixels().begin());
  const RgbImage painted = Standard()->Encode({normals}, {});
  const auto decoded = Read(painted, FrameOf(normals.size()));
  for (std::size_t i = 0; i < directions.size(); ++i) {
    EXPECT_LT(AngleBetween(decoded.value.map.Pixels()[i], directions[i]), 0.39);
  }
}

TEST(RgbNormals, AsksForANormalMap) {
  EXPECT_THAT(Standard()->Ask({}),
              ::testing::ElementsAre("Generate a surface normal map of the input image."));
}

TEST(RgbNormals, NoTruthIsPaintedAsFacingTheCamera) {
  const RgbImage painted = Standard()->Encode({NormalMap(Size{2, 1})}, {});
  EXPECT_EQ(painted.At(0, 0), (Rgb8{128, 128, 255}));
}

// Half of the image faces left, half up. Between them no third colour may come up.
TEST(RgbNormals, AnotherSizeIsReadWithTheNearestPixel) {
  RgbImage image(Size{8, 4}, Rgb8{255, 128, 128});
  for (int y = 0; y < 4; ++y) {
    for (int x = 4; x < 8; ++x) image.At(x, y) = {128, 255, 128};
  }
  const auto decoded = Read(image, FrameOf({6, 3}));
  ASSERT_EQ(decoded.value.map.size(), (Size{6, 3}));
  for (int x = 0; x < 6; ++x) {
    EXPECT_EQ(decoded.value.map.At(x, 1),
              NormalFromRgb(x < 3 ? Rgb8{255, 128, 128} : Rgb8{128, 255, 128}))
        << x;
  }
}

TEST(RgbNormals, LengthsAreDescribed) {
  // One magenta sky pixel, as published samples have it, and one mid-gray among ten.
  RgbImage image(Size{10, 1}, Rgb8{128, 128, 255});
  image.At(0, 0) = {253, 3, 252};
  image.At(1, 0) = {128, 128, 128};
  const auto diagnostics = Read(image, FrameOf(image.size())).diagnostics;
  EXPECT_NEAR(Find(diagnostics, "norm_p1"), std::sqrt(3) / 255, 1e-12);
  EXPECT_NEAR(Find(diagnostics, "norm_p50"), std::sqrt(255 * 255 + 2) / 255, 1e-12);
  EXPECT_NEAR(Find(diagnostics, "norm_p99"), 1.70, 0.01);
  EXPECT_DOUBLE_EQ(Find(diagnostics, "undefined_colour_share"), 0.1);
  EXPECT_DOUBLE_EQ(Find(diagnostics, "short_share"), 0.1);
  EXPECT_EQ(Find(diagnostics, "extrapolated_pixels"), 0);
}

TEST(RgbNormals, AJpegIsRefusedUnlessAllowed) {
  const Bytes jpeg = EncodeJpeg(RgbImage(Size{8, 8}, Rgb8{128, 128, 255}));
  const Answer answer = AnswerOf(jpeg);
  EXPECT_EQ(ErrorOf([&] { Standard()->Decode(answer, {}, FrameOf({8, 8})); }).code, "lossy");
  const auto lenient = MakeCodec<NormalsTask>({{"codec", "rgb-normals"}, {"allow_lossy", true}});
  EXPECT_EQ(lenient->Decode(answer, {}, FrameOf({8, 8})).value.map.size(), (Size{8, 8}));
}

}  // namespace
}  // namespace assay
