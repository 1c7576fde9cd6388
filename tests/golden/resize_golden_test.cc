// tests/golden/resize/expected.json, made by PyTorch and OpenCV (scripts/make_resize_samples.py):
//   - nearest and both bilinear rules are torch.nn.functional.interpolate's in double, up and
//     down, odd sizes and single rows: nearest exactly, bilinear to 1e-12 of the value
//   - the rule of half pixels is cv2.resize's too, to 1e-6, as that computes in float32
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "metrics/resize.h"
#include "tests/golden/golden_json.h"

namespace assay {
namespace {

nlohmann::json Cases() {
  return test::ReadReference(std::filesystem::path(ASSAY_SOURCE_DIR) /
                             "tests/golden/resize/expected.json")
      .at("cases");
}

Size SizeOf(const nlohmann::json& json) { return {json.at(0).get<int>(), json.at(1).get<int>()}; }

// `relative` of each value.
void ExpectNear(const Raster<double>& found, const nlohmann::json& expected, double relative) {
  ASSERT_EQ(found.size().Pixels(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double value = expected[i].get<double>();
    EXPECT_NEAR(found.Pixels()[i], value, relative * std::abs(value)) << i;
  }
}

TEST(ResizeGolden, MapsOfOtherSizesAreThoseOfPyTorchAndOpenCv) {
  const nlohmann::json cases = Cases();
  ASSERT_GE(cases.size(), 10U);
  for (const auto& row : cases) {
    SCOPED_TRACE(row.at("from").dump() + " to " + row.at("to").dump());
    const Raster<double> map(SizeOf(row.at("from")), row.at("values").get<std::vector<double>>());
    const Size to = SizeOf(row.at("to"));
    const nlohmann::json& results = row.at("results");
    ExpectNear(ResizeNearest(map, to), results.at("nearest"), 0);
    ExpectNear(
        ResizeBilinear(map, to, CornerRule::kAlignCorners), results.at("bilinear_ac_true"), 1e-12);
    const Raster<double> half = ResizeBilinear(map, to, CornerRule::kHalfPixel);
    ExpectNear(half, results.at("bilinear_ac_false"), 1e-12);
    ExpectNear(half, results.at("opencv"), 1e-6);
  }
}

}  // namespace
}  // namespace assay
