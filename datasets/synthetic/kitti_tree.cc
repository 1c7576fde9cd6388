#include <fmt/format.h>

#include <cmath>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/kitti_camera.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"

namespace assay {
namespace {

constexpr double kFarMetres = 80;
constexpr double kNearMetres = 1;

// About a fifth of the pixels, in scan lines, none in the upper third: where a
// lidar on the roof sees nothing.
bool Scanned(std::uint64_t seed, int x, int y, Size size) {
  if (3 * y < size.height || y % 2 == 0) return false;
  return HashOf(seed, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y)) % 100 < 60;
}

Raster<std::uint16_t> Lidar(const DepthMap& depth, std::uint64_t seed) {
  Raster<std::uint16_t> png(depth.size());
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      const double metres = depth.At(x, y);
      if (metres < kNearMetres || metres > kFarMetres) continue;
      if (!Scanned(seed, x, y, depth.size())) continue;
      png.At(x, y) = static_cast<std::uint16_t>(std::floor(metres * 256 + 0.5));
    }
  }
  return png;
}

struct Frame {
  std::string date, drive, number;
  std::string Depth() const {
    return drive + "/proj_depth/groundtruth/image_02/" + number + ".png";
  }
  std::string Rgb() const { return date + "/" + drive + "/image_02/data/" + number + ".png"; }
};

Frame FrameOf(const KittiCamera& camera, int index) {
  return {std::string(camera.date),
          fmt::format("{}_drive_9{:03}_sync", camera.date, index % 1000),
          fmt::format("{:010}", 5 * index)};
}

}  // namespace

void WriteKittiTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, 1000);
  // The list runs backwards, so that its order is not the sorted one, and ends
  // without a line end after a frame that has no ground truth, as the official
  // list may.
  std::string list;
  for (int i = options.samples - 1; i >= 0; --i) {
    const auto cameras = KittiCameras();
    const KittiCamera& camera = cameras[static_cast<std::size_t>(i) % cameras.size()];
    const std::uint64_t seed = HashOf(options.seed, 20, static_cast<std::uint64_t>(i));
    const WorldView view = RenderWorld(Scene::kStreet, seed, camera.size, camera.camera);
    const Frame frame = FrameOf(camera, i);
    const auto split = root / "data_depth_annotated" / (i % 2 == 0 ? "val" : "train");
    WriteFile(split / frame.Depth(), EncodePng(Lidar(view.depth_m, seed)));
    WriteFile(root / frame.Rgb(), EncodePng(view.rgb));
    list += fmt::format("{} {} {:.4f}\n", frame.Rgb(), frame.Depth(), camera.camera.fx);
  }
  list += "2011_09_26/2011_09_26_drive_9999_sync/image_02/data/0000000000.png None 721.5377";
  WriteText(root / "eigen_test_files_with_gt.txt", list);
  WriteManifest(root, {"kitti", options.samples, options.seed, Size{}});
}

}  // namespace assay
