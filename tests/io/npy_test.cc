// NumPy and PFM arrays, and AsRaster:
//   - what EncodeNpy writes is read back, NaN and infinities too;
//   - a header built by hand in any order of keys, byte order, type and axis order
//     gives the elements that stand in the file;
//   - every half-precision pattern has its IEEE 754 value;
//   - headers that numpy.save cannot have written are refused: unknown, doubled and
//     missing keys, expressions, trailing text, bad shapes;
//   - cut anywhere, or claiming more elements than it has, the file is truncated
//     before memory is taken; bytes after the array are corrupt; mutations never crash;
//   - object, structured and complex arrays and inexact integers are wrong-type;
//   - PFM rows are turned upside down, both byte orders read, scales but 1 refused;
//   - AsRaster drops axes of length 1 and needs two to be left.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <limits>

#include "datasets/io/array.h"
#include "tests/support/file_errors.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Bytes Npy(const std::string& header, const Bytes& data, int version = 1) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), 0};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(header.size() >> (8 * i) & 0xff));
  }
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

Array Read(const Bytes& bytes) { return DecodeNpy(bytes, "a.npy"); }
std::string ReadCode(const Bytes& bytes) {
  return CodeOf([&] { Read(bytes); });
}
std::string HeaderCode(const std::string& header) { return ReadCode(Npy(header, Bytes(16))); }

std::string HeaderOf(const std::string& descr, const std::string& shape, bool fortran = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }\n";
}

bool SameBits(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

double AnyDouble() {
  const auto bits = *rc::gen::arbitrary<std::uint64_t>();
  return *rc::gen::element(0.0,
                           -0.0,
                           1.5,
                           kInfinity,
                           -kInfinity,
                           std::numeric_limits<double>::quiet_NaN(),
                           std::bit_cast<double>(bits));
}

Raster<double> AnyMap() {
  Raster<double> map({*rc::gen::inRange(1, 20), *rc::gen::inRange(1, 20)});
  for (double& value : map.Pixels()) value = AnyDouble();
  return map;
}

TEST(Npy, ReadsBackWhatIsEncodedBitForBit) {
  EXPECT_TRUE(rc::check("f8", [] {
    const Raster<double> map = AnyMap();
    const Raster<double> read = AsRaster(Read(EncodeNpy(map)), "a.npy");
    RC_ASSERT(read.size() == map.size());
    for (std::size_t i = 0; i < map.Pixels().size(); ++i) {
      RC_ASSERT(SameBits(read.Pixels()[i], map.Pixels()[i]));
    }
  }));
}

TEST(Npy, Float32IsTheNearestFloat) {
  EXPECT_TRUE(rc::check("f4", [] {
    Raster<double> map({3, 1});
    for (double& value : map.Pixels()) value = *rc::gen::inRange(-100000, 100000) / 7.0;
    const Array read = Read(EncodeNpyFloat32(map));
    for (std::size_t i = 0; i < 3; ++i) {
      RC_ASSERT(read.values[i] == static_cast<double>(static_cast<float>(map.Pixels()[i])));
    }
  }));
}

TEST(Npy, TheEncodedDataStartAtAMultipleOf64) {
  for (const int width : {1, 10, 1000}) {
    const Raster<double> map({width, 3}, 1.0);
    EXPECT_EQ((EncodeNpy(map).size() - map.Pixels().size() * 8) % 64, 0U);
  }
}

struct TypeCase {
  std::string name;
  Bytes big_endian;
  double value;
};

const std::vector<TypeCase>& TypeCases() {
  static const std::vector<TypeCase> kCases = {
      {"f2", {0x3e, 0x00}, 1.5},
      {"f4", {0xc0, 0x20, 0, 0}, -2.5},
      {"f8", {0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18}, 3.141592653589793},
      {"u2", {0xff, 0xfe}, 65534},
      {"i2", {0xff, 0xfe}, -2},
      {"u4", {0xff, 0xff, 0xff, 0xfd}, 4294967293.0},
      {"i4", {0xff, 0xff, 0xff, 0xfd}, -3},
      {"u8", {0, 0x20, 0, 0, 0, 0, 0, 0}, 9007199254740992.0},
      {"i8", {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0}, -16},
  };
  return kCases;
}

TEST(Npy, EveryTypeIsReadInBothByteOrders) {
  for (const TypeCase& type : TypeCases()) {
    SCOPED_TRACE(type.name);
    EXPECT_THAT(Read(Npy(HeaderOf(">" + type.name, "(1,)"), type.big_endian)).values,
                ElementsAre(type.value));
    const Bytes little(type.big_endian.rbegin(), type.big_endian.rend());
    EXPECT_THAT(Read(Npy(HeaderOf("<" + type.name, "(1,)"), little)).values,
                ElementsAre(type.value));
    EXPECT_EQ(ReadCode(Npy(HeaderOf("|" + type.name, "(1,)"), little)), "wrong-type");
  }
}

TEST(Npy, BytesAndBooleansAreRead) {
  EXPECT_THAT(Read(Npy(HeaderOf("|u1", "(2,)"), {0, 200})).values, ElementsAre(0, 200));
  EXPECT_THAT(Read(Npy(HeaderOf("|i1", "(2,)"), {5, 200})).values, ElementsAre(5, -56));
  EXPECT_THAT(Read(Npy(HeaderOf("|b1", "(3,)"), {0, 1, 2})).values, ElementsAre(0, 1, 1));
}

// IEEE 754 binary16 by its definition.
double NaiveHalf(unsigned bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  const int exponent = static_cast<int>(bits >> 10 & 31U);
  const double fraction = (bits & 1023U) / 1024.0;
  if (exponent == 31) return fraction == 0 ? sign * kInfinity : std::nan("");
  return sign * (exponent == 0 ? fraction * std::pow(2, -14)
                               : (1 + fraction) * std::pow(2, exponent - 15));
}

TEST(Npy, EveryHalfHasItsValue) {
  Bytes data;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    data.push_back(static_cast<std::uint8_t>(bits & 255U));
    data.push_back(static_cast<std::uint8_t>(bits >> 8));
  }
  const Array read = Read(Npy(HeaderOf("<f2", "(65536,)"), data));
  for (unsigned bits = 0; bits < 65536; ++bits) {
    ASSERT_TRUE(SameBits(read.values[bits], NaiveHalf(bits))) << bits;
  }
}

// The element at `index` of an array whose first axis moves fastest.
std::size_t FortranPlace(const std::vector<std::size_t>& index,
                         const std::vector<std::int64_t>& shape) {
  std::size_t place = 0;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    place = place * static_cast<std::size_t>(shape[axis]) + index[axis];
  }
  return place;
}

TEST(Npy, FortranOrderIsTurnedToCOrder) {
  EXPECT_TRUE(rc::check("fortran", [] {
    const auto shape = *rc::gen::container<std::vector<std::int64_t>>(
        *rc::gen::inRange<std::size_t>(1, 5), rc::gen::inRange<std::int64_t>(1, 5));
    std::size_t count = 1;
    std::string text;
    for (const std::int64_t length : shape) {
      count *= static_cast<std::size_t>(length);
      text += std::to_string(length) + ",";
    }
    Bytes data(count);
    for (std::size_t i = 0; i < count; ++i) data[i] = static_cast<std::uint8_t>(i % 256);
    const Array read = Read(Npy(HeaderOf("|u1", "(" + text + ")", true), data));
    RC_ASSERT(read.shape == shape);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::size_t> index(shape.size());
      std::size_t rest = i;
      for (std::size_t axis = shape.size(); axis-- > 0;) {
        index[axis] = rest % static_cast<std::size_t>(shape[axis]);
        rest /= static_cast<std::size_t>(shape[axis]);
      }
      RC_ASSERT(read.values[i] == data[FortranPlace(index, shape)]);
    }
  }));
}

TEST(Npy, HeadersAsOthersWriteThemAreRead) {
  const Bytes data(16);
  for (const std::string header :
       {"{'shape': (2, 1), 'descr': '<f8', 'fortran_order': False}",
        R"({"descr":"<f8","fortran_order":False,"shape":(2,1)})",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 1L), }   \n",
        "  {  'descr'  :  '<f8'  ,  'fortran_order':True,'shape':( 2 , 1 , ) , } \n"}) {
    for (const int version : {1, 2, 3}) {
      EXPECT_THAT(Read(Npy(header, data, version)).shape, ElementsAre(2, 1)) << header;
    }
  }
}

TEST(Npy, HeadersThatNumPyCannotHaveWrittenAreCorrupt) {
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "(2,)")), "");
  for (const std::string shape : {"(2)",
                                  "2",
                                  "[2]",
                                  "(2,,)",
                                  "(,2)",
                                  "(-2,)",
                                  "(+2,)",
                                  "(2.0,)",
                                  "(1+1,)",
                                  "(2 1)",
                                  "(0x2,)",
                                  "(2,",
                                  "(99999999999999999999,)",
                                  "(2,(1,))",
                                  "()x",
                                  "(1_0,)",
                                  "None"}) {
    EXPECT_EQ(HeaderCode(HeaderOf("<f8", shape)), "corrupt") << shape;
  }
  for (const std::string header :
       {"",
        "{}",
        "{",
        "x",
        "[]",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'shape': (2,)}",
        "{'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'more': 1}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': false, 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} + {}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}{}",
        "{'descr': '<f8' 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f8, 'fortran_order': False, 'shape': (2,)}",
        "{,'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': <f8, 'fortran_order': False, 'shape': (2,)}"}) {
    EXPECT_EQ(HeaderCode(header), "corrupt") << header;
  }
  EXPECT_THAT(MessageOf([] { Read(Npy(HeaderOf("<f8", "(2)"), Bytes(16))); }),
              HasSubstr("a shape of one axis is written (n,)"));
}

TEST(Npy, TypesThatAreNoRealNumbersAreRefused) {
  for (const std::string descr :
       {"|O", "<c8", "|S4", "<U4", "<M8[s]", "|V8", "", "<", "f8", "=f8", "<f16", "<b1x"}) {
    EXPECT_EQ(HeaderCode(HeaderOf(descr, "(2,)")), "wrong-type") << descr;
  }
  EXPECT_EQ(HeaderCode("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,)}"),
            "wrong-type");
  EXPECT_THAT(MessageOf([] { Read(Npy(HeaderOf("|O", "(2,)"), Bytes(16))); }), HasSubstr("'|O'"));
}

TEST(Npy, AnIntegerWithoutAnExactDoubleIsRefused) {
  const Bytes large = {0x02, 0, 0, 0, 0, 0, 0x20, 0};  // 2^53 + 2
  EXPECT_EQ(ReadCode(Npy(HeaderOf("<i8", "(1,)"), large)), "wrong-type");
  EXPECT_EQ(ReadCode(Npy(HeaderOf("<u8", "(1,)"), Bytes(8, 0xff))), "wrong-type");
}

TEST(Npy, AShapeOfMoreThanTheFileHoldsIsTruncated) {
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "(3,)")), "truncated");
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "(9223372036854775807,)")), "truncated");
  // Products that wrap around 2^64 to 0 and to 2.
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "(4294967296, 4294967296)")), "truncated");
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "(9223372036854775807, 2, 9223372036854775807)")),
            "truncated");
}

TEST(Npy, BytesAfterTheArrayAreCorrupt) {
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "(1,)")), "corrupt");
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "(0, 9223372036854775807)")), "corrupt");
  EXPECT_EQ(HeaderCode(HeaderOf("<f8", "()")), "corrupt");
  EXPECT_EQ(ReadCode(Npy(HeaderOf("<f8", "(0, 9223372036854775807)"), {})), "");
}

TEST(Npy, CutAnywhereItIsTruncated) {
  for (const int version : {1, 2, 3}) {
    const Bytes whole = Npy(HeaderOf("<f4", "(2, 3)"), Bytes(24), version);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      EXPECT_EQ(ReadCode(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))),
                "truncated")
          << length;
    }
  }
}

TEST(Npy, VersionsThatDoNotExistAreRefused) {
  for (const int version : {0, 4, 255}) {
    EXPECT_EQ(ReadCode(Npy(HeaderOf("<f8", "(2,)"), Bytes(16), version)), "wrong-format");
  }
  EXPECT_EQ(ReadCode(Bytes{'P', 'K', 3, 4}), "wrong-format");
}

TEST(Npy, AChangedByteNeverCrashes) {
  const Bytes whole = Npy(HeaderOf("<f4", "(2, 3)", true), Bytes(24));
  EXPECT_TRUE(rc::check("mutations", [&] {
    Bytes changed = whole;
    changed[*rc::gen::inRange<std::size_t>(0, whole.size())] = *rc::gen::arbitrary<std::uint8_t>();
    ReadCode(changed);
  }));
}

Bytes Pfm(const std::string& header, const Bytes& data) {
  Bytes bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

Bytes FloatBytes(const std::vector<float>& values, bool big_endian) {
  Bytes bytes;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int i = 0; i < 4; ++i) {
      bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * (big_endian ? 3 - i : i)) & 0xff));
    }
  }
  return bytes;
}

std::string PfmCode(const std::string& header, const Bytes& data) {
  return CodeOf([&] { DecodePfm(Pfm(header, data), "a.pfm"); });
}

TEST(Pfm, RowsAreTurnedSoThatTheFirstIsTheTop) {
  // The file: bottom row 1 2 3, top row 4 5 inf.
  const std::vector<float> values = {1, 2, 3, 4, 5, std::numeric_limits<float>::infinity()};
  for (const bool big_endian : {false, true}) {
    const std::string header = std::string("Pf\n3 2\n") + (big_endian ? "1.0\n" : "-1\n");
    const Array read = DecodePfm(Pfm(header, FloatBytes(values, big_endian)), "a.pfm");
    EXPECT_THAT(read.shape, ElementsAre(2, 3));
    EXPECT_THAT(read.values, ElementsAre(4, 5, kInfinity, 1, 2, 3));
  }
}

TEST(Pfm, TheDataMayBeginWithWhiteSpace) {
  const float spaces = std::bit_cast<float>(0x20200a20U);
  const Array read = DecodePfm(Pfm("Pf 1 1 -1.000000 ", FloatBytes({spaces}, false)), "a.pfm");
  EXPECT_THAT(read.values, ElementsAre(static_cast<double>(spaces)));
}

TEST(Pfm, NaNPassesThrough) {
  const Array read = DecodePfm(Pfm("Pf\n1 1\n-1\n", FloatBytes({std::nanf("")}, false)), "a.pfm");
  EXPECT_TRUE(std::isnan(read.values.front()));
}

TEST(Pfm, BadFilesHaveTheirCode) {
  const Bytes one(4);
  EXPECT_EQ(PfmCode("Pf\n1 1\n-1\n", one), "");
  EXPECT_EQ(PfmCode("PF\n1 1\n-1\n", Bytes(12)), "wrong-channels");
  EXPECT_EQ(PfmCode("P5\n1 1\n-1\n", one), "wrong-format");
  EXPECT_EQ(PfmCode("Pfx\n1 1\n-1\n", one), "wrong-format");
  EXPECT_EQ(PfmCode("hello", one), "wrong-format");
  EXPECT_EQ(PfmCode("Pf\n1 1\n-0.5\n", one), "wrong-format");
  EXPECT_EQ(PfmCode("Pf\n1 1\n0\n", one), "wrong-format");
  EXPECT_EQ(PfmCode("Pf\n1 1\nnan\n", one), "wrong-format");
  EXPECT_EQ(PfmCode("Pf\n0 1\n-1\n", one), "corrupt");
  EXPECT_EQ(PfmCode("Pf\n-1 1\n-1\n", one), "corrupt");
  EXPECT_EQ(PfmCode("Pf\n1x 1\n-1\n", one), "corrupt");
  EXPECT_EQ(PfmCode("Pf\n99999999999 1\n-1\n", one), "corrupt");
  EXPECT_EQ(PfmCode("Pf\n1 1\n-1\n", Bytes(5)), "corrupt");
  EXPECT_EQ(PfmCode("Pf\n1 2\n-1\n", one), "truncated");
  EXPECT_EQ(PfmCode("Pf\n2147483647 2147483647\n-1\n", one), "too-large");
  EXPECT_EQ(PfmCode("Pf\n16384 16384\n-1\n", one), "truncated");
  EXPECT_EQ(PfmCode("Pf\n" + std::string(100, '1'), one), "corrupt");
}

TEST(Pfm, CutAnywhereItIsTruncated) {
  const Bytes whole = Pfm("Pf\n3 2\n-1.0\n", Bytes(24, 0x41));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(CodeOf([&] { DecodePfm(cut, "a.pfm"); }), "truncated") << length;
  }
}

TEST(Pfm, AChangedByteNeverCrashes) {
  const Bytes whole = Pfm("Pf\n3 2\n-1.0\n", Bytes(24, 0x41));
  EXPECT_TRUE(rc::check("mutations", [&] {
    Bytes changed = whole;
    changed[*rc::gen::inRange<std::size_t>(0, whole.size())] = *rc::gen::arbitrary<std::uint8_t>();
    CodeOf([&] { DecodePfm(changed, "a.pfm"); });
  }));
}

Array OfShape(const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const std::int64_t length : shape) count *= static_cast<std::size_t>(length);
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(i);
  return {shape, values};
}

TEST(AsRaster, DropsAxesOfLengthOne) {
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{2, 3},
                                                 {1, 2, 3},
                                                 {2, 3, 1},
                                                 {1, 1, 2, 3},
                                                 {2, 1, 3},
                                                 {1, 2, 1, 3, 1}}) {
    const Raster<double> map = AsRaster(OfShape(shape), "a.npy");
    EXPECT_EQ(map.size(), (Size{3, 2}));
    EXPECT_EQ(map.At(2, 1), 5);
  }
}

TEST(AsRaster, KeepsAxesOfLengthOneOfAnArrayOfTwo) {
  EXPECT_EQ(AsRaster(OfShape({1, 4}), "a").size(), (Size{4, 1}));
  EXPECT_EQ(AsRaster(OfShape({4, 1}), "a").size(), (Size{1, 4}));
}

TEST(AsRaster, NeedsTwoAxes) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{}, {5}, {1, 1, 5}, {2, 3, 4}, {1, 1, 1}, {0, 3}, {3, 0}}) {
    EXPECT_EQ(CodeOf([&] { AsRaster(OfShape(shape), "a"); }), "wrong-shape");
  }
  EXPECT_THAT(MessageOf([] { AsRaster(OfShape({2, 3, 4}), "a.npy"); }),
              HasSubstr("a.npy: has shape (2, 3, 4); need (H, W)"));
}

}  // namespace
}  // namespace assay
