#include <fmt/format.h>

#include <string>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 160, .height = 120};
constexpr int kMostSamples = 1000;
constexpr double kFarMetres = 20;
constexpr Intrinsics kCamera = {.fx = 145, .fy = 145, .cx = 80, .cy = 60};

}  // namespace

void WriteScannetTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  // The list runs backwards and ends without a line end.
  std::string list;
  for (int i = options.samples - 1; i >= 0; --i) {
    const std::uint64_t seed = HashOf(options.seed, 63, static_cast<std::uint64_t>(i));
    const WorldView view = RenderWorld(Scene::kRoom, seed, kSize, kCamera);
    const std::string scene = fmt::format("scene{:04}_00", 9000 + i / 2);
    const std::string image = fmt::format("{}/color/{:06}.jpg", scene, 100 * i);
    const std::string depth = fmt::format("{}/depth/{:06}.png", scene, 100 * i);
    WriteFile(root / image, EncodeJpeg(view.rgb));
    WriteFile(root / depth, EncodePng(InUnits(WithHoles(view.depth_m, seed, kFarMetres), 1000)));
    list += fmt::format("{}{} {}", list.empty() ? "" : "\n", image, depth);
  }
  WriteText(root / "scannet_val_sampled_list_800_1.txt", list);
  WriteManifest(root, {"scannet", options.samples, options.seed, kSize});
}

}  // namespace assay
