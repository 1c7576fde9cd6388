#include <fmt/format.h>

#include <array>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"

namespace assay {
namespace {

// One eighth of the benchmark's 2048 x 1024, and of its camera.
constexpr Size kSize = {.width = 256, .height = 128};
constexpr Intrinsics kCamera = {.fx = 282.8, .fy = 282.8, .cx = 137.1, .cy = 64.1};
constexpr std::array<std::string_view, 2> kCities = {"modelstadt", "synthville"};

constexpr std::uint8_t kEgoVehicle = 1;
constexpr std::uint8_t kRectificationBorder = 2;
constexpr std::uint8_t kOutOfRoi = 3;

// 0 where the scene itself is seen: the real frames have the car's bonnet and
// borders that the rectification leaves empty.
std::uint8_t Overlay(int x, int y) {
  if (x < 2 || x >= kSize.width - 2 || y < 1) return kOutOfRoi;
  if (x < 4 || y >= kSize.height - 2) return kRectificationBorder;
  const int dx = x - kSize.width / 2;
  const int dy = y - (kSize.height + 40);
  return dx * dx + 4 * dy * dy < 104 * 104 ? kEgoVehicle : 0;
}

void AddOverlay(WorldView& view) {
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const std::uint8_t label = Overlay(x, y);
      if (label == 0) continue;
      view.labels.At(x, y) = label;
      view.instances.At(x, y) = label;
      view.rgb.At(x, y) = label == kEgoVehicle ? Rgb8{35, 35, 40} : Rgb8{};
    }
  }
}

}  // namespace

void WriteCityscapesTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, 100000);
  for (int i = 0; i < options.samples; ++i) {
    WorldView view = RenderWorld(
        Scene::kStreet, HashOf(options.seed, 10, static_cast<std::uint64_t>(i)), kSize, kCamera);
    AddOverlay(view);
    const std::string_view city = kCities[static_cast<std::size_t>(i) % kCities.size()];
    const std::string frame = fmt::format("{}_{:06}_000019", city, i / 2);
    const auto truth = root / "gtFine" / "val" / city;
    WriteFile(truth / (frame + "_gtFine_labelIds.png"), EncodePng(view.labels));
    WriteFile(truth / (frame + "_gtFine_instanceIds.png"), EncodePng(view.instances));
    WriteFile(root / "leftImg8bit" / "val" / city / (frame + "_leftImg8bit.png"),
              EncodePng(view.rgb));
  }
  WriteManifest(root, {"cityscapes", options.samples, options.seed, kSize});
}

}  // namespace assay
