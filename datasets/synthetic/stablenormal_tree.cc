#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"
#include "metrics/normal_frames.h"

namespace assay {
namespace {

constexpr std::uint64_t kStream = 57;
constexpr Size kSize = {.width = 160, .height = 120};
constexpr Intrinsics kCamera = {.fx = 128, .fy = 128, .cx = 80, .cy = 60};
constexpr int kMostSamples = 1000;

RgbImage TruthImage(const NormalMap& normals, std::uint64_t seed) {
  const auto channel = [](double component) {
    return static_cast<std::uint8_t>(std::lround((component + 1) / 2 * 255));
  };
  RgbImage image(normals.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      // lub is its own inverse.
      const Vector3 n = ToRub(NormalFrame::kLub, normals.At(x, y));
      const std::uint64_t dice =
          HashOf(seed, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y));
      const bool none = dice % 16 == 0 || normals.At(x, y) == Vector3{};
      image.At(x, y) = none ? Rgb8{} : Rgb8{channel(n.x), channel(n.y), channel(n.z)};
    }
  }
  return image;
}

void WriteSample(const std::filesystem::path& root, const SynthOptions& options, int sample) {
  const std::uint64_t seed = HashOf(options.seed, kStream, static_cast<std::uint64_t>(sample));
  const WorldView view = RenderWorld(Scene::kRoom, seed, kSize, kCamera);
  const int scan = 900 + sample / 2;
  const std::string stem =
      (root /
       fmt::format("scan_{:05}_00090_{:05}_indoors_{:03}_000", scan, scan, 10 * (sample % 2)))
          .string();
  WriteFile(stem + "_gt.png", EncodePng(TruthImage(view.normals, seed)));
  WriteFile(stem + "_ref.png", EncodePng(view.rgb));
}

}  // namespace

void WriteStableNormalTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) WriteSample(root, options, i);
  WriteManifest(root, {"diode-indoor-normals-stablenormal", options.samples, options.seed, kSize});
}

}  // namespace assay
