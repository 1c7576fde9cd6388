// Normals against values computed by others (tests/golden/normals/aggregation.json):
//   three synthetic images with known errors give the file's pooled and per-image values
//   to the six decimals it has, and the closed forms of the same means to 1e-9.
// One pixel sits exactly on 5, 7.5, 22.5 and 30 degrees, where the arithmetic decides:
// those shares agree within that pixel.
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <string>

#include "metrics/normals.h"
#include "tests/golden/golden_json.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr double kRounding = 5.1e-7;  // of a value with six decimals

struct GoldenImage {
  int pixels;
  double first;  // degrees of error; each pixel has 0.1 more
};
constexpr std::array<GoldenImage, 3> kImages = {{{100, 5}, {300, 10}, {50, 40}}};

const json& Golden() {
  static const json kJson = test::ReadReference(std::filesystem::path(ASSAY_SOURCE_DIR) /
                                                "tests/golden/normals/aggregation.json");
  return kJson;
}

// (0, 0, 1) turned in the x-z plane.
NormalMap Predicted(const GoldenImage& image) {
  NormalMap map(Size{image.pixels, 1});
  for (int i = 0; i < image.pixels; ++i) {
    const double radians = (image.first + 0.1 * i) * std::numbers::pi / 180;
    map.At(i, 0) = {std::sin(radians), 0, std::cos(radians)};
  }
  return map;
}

NormalsMetric::Result Evaluate(const NormalsSettings& settings) {
  const NormalsMetric metric(settings);
  NormalsMetric::State state = metric.Start();
  for (const GoldenImage& image : kImages) {
    const NormalMap truth(Size{image.pixels, 1}, Vector3{0, 0, 1});
    metric.Add(metric.Compare({Predicted(image)}, {truth}), state);
  }
  return metric.Finish(state);
}

void ExpectGolden(const NormalErrors& errors, const json& expected, double one_pixel) {
  EXPECT_NEAR(errors.mean, expected.at("mean").get<double>(), kRounding);
  EXPECT_NEAR(errors.median, expected.at("median").get<double>(), kRounding);
  EXPECT_NEAR(errors.rmse, expected.at("rmse").get<double>(), kRounding);
  constexpr std::array<const char*, 5> kNames = {"5", "7.5", "11.25", "22.5", "30"};
  for (std::size_t k = 0; k < kNames.size(); ++k) {
    const double tie = k == 2 ? 0 : one_pixel;
    const double percent = expected.at("within_percent").at(kNames[k]).get<double>();
    EXPECT_NEAR(100 * errors.within[k], percent, tie + 5.1e-5) << kNames[k];
  }
}

TEST(NormalsGoldenTest, PooledValues) {
  ExpectGolden(Evaluate({}).pooled, Golden().at("pooled"), 100.0 / 450);
}

TEST(NormalsGoldenTest, PerImageValues) {
  ExpectGolden(Evaluate({}).per_image, Golden().at("per_image"), 100.0 / 300);
}

TEST(NormalsGoldenTest, SinglePrecisionAgreesToItsOwnPrecision) {
  NormalsSettings settings;
  settings.angle = AngleRule::kAcosFloat;
  EXPECT_NEAR(Evaluate(settings).pooled.mean, Golden().at("pooled").at("mean").get<double>(), 1e-4);
}

TEST(NormalsGoldenTest, MeansAndMediansHaveTheirClosedForms) {
  double pooled = 0;
  double per_image = 0;
  double squares = 0;
  for (const GoldenImage& image : kImages) {
    const double mean = image.first + 0.1 * (image.pixels - 1) / 2;
    pooled += mean * image.pixels / 450;
    per_image += mean / 3;
    // Of n equal steps of 0.1 about the mean: variance 0.01 (n^2 - 1) / 12.
    const double n = image.pixels;
    squares += (mean * mean + 0.01 * (n * n - 1) / 12) * n / 450;
  }
  const auto result = Evaluate({});
  EXPECT_NEAR(result.pooled.mean, pooled, 1e-9);
  EXPECT_NEAR(result.pooled.rmse, std::sqrt(squares), 1e-9);
  EXPECT_NEAR(result.per_image.mean, per_image, 1e-9);
  EXPECT_NEAR(result.per_image.median, per_image, 1e-9) << "each image is symmetric";
  EXPECT_NEAR(result.pooled.median, 22.45, 1e-9) << "22.4 and 22.5 are bins of their own";
}

}  // namespace
}  // namespace assay
