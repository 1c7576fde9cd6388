#include <fmt/format.h>

#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/mat_writer.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 160, .height = 120};
constexpr int kMostSamples = 1000;
constexpr double kFarMetres = 49;
constexpr double kUnitsPerMetre = 65535.0 / 50;
constexpr Intrinsics kCamera = {.fx = 145, .fy = 146, .cx = 79, .cy = 61};

struct Photo {
  std::string name;
  RgbImage rgb;
  DepthMap depth;
  Mask usable, opaque;  // 1 = yes
};

// A strip at the left is not usable, a block in the middle is glass.
Photo MakePhoto(const SynthOptions& options, int sample) {
  const std::uint64_t seed = HashOf(options.seed, 61, static_cast<std::uint64_t>(sample));
  const WorldView view = RenderWorld(Scene::kRoom, seed, kSize, kCamera);
  Photo photo{.name = fmt::format("attic_{:02}", sample + 1),
              .rgb = view.rgb,
              .depth = WithHoles(view.depth_m, seed, kFarMetres),
              .usable = Mask(kSize, 1),
              .opaque = Mask(kSize, 1)};
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < 3; ++x) photo.usable.At(x, y) = 0;
    if (y < 50 || y >= 70) continue;
    for (int x = 70; x < 90; ++x) photo.opaque.At(x, y) = 0;
  }
  return photo;
}

template <class Number, class Map>
std::vector<Number> ColumnMajor(const Map& map) {
  std::vector<Number> numbers;
  numbers.reserve(map.size().Pixels());
  for (int x = 0; x < map.width(); ++x) {
    for (int y = 0; y < map.height(); ++y) numbers.push_back(map.At(x, y));
  }
  return numbers;
}

std::vector<std::uint8_t> Planes(const RgbImage& rgb) {
  std::vector<std::uint8_t> numbers;
  for (const auto channel : {&Rgb8::r, &Rgb8::g, &Rgb8::b}) {
    for (int x = 0; x < rgb.width(); ++x) {
      for (int y = 0; y < rgb.height(); ++y) numbers.push_back(rgb.At(x, y).*channel);
    }
  }
  return numbers;
}

void WriteMat(const std::filesystem::path& root, const Photo& photo) {
  const std::size_t h = kSize.height;
  const std::size_t w = kSize.width;
  WriteMatStruct(
      root / "ibims1_core_mat" / (photo.name + ".mat"),
      "data",
      {{"rgb", {h, w, 3}, Planes(photo.rgb)},
       {"depth", {h, w}, ColumnMajor<double>(photo.depth)},
       {"calib",
        {3, 3},
        std::vector<double>{kCamera.fx, 0, 0, 0, kCamera.fy, 0, kCamera.cx, kCamera.cy, 1}},
       {"mask_invalid", {h, w}, ColumnMajor<std::uint8_t>(photo.usable)},
       {"mask_transp", {h, w}, ColumnMajor<std::uint8_t>(photo.opaque)}});
}

void WriteRaw(const std::filesystem::path& root, const Photo& photo) {
  const std::filesystem::path base = root / "ibims1_core_raw";
  const std::string file = photo.name + ".png";
  WriteFile(base / "rgb" / file, EncodePng(photo.rgb));
  WriteFile(base / "depth" / file, EncodePng(InUnits(photo.depth, kUnitsPerMetre)));
  WriteFile(base / "mask_invalid" / file, EncodePng(photo.usable));
  WriteFile(base / "mask_transp" / file, EncodePng(photo.opaque));
  WriteText(base / "calib" / (photo.name + ".txt"),
            fmt::format("{},{},{},{}", kCamera.fx, kCamera.fy, kCamera.cx, kCamera.cy));
}

void WriteTree(const std::filesystem::path& root,
               const SynthOptions& options,
               const char* layout,
               void (*write)(const std::filesystem::path& root, const Photo& photo)) {
  CheckSamples(options, kMostSamples);
  std::string list;
  for (int i = 0; i < options.samples; ++i) {
    const Photo photo = MakePhoto(options, i);
    write(root, photo);
    list += photo.name + "\n";
  }
  WriteText(root / "imagelist.txt", list);
  WriteManifest(root, {layout, options.samples, options.seed, kSize});
}

}  // namespace

void WriteIbimsMatTree(const std::filesystem::path& root, const SynthOptions& options) {
  WriteTree(root, options, "ibims-mat", WriteMat);
}

void WriteIbimsRawTree(const std::filesystem::path& root, const SynthOptions& options) {
  WriteTree(root, options, "ibims-raw", WriteRaw);
}

}  // namespace assay
