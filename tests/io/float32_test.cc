// Bare float32 maps and Sintel's .dpt (datasets/io/float32.h):
//   - numbers are little-endian, row by row; infinities and NaN pass through
//   - a .dpt has its tag, width, height, then the map; what was written is read back
//   - another length, tag, byte order or size is an error that says what was expected
#include "datasets/io/float32.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/file_errors.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using ::testing::HasSubstr;

constexpr Size kTwoByOne = {.width = 2, .height = 1};

// 1.5, then -0.25, by IEEE 754.
const Bytes kNumbers = {0x00, 0x00, 0xC0, 0x3F, 0x00, 0x00, 0x80, 0xBE};
// 202021.25, 2, 1.
const Bytes kHeader = {0x50, 0x49, 0x45, 0x48, 2, 0, 0, 0, 1, 0, 0, 0};

Bytes Joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(Float32, NumbersAreLittleEndianRowByRow) {
  const Raster<double> map = DecodeFloat32(kNumbers, "a", kTwoByOne);
  EXPECT_EQ(map.At(0, 0), 1.5);
  EXPECT_EQ(map.At(1, 0), -0.25);
  EXPECT_EQ(EncodeFloat32(map), kNumbers);
  const Raster<double> column = DecodeFloat32(kNumbers, "a", {.width = 1, .height = 2});
  EXPECT_EQ(column.At(0, 1), -0.25);
}

TEST(Float32, InfinityAndNanPassThrough) {
  Raster<double> map(kTwoByOne, std::numeric_limits<double>::infinity());
  map.At(1, 0) = std::numeric_limits<double>::quiet_NaN();
  const Bytes bytes = EncodeFloat32(map);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 4), (Bytes{0, 0, 0x80, 0x7F}));
  EXPECT_EQ(DecodeFloat32(bytes, "a", kTwoByOne).At(0, 0), map.At(0, 0));
  EXPECT_TRUE(std::isnan(DecodeFloat32(bytes, "a", kTwoByOne).At(1, 0)));
}

TEST(Float32, AnyOtherLengthIsRefusedWithBothNumbers) {
  for (const std::size_t length : {0U, 4U, 7U, 9U, 12U}) {
    Bytes bytes = Joined(kNumbers, kNumbers);
    bytes.resize(length);
    EXPECT_EQ(CodeOf([&] { DecodeFloat32(bytes, "a", kTwoByOne); }), "wrong-size") << length;
  }
  EXPECT_THAT(MessageOf([] { DecodeFloat32(kHeader, "far/a.JPG", kTwoByOne); }),
              AllOf(HasSubstr("far/a.JPG"), HasSubstr("12 bytes, expected 8"), HasSubstr("2x1")));
}

TEST(Dpt, HasTagWidthAndHeightInFront) {
  const Bytes bytes = Joined(kHeader, kNumbers);
  const Raster<double> map = DecodeDpt(bytes, "a");
  EXPECT_EQ(map.size(), kTwoByOne);
  EXPECT_EQ(map.At(1, 0), -0.25);
  EXPECT_EQ(EncodeDpt(map), bytes);
}

RC_GTEST_PROP(Dpt, IsReadBackAsWritten, ()) {
  const Size size{.width = *rc::gen::inRange(1, 9), .height = *rc::gen::inRange(1, 9)};
  const auto numbers = *rc::gen::container<std::vector<float>>(
      size.Pixels(), rc::gen::map(rc::gen::inRange(-4000, 4000), [](int n) {
        return static_cast<float>(n) / 64;
      }));
  const Raster<double> map(size, std::vector<double>(numbers.begin(), numbers.end()));
  RC_ASSERT(DecodeDpt(EncodeDpt(map), "a") == map);
}

TEST(Dpt, AnotherTagIsNoDpt) {
  Bytes big_endian = Joined(kHeader, kNumbers);
  std::swap(big_endian[0], big_endian[3]);
  std::swap(big_endian[1], big_endian[2]);
  EXPECT_EQ(CodeOf([&] { DecodeDpt(big_endian, "a"); }), "wrong-format");
  EXPECT_THAT(MessageOf([&] { DecodeDpt(big_endian, "a"); }), HasSubstr("202021.25"));
}

TEST(Dpt, CutAnywhereItIsAnError) {
  const Bytes whole = Joined(kHeader, kNumbers);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Bytes bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(CodeOf([&] { DecodeDpt(bytes, "a"); }), length < 12 ? "truncated" : "wrong-size");
  }
  Bytes cut = whole;
  cut.pop_back();
  EXPECT_THAT(MessageOf([&] { DecodeDpt(cut, "a"); }), HasSubstr("19 bytes, a .dpt file of 2x1"));
}

TEST(Dpt, ImpossibleSizesAreRefusedBeforeAnythingIsAllocated) {
  Bytes bytes = Joined(kHeader, kNumbers);
  bytes[7] = 0x80;  // a negative width
  EXPECT_EQ(CodeOf([&] { DecodeDpt(bytes, "a"); }), "corrupt");
  bytes[7] = 0x7F;
  bytes[11] = 0x7F;
  EXPECT_EQ(CodeOf([&] { DecodeDpt(bytes, "a"); }), "too-large");
}

}  // namespace
}  // namespace assay
