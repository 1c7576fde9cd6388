#include <fmt/format.h>

#include <limits>
#include <string>

#include "datasets/depth_set.h"
#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 160, .height = 120};
constexpr int kMostSamples = 1000;
constexpr Intrinsics kOfficialCamera = {.fx = 886.81, .fy = 927.06, .cx = 512, .cy = 384};
constexpr Size kOfficialSize = {.width = 1024, .height = 768};
constexpr double kFarMetres = 300;

// Official arrays have a third axis of one channel.
Bytes DepthArray(const DepthMap& depth) {
  return EncodeNpyFloat32(
      Array{{depth.height(), depth.width(), 1}, {depth.Pixels().begin(), depth.Pixels().end()}});
}

// Without a measurement the file holds anything: here, every other such pixel is NaN.
DepthMap Stored(const DepthMap& depth) {
  DepthMap stored = depth;
  std::size_t without = 0;
  for (double& metres : stored.Pixels()) {
    if (metres == 0 && ++without % 2 == 0) metres = std::numeric_limits<double>::quiet_NaN();
  }
  return stored;
}

Raster<double> MaskOf(const DepthMap& depth) {
  Raster<double> mask(depth.size());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) mask.At(x, y) = depth.At(x, y) > 0 ? 1 : 0;
  }
  return mask;
}

void WriteSample(const std::filesystem::path& root,
                 const SynthOptions& options,
                 int sample,
                 bool indoors) {
  const std::uint64_t seed =
      HashOf(options.seed, indoors ? 57 : 58, static_cast<std::uint64_t>(sample));
  const WorldView view = RenderWorld(indoors ? Scene::kRoom : Scene::kStreet,
                                     seed,
                                     kSize,
                                     Scaled(kOfficialCamera, kOfficialSize, kSize));
  const DepthMap depth = WithHoles(view.depth_m, seed, kFarMetres);
  const int scan = 900 + sample / 2;
  const int scene = indoors ? 90 : 91;
  const char* half = indoors ? "indoors" : "outdoor";
  const std::string folder = fmt::format("val/{}/scene_{:05}/scan_{:05}", half, scene, scan);
  const std::string name =
      fmt::format("{:05}_{:05}_{}_{:03}_000", scene, scan, half, 10 * (sample % 2));
  const std::string stem = (root / folder / name).string();
  WriteFile(stem + ".png", EncodePng(view.rgb));
  WriteFile(stem + "_depth.npy", DepthArray(Stored(depth)));
  WriteFile(stem + "_depth_mask.npy", EncodeNpy(MaskOf(depth)));
}

}  // namespace

void WriteDiodeTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) WriteSample(root, options, i, i % 2 == 0);
  WriteManifest(root, {"diode", options.samples, options.seed, kSize});
}

void WriteDiodeIndoorTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) WriteSample(root, options, i, true);
  WriteManifest(root, {"diode-indoor", options.samples, options.seed, kSize});
}

void WriteDiodeOutdoorTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) WriteSample(root, options, i, false);
  WriteManifest(root, {"diode-outdoor", options.samples, options.seed, kSize});
}

}  // namespace assay
