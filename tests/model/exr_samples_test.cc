// The codecs `exr` of normals and depth on files that nothing of assay has written
// (tests/support/exr_samples.h):
//   - normals: R, G, B are x, y, z of the frame that is set, lub where none is; pixels with a
//     component that is not finite are undefined
//   - depth: one channel as it is, or the third of MoGe's points
#include "tests/support/exr_samples.h"

#include <gtest/gtest.h>

#include "metrics/normals_angle.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ExrBytes;
using test::ExrChannel;
using test::Find;
using test::FrameOf;
using test::MakeFor;
using test::SameNumber;

constexpr Size kSize = {7, 5};

struct Signs {
  nlohmann::json answer;
  double x, y, z;
};

TEST(ExrSamplesNormals, ChannelsAreTheAxesOfTheFrame) {
  const Signs rows[] = {{{{"codec", "exr"}}, -1, 1, 1},
                        {{{"codec", "exr"}, {"frame", "rub"}}, 1, 1, 1},
                        {{{"codec", "exr"}, {"frame", "opencv"}}, 1, -1, -1}};
  for (const std::string name : {"rgb_half_zip", "rgb_float_none"}) {
    const auto r = ExrChannel(name, "R");
    const auto g = ExrChannel(name, "G");
    const auto b = ExrChannel(name, "B");
    for (const Signs& row : rows) {
      SCOPED_TRACE(name + row.answer.dump());
      const auto decoded = MakeFor<NormalsTask>(row.answer)
                               ->Decode(AnswerOf(ExrBytes(name), "normal.exr"), {}, FrameOf(kSize));
      ASSERT_EQ(decoded.value.map.size(), kSize);
      EXPECT_EQ(Find(decoded.diagnostics, "undefined_pixels"), 2);
      for (std::size_t i = 0; i < kSize.Pixels(); ++i) {
        const Vector3& normal = decoded.value.map.Pixels()[i];
        EXPECT_TRUE(SameNumber(normal.x, row.x * r[i])) << i;
        EXPECT_TRUE(SameNumber(normal.y, row.y * g[i])) << i;
        EXPECT_TRUE(SameNumber(normal.z, row.z * b[i])) << i;
      }
    }
  }
}

TEST(ExrSamplesDepth, OneChannelIsDepthAndPointsGiveTheirThird) {
  for (const auto& [name, channel] : {std::pair{"y_float_zip", "Y"}, {"rgb_float_zip", "B"}}) {
    const auto decoded = MakeFor<DepthTask>({{"codec", "exr"}})
                             ->Decode(AnswerOf(ExrBytes(name), "depth.exr"), {}, FrameOf(kSize));
    ASSERT_EQ(decoded.value.map.size(), kSize);
    const auto expected = ExrChannel(name, channel);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(SameNumber(decoded.value.map.Pixels()[i], expected[i])) << name << " " << i;
    }
  }
}

}  // namespace
}  // namespace assay
