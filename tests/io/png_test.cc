// Decoding PNG:
//   - for every colour type, depth, filter, with and without Adam7, in one or many
//     IDAT chunks, the samples written are the samples read, and OpenCV reads the same;
//   - each filter undone equals the formula of the specification, in place too;
//   - DecodeGray8, DecodeGray16 and DecodeRgb give those pixels, or refuse the kind
//     and name what was found and what is needed;
//   - what EncodePng writes is read back, by OpenCV too, and is the same every time.

#include "datasets/io/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "datasets/io/image.h"
#include "datasets/io/png_filter.h"
#include "tests/support/file_errors.h"
#include "tests/support/png_writer.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using test::PngPlan;
using test::WritePng;
using ::testing::HasSubstr;

struct Kind {
  int colour;
  int depth;
};
// All fifteen that exist.
constexpr std::array<Kind, 15> kKinds = {{{0, 1},
                                          {0, 2},
                                          {0, 4},
                                          {0, 8},
                                          {0, 16},
                                          {2, 8},
                                          {2, 16},
                                          {3, 1},
                                          {3, 2},
                                          {3, 4},
                                          {3, 8},
                                          {4, 8},
                                          {4, 16},
                                          {6, 8},
                                          {6, 16}}};

struct Picture {
  PngPlan plan;
  std::vector<std::uint16_t> samples;
  Bytes bytes;
};

std::vector<Rgb8> AnyPalette(int depth) {
  std::vector<Rgb8> palette(static_cast<std::size_t>(1) << depth);
  for (Rgb8& colour : palette) {
    colour = {*rc::gen::arbitrary<std::uint8_t>(),
              *rc::gen::arbitrary<std::uint8_t>(),
              *rc::gen::arbitrary<std::uint8_t>()};
  }
  return palette;
}

// Random bits, or runs of them: what compresses badly and what compresses well.
std::vector<std::uint16_t> AnySamples(std::size_t count, int depth) {
  auto state = *rc::gen::arbitrary<std::uint32_t>();
  const auto run = static_cast<std::size_t>(*rc::gen::element(1, 1, 5, 40));
  std::vector<std::uint16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % run == 0) state = state * 1664525U + 1013904223U;
    samples[i] = static_cast<std::uint16_t>(state >> 9 & ((1U << depth) - 1));
  }
  return samples;
}

Picture AnyPicture(Kind kind) {
  Picture picture;
  PngPlan& plan = picture.plan;
  plan.size = {*rc::gen::inRange(1, 70), *rc::gen::inRange(1, 20)};
  plan.colour_type = kind.colour;
  plan.bit_depth = kind.depth;
  plan.interlaced = *rc::gen::element(false, false, true);
  plan.idat_chunks = static_cast<std::size_t>(*rc::gen::element(1, 1, 2, 7));
  plan.level = *rc::gen::element(0, 1, 6);
  if (kind.colour == 3) plan.palette = AnyPalette(kind.depth);
  const auto filters = *rc::gen::container<std::vector<int>>(20, rc::gen::inRange(0, 5));
  plan.filter = [filters](std::size_t y) { return filters[y]; };
  const std::size_t count = plan.size.Pixels() * test::SamplesPerPixel(kind.colour);
  picture.samples = AnySamples(count, kind.depth);
  picture.bytes = WritePng(plan, picture.samples);
  return picture;
}

std::string NameOf(Kind kind) {
  return "colour type " + std::to_string(kind.colour) + ", " + std::to_string(kind.depth) + " bits";
}

TEST(Png, GivesTheSamplesThatWereWrittenForEveryKind) {
  for (const Kind kind : kKinds) {
    EXPECT_TRUE(rc::check(NameOf(kind), [kind] {
      const Picture picture = AnyPicture(kind);
      const PngSamples read = DecodePngSamples(picture.bytes, "a.png");
      RC_ASSERT(read.header.size == picture.plan.size);
      RC_ASSERT(read.header.bit_depth == kind.depth);
      RC_ASSERT(static_cast<int>(read.header.colour) == kind.colour);
      RC_ASSERT(read.header.interlaced == picture.plan.interlaced);
      RC_ASSERT(read.palette == picture.plan.palette);
      RC_ASSERT(read.samples == picture.samples);
    }));
  }
}

// OpenCV's view: BGR, and no palette or small samples that are not expanded.
cv::Mat ByOpenCv(const Bytes& bytes, int flags) { return cv::imdecode(bytes, flags); }

TEST(Png, AgreesWithOpenCvOnGray8) {
  EXPECT_TRUE(rc::check("gray 8", [] {
    const Picture picture = AnyPicture({0, 8});
    const cv::Mat theirs = ByOpenCv(picture.bytes, cv::IMREAD_UNCHANGED);
    const Raster<std::uint8_t> ours = DecodeGray8(picture.bytes, "a.png");
    RC_ASSERT(theirs.type() == CV_8UC1);
    RC_ASSERT(std::equal(theirs.begin<std::uint8_t>(),
                         theirs.end<std::uint8_t>(),
                         ours.Pixels().begin(),
                         ours.Pixels().end()));
  }));
}

TEST(Png, AgreesWithOpenCvOnGray16) {
  EXPECT_TRUE(rc::check("gray 16", [] {
    const Picture picture = AnyPicture({0, 16});
    const cv::Mat theirs = ByOpenCv(picture.bytes, cv::IMREAD_UNCHANGED);
    const Raster<std::uint16_t> ours = DecodeGray16(picture.bytes, "a.png");
    RC_ASSERT(theirs.type() == CV_16UC1);
    RC_ASSERT(std::equal(theirs.begin<std::uint16_t>(),
                         theirs.end<std::uint16_t>(),
                         ours.Pixels().begin(),
                         ours.Pixels().end()));
  }));
}

TEST(Png, AgreesWithOpenCvOnRgbAndPalettes) {
  for (const Kind kind : {Kind{2, 8}, {3, 1}, {3, 2}, {3, 4}, {3, 8}}) {
    EXPECT_TRUE(rc::check(NameOf(kind), [kind] {
      const Picture picture = AnyPicture(kind);
      const cv::Mat theirs = ByOpenCv(picture.bytes, cv::IMREAD_COLOR);
      const RgbImage ours = DecodeRgb(picture.bytes, "a.png");
      RC_ASSERT(std::equal(theirs.begin<cv::Vec3b>(),
                           theirs.end<cv::Vec3b>(),
                           ours.Pixels().begin(),
                           ours.Pixels().end(),
                           [](const cv::Vec3b& bgr, const Rgb8& rgb) {
                             return bgr == cv::Vec3b(rgb.b, rgb.g, rgb.r);
                           }));
    }));
  }
}

TEST(Png, DropsTheAlphaOfRgba) {
  EXPECT_TRUE(rc::check("rgba", [] {
    const Picture picture = AnyPicture({6, 8});
    const cv::Mat theirs = ByOpenCv(picture.bytes, cv::IMREAD_UNCHANGED);
    const RgbImage ours = DecodeRgb(picture.bytes, "a.png");
    RC_ASSERT(std::equal(theirs.begin<cv::Vec4b>(),
                         theirs.end<cv::Vec4b>(),
                         ours.Pixels().begin(),
                         ours.Pixels().end(),
                         [](const cv::Vec4b& bgra, const Rgb8& rgb) {
                           return bgra[0] == rgb.b && bgra[1] == rgb.g && bgra[2] == rgb.r;
                         }));
  }));
}

int NaivePrediction(int filter, int a, int b, int c) {
  const int p = a + b - c;
  const int pa = std::abs(p - a);
  const int pb = std::abs(p - b);
  const int pc = std::abs(p - c);
  const int paeth = pa <= pb && pa <= pc ? a : (pb <= pc ? b : c);
  return std::array<int, 5>{0, a, b, (a + b) / 2, paeth}[static_cast<std::size_t>(filter)];
}

Bytes NaiveUndo(int filter, std::size_t step, const Bytes& coded, const Bytes& prior) {
  Bytes row(coded.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int a = i < step ? 0 : row[i - step];
    const int b = prior.empty() ? 0 : prior[i];
    const int c = i < step || prior.empty() ? 0 : prior[i - step];
    row[i] = static_cast<std::uint8_t>((coded[i] + NaivePrediction(filter, a, b, c)) & 0xff);
  }
  return row;
}

TEST(PngFilter, UndoesWhatTheSpecificationSays) {
  EXPECT_TRUE(rc::check("filters", [] {
    const int filter = *rc::gen::inRange(0, kPngFilters);
    const auto step = static_cast<std::size_t>(*rc::gen::element(1, 2, 3, 4, 6, 8));
    const std::size_t count = step * static_cast<std::size_t>(*rc::gen::inRange(1, 60));
    const Bytes coded = *rc::gen::container<Bytes>(count, rc::gen::arbitrary<std::uint8_t>());
    const bool first = *rc::gen::arbitrary<bool>();
    const Bytes prior =
        first ? Bytes() : *rc::gen::container<Bytes>(count, rc::gen::arbitrary<std::uint8_t>());
    const Bytes expected = NaiveUndo(filter, step, coded, prior);
    Bytes apart(count);
    UndoPngFilter(filter, step, coded.data(), first ? nullptr : prior.data(), apart.data(), count);
    RC_ASSERT(apart == expected);
    Bytes in_place = coded;
    UndoPngFilter(
        filter, step, in_place.data(), first ? nullptr : prior.data(), in_place.data(), count);
    RC_ASSERT(in_place == expected);
  }));
}

TEST(PngFilter, BreaksTiesOfPaethLeftThenAbove) {
  // With a = c the distances of a and b to a + b - c are |b - c| and 0 and so on;
  // all triples of a small range meet every tie.
  for (int a = 0; a < 6; ++a) {
    for (int b = 0; b < 6; ++b) {
      for (int c = 0; c < 6; ++c) {
        for (const std::size_t step : {1U, 2U, 3U, 4U, 6U, 8U}) {
          Bytes coded(2 * step, 0);
          Bytes prior(2 * step, static_cast<std::uint8_t>(c));
          std::fill(prior.begin() + static_cast<std::ptrdiff_t>(step),
                    prior.end(),
                    static_cast<std::uint8_t>(b));
          // The first pixel's prediction is c (above it), so this makes it a.
          std::fill_n(coded.begin(), step, static_cast<std::uint8_t>((a - c) & 0xff));
          Bytes row(2 * step);
          UndoPngFilter(4, step, coded.data(), prior.data(), row.data(), row.size());
          EXPECT_EQ(row.front(), a);
          EXPECT_EQ(row.back(), NaivePrediction(4, a, b, c)) << a << " " << b << " " << c;
        }
      }
    }
  }
}

Bytes OfKind(Kind kind) {
  PngPlan plan;
  plan.size = {3, 2};
  plan.colour_type = kind.colour;
  plan.bit_depth = kind.depth;
  if (kind.colour == 3) plan.palette = {{1, 2, 3}, {4, 5, 6}};
  return WritePng(plan, std::vector<std::uint16_t>(6 * test::SamplesPerPixel(kind.colour), 1));
}

bool IsRgb8(Kind kind) {
  return kind.colour == 3 || (kind.depth == 8 && (kind.colour == 2 || kind.colour == 6));
}

TEST(Png, OnlyTheKindAskedForIsDecoded) {
  for (const Kind kind : kKinds) {
    SCOPED_TRACE(NameOf(kind));
    const Bytes bytes = OfKind(kind);
    const bool gray = kind.colour == 0;
    const std::string refusal = gray ? "wrong-depth" : "wrong-channels";
    EXPECT_EQ(CodeOf([&] { DecodeGray8(bytes, "a.png"); }), gray && kind.depth == 8 ? "" : refusal);
    EXPECT_EQ(CodeOf([&] { DecodeGray16(bytes, "a.png"); }),
              gray && kind.depth == 16 ? "" : refusal);
    const bool colour = kind.colour == 2 || kind.colour == 6;
    EXPECT_EQ(CodeOf([&] { DecodeRgb(bytes, "a.png"); }),
              IsRgb8(kind) ? "" : (colour ? "wrong-depth" : "wrong-channels"));
  }
}

TEST(Png, ARefusalNamesWhatWasFoundAndWhatIsNeeded) {
  EXPECT_EQ(MessageOf([] { DecodeGray8(OfKind({0, 16}), "x/ids.png"); }),
            "x/ids.png: is a 16-bit gray PNG; need 8-bit gray");
  EXPECT_EQ(MessageOf([] { DecodeGray8(OfKind({3, 8}), "a.png"); }),
            "a.png: is a 8-bit palette PNG; need 8-bit gray");
  EXPECT_EQ(MessageOf([] { DecodeGray16(OfKind({0, 8}), "a.png"); }),
            "a.png: is a 8-bit gray PNG; need 16-bit gray");
  EXPECT_EQ(MessageOf([] { DecodeRgb(OfKind({6, 16}), "a.png"); }),
            "a.png: is a 16-bit RGBA PNG; need 8-bit RGB");
}

TEST(Png, TheHeaderNeedsOnlyTheFirst33Bytes) {
  for (const Kind kind : kKinds) {
    SCOPED_TRACE(NameOf(kind));
    Bytes bytes = OfKind(kind);
    bytes.resize(33);
    const ImageHeader header = DecodeHeader(bytes, "a.png");
    EXPECT_EQ(header.format, ImageFormat::kPng);
    EXPECT_EQ(header.size, (Size{3, 2}));
    EXPECT_EQ(header.bit_depth, kind.colour == 3 ? 8 : kind.depth);
    EXPECT_EQ(header.channels,
              kind.colour == 3 ? 3 : static_cast<int>(test::SamplesPerPixel(kind.colour)));
  }
}

template <class T, class Make>
Raster<T> AnyRaster(const Make& make) {
  Raster<T> map({*rc::gen::inRange(1, 40), *rc::gen::inRange(1, 20)});
  for (T& pixel : map.Pixels()) pixel = make();
  return map;
}

TEST(EncodePng, IsReadBackAndIsTheSameEveryTime) {
  const auto byte = [] { return *rc::gen::arbitrary<std::uint8_t>(); };
  EXPECT_TRUE(rc::check("gray 8", [&] {
    const auto map = AnyRaster<std::uint8_t>(byte);
    RC_ASSERT(DecodeGray8(EncodePng(map), "a.png") == map);
    RC_ASSERT(EncodePng(map) == EncodePng(map));
  }));
  EXPECT_TRUE(rc::check("gray 16", [] {
    const auto map = AnyRaster<std::uint16_t>([] { return *rc::gen::arbitrary<std::uint16_t>(); });
    RC_ASSERT(DecodeGray16(EncodePng(map), "a.png") == map);
    const cv::Mat theirs = ByOpenCv(EncodePng(map), cv::IMREAD_UNCHANGED);
    RC_ASSERT(std::equal(theirs.begin<std::uint16_t>(),
                         theirs.end<std::uint16_t>(),
                         map.Pixels().begin(),
                         map.Pixels().end()));
  }));
  EXPECT_TRUE(rc::check("rgb", [&] {
    const auto image = AnyRaster<Rgb8>([&] { return Rgb8{byte(), byte(), byte()}; });
    RC_ASSERT(DecodeRgb(EncodePng(image), "a.png", Lossy::kRefuse) == image);
    const cv::Mat theirs = ByOpenCv(EncodePng(image), cv::IMREAD_UNCHANGED);
    const Rgb8 last = image.At(image.width() - 1, image.height() - 1);
    RC_ASSERT(theirs.at<cv::Vec3b>(theirs.rows - 1, theirs.cols - 1) ==
              cv::Vec3b(last.b, last.g, last.r));
  }));
}

}  // namespace
}  // namespace assay
