#include <fmt/format.h>

#include <string>

#include "datasets/io/file.h"
#include "datasets/io/float32.h"
#include "datasets/io/image.h"
#include "datasets/sintel_camera.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 128, .height = 56};
constexpr int kMostSamples = 1000;
constexpr double kSky = 1e5;
constexpr Intrinsics kCamera = {.fx = 140, .fy = 140, .cx = 64, .cy = 28};

// Every pixel has a depth; the sky lies far away.
DepthMap Stored(DepthMap depth) {
  for (double& metres : depth.Pixels()) {
    if (metres == 0) metres = kSky;
  }
  return depth;
}

}  // namespace

void WriteSintelTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  const std::filesystem::path base = root / "training";
  for (int i = 0; i < options.samples; ++i) {
    const std::uint64_t seed = HashOf(options.seed, 62, static_cast<std::uint64_t>(i));
    const WorldView view = RenderWorld(Scene::kStreet, seed, kSize, kCamera);
    const std::string frame = fmt::format("plaza_{}/frame_{:04}", 1 + i % 2, 1 + i / 2);
    WriteFile(base / "depth" / (frame + ".dpt"), EncodeDpt(Stored(view.depth_m)));
    WriteFile(base / "camdata_left" / (frame + ".cam"), EncodeSintelCamera(kCamera));
    WriteFile(base / "final" / (frame + ".png"), EncodePng(view.rgb));
  }
  WriteManifest(root, {"sintel", options.samples, options.seed, kSize});
}

}  // namespace assay
