// Depth trees that assay did not write (tests/golden/depth_sets, scripts/make_depth_samples.py)
// are read to exactly the values their writers put there:
//   - keys in the order of the list, clusters, every depth and every mask
//   - arrays with a third axis, masks of several number types, no depth in whatever form the
//     format has it
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/datasets/samples.h"

namespace assay {
namespace {

fs::path DepthSamples() { return fs::path(ASSAY_SOURCE_DIR) / "tests/golden/depth_sets"; }

const nlohmann::json& ExpectedDepths() {
  static const auto kJson = nlohmann::json::parse(ReadText(DepthSamples() / "expected.json"));
  return kJson;
}

std::vector<std::string> Layouts() {
  std::vector<std::string> names;
  for (const auto& [name, row] : ExpectedDepths().items()) {
    if (name != "written_by") names.push_back(name);
  }
  return names;
}

class DepthTree : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Layouts, DepthTree, ::testing::ValuesIn(Layouts()), [](const auto& row) {
  std::string name = row.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

// Every pixel, or of a large sample some: [x, y, metres]. nuScenes' points go through a chain
// of rotations, whose last bits are the library's.
void ExpectDepth(const DepthMap& depth, const nlohmann::json& sample) {
  if (sample.contains("some")) {
    for (const auto& pixel : sample.at("some")) {
      EXPECT_EQ(depth.At(pixel[0].get<int>(), pixel[1].get<int>()), pixel[2].get<double>());
    }
    return;
  }
  const double tolerance = sample.value("tolerance", 0.0);
  const auto& rows = sample.at("depth_m");
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(depth.height()));
  for (int y = 0; y < depth.height(); ++y) {
    const auto expected = rows.at(static_cast<std::size_t>(y)).get<std::vector<double>>();
    ASSERT_EQ(expected.size(), static_cast<std::size_t>(depth.width()));
    for (int x = 0; x < depth.width(); ++x) {
      EXPECT_NEAR(depth.At(x, y), expected[static_cast<std::size_t>(x)], tolerance)
          << x << " " << y;
    }
  }
}

TEST_P(DepthTree, IsReadExactly) {
  const auto data = OpenDepth(FindLayout(GetParam()).dataset, DepthSamples() / GetParam());
  const nlohmann::json& samples = ExpectedDepths().at(GetParam());
  ASSERT_EQ(data->Size(), samples.size());
  EXPECT_EQ(data->Info().official, static_cast<std::int64_t>(samples.size()));
  for (std::size_t i = 0; i < data->Size(); ++i) {
    SCOPED_TRACE(samples[i].at("key").get<std::string>());
    EXPECT_EQ(data->Item(i).key, samples[i].at("key").get<std::string>());
    EXPECT_EQ(data->Item(i).cluster, samples[i].at("cluster").get<std::string>());
    const DepthTruth truth = TruthOf(*data, i);
    ExpectDepth(truth.depth_m, samples[i]);
    EXPECT_EQ(truth.file_mask.empty(), !samples[i].contains("mask"));
    if (samples[i].contains("mask")) {
      EXPECT_EQ(IntegerRows(truth.file_mask), samples[i].at("mask"));
    }
    if (samples[i].contains("camera")) {
      const Intrinsics camera = data->Item(i).query.camera.value();
      const nlohmann::json found = {camera.fx, camera.fy, camera.cx, camera.cy};
      EXPECT_EQ(found, samples[i].at("camera"));
    }
  }
}

}  // namespace
}  // namespace assay
