#include <fmt/format.h>

#include <string>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/vectors.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 160, .height = 120};
constexpr int kMostSamples = 1000;
constexpr Intrinsics kOfficialCamera = {.fx = 886.81, .fy = 927.06, .cx = 512, .cy = 384};
constexpr Size kOfficialSize = {.width = 1024, .height = 768};

Intrinsics Camera() {
  const double x = static_cast<double>(kSize.width) / kOfficialSize.width;
  const double y = static_cast<double>(kSize.height) / kOfficialSize.height;
  return {kOfficialCamera.fx * x,
          kOfficialCamera.fy * y,
          kOfficialCamera.cx * x,
          kOfficialCamera.cy * y};
}

// As the files have them: some normals point away from the camera.
VectorMap Stored(const NormalMap& normals, std::uint64_t seed) {
  VectorMap stored(normals.size());
  for (int y = 0; y < normals.height(); ++y) {
    for (int x = 0; x < normals.width(); ++x) {
      const Vector3& n = normals.At(x, y);
      const std::uint64_t dice =
          HashOf(seed, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y));
      if (dice % 16 == 0 || n == Vector3{}) continue;  // no normal
      stored.At(x, y) = dice % 4 == 1 ? Vector3{-n.x, -n.y, -n.z} : n;
    }
  }
  return stored;
}

struct Half {
  const char* folder;
  int scene;
};
constexpr Half kIndoors = {"indoors", 90};
constexpr Half kOutdoor = {"outdoor", 91};

void WriteSample(const std::filesystem::path& root,
                 const Half& half,
                 const SynthOptions& options,
                 int sample) {
  const std::uint64_t seed = HashOf(options.seed, 56, static_cast<std::uint64_t>(sample));
  const WorldView view = RenderWorld(Scene::kRoom, seed, kSize, Camera());
  const int scan = 900 + sample / 2;
  const std::string stem =
      (root / fmt::format("val/{}/scene_{:05}/scan_{:05}/{:05}_{:05}_{}_{:03}_000",
                          half.folder,
                          half.scene,
                          scan,
                          half.scene,
                          scan,
                          half.folder,
                          10 * (sample % 2)))
          .string();
  WriteFile(stem + ".png", EncodePng(view.rgb));
  WriteFile(stem + "_normal.npy", EncodeNpyFloat32(ArrayFromVectors(Stored(view.normals, seed))));
}

}  // namespace

void WriteDiodeIndoorNormalsTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) WriteSample(root, kIndoors, options, i);
  WriteManifest(root, {"diode-indoor-normals", options.samples, options.seed, kSize});
}

void WriteDiodeNormalsTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  const int indoors = (options.samples + 1) / 2;
  for (int i = 0; i < options.samples; ++i) {
    WriteSample(root, i < indoors ? kIndoors : kOutdoor, options, i);
  }
  WriteManifest(root, {"diode-normals", options.samples, options.seed, kSize});
}

}  // namespace assay
