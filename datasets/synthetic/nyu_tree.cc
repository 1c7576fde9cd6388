#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/nyu_forms.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/mat_writer.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"

namespace assay {
namespace {

constexpr Size kSize = {.width = 160, .height = 120};
constexpr int kMostSamples = 724;  // every other of the 1449 images

// Test images are the even ones, so that a number counted from the wrong end
// names no image of the test set.
int IndexOf(int sample) { return 2 * sample; }

SyntheticManifest ManifestOf(const char* layout, const SynthOptions& options) {
  return {layout, options.samples, options.seed, kSize};
}

WorldView Render(const SynthOptions& options, int index) {
  const NyuContext context{"test", ManifestOf("", options)};
  return RenderWorld(Scene::kRoom,
                     HashOf(options.seed, 30, static_cast<std::uint64_t>(index)),
                     kSize,
                     context.Camera());
}

// Where a structured-light sensor finds nothing: a strip behind every edge is too
// much physics for a test tree, so one pixel in sixteen.
bool Missing(const SynthOptions& options, int index, int x, int y) {
  const std::uint64_t image = HashOf(options.seed, 31, static_cast<std::uint64_t>(index));
  return HashOf(image, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y)) % 16 == 0;
}

DepthMap RawDepth(const SynthOptions& options, int index, const DepthMap& filled) {
  DepthMap raw = filled;
  for (int y = 0; y < raw.height(); ++y) {
    for (int x = 0; x < raw.width(); ++x) {
      if (Missing(options, index, x, y)) raw.At(x, y) = 0;
    }
  }
  return raw;
}

// The extraction truncates (datasets/nyu.h).
Raster<std::uint16_t> Millimetres(const DepthMap& depth) {
  Raster<std::uint16_t> png(depth.size());
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      png.At(x, y) = static_cast<std::uint16_t>(std::floor(depth.At(x, y) * 1000));
    }
  }
  return png;
}

std::string SceneOf(int sample) { return fmt::format("synthetic_room_{:04}", sample / 2); }

void WriteBtsSample(const std::filesystem::path& root, const SynthOptions& options, int sample) {
  const int index = IndexOf(sample);
  const WorldView view = Render(options, index);
  const auto folder = root / "official_splits" / "test" / SceneOf(sample);
  WriteFile(folder / fmt::format("sync_depth_{:05}.png", index),
            EncodePng(Millimetres(RawDepth(options, index, view.depth_m))));
  WriteFile(folder / fmt::format("rgb_{:05}.jpg", index), EncodeJpeg(view.rgb));
}

void WriteMarigoldSample(const std::filesystem::path& root,
                         const SynthOptions& options,
                         int sample) {
  const int index = IndexOf(sample);
  const WorldView view = Render(options, index);
  const auto folder = root / "test" / SceneOf(sample);
  WriteFile(folder / fmt::format("depth_{:04}.png", index + 1),
            EncodePng(Millimetres(RawDepth(options, index, view.depth_m))));
  WriteFile(folder / fmt::format("filled_{:04}.png", index + 1),
            EncodePng(Millimetres(view.depth_m)));
  WriteFile(folder / fmt::format("rgb_{:04}.png", index + 1), EncodePng(view.rgb));
}

void AppendDepth(const DepthMap& depth, std::vector<float>& numbers) {
  for (int x = 0; x < depth.width(); ++x) {
    for (int y = 0; y < depth.height(); ++y) {
      numbers.push_back(static_cast<float>(depth.At(x, y)));
    }
  }
}

void AppendChannel(const RgbImage& rgb,
                   std::uint8_t Rgb8::* channel,
                   std::vector<std::uint8_t>& numbers) {
  for (int x = 0; x < rgb.width(); ++x) {
    for (int y = 0; y < rgb.height(); ++y) numbers.push_back(rgb.At(x, y).*channel);
  }
}

NyuMatContent MatContent(const SynthOptions& options, int images) {
  NyuMatContent content{.size = kSize, .images = images, .rgb = {}, .raw_depths = {}, .depths = {}};
  for (int index = 0; index < images; ++index) {
    const WorldView view = Render(options, index);
    AppendChannel(view.rgb, &Rgb8::r, content.rgb);
    AppendChannel(view.rgb, &Rgb8::g, content.rgb);
    AppendChannel(view.rgb, &Rgb8::b, content.rgb);
    AppendDepth(view.depth_m, content.depths);
    AppendDepth(RawDepth(options, index, view.depth_m), content.raw_depths);
  }
  return content;
}

}  // namespace

void WriteNyuBtsTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) WriteBtsSample(root, options, i);
  WriteManifest(root, ManifestOf("nyu-bts", options));
}

void WriteNyuMarigoldTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) WriteMarigoldSample(root, options, i);
  WriteManifest(root, ManifestOf("nyu-marigold", options));
}

void WriteNyuMatTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  const int images = 2 * options.samples;
  std::vector<double> train;
  std::vector<double> test;
  for (int index = 0; index < images; ++index) {
    (index % 2 == 0 ? test : train).push_back(index + 1);
  }
  WriteNyuMat(root / "nyu_depth_v2_labeled.mat", MatContent(options, images));
  WriteNyuSplits(root / "splits.mat", std::move(train), std::move(test));
  WriteManifest(root, ManifestOf("nyu-mat", options));
}

}  // namespace assay
