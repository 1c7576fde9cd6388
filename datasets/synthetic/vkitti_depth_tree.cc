#include <fmt/format.h>

#include <array>
#include <string>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

// The official size: Marigold's protocol cuts KITTI's window from it.
constexpr Size kSize = {.width = 1242, .height = 375};
constexpr Intrinsics kCamera = {.fx = 725.0087, .fy = 725.0087, .cx = 620.5, .cy = 187};
constexpr int kMostSamples = 447;
constexpr double kSky = 655.35;
constexpr std::array kVariations = {"clone", "sunset"};

}  // namespace

void WriteVkittiTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) {
    const std::uint64_t seed = HashOf(options.seed, 64, static_cast<std::uint64_t>(i));
    const WorldView view = RenderWorld(Scene::kStreet, seed, kSize, kCamera);
    const char* variation = kVariations[static_cast<std::size_t>(i) % kVariations.size()];
    const std::string frames = fmt::format("Scene01/{}/frames", variation);
    DepthMap depth = view.depth_m;
    for (double& metres : depth.Pixels()) {
      if (metres == 0) metres = kSky;
    }
    WriteFile(root / fmt::format("depth/{}/depth/Camera_{}/depth_{:05}.png", frames, i % 2, i),
              EncodePng(InUnits(depth, 100)));
    WriteFile(root / fmt::format("rgb/{}/rgb/Camera_{}/rgb_{:05}.jpg", frames, i % 2, i),
              EncodeJpeg(view.rgb));
  }
  WriteManifest(root, {"vkitti", options.samples, options.seed, kSize});
}

}  // namespace assay
