// Rasters of 3-vectors (datasets/io/vectors.h, datasets/io/exr.h):
//   - H x W x 3 and 3 x H x W arrays, whichever fits or the one asked for; other shapes are
//     refused with their shape
//   - arrays and EXR read back what was written, NaN too; equal maps give equal EXR bytes
//   - an EXR cut anywhere is an error, and a changed byte never crashes; other formats are
//     refused
#include "datasets/io/vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "datasets/io/exr.h"
#include "datasets/io/image.h"
#include "tests/support/file_errors.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using ::testing::HasSubstr;

VectorMap Ramp(Size size) {
  VectorMap map(size);
  double value = -2;
  for (Vector3& v : map.Pixels()) {
    v = {value, value + 0.25, value + 0.5};
    value += 0.75;
  }
  return map;
}

Array Planes(const VectorMap& map) {
  Array array{.shape = {3, map.height(), map.width()}, .values = {}};
  for (double Vector3::* axis : {&Vector3::x, &Vector3::y, &Vector3::z}) {
    for (const Vector3& v : map.Pixels()) array.values.push_back(v.*axis);
  }
  return array;
}

TEST(Vectors, BothLayoutsOfArraysAreRead) {
  const VectorMap map = Ramp({4, 2});
  EXPECT_EQ(VectorsFromArray(ArrayFromVectors(map), VectorAxes::kEither, "a"), map);
  EXPECT_EQ(VectorsFromArray(ArrayFromVectors(map), VectorAxes::kLast, "a"), map);
  EXPECT_EQ(VectorsFromArray(Planes(map), VectorAxes::kEither, "a"), map);
  EXPECT_EQ(VectorsFromArray(Planes(map), VectorAxes::kFirst, "a"), map);
}

TEST(Vectors, WhereBothLayoutsFitTheLastAxisWins) {
  const VectorMap map = Ramp({3, 3});
  EXPECT_EQ(VectorsFromArray(ArrayFromVectors(map), VectorAxes::kEither, "a"), map);
  EXPECT_EQ(VectorsFromArray(Planes(map), VectorAxes::kFirst, "a"), map);
}

TEST(Vectors, LeadingAxesOfLengthOneAreDropped) {
  Array array = ArrayFromVectors(Ramp({4, 2}));
  array.shape.insert(array.shape.begin(), 1);
  EXPECT_EQ(VectorsFromArray(array, VectorAxes::kEither, "a"), Ramp({4, 2}));
}

TEST(Vectors, OtherShapesAreRefused) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{4, 2}, {4, 2, 4}, {2, 3, 4}, {0, 4, 3}, {2, 2, 4, 3}}) {
    std::size_t count = 1;
    for (const std::int64_t axis : shape) count *= static_cast<std::size_t>(axis);
    const Array array{.shape = shape, .values = std::vector<double>(count)};
    EXPECT_EQ(CodeOf([&] { VectorsFromArray(array, VectorAxes::kEither, "a"); }), "wrong-shape");
  }
  const Array planes = Planes(Ramp({4, 2}));
  EXPECT_THAT(MessageOf([&] { VectorsFromArray(planes, VectorAxes::kLast, "a.npy"); }),
              HasSubstr("has shape (3, 2, 4); need (H, W, 3)"));
}

TEST(Exr, ReadsWhatItWritesAndWritesTheSameBytes) {
  VectorMap map = Ramp({7, 5});
  map.At(2, 2) = {std::numeric_limits<double>::infinity(), 0, -0.0};
  const Bytes bytes = EncodeExr(map);
  EXPECT_EQ(DecodeExr(bytes, "a.exr"), map);
  EXPECT_EQ(EncodeExr(map), bytes);
  map.At(0, 0).x = std::nan("");
  EXPECT_TRUE(std::isnan(DecodeExr(EncodeExr(map), "a.exr").At(0, 0).x));
}

TEST(Exr, CutAnywhereIsAnError) {
  const Bytes whole = EncodeExr(Ramp({20, 40}));
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_NE(CodeOf([&] { DecodeExr(cut, "a.exr"); }), "") << length;
  }
}

TEST(Exr, AChangedByteNeverCrashes) {
  const Bytes whole = EncodeExr(Ramp({6, 4}));
  EXPECT_TRUE(rc::check("changed", [&] {
    Bytes bytes = whole;
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    CodeOf([&] { DecodeExr(bytes, "a.exr"); });
  }));
}

TEST(Exr, OtherFormatsAreRefused) {
  EXPECT_EQ(CodeOf([] { DecodeExr(EncodePng(RgbImage(Size{2, 2})), "a.exr"); }), "wrong-format");
  EXPECT_EQ(CodeOf([] { DecodeExr(Bytes{0x76, 0x2f}, "a.exr"); }), "truncated");
  EXPECT_EQ(CodeOf([] { DecodeExr({}, "a.exr"); }), "truncated");
}

}  // namespace
}  // namespace assay
