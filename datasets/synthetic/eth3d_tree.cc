#include <fmt/format.h>

#include <array>
#include <limits>
#include <string>

#include "datasets/io/file.h"
#include "datasets/io/float32.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 168, .height = 112};  // 1/36 of the official size
constexpr int kMostSamples = 400;
constexpr double kFarMetres = 45;
constexpr Intrinsics kCamera = {.fx = 95, .fy = 95, .cx = 84, .cy = 56};
constexpr std::array kScenes = {"courtyard_900", "office_900"};

// +inf where nothing was measured.
DepthMap Stored(DepthMap depth) {
  for (double& metres : depth.Pixels()) {
    if (metres == 0) metres = std::numeric_limits<double>::infinity();
  }
  return depth;
}

}  // namespace

void WriteEth3dTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  // The list runs backwards, so that its order is not the sorted one, and ends without a line
  // end.
  std::string list;
  for (int i = options.samples - 1; i >= 0; --i) {
    const std::uint64_t seed = HashOf(options.seed, 60, static_cast<std::uint64_t>(i));
    const bool outside = i % 2 == 0;
    const WorldView view =
        RenderWorld(outside ? Scene::kStreet : Scene::kRoom, seed, kSize, kCamera);
    const std::string scene = kScenes[static_cast<std::size_t>(i) % kScenes.size()];
    const std::string name = fmt::format("DSC_{:04}.JPG", 9000 + i);
    const std::string image = fmt::format("rgb/{}/images/dslr_images/{}", scene, name);
    const std::string depth =
        fmt::format("depth/{0}_dslr_depth/{0}/ground_truth_depth/dslr_images/{1}", scene, name);
    WriteFile(root / image, EncodeJpeg(view.rgb));
    WriteFile(root / depth, EncodeFloat32(Stored(WithHoles(view.depth_m, seed, kFarMetres))));
    list += fmt::format("{}{} {}", list.empty() ? "" : "\n", image, depth);
  }
  for (const char* scene : kScenes) {
    WriteText(root / "rgb" / scene / "dslr_calibration_jpg" / "cameras.txt",
              fmt::format("# Camera list with one line of data per camera:\n"
                          "#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n"
                          "0 THIN_PRISM_FISHEYE {} {} {} {} {} {} 0 0 0 0 0 0 0 0\n",
                          kSize.width,
                          kSize.height,
                          kCamera.fx,
                          kCamera.fy,
                          kCamera.cx,
                          kCamera.cy));
  }
  WriteText(root / "eth3d_filename_list.txt", list);
  WriteManifest(root, {"eth3d", options.samples, options.seed, kSize});
}

}  // namespace assay
