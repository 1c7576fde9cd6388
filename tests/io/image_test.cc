// Images of any format:
//   - the format is told by the first bytes, whatever the name says;
//   - a JPEG is read as OpenCV reads it, its EXIF rotation ignored, and is an error
//     where a lossy file may not be, where gray is needed, and where it is gray;
//   - a JPEG cut anywhere is an error, and a changed byte never crashes;
//   - ReadHeader finds the size behind a long prefix and in a file cut behind it;
//   - other formats are refused by their name.

#include "datasets/io/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "tests/support/file_errors.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using test::TemporaryFolder;
using ::testing::HasSubstr;

RgbImage Gradient(Size size) {
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      image.At(x, y) = {
          static_cast<std::uint8_t>(200 - 3 * x), static_cast<std::uint8_t>(40 + 5 * y), 90};
    }
  }
  return image;
}

Bytes GrayJpeg() {
  Bytes bytes;
  cv::imencode(".jpg", cv::Mat(9, 12, CV_8UC1, cv::Scalar(77)), bytes);
  return bytes;
}

// A marker segment put behind SOI.
Bytes WithSegment(const Bytes& jpeg, std::uint8_t marker, const Bytes& data) {
  const std::size_t length = data.size() + 2;
  Bytes out(jpeg.begin(), jpeg.begin() + 2);
  out.insert(out.end(),
             {0xff,
              marker,
              static_cast<std::uint8_t>(length >> 8),
              static_cast<std::uint8_t>(length & 0xff)});
  out.insert(out.end(), data.begin(), data.end());
  out.insert(out.end(), jpeg.begin() + 2, jpeg.end());
  return out;
}

// EXIF with one entry: orientation `value`, big-endian TIFF.
Bytes ExifOrientation(std::uint8_t value) {
  return {'E',  'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42,    0, 0, 0, 8, 0, 1,
          0x01, 0x12, 0,   3,   0, 0, 0,   1,   0, value, 0, 0, 0, 0, 0, 0};
}

Bytes Progressive(const RgbImage& image) {
  cv::Mat bgr(image.height(), image.width(), CV_8UC3);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const Rgb8 pixel = image.At(x, y);
      bgr.at<cv::Vec3b>(y, x) = {pixel.b, pixel.g, pixel.r};
    }
  }
  Bytes bytes;
  cv::imencode(
      ".jpg", bgr, bytes, {cv::IMWRITE_JPEG_PROGRESSIVE, 1, cv::IMWRITE_JPEG_RST_INTERVAL, 2});
  return bytes;
}

TEST(Image, TheFormatIsToldByTheFirstBytes) {
  EXPECT_EQ(SniffFormat(EncodePng(Gradient({2, 2}))), ImageFormat::kPng);
  EXPECT_EQ(SniffFormat(EncodeJpeg(Gradient({2, 2}))), ImageFormat::kJpeg);
  EXPECT_EQ(SniffFormat(Bytes{'G', 'I', 'F', '8', '9', 'a'}), ImageFormat::kOther);
  EXPECT_EQ(SniffFormat(Bytes{}), ImageFormat::kOther);
  EXPECT_EQ(SniffFormat(Bytes{0x89, 'P', 'N', 'G'}), ImageFormat::kOther);
}

TEST(Image, AJpegNamedPngIsReadAsTheJpegItIs) {
  const Bytes jpeg = EncodeJpeg(Gradient({20, 10}));
  EXPECT_EQ(DecodeHeader(jpeg, "lies.png").format, ImageFormat::kJpeg);
  EXPECT_EQ(DecodeRgb(jpeg, "lies.png").size(), (Size{20, 10}));
}

TEST(Jpeg, IsReadAsOpenCvReadsIt) {
  for (const Bytes& jpeg : {EncodeJpeg(Gradient({37, 23})), Progressive(Gradient({37, 23}))}) {
    const cv::Mat theirs = cv::imdecode(jpeg, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    const RgbImage ours = DecodeRgb(jpeg, "a.jpg");
    EXPECT_TRUE(std::equal(theirs.begin<cv::Vec3b>(),
                           theirs.end<cv::Vec3b>(),
                           ours.Pixels().begin(),
                           ours.Pixels().end(),
                           [](const cv::Vec3b& bgr, const Rgb8& rgb) {
                             return bgr == cv::Vec3b(rgb.b, rgb.g, rgb.r);
                           }));
  }
}

TEST(Jpeg, RedStaysRedWithinAFewLevels) {
  const RgbImage image({16, 16}, Rgb8{220, 30, 40});
  const RgbImage read = DecodeRgb(EncodeJpeg(image), "a.jpg");
  for (const Rgb8& pixel : read.Pixels()) {
    EXPECT_NEAR(pixel.r, 220, 4);
    EXPECT_NEAR(pixel.g, 30, 4);
    EXPECT_NEAR(pixel.b, 40, 4);
  }
}

TEST(Jpeg, TheRotationOfExifIsIgnored) {
  const Bytes plain = EncodeJpeg(Gradient({20, 10}));
  const Bytes rotated = WithSegment(plain, 0xe1, ExifOrientation(6));
  // The premise: a reader that honours it turns the image.
  ASSERT_EQ(cv::imdecode(rotated, cv::IMREAD_COLOR).cols, 10);
  EXPECT_EQ(DecodeRgb(rotated, "a.jpg"), DecodeRgb(plain, "a.jpg"));
  EXPECT_EQ(DecodeHeader(rotated, "a.jpg").size, (Size{20, 10}));
}

TEST(Jpeg, IsRefusedWhereValuesMustBeExact) {
  const Bytes jpeg = EncodeJpeg(Gradient({8, 8}));
  EXPECT_EQ(CodeOf([&] { DecodeRgb(jpeg, "a.png", Lossy::kRefuse); }), "lossy");
  EXPECT_EQ(CodeOf([&] { DecodeGray8(jpeg, "a.png"); }), "wrong-format");
  EXPECT_THAT(MessageOf([&] { DecodeGray16(jpeg, "a.png"); }),
              HasSubstr("is a JPEG, which changes values; need a 16-bit gray PNG"));
}

TEST(Jpeg, AGrayOneIsNotTakenForRgb) {
  EXPECT_EQ(DecodeHeader(GrayJpeg(), "a.jpg").channels, 1);
  EXPECT_EQ(CodeOf([] { DecodeRgb(GrayJpeg(), "a.jpg"); }), "wrong-channels");
}

TEST(Jpeg, CutAnywhereItIsAnError) {
  for (const Bytes& whole : {EncodeJpeg(Gradient({16, 9})),
                             Progressive(Gradient({40, 9})),
                             WithSegment(EncodeJpeg(Gradient({8, 8})), 0xe1, ExifOrientation(3))}) {
    ASSERT_EQ(CodeOf([&] { DecodeRgb(whole, "a.jpg"); }), "");
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(CodeOf([&] { DecodeRgb(cut, "a.jpg"); }), "truncated") << length;
    }
  }
}

TEST(Jpeg, AThumbnailsEndIsNotTakenForTheImagesEnd) {
  const Bytes thumbnail = EncodeJpeg(Gradient({4, 4}));
  Bytes jpeg = WithSegment(EncodeJpeg(Gradient({16, 16})), 0xe2, thumbnail);
  EXPECT_EQ(DecodeHeader(jpeg, "a.jpg").size, (Size{16, 16}));
  jpeg.resize(jpeg.size() - 20);
  EXPECT_EQ(CodeOf([&] { DecodeRgb(jpeg, "a.jpg"); }), "truncated");
}

TEST(Jpeg, AChangedByteNeverCrashes) {
  const Bytes whole = EncodeJpeg(Gradient({16, 9}));
  EXPECT_TRUE(rc::check("mutations", [&] {
    Bytes changed = whole;
    // The entropy-coded data last: what libjpeg makes of it is its own affair.
    const auto at = *rc::gen::inRange<std::size_t>(0, whole.size());
    changed[at] = *rc::gen::arbitrary<std::uint8_t>();
    CodeOf([&] { DecodeRgb(changed, "a.jpg"); });
    CodeOf([&] { DecodeHeader(changed, "a.jpg"); });
  }));
}

TEST(Jpeg, ASizeOverTheLimitIsTooLarge) {
  Bytes jpeg = EncodeJpeg(Gradient({8, 8}));
  const std::array<std::uint8_t, 2> frame = {0xff, 0xc0};
  const auto at = std::search(jpeg.begin(), jpeg.end(), frame.begin(), frame.end());
  ASSERT_NE(at, jpeg.end());
  std::fill_n(at + 5, 4, std::uint8_t{0xff});  // 65535 x 65535
  EXPECT_EQ(CodeOf([&] { DecodeHeader(jpeg, "a.jpg"); }), "too-large");
  EXPECT_EQ(CodeOf([&] { DecodeRgb(jpeg, "a.jpg"); }), "too-large");
  std::fill_n(at + 5, 2, std::uint8_t{0});
  EXPECT_EQ(CodeOf([&] { DecodeRgb(jpeg, "a.jpg"); }), "corrupt");
}

TEST(ReadHeader, FindsTheSizeWithoutTheRestOfTheFile) {
  const TemporaryFolder folder;
  Bytes png = EncodePng(Gradient({300, 200}));
  png.resize(60);
  WriteFile(folder.Path() / "cut.png", png);
  EXPECT_EQ(ReadHeader(folder.Path() / "cut.png").size, (Size{300, 200}));
  Bytes jpeg = EncodeJpeg(Gradient({60, 40}));
  jpeg.resize(jpeg.size() - 30);
  WriteFile(folder.Path() / "cut.jpg", jpeg);
  EXPECT_EQ(ReadHeader(folder.Path() / "cut.jpg").size, (Size{60, 40}));
}

TEST(ReadHeader, FindsTheSizeBehindALongColourProfile) {
  const TemporaryFolder folder;
  Bytes jpeg = EncodeJpeg(Gradient({60, 40}));
  for (int segments = 1; segments <= 6; ++segments) {
    jpeg = WithSegment(jpeg, 0xe2, Bytes(65000, 0x11));
    WriteFile(folder.Path() / "long.jpg", jpeg);
    EXPECT_EQ(ReadHeader(folder.Path() / "long.jpg").size, (Size{60, 40})) << segments;
  }
}

TEST(ReadHeader, ACutBeforeTheSizeIsTruncated) {
  const TemporaryFolder folder;
  const Bytes png = EncodePng(Gradient({3, 2}));
  const Bytes jpeg = EncodeJpeg(Gradient({3, 2}));
  for (const Bytes& whole : {png, jpeg}) {
    for (std::size_t length = 0; length < 33; ++length) {
      WriteFile(folder.Path() / "f", std::span(whole).first(length));
      EXPECT_EQ(CodeOf([&] { ReadHeader(folder.Path() / "f"); }), "truncated") << length;
    }
  }
  EXPECT_EQ(CodeOf([&] { ReadHeader(folder.Path() / "missing"); }), "not-found");
}

TEST(Image, OtherFormatsAreRefusedByName) {
  const auto message = [](const std::string& start) {
    return MessageOf([&] { DecodeRgb(Bytes(start.begin(), start.end()), "x"); });
  };
  EXPECT_EQ(message("GIF89a"), "x: is a GIF; need a PNG or JPEG");
  EXPECT_THAT(message("\x93NUMPY"), HasSubstr("a NumPy array"));
  EXPECT_THAT(message("version https://git-lfs.example/spec"), HasSubstr("Git LFS pointer"));
  EXPECT_THAT(message("hello"), HasSubstr("starts with 68 65 6C 6C"));
  EXPECT_EQ(CodeOf([] { DecodeGray8(Bytes{'h', 'i'}, "x"); }), "wrong-format");
  EXPECT_EQ(CodeOf([] { DecodeGray8(Bytes{}, "x"); }), "truncated");
}

TEST(Image, SixteenBitRgbIsWhatOpenCvWritesAndReads) {
  Raster<Rgb16> image(Size{5, 3});
  cv::Mat bgr(3, 5, CV_16UC3);
  std::uint16_t value = 1;
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 5; ++x) {
      const auto next = [&] { return value = static_cast<std::uint16_t>(value * 31 + 7); };
      image.At(x, y) = {next(), next(), next()};
      const Rgb16& c = image.At(x, y);
      bgr.at<cv::Vec3w>(y, x) = {c.b, c.g, c.r};
    }
  }
  Bytes theirs;
  cv::imencode(".png", bgr, theirs);
  EXPECT_EQ(DecodeRgb16(theirs, "a.png"), image);
  EXPECT_EQ(DecodeRgb16(EncodePng(image), "a.png"), image);
  const cv::Mat read = cv::imdecode(EncodePng(image), cv::IMREAD_UNCHANGED);
  EXPECT_EQ(cv::norm(read, bgr, cv::NORM_INF), 0);
}

TEST(Image, SixteenBitRgbIsNothingElse) {
  const auto read = [](const Bytes& bytes) { DecodeRgb16(bytes, "a.png"); };
  EXPECT_EQ(CodeOf([&] { read(EncodePng(RgbImage(Size{2, 2}))); }), "wrong-depth");
  EXPECT_EQ(CodeOf([&] { read(EncodePng(Raster<std::uint16_t>(Size{2, 2}))); }), "wrong-channels");
  EXPECT_EQ(CodeOf([&] { read(EncodeJpeg(RgbImage(Size{8, 8}))); }), "wrong-format");
}

}  // namespace
}  // namespace assay
