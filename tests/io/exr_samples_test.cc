// OpenEXR files that nothing of assay has written (tests/support/exr_samples.h):
//   - half and float, ZIP and not compressed: every channel is read into its own component,
//     bit for bit, NaN, infinities and negative zeros too
//   - X, Y, Z stand for R, G, B, and a fourth channel changes nothing
//   - as numbers: the only channel, Z, or B of three colours
//   - one channel is no vectors
#include "tests/support/exr_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/io/exr.h"
#include "tests/support/file_errors.h"

namespace assay {
namespace {

using test::CodeOf;
using test::ExpectedExr;
using test::ExrBytes;
using test::ExrChannel;
using test::SameNumber;

constexpr Size kSize = {7, 5};

class Vectors : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};
INSTANTIATE_TEST_SUITE_P(ExrSamples,
                         Vectors,
                         ::testing::Values(std::pair{"rgb_half_zip", "RGB"},
                                           std::pair{"rgb_half_none", "RGB"},
                                           std::pair{"rgb_float_zip", "RGB"},
                                           std::pair{"rgb_float_none", "RGB"},
                                           std::pair{"rgba_half_zip", "RGB"},
                                           std::pair{"xyz_float_zip", "XYZ"}),
                         [](const auto& row) { return std::string(row.param.first); });

TEST_P(Vectors, EveryChannelIsReadIntoItsOwnComponent) {
  const auto& [name, channels] = GetParam();
  const VectorMap map = DecodeExr(ExrBytes(name), name);
  ASSERT_EQ(map.size(), kSize);
  const auto x = ExrChannel(name, {channels[0]});
  const auto y = ExrChannel(name, {channels[1]});
  const auto z = ExrChannel(name, {channels[2]});
  for (std::size_t i = 0; i < map.size().Pixels(); ++i) {
    EXPECT_TRUE(SameNumber(map.Pixels()[i].x, x[i])) << i;
    EXPECT_TRUE(SameNumber(map.Pixels()[i].y, y[i])) << i;
    EXPECT_TRUE(SameNumber(map.Pixels()[i].z, z[i])) << i;
  }
}

TEST(ExrSamples, NumbersAreTheOnlyChannelOrTheThirdOfThree) {
  const std::pair<const char*, const char*> rows[] = {{"y_float_zip", "Y"},
                                                      {"y_half_none", "Y"},
                                                      {"xyz_float_zip", "Z"},
                                                      {"rgb_half_zip", "B"},
                                                      {"rgb_float_none", "B"}};
  for (const auto& [name, channel] : rows) {
    SCOPED_TRACE(name);
    const Raster<double> map = DecodeExrDepth(ExrBytes(name), name);
    ASSERT_EQ(map.size(), kSize);
    const std::vector<double> expected = ExrChannel(name, channel);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(SameNumber(map.Pixels()[i], expected[i])) << i;
    }
  }
}

TEST(ExrSamples, OneChannelIsNoVectors) {
  EXPECT_EQ(CodeOf([] { DecodeExr(ExrBytes("y_float_zip"), "a.exr"); }), "wrong-channels");
}

}  // namespace
}  // namespace assay
