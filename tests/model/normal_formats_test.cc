// Native normals (model/normal_formats.h):
// * arrays in both layouts, 8- and 16-bit PNG and EXR decode to the same vectors;
// * every frame is brought to RUB by its signs; the defaults are rub for arrays, lub for
//   PNG and EXR; "opengl" is another name of rub, not another frame;
// * undefined pixels and lengths are described; a black PNG pixel is undefined;
// * an answer of another size is resampled by the fit it states, and left alone otherwise;
// * wrong kinds of files and settings are refused.
#include "model/normal_formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "datasets/io/exr.h"
#include "datasets/io/vectors.h"
#include "metrics/normal_frames.h"
#include "metrics/normals_angle.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using test::MakeFor;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

NormalMap OnePixel(const Vector3& v) { return NormalMap(Size{1, 1}, v); }

Bytes Npy(const NormalMap& map) { return EncodeNpyFloat32(ArrayFromVectors(map)); }

Decoded<NormalsTask> Decode(const Json& answer, Bytes bytes, Size size = {1, 1}) {
  return MakeFor<NormalsTask>(answer)->Decode(AnswerOf(std::move(bytes)), {}, FrameOf(size));
}

Vector3 First(const Json& answer, Bytes bytes) {
  return Decode(answer, std::move(bytes)).value.map.At(0, 0);
}

TEST(NormalFormats, EveryFrameIsBroughtToRub) {
  const std::pair<const char*, Vector3> rows[] = {{"rub", {0.25, 0.5, 1}},
                                                  {"opengl", {0.25, 0.5, 1}},
                                                  {"lub", {-0.25, 0.5, 1}},
                                                  {"rdf_outward", {-0.25, 0.5, 1}},
                                                  {"opencv", {0.25, -0.5, -1}},
                                                  {"omnidata", {0.25, -0.5, 1}}};
  for (const auto& [frame, expected] : rows) {
    const Json answer = {{"codec", "normals-npy"}, {"frame", frame}};
    EXPECT_EQ(First(answer, Npy(OnePixel({0.25, 0.5, 1}))), expected) << frame;
  }
  EXPECT_EQ(std::size(rows), std::size(kNormalFrameNames));
}

// A wall that faces the camera, as the table of the conventions has it.
TEST(NormalFormats, AWallThatFacesTheCameraIsTheSameInEveryFrame) {
  for (const auto& [name, frame] : kNormalFrameNames) {
    const double z = frame == NormalFrame::kOpencv ? -1 : 1;
    EXPECT_EQ(ToRub(frame, {0, 0, z}).z, 1) << name;
  }
}

TEST(NormalFormats, TheDefaultsAreThoseOfMarigoldAndDsine) {
  const auto frame = [](const char* codec) {
    return test::Make("normals", {{"codec", codec}}).effective["frame"];
  };
  EXPECT_EQ(frame("normals-npy"), "rub");
  EXPECT_EQ(frame("normals-png"), "lub");
  EXPECT_EQ(frame("exr"), "lub");
}

TEST(NormalFormats, AnUnknownFrameIsNamed) {
  const auto made = test::Make("normals", {{"codec", "exr"}, {"frame", "opencb"}});
  ASSERT_THAT(made.findings, SizeIs(1));
  EXPECT_EQ(made.findings[0].pointer, "/answer/frame");
  EXPECT_THAT(made.findings[0].message, HasSubstr("opencv"));
}

TEST(NormalFormats, ChannelsFirstIsReadToo) {
  Array planes{.shape = {3, 1, 2}, .values = {0.5, 1, 0, -1, 0.25, 2}};
  const Bytes bytes = EncodeNpyFloat32(planes);
  const auto decoded = Decode({{"codec", "normals-npy"}}, bytes, {2, 1});
  EXPECT_EQ(decoded.value.map.At(0, 0), (Vector3{0.5, 0, 0.25}));
  EXPECT_EQ(decoded.value.map.At(1, 0), (Vector3{1, -1, 2}));
  EXPECT_EQ(ErrorOf([&] { Decode({{"codec", "normals-npy"}, {"layout", "hwc"}}, bytes); }).code,
            "wrong-shape");
}

TEST(NormalFormats, PngOfBothDepths) {
  RgbImage flat(Size{2, 1}, Rgb8{255, 128, 51});
  flat.At(1, 0) = {};
  Raster<Rgb16> deep(Size{2, 1}, Rgb16{65535, 32768, 13107});
  deep.At(1, 0) = {};
  for (const Bytes& bytes : {EncodePng(flat), EncodePng(deep)}) {
    const auto decoded = Decode({{"codec", "normals-png"}}, bytes, {2, 1});
    const Vector3 n = decoded.value.map.At(0, 0);
    EXPECT_NEAR(n.x, -1, 1e-12);
    EXPECT_NEAR(n.y, 0, 0.004);
    EXPECT_NEAR(n.z, -0.6, 1e-12);
    EXPECT_FALSE(IsDirection(decoded.value.map.At(1, 0)));
    EXPECT_EQ(Find(decoded.diagnostics, "undefined_pixels"), 1);
  }
}

TEST(NormalFormats, Exr) {
  EXPECT_EQ(First({{"codec", "exr"}, {"frame", "opencv"}}, EncodeExr(OnePixel({0.5, -0.25, -1}))),
            (Vector3{0.5, 0.25, 1}));
}

TEST(NormalFormats, UndefinedPixelsAndLengthsAreDescribed) {
  NormalMap map(Size{5, 1}, {0, 0, 2});
  map.At(0, 0) = {};
  map.At(1, 0) = {kNan, 0, 1};
  map.At(2, 0) = {0, 3, 4};
  const auto diagnostics = Decode({{"codec", "normals-npy"}}, Npy(map), {5, 1}).diagnostics;
  EXPECT_EQ(Find(diagnostics, "undefined_pixels"), 2);
  EXPECT_EQ(Find(diagnostics, "norm_p1"), 2);
  EXPECT_EQ(Find(diagnostics, "norm_p50"), 2);
  EXPECT_EQ(Find(diagnostics, "norm_p99"), 5);
}

TEST(NormalFormats, AnotherSizeIsResampledByTheFitItStates) {
  NormalMap map(Size{4, 1}, {0, 0, 1});
  map.At(2, 0) = map.At(3, 0) = {0, 1, 0};
  Answer answer = AnswerOf(Npy(map));
  const auto decoder = MakeFor<NormalsTask>({{"codec", "normals-npy"}});
  EXPECT_EQ(decoder->Decode(answer, {}, FrameOf({2, 1})).value.map.size(), (Size{4, 1}));
  answer.fit = Fit::kStretch;
  const NormalMap fitted = decoder->Decode(answer, {}, FrameOf({2, 1})).value.map;
  ASSERT_EQ(fitted.size(), (Size{2, 1}));
  EXPECT_EQ(fitted.At(0, 0), (Vector3{0, 0, 1}));
  EXPECT_EQ(fitted.At(1, 0), (Vector3{0, 1, 0}));
}

TEST(NormalFormats, WrongKindsOfFilesAreRefused) {
  const Bytes gray = EncodePng(Raster<std::uint8_t>(Size{2, 2}));
  const auto code = [](const char* codec, const Bytes& bytes) {
    return ErrorOf([&] { Decode({{"codec", codec}}, bytes); }).code;
  };
  EXPECT_EQ(code("normals-png", gray), "wrong-channels");
  EXPECT_EQ(code("normals-png", EncodeJpeg(RgbImage(Size{8, 8}))), "wrong-format");
  EXPECT_EQ(code("exr", gray), "wrong-format");
  EXPECT_EQ(code("normals-npy", gray), "wrong-format");
}

}  // namespace
}  // namespace assay
