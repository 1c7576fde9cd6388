// npy, npz, png16, pfm, exr (model/depth_formats.h):
// * values arrive at the array's own size, undefined ones untouched and counted;
// * scale, SCALE and kind do what the header says;
// * distance becomes planar z by the formula, at any size, or says what it lacks;
// * canonical depth of a focal length of 300 pixels becomes metres by the focal length of the
//   processed image, stated or the camera's;
// * damaged, empty or foreign files and wrong settings are refused by name.
#include "model/depth_formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "datasets/io/array.h"
#include "datasets/io/exr.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using test::Make;
using test::MakeFor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Answer NpyAnswer(const DepthMap& map) { return AnswerOf(EncodeNpy(map), "answer.npy"); }

DepthMap Row(std::vector<double> values) {
  const Size size{static_cast<int>(values.size()), 1};
  return {size, std::move(values)};
}

TEST(ArrayDepth, ValuesArriveAtTheArraysOwnSize) {
  const auto decoded =
      MakeFor<DepthTask>({{"codec", "npy"}})->Decode(NpyAnswer(Row({1, 2.5})), {}, FrameOf({9, 9}));
  EXPECT_EQ(decoded.value.map, Row({1, 2.5}));
  EXPECT_EQ(decoded.value.kind, DepthKind::kDepth);
  EXPECT_FALSE(decoded.value.painted);
}

TEST(ArrayDepth, UndefinedValuesPassThroughAndAreCounted) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto decoded =
      MakeFor<DepthTask>({{"codec", "npy"}})
          ->Decode(NpyAnswer(Row({1, 0, -2, kInfinity, -kInfinity, nan})), {}, FrameOf({6, 1}));
  EXPECT_EQ(Find(decoded.diagnostics, "undefined_pixels"), 5);
  EXPECT_EQ(decoded.value.map.At(3, 0), kInfinity);
  EXPECT_TRUE(std::isnan(decoded.value.map.At(5, 0)));
}

TEST(ArrayDepth, ScaleMultipliesAndDisparityIsNamed) {
  const auto decoder =
      MakeFor<DepthTask>({{"codec", "npy"}, {"scale", 0.25}, {"kind", "disparity"}});
  const auto decoded = decoder->Decode(NpyAnswer(Row({4, 8})), {}, FrameOf({2, 1}));
  EXPECT_EQ(decoded.value.map, Row({1, 2}));
  EXPECT_EQ(decoded.value.kind, DepthKind::kDisparity);
}

TEST(ArrayDepth, Png16IsDividedByItsScale) {
  const Raster<std::uint16_t> image(Size{3, 1}, std::vector<std::uint16_t>{0, 1234, 65535});
  const Answer answer = AnswerOf(EncodePng(image));
  const auto decoded =
      MakeFor<DepthTask>({{"codec", "png16:1000"}})->Decode(answer, {}, FrameOf({3, 1}));
  EXPECT_THAT(decoded.value.map.Pixels(), ElementsAre(0, 1.234, 65.535));
  EXPECT_EQ(Find(decoded.diagnostics, "undefined_pixels"), 1);
  const auto quarter =
      MakeFor<DepthTask>({{"codec", "png16:0.5"}})->Decode(answer, {}, FrameOf({3, 1}));
  EXPECT_EQ(quarter.value.map.At(1, 0), 2468);
}

TEST(ArrayDepth, APfmFileIsReadBottomToTop) {
  const std::string header = "Pf\n1 2\n-1.0\n";
  Bytes bytes(header.begin(), header.end());
  for (const float value : {7.0F, 3.0F}) {
    std::uint8_t raw[4];
    std::memcpy(raw, &value, 4);
    bytes.insert(bytes.end(), raw, raw + 4);
  }
  const auto decoded =
      MakeFor<DepthTask>({{"codec", "pfm"}})->Decode(AnswerOf(bytes, "a.pfm"), {}, FrameOf({1, 2}));
  EXPECT_THAT(decoded.value.map.Pixels(), ElementsAre(3, 7));
}

TEST(ArrayDepth, AStatedFitBringsTheMapToTheGrid) {
  Answer answer = NpyAnswer(Row({1, 2}));
  answer.fit = Fit::kStretch;
  const auto decoded = MakeFor<DepthTask>({{"codec", "npy"}})->Decode(answer, {}, FrameOf({4, 1}));
  EXPECT_EQ(decoded.value.map, Row({1, 1, 2, 2}));
}

// A plane at z = 5 seen from the centre is farther along every ray.
TEST(Distance, BecomesPlanarDepthAtAnySize) {
  EXPECT_TRUE(rc::check([] {
    const Size frame{*rc::gen::inRange(2, 40), *rc::gen::inRange(2, 40)};
    const int factor = *rc::gen::inRange(1, 4);
    const Intrinsics camera{*rc::gen::inRange(5, 60) * 1.0,
                            *rc::gen::inRange(5, 60) * 1.0,
                            *rc::gen::inRange(0, 40) * 1.0,
                            *rc::gen::inRange(0, 40) * 0.5};
    DepthMap distance(Size{frame.width * factor, frame.height * factor});
    for (int y = 0; y < distance.height(); ++y) {
      for (int x = 0; x < distance.width(); ++x) {
        const double u = (x + 0.5) / factor;
        const double v = (y + 0.5) / factor;
        const double across = 5 * (u - camera.cx) / camera.fx;
        const double down = 5 * (v - camera.cy) / camera.fy;
        distance.At(x, y) = std::hypot(across, down, 5.0);
      }
    }
    const auto decoder = MakeFor<DepthTask>({{"codec", "npy"}, {"kind", "distance"}});
    const auto decoded = decoder->Decode(NpyAnswer(distance), {frame, camera}, FrameOf(frame));
    RC_ASSERT(decoded.value.kind == DepthKind::kDepth);
    for (const double z : decoded.value.map.Pixels()) RC_ASSERT(std::abs(z - 5) < 1e-9);
  }));
}

TEST(Distance, IsNotPlanarDepth) {
  const Intrinsics camera{10, 10, 5, 5};
  const DepthMap map(Size{10, 10}, 5.0);
  const auto decode = [&](const char* kind) {
    return MakeFor<DepthTask>({{"codec", "npy"}, {"kind", kind}})
        ->Decode(NpyAnswer(map), {map.size(), camera}, FrameOf(map.size()))
        .value.map.At(0, 0);
  };
  EXPECT_EQ(decode("depth"), 5);
  EXPECT_NEAR(decode("distance"), 5 / std::sqrt(1 + 2 * .45 * .45), 1e-12);
}

TEST(Distance, WithoutIntrinsicsSaysSo) {
  const auto decoder = MakeFor<DepthTask>({{"codec", "npy"}, {"kind", "distance"}});
  const auto error = ErrorOf(
      [&] { decoder->Decode(NpyAnswer(Row({1})), {Size{1, 1}, std::nullopt}, FrameOf({1, 1})); });
  EXPECT_EQ(error.code, "no-camera");
  EXPECT_THAT(error.detail, HasSubstr("no intrinsics"));
}

TEST(Distance, OfACropIsRefusedBecauseTheCameraIsTheWholeImages) {
  const auto decoder = MakeFor<DepthTask>({{"codec", "npy"}, {"kind", "distance"}});
  const DepthTask::Query query{Size{20, 10}, Intrinsics{10, 10, 10, 5}};
  const Frame crop{{16, 8}, {16, 8}};
  const auto error =
      ErrorOf([&] { decoder->Decode(NpyAnswer(DepthMap(Size{16, 8}, 3.0)), query, crop); });
  EXPECT_EQ(error.code, "no-camera");
  EXPECT_NO_THROW(decoder->Decode(NpyAnswer(DepthMap(Size{20, 10}, 3.0)), query, crop));
}

// A wall at 5 m, shown through the KB window of a KITTI image: the centre moves, the focal length
// does not.
TEST(Distance, OfTheKbWindowIsMeasuredFromItsOwnCentre) {
  const DepthTask::Query query{Size{1242, 375}, Intrinsics{721, 721, 609.5, 172.8}};
  const Frame window{{1216, 352}, {1216, 352}};
  DepthMap distance(Size{1216, 352});
  for (int y = 0; y < distance.height(); ++y) {
    for (int x = 0; x < distance.width(); ++x) {
      const double across = (x + 13 + 0.5 - 609.5) / 721;
      const double down = (y + 23 + 0.5 - 172.8) / 721;
      distance.At(x, y) = 5 * std::sqrt(1 + across * across + down * down);
    }
  }
  const auto decoder = MakeFor<DepthTask>({{"codec", "npy"}, {"kind", "distance"}});
  const auto decoded = decoder->Decode(NpyAnswer(distance), query, window);
  for (const double z : decoded.value.map.Pixels()) ASSERT_NEAR(z, 5, 1e-9);
}

TEST(Focal300, OfTheKbWindowIsTheImagesFocalLength) {
  const auto decoder = MakeFor<DepthTask>({{"codec", "npy"}, {"unit", "focal_300"}});
  const DepthTask::Query query{Size{1242, 375}, Intrinsics{720, 720, 609.5, 172.8}};
  const Frame window{{1216, 352}, {1216, 352}};
  const auto whole = decoder->Decode(NpyAnswer(DepthMap(Size{1216, 352}, 2.0)), query, window);
  EXPECT_DOUBLE_EQ(whole.value.map.At(0, 0), 2.0 * 720 / 300);
  const auto half = decoder->Decode(NpyAnswer(DepthMap(Size{608, 176}, 2.0)), query, window);
  EXPECT_DOUBLE_EQ(half.value.map.At(0, 0), 2.0 * 360 / 300);
}

// 640 x 480 seen with 600 and 660 pixels, processed at half the width and a third of the height.
TEST(Focal300, TheCamerasFocalLengthIsBroughtToTheSizeOfTheArray) {
  const auto decoder = MakeFor<DepthTask>({{"codec", "npy"}, {"unit", "focal_300"}});
  const DepthTask::Query query{Size{640, 480}, Intrinsics{600, 660, 320, 240}};
  const Answer answer = NpyAnswer(DepthMap(Size{320, 160}, 3.0));
  const auto decoded = decoder->Decode(answer, query, FrameOf({640, 480}));
  EXPECT_DOUBLE_EQ(decoded.value.map.At(5, 5), 3.0 * ((600 / 2.0 + 660 / 3.0) / 2) / 300);
}

TEST(Focal300, AStatedFocalLengthNeedsNoCamera) {
  const auto decoder =
      MakeFor<DepthTask>({{"codec", "npy"}, {"unit", "focal_300"}, {"focal", 450}});
  const auto decoded = decoder->Decode(NpyAnswer(Row({2, 4})), {}, FrameOf({2, 1}));
  EXPECT_EQ(decoded.value.map, Row({3, 6}));
}

TEST(Focal300, WithoutEitherSaysWhatToState) {
  const auto decoder = MakeFor<DepthTask>({{"codec", "npy"}, {"unit", "focal_300"}});
  const auto error = ErrorOf(
      [&] { decoder->Decode(NpyAnswer(Row({1})), {Size{1, 1}, std::nullopt}, FrameOf({1, 1})); });
  EXPECT_EQ(error.code, "no-camera");
  EXPECT_THAT(error.detail, HasSubstr("--set answer.focal=PIXELS"));
}

TEST(ExrDepth, OneChannelIsDepthAndPointsGiveTheirThird) {
  const auto decoder = MakeFor<DepthTask>({{"codec", "exr"}});
  const DepthMap depth = Row({1.5, 0, 7.25});
  const Answer plain = AnswerOf(EncodeExr(depth), "answer.exr");
  EXPECT_EQ(decoder->Decode(plain, {}, FrameOf({3, 1})).value.map, depth);
  VectorMap points(Size{2, 1});
  points.Pixels()[0] = {1, 2, 3};
  points.Pixels()[1] = {4, 5, 6};
  const Answer answer = AnswerOf(EncodeExr(points), "points.exr");
  EXPECT_EQ(decoder->Decode(answer, {}, FrameOf({2, 1})).value.map, Row({3, 6}));
}

TEST(ArrayDepth, ForeignAndDamagedFilesAreThatSamplesFault) {
  const auto decode = [](const char* codec, Bytes bytes) {
    return ErrorOf([&] {
      MakeFor<DepthTask>({{"codec", codec}})
          ->Decode(AnswerOf(std::move(bytes)), {}, FrameOf({4, 4}));
    });
  };
  Bytes cut = EncodeNpy(DepthMap(Size{8, 8}, 1.0));
  cut.resize(cut.size() - 9);
  EXPECT_EQ(decode("npy", cut).code, "truncated");
  EXPECT_EQ(decode("npz:depth", EncodeNpy(Row({1}))).stage, PredictionError::Stage::kRead);
  EXPECT_EQ(decode("png16:1000", EncodePng(Raster<std::uint8_t>(Size{4, 4}, 3))).code,
            "wrong-depth");
  EXPECT_NE(decode("png16:1000", EncodeJpeg(RgbImage(Size{8, 8}))).code, "nothing thrown");
  for (const char* codec : {"exr", "npy", "npz", "pfm", "png16:256"}) {
    EXPECT_NE(decode(codec, {}).code, "nothing thrown") << codec;
    EXPECT_EQ(decode(codec, {}).stage, PredictionError::Stage::kRead) << codec;
  }
}

TEST(ArrayDepth, WrongSettingsAreFindings) {
  for (const char* codec : {"png16",
                            "png16:",
                            "png16:0",
                            "png16:-1",
                            "png16:nan",
                            "png16:inf",
                            "png16:1000mm",
                            "png16:1e400"}) {
    EXPECT_THAT(Make("depth", {{"codec", codec}}).findings, SizeIs(1)) << codec;
  }
  EXPECT_THAT(Make("depth", {{"codec", "npy"}, {"scale", 0}}).findings, SizeIs(1));
  EXPECT_THAT(Make("depth", {{"codec", "npy"}, {"kind", "z"}}).findings, SizeIs(1));
  EXPECT_THAT(Make("depth", {{"codec", "png16:256"}, {"scale", 2}}).findings, SizeIs(1));
  EXPECT_THAT(Make("depth", {{"codec", "pfm:x"}}).findings, SizeIs(1));
  EXPECT_THAT(Make("depth", {{"codec", "npy"}, {"focal", 450}}).findings, SizeIs(1));
  EXPECT_THAT(Make("depth", {{"codec", "npy"}, {"unit", "focal_300"}, {"focal", 0}}).findings,
              SizeIs(1));
  EXPECT_THAT(
      Make("depth", {{"codec", "npy"}, {"unit", "focal_300"}, {"kind", "disparity"}}).findings,
      SizeIs(1));
  EXPECT_THAT(Make("depth", {{"codec", "npz:depth"}, {"kind", "disparity"}}).findings, IsEmpty());
}

}  // namespace
}  // namespace assay
