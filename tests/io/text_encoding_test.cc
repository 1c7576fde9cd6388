// Bytes as text:
//   - only shortest forms without surrogates are UTF-8, all that AppendUtf8 writes is;
//   - bytes are UTF-8, else Latin-1; Windows-1252 has its own letters and five gaps.
#include "datasets/io/text_encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace assay {
namespace {

TEST(TextEncoding, BytesAreUtf8ElseLatin1) {
  EXPECT_EQ(Utf8OrLatin1("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(Utf8OrLatin1("caf\xe9"), "caf\xc3\xa9");
  EXPECT_EQ(Utf8OrLatin1("\xc3\xa9\xe9"), "\xc3\x83\xc2\xa9\xc3\xa9");
}

TEST(TextEncoding, OnlyShortestFormsWithoutSurrogatesAreUtf8) {
  for (const char* good :
       {"", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad : {"\x80",
                          "\xc1\xbf",
                          "\xc3",
                          "\xc3(",
                          "\xe0\x9f\xbf",
                          "\xed\xa0\x80",
                          "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

TEST(TextEncoding, WhatIsWrittenIsUtf8) {
  EXPECT_TRUE(rc::check("letters", [] {
    const auto below = *rc::gen::inRange<char32_t>(0, 0xd800);
    const auto above = *rc::gen::inRange<char32_t>(0xe000, 0x110000);
    std::string text;
    AppendUtf8(below, text);
    AppendUtf8(above, text);
    RC_ASSERT(IsUtf8(text));
  }));
}

TEST(TextEncoding, Windows1252HasItsOwnLettersAndGaps) {
  EXPECT_EQ(FromCp1252("don\x92t \x80 \xe9"), "don\u2019t \u20ac \u00e9");
  for (const char* gap : {"\x81", "\x8d", "\x8f", "\x90", "\x9d"}) {
    EXPECT_EQ(FromCp1252(gap), std::nullopt);
  }
  EXPECT_EQ(FromCp1252("\x9e\x9f"), "\u017e\u0178");
}

}  // namespace
}  // namespace assay
