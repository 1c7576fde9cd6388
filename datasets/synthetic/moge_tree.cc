#include <fmt/format.h>

#include <string>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/png_text.h"
#include "datasets/log_depth.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 160, .height = 120};
constexpr int kMostSamples = 1000;
constexpr double kNear = 0.25;
constexpr double kFar = 40;
constexpr Intrinsics kCamera = {.fx = 145, .fy = 145, .cx = 80, .cy = 60};

// One sample has its texts behind the image, the next before it.
Bytes DepthFile(const DepthMap& depth, int sample) {
  const PngTextPlace place =
      sample % 2 == 0 ? PngTextPlace::kBeforeImage : PngTextPlace::kBehindImage;
  const Bytes png = EncodePng(LogDepthPixels(depth, kNear, kFar));
  return AddPngText(AddPngText(png, "near", "0.25", place), "far", "40.0", place);
}

}  // namespace

void WriteMogeTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  std::string list;
  // The list runs backwards and ends without a line end.
  for (int i = options.samples - 1; i >= 0; --i) {
    const std::uint64_t seed = HashOf(options.seed, 66, static_cast<std::uint64_t>(i));
    const WorldView view = RenderWorld(Scene::kRoom, seed, kSize, kCamera);
    const std::string key = fmt::format("attic_{}/{:04}", i / 2, i);
    const std::filesystem::path folder = root / "NYUv2" / key;
    WriteFile(folder / "depth.png", DepthFile(WithHoles(view.depth_m, seed, kFar), i));
    WriteFile(folder / "image.jpg", EncodeJpeg(view.rgb));
    WriteText(folder / "meta.json",
              fmt::format(R"({{"intrinsics": [[{}, 0.0, {}], [0.0, {}, {}], [0.0, 0.0, 1.0]]}})",
                          kCamera.fx / kSize.width,
                          kCamera.cx / kSize.width,
                          kCamera.fy / kSize.height,
                          kCamera.cy / kSize.height));
    list += (list.empty() ? "" : "\n") + key;
  }
  WriteText(root / "NYUv2" / ".index.txt", list);
  WriteManifest(root, {"moge", options.samples, options.seed, kSize});
}

}  // namespace assay
