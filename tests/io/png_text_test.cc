// Text in PNG files (datasets/io/png_text.h):
//   - chunks before and behind the image are found; the image stays what it was
//   - other tools' chunks of text and files without any give what they have
//   - a keyword may stand twice; a text without one is an error, as is a file cut or changed
//     anywhere
#include "datasets/io/png_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/io/image.h"
#include "tests/support/file_errors.h"

namespace assay {
namespace {

using test::CodeOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Raster<std::uint16_t> Ramp() {
  Raster<std::uint16_t> map({5, 3});
  std::uint16_t value = 7;
  for (std::uint16_t& pixel : map.Pixels()) pixel = value = static_cast<std::uint16_t>(value * 31);
  return map;
}

TEST(PngText, IsFoundBeforeAndBehindTheImage) {
  const Bytes plain = EncodePng(Ramp());
  EXPECT_THAT(DecodePngText(plain, "a"), IsEmpty());
  const Bytes before = AddPngText(plain, "near", "0.5", PngTextPlace::kBeforeImage);
  const Bytes both = AddPngText(before, "far", "12", PngTextPlace::kBehindImage);
  EXPECT_THAT(DecodePngText(both, "a"), ElementsAre(Pair("far", "12"), Pair("near", "0.5")));
  EXPECT_EQ(DecodeGray16(both, "a"), Ramp());
}

TEST(PngText, TheChunkIsAsTheSpecificationHasIt) {
  const Bytes with = AddPngText(EncodePng(Ramp()), "near", "1", PngTextPlace::kBehindImage);
  // Length 6, tEXt, near, 0, 1, the CRC that Python's zlib.crc32 gives, then IEND.
  const Bytes expected = {
      0, 0, 0, 6, 't', 'E', 'X', 't', 'n', 'e', 'a', 'r', 0, '1', 0xF0, 0xD4, 0xAD, 0xE2};
  const auto begin = with.end() - 12 - static_cast<std::ptrdiff_t>(expected.size());
  EXPECT_EQ(Bytes(begin, with.end() - 12), expected);
}

TEST(PngText, AKeywordMayStandTwiceAndIsNotEmpty) {
  const Bytes once = AddPngText(EncodePng(Ramp()), "near", "1", PngTextPlace::kBeforeImage);
  const Bytes twice = AddPngText(once, "near", "2", PngTextPlace::kBehindImage);
  EXPECT_THAT(DecodePngText(twice, "a"), ElementsAre(Pair("near", "1"), Pair("near", "2")));
  const Bytes unnamed = AddPngText(EncodePng(Ramp()), "", "1", PngTextPlace::kBeforeImage);
  EXPECT_EQ(CodeOf([&] { DecodePngText(unnamed, "a"); }), "corrupt");
}

TEST(PngText, CutOrChangedAnywhereTheFileIsAnError) {
  const Bytes whole = AddPngText(EncodePng(Ramp()), "near", "1", PngTextPlace::kBehindImage);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i));
    if (i < whole.size() - 4) {
      EXPECT_EQ(CodeOf([&] { DecodePngText(cut, "a"); }), "truncated") << i;
    }
    Bytes changed = whole;
    changed[i] ^= 0x20;
    EXPECT_NE(CodeOf([&] { DecodePngText(changed, "a"); }), "") << i;
  }
}

}  // namespace
}  // namespace assay
