// Broken PNG files:
//   - cut anywhere before the end of IEND, every kind of file is a FileError;
//   - with any one byte before IEND changed it is a FileError (every byte is under
//     a CRC), and with random bytes inserted, removed or changed it never crashes;
//   - each way to be wrong with correct checksums has its code and names its place;
//   - a size over the limit and a stream that inflates too far or not far enough
//     are refused before memory is taken for them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "datasets/io/image.h"
#include "datasets/io/png.h"
#include "tests/support/file_errors.h"
#include "tests/support/png_writer.h"

namespace assay {
namespace {

using test::CodeOf;
using test::JoinPng;
using test::MessageOf;
using test::PngChunk;
using test::PngPlan;
using test::SplitPng;
using test::WritePng;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<std::uint16_t> Ramp(std::size_t count, int limit) {
  std::vector<std::uint16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::uint16_t>(i * 7 % static_cast<std::size_t>(limit));
  }
  return samples;
}

Bytes Small(int colour, int depth, bool interlaced) {
  PngPlan plan;
  plan.size = {6, 5};
  plan.colour_type = colour;
  plan.bit_depth = depth;
  plan.interlaced = interlaced;
  plan.idat_chunks = 2;
  plan.filter = [](std::size_t y) { return static_cast<int>(y % 5); };
  if (colour == 3) plan.palette = {{0, 0, 0}, {1, 2, 3}, {250, 0, 9}, {7, 7, 7}};
  const int limit = colour == 3 ? 4 : 1 << depth;
  return WritePng(plan, Ramp(30 * test::SamplesPerPixel(colour), limit));
}

std::vector<Bytes> SmallFiles() {
  return {Small(0, 8, false),
          Small(0, 16, false),
          Small(2, 8, false),
          Small(3, 2, false),
          Small(6, 8, true),
          Small(0, 1, true),
          Small(4, 16, true)};
}

void DecodeAll(const Bytes& bytes) { DecodePngSamples(bytes, "a.png"); }

// The file with its chunks changed and every checksum right.
Bytes With(const Bytes& png, const std::function<void(std::vector<PngChunk>&)>& change) {
  std::vector<PngChunk> chunks = SplitPng(png);
  change(chunks);
  return JoinPng(chunks);
}

Bytes WithHeaderByte(std::size_t index, std::uint8_t value) {
  return With(Small(0, 8, false), [&](auto& chunks) { chunks[0].data[index] = value; });
}

Bytes WithImageData(const Bytes& rows) {
  return With(Small(0, 8, false), [&](auto& chunks) {
    chunks[1].data = test::ZlibCompress(rows);
    chunks.erase(chunks.begin() + 2);
  });
}

TEST(BrokenPng, CutAnywhereItIsAnError) {
  for (const Bytes& whole : SmallFiles()) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(CodeOf([&] { DecodeAll(cut); }), "truncated") << length << " of " << whole.size();
    }
  }
}

TEST(BrokenPng, EveryReaderReportsACutFile) {
  const Bytes gray = Small(0, 8, false);
  const Bytes deep = Small(0, 16, false);
  const Bytes rgb = Small(2, 8, false);
  for (std::size_t cut = 1; cut < 40; ++cut) {
    const auto shorter = [cut](const Bytes& bytes) {
      return Bytes(bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(cut));
    };
    EXPECT_EQ(CodeOf([&] { DecodeGray8(shorter(gray), "a.png"); }), "truncated");
    EXPECT_EQ(CodeOf([&] { DecodeGray16(shorter(deep), "a.png"); }), "truncated");
    EXPECT_EQ(CodeOf([&] { DecodeRgb(shorter(rgb), "a.png"); }), "truncated");
  }
}

TEST(BrokenPng, AnyChangedByteIsAnError) {
  for (const Bytes& whole : SmallFiles()) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int flip : {1, 0x20, 0xff}) {
        Bytes changed = whole;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
        EXPECT_NE(CodeOf([&] { DecodeAll(changed); }), "") << "byte " << at << " ^ " << flip;
      }
    }
  }
}

TEST(BrokenPng, AnyChangeWithRightChecksumsNeverCrashes) {
  EXPECT_TRUE(rc::check("mutations", [] {
    std::vector<PngChunk> chunks = SplitPng(*rc::gen::elementOf(SmallFiles()));
    const auto edits = *rc::gen::inRange(1, 4);
    for (int edit = 0; edit < edits; ++edit) {
      PngChunk& chunk = chunks[*rc::gen::inRange<std::size_t>(0, chunks.size())];
      if (chunk.data.empty()) continue;
      const auto at = *rc::gen::inRange<std::size_t>(0, chunk.data.size());
      const auto place = chunk.data.begin() + static_cast<std::ptrdiff_t>(at);
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          chunk.data[at] = *rc::gen::arbitrary<std::uint8_t>();
          break;
        case 1:
          chunk.data.insert(place, *rc::gen::arbitrary<std::uint8_t>());
          break;
        case 2:
          chunk.data.erase(place);
          break;
        default:
          chunks.push_back(chunk);
          break;
      }
    }
    const Bytes bytes = JoinPng(chunks);
    CodeOf([&] { DecodeAll(bytes); });
    CodeOf([&] { DecodeGray8(bytes, "a.png"); });
    CodeOf([&] { DecodeRgb(bytes, "a.png"); });
  }));
}

TEST(BrokenPng, AnotherFormatIsNamed) {
  EXPECT_EQ(CodeOf([] { DecodePngHeader(Bytes{'G', 'I', 'F', '8'}, "a"); }), "wrong-format");
  EXPECT_EQ(CodeOf([] { DecodePngHeader(Bytes{}, "a"); }), "truncated");
  EXPECT_EQ(CodeOf([] { DecodePngHeader(Bytes{0x89, 'P'}, "a"); }), "truncated");
}

TEST(BrokenPng, AWrongChecksumNamesTheChunkAndItsOffset) {
  Bytes png = Small(0, 8, false);
  png[33 + 8] ^= 1;  // the first byte of the first IDAT chunk, after IHDR
  const auto decode = [&] { DecodeAll(png); };
  EXPECT_EQ(CodeOf(decode), "corrupt");
  EXPECT_THAT(MessageOf(decode),
              AllOf(HasSubstr("CRC"), HasSubstr("IDAT chunk at byte 33"), HasSubstr("again")));
}

TEST(BrokenPng, ATruncatedChunkNamesItsOffset) {
  Bytes png = Small(0, 8, false);
  png.resize(45);
  EXPECT_THAT(MessageOf([&] { DecodeAll(png); }), HasSubstr("IDAT chunk at byte 33 needs"));
}

TEST(BrokenPng, ImpossibleHeadersAreCorrupt) {
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(8, 3)); }), "corrupt");  // 3 bits
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(8, 0)); }), "corrupt");  // 0 bits
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(9, 1)); }), "corrupt");  // colour type 1
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(9, 255)); }), "corrupt");
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(10, 1)); }), "corrupt");    // compression
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(11, 1)); }), "corrupt");    // filter method
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(12, 2)); }), "corrupt");    // interlace
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(3, 0)); }), "corrupt");     // width 0
  EXPECT_EQ(CodeOf([] { DecodeAll(WithHeaderByte(4, 0x80)); }), "corrupt");  // height over 2^31
  EXPECT_THAT(MessageOf([] { DecodeAll(WithHeaderByte(9, 1)); }),
              HasSubstr("colour type 1 with 8 bits"));
}

TEST(BrokenPng, ASizeOverTheLimitIsTooLarge) {
  const Bytes bomb = WithHeaderByte(1, 0x40);  // 4194310 x 5 is allowed …
  EXPECT_EQ(CodeOf([&] { DecodePngHeader(bomb, "a"); }), "");
  // … but 60 bytes of data cannot hold it, which is found before memory is taken.
  EXPECT_EQ(CodeOf([&] { DecodeAll(bomb); }), "truncated");
  EXPECT_THAT(MessageOf([&] { DecodeAll(bomb); }), HasSubstr("cannot hold 4194310 x 5 pixels"));
  const Bytes huge = WithHeaderByte(0, 0x7f);
  EXPECT_EQ(CodeOf([&] { DecodePngHeader(huge, "a"); }), "too-large");
  EXPECT_THAT(MessageOf([&] { DecodeHeader(huge, "a"); }), HasSubstr("at most 268435456"));
}

TEST(BrokenPng, AStreamThatInflatesTooFarIsCorrupt) {
  const auto bomb = [] { DecodeAll(WithImageData(Bytes(50'000'000))); };
  EXPECT_EQ(CodeOf(bomb), "corrupt");
  EXPECT_THAT(MessageOf(bomb), HasSubstr("more than the 35 bytes"));
  EXPECT_EQ(CodeOf([] { DecodeAll(WithImageData(Bytes(36))); }), "corrupt");
}

TEST(BrokenPng, AStreamThatInflatesTooShortIsTruncated) {
  EXPECT_EQ(CodeOf([] { DecodeAll(WithImageData(Bytes(35))); }), "");
  EXPECT_EQ(CodeOf([] { DecodeAll(WithImageData(Bytes(34))); }), "truncated");
  EXPECT_EQ(CodeOf([] { DecodeAll(WithImageData(Bytes())); }), "truncated");
}

TEST(BrokenPng, AnUnknownFilterNamesItsRow) {
  Bytes rows(35);
  rows[14] = 5;  // the filter byte of row 2: rows have 1 + 6 bytes
  const auto decode = [&] { DecodeGray8(WithImageData(rows), "a.png"); };
  EXPECT_EQ(CodeOf(decode), "corrupt");
  EXPECT_THAT(MessageOf(decode), HasSubstr("row 2 states filter 5"));
}

TEST(BrokenPng, BytesAfterTheCompressedImageAreCorrupt) {
  const Bytes png = With(Small(0, 8, false), [](auto& chunks) { chunks[2].data.push_back(0); });
  EXPECT_THAT(MessageOf([&] { DecodeAll(png); }), HasSubstr("1 bytes follow"));
}

TEST(BrokenPng, ChunksOutOfPlaceAreCorrupt) {
  const PngChunk palette = {"PLTE", {1, 2, 3}};
  const auto code = [](const std::function<void(std::vector<PngChunk>&)>& change) {
    return CodeOf([&] { DecodeAll(With(Small(3, 2, false), change)); });
  };
  EXPECT_EQ(code([](auto&) {}), "");
  EXPECT_EQ(code([](auto& c) { c.erase(c.begin()); }), "corrupt");                     // no IHDR
  EXPECT_EQ(code([](auto& c) { c.insert(c.begin(), c.front()); }), "corrupt");         // two
  EXPECT_EQ(code([](auto& c) { c.erase(c.begin() + 1); }), "corrupt");                 // no PLTE
  EXPECT_EQ(code([&](auto& c) { c.insert(c.begin() + 1, palette); }), "corrupt");      // two
  EXPECT_EQ(code([](auto& c) { std::swap(c[1], c[2]); }), "corrupt");                  // late
  EXPECT_EQ(code([](auto& c) { c.erase(c.begin() + 2, c.begin() + 4); }), "corrupt");  // no IDAT
  EXPECT_EQ(code([](auto& c) { c.insert(c.begin() + 3, {"tEXt", {}}); }), "corrupt");  // between
  EXPECT_EQ(code([](auto& c) { c.insert(c.begin() + 1, {"ABCD", {}}); }), "corrupt");  // critical
  EXPECT_EQ(code([](auto& c) { c.insert(c.begin() + 1, {"a1cd", {}}); }), "corrupt");  // no name
  EXPECT_EQ(code([](auto& c) { c.insert(c.begin() + 1, {"abCd", {9, 9}}); }), "");     // skipped
  EXPECT_EQ(code([](auto& c) { c.pop_back(); }), "truncated");                         // no IEND
}

TEST(BrokenPng, APaletteMustFitItsDepth) {
  const auto code = [](Bytes data) {
    return CodeOf(
        [&] { DecodeAll(With(Small(3, 2, false), [&](auto& chunks) { chunks[1].data = data; })); });
  };
  EXPECT_EQ(code(Bytes(12)), "");
  EXPECT_EQ(code(Bytes(15)), "corrupt");  // five colours for two bits
  EXPECT_EQ(code(Bytes(11)), "corrupt");
  EXPECT_EQ(code(Bytes()), "corrupt");
}

TEST(BrokenPng, APaletteIndexWithoutAColourIsCorrupt) {
  for (const int depth : {2, 8}) {
    const Bytes png = With(Small(3, depth, false), [](auto& chunks) { chunks[1].data.resize(6); });
    const auto decode = [&] { DecodeRgb(png, "a.png"); };
    EXPECT_EQ(CodeOf(decode), "corrupt");
    EXPECT_THAT(MessageOf(decode), HasSubstr("the PLTE chunk has 2 colours"));
  }
}

TEST(BrokenPng, BytesAfterIendAreIgnored) {
  Bytes png = Small(0, 8, false);
  const Raster<std::uint8_t> expected = DecodeGray8(png, "a.png");
  png.insert(png.end(), 100, 0x55);
  EXPECT_EQ(DecodeGray8(png, "a.png"), expected);
}

}  // namespace
}  // namespace assay
