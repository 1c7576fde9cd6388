// The view in which MoGe scores a frame, against MoGe's own loader run on the same frames
// (scripts/make_moge_view_samples.py):
//   the view's camera; which pixels are measured; their depths, each within single precision of
//   the loader's; and the image to show, within four levels of 8 bits: OpenCV 4, used here, rounds
//   places to 1/32 pixel, and OpenCV 5, used there, does not
//   the shrinking of an image is Pillow's, byte for byte
// The loader works in single precision: where a ray falls on the border of two pixels it may take
// the other one, so one pixel in a hundred may differ.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "datasets/io/remap.h"
#include "metrics/centred_view.h"
#include "tests/golden/golden_json.h"
#include "tests/golden/moge_view.h"

namespace assay {
namespace {

using test::DepthOf;
using test::SizeFrom;

using nlohmann::json;

constexpr int kLevels = 4;

const json& Golden() {
  static const json kJson = test::ReadReference(std::filesystem::path(ASSAY_SOURCE_DIR) /
                                                "tests/golden/moge_view/expected.json");
  return kJson;
}

RgbImage ImageOf(Size size) {
  const auto byte = [](int value) { return static_cast<std::uint8_t>(value & 255); };
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      image.At(x, y) = {byte(3 * x + y), byte(x * y / 16), byte(255 - 2 * y)};
    }
  }
  return image;
}

Intrinsics CameraOf(const json& row) {
  const Size size = SizeFrom(row.at("image"));
  const json& camera = row.at("camera");
  return {.fx = camera.at(0).get<double>() * size.width,
          .fy = camera.at(1).get<double>() * size.height,
          .cx = camera.at(2).get<double>() * size.width,
          .cy = camera.at(3).get<double>() * size.height};
}

// Calls visit(x, y, value) for every written pixel.
template <class Visit>
void ForEachWritten(const json& rows, const Visit& visit) {
  const int step = Golden().at("step").get<int>();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      visit(static_cast<int>(j) * step, static_cast<int>(i) * step, rows[i][j]);
    }
  }
}

int FarthestLevel(const Rgb8& pixel, const json& expected) {
  return std::max({std::abs(pixel.r - expected.at(0).get<int>()),
                   std::abs(pixel.g - expected.at(1).get<int>()),
                   std::abs(pixel.b - expected.at(2).get<int>())});
}

TEST(MogeViewGolden, CameraAndDepthsAreThoseOfMogesLoader) {
  for (const json& row : Golden().at("cases")) {
    SCOPED_TRACE(row.at("image").dump());
    const Size size = SizeFrom(row.at("image"));
    const CentredView view{.size = SizeFrom(row.at("view"))};
    const Intrinsics camera = ViewMapping(CameraOf(row), size, view.size).Camera();
    EXPECT_NEAR(camera.fx / view.size.width, row.at("view_focal").at(0).get<double>(), 1e-6);
    EXPECT_NEAR(camera.fy / view.size.height, row.at("view_focal").at(1).get<double>(), 1e-6);
    const DepthMap seen = DepthInView(DepthOf(size), CameraOf(row), view);
    std::int64_t measured = 0;
    double sum = 0;
    for (const double depth : seen.Pixels()) {
      measured += depth > 0 ? 1 : 0;
      sum += depth;
    }
    const auto expected = row.at("measured").get<double>();
    EXPECT_NEAR(static_cast<double>(measured), expected, 0.001 * expected);
    EXPECT_NEAR(sum / static_cast<double>(measured), row.at("mean_depth").get<double>(), 2e-3);
    int written = 0;
    int others = 0;
    ForEachWritten(row.at("depth"), [&](int x, int y, const json& value) {
      const double depth = value.get<double>();
      ++written;
      others += std::abs(seen.At(x, y) - depth) <= 2e-6 * depth ? 0 : 1;
    });
    EXPECT_LE(others, written / 100);
  }
}

TEST(MogeViewGolden, TheImageToShowIsThatOfMogesLoader) {
  for (const json& row : Golden().at("cases")) {
    SCOPED_TRACE(row.at("image").dump());
    const Size size = SizeFrom(row.at("image"));
    const Size view = SizeFrom(row.at("view"));
    const ViewMapping mapping(CameraOf(row), size, view);
    Raster<float> from_x(view);
    Raster<float> from_y(view);
    for (int y = 0; y < view.height; ++y) {
      for (int x = 0; x < view.width; ++x) {
        from_x.At(x, y) = mapping.At(x, y).x;
        from_y.At(x, y) = mapping.At(x, y).y;
      }
    }
    const RgbImage shown = Remap(ResizeLanczos(ImageOf(size), mapping.Rescaled()), from_x, from_y);
    int written = 0;
    int others = 0;
    ForEachWritten(row.at("pixels"), [&](int x, int y, const json& value) {
      ++written;
      others += FarthestLevel(shown.At(x, y), value) <= kLevels ? 0 : 1;
    });
    EXPECT_LE(others, written / 50);
  }
}

TEST(MogeViewGolden, ResizeLanczosIsPillows) {
  for (const json& row : Golden().at("lanczos")) {
    SCOPED_TRACE(row.at("to").dump());
    const RgbImage resized =
        ResizeLanczos(ImageOf(SizeFrom(row.at("from"))), SizeFrom(row.at("to")));
    ForEachWritten(row.at("pixels"), [&](int x, int y, const json& value) {
      EXPECT_EQ(FarthestLevel(resized.At(x, y), value), 0) << x << " " << y;
    });
  }
}

}  // namespace
}  // namespace assay
