// Bilinear resizing of 8-bit colours (model/resize_bytes.h):
//   - equal to cv2.resize byte for byte, for images made larger, smaller, halved, one pixel
//     wide and high (scripts/make_normals_file_samples.py)
//   - the same size changes nothing; a plain colour stays
//   - an image or a size without pixels is refused
#include "model/resize_bytes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "datasets/io/file.h"

namespace assay {
namespace {

using nlohmann::json;

// The image of the script, pixel by pixel.
RgbImage Pattern(int n, Size size) {
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto channel = [&](int c) {
        return static_cast<std::uint8_t>((x * x * 7 + y * 13 + x * y * 5 + c * 91 + n * 29) % 256);
      };
      image.At(x, y) = {channel(0), channel(1), channel(2)};
    }
  }
  return image;
}

TEST(ResizeBytes, IsThatOfOpenCv) {
  const json content = json::parse(
      ReadText(std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/normals/resize_bytes.json"));
  int n = 0;
  for (const json& row : content.at("images")) {
    const Size from = {row.at("from")[0].get<int>(), row.at("from")[1].get<int>()};
    const Size to = {row.at("to")[0].get<int>(), row.at("to")[1].get<int>()};
    const RgbImage resized = ResizeBytesBilinear(Pattern(n++, from), to);
    ASSERT_EQ(resized.size(), to);
    Bytes bytes;
    bytes.reserve(3 * to.Pixels());
    for (const Rgb8 color : resized.Pixels()) {
      bytes.insert(bytes.end(), {color.r, color.g, color.b});
    }
    EXPECT_EQ(Sha256(bytes), row.at("sha256").get<std::string>()) << row.dump();
  }
  EXPECT_GT(n, 5);
}

TEST(ResizeBytes, TheSameSizeChangesNothing) {
  const RgbImage image = Pattern(0, {23, 17});
  EXPECT_EQ(ResizeBytesBilinear(image, image.size()), image);
}

TEST(ResizeBytes, APlainColourStays) {
  const RgbImage image({31, 7}, {200, 3, 128});
  EXPECT_EQ(ResizeBytesBilinear(image, {13, 40}), RgbImage({13, 40}, {200, 3, 128}));
}

TEST(ResizeBytes, NothingCannotBeResized) {
  EXPECT_THROW(ResizeBytesBilinear({}, {4, 4}), std::invalid_argument);
  EXPECT_THROW(ResizeBytesBilinear(Pattern(0, {4, 4}), {}), std::invalid_argument);
}

}  // namespace
}  // namespace assay
