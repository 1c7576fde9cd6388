// Decoding painted answers of one megapixel, against decoding their PNG.
//
// Ratios are the time from pixels to values and residuals over the time from
// PNG bytes to pixels: decode_to_opencv_png_ratio with OpenCV as the reader,
// meant to stay below a third, and decode_to_png_ratio with assay's own, faster
// reader. The answers are busy on purpose: every pixel is noisy, as models paint
// them. As in the program itself, freed memory is kept (eval/cli/main.cc).
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "datasets/io/image.h"
#include "model/depth_path.h"
#include "model/nearest_color.h"
#include "model/palette.h"
#include "model/rgb_depth.h"

namespace assay {
namespace {

constexpr Size kAnswer{1200, 896};

const bool kTrimmingOff = mallopt(M_MMAP_THRESHOLD, 1 << 30) == 1 &&
                          mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max()) == 1;

std::uint32_t Hash(std::uint32_t value) {
  value = (value ^ (value >> 16)) * 0x7feb352dU;
  value = (value ^ (value >> 15)) * 0x846ca68bU;
  return value ^ (value >> 16);
}

std::uint8_t Noisy(std::uint8_t channel, std::uint32_t noise) {
  const int moved = channel + static_cast<int>(noise % 7) - 3;
  return static_cast<std::uint8_t>(moved < 0 ? 0 : moved > 255 ? 255 : moved);
}

Rgb8 Noisy(Rgb8 color, std::uint32_t noise) {
  return {Noisy(color.r, noise), Noisy(color.g, noise >> 8), Noisy(color.b, noise >> 16)};
}

// A ground plane with a few walls.
RgbImage DepthPainting() {
  RgbImage image(kAnswer);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const double depth = x / 150 % 2 == 0 ? 1.0 + 0.02 * x : 1500.0 / (y + 10);
      const auto noise = Hash(static_cast<std::uint32_t>(y * image.width() + x));
      image.At(x, y) = Noisy(RgbFromDepth({}, depth, ToByte::kRound), noise);
    }
  }
  return image;
}

RgbImage ClassPainting() {
  const Palette palette = CityscapesPalette();
  RgbImage image(kAnswer);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const auto block = static_cast<std::uint32_t>(y / 40 * 64 + x / 50);
      const auto noise = Hash(static_cast<std::uint32_t>(y * image.width() + x));
      image.At(x, y) = Noisy(palette[Hash(block) % palette.size()].color, noise);
    }
  }
  return image;
}

double SecondsOf(auto&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// All sides of the ratios are measured in turn, so that a slower machine state
// touches each of them.
void CompareWithPng(benchmark::State& state, const RgbImage& image, auto&& decode) {
  if (!kTrimmingOff) state.SkipWithError("the allocator keeps no memory");
  const Bytes png = EncodePng(image);
  double reading = 0;
  double reading_opencv = 0;
  double decoding = 0;
  for (auto unused : state) {
    reading += SecondsOf([&] { benchmark::DoNotOptimize(DecodeRgb(png, "answer.png")); });
    reading_opencv +=
        SecondsOf([&] { benchmark::DoNotOptimize(cv::imdecode(png, cv::IMREAD_COLOR)); });
    const double seconds = SecondsOf(decode);
    decoding += seconds;
    state.SetIterationTime(seconds);
  }
  state.counters["decode_to_png_ratio"] = decoding / reading;
  state.counters["decode_to_opencv_png_ratio"] = decoding / reading_opencv;
}

void DecodeDepthAnswer(benchmark::State& state) {
  const RgbImage image = DepthPainting();
  const FitMap map = MapTo(Fit::kCoverCrop, kAnswer, kAnswer, kAnswer);
  std::vector<double> depth;
  for (int step = 0; step <= kPathSteps; ++step) {
    depth.push_back(CurveDepth({}, static_cast<double>(step) / kPathSteps));
  }
  CompareWithPng(state, image, [&] {
    PathStatistics statistics;
    const Raster<std::uint16_t> steps = PathSteps(image, statistics);
    benchmark::DoNotOptimize(statistics.ResidualAt(0.99));
    benchmark::DoNotOptimize(LookUp(steps, map, depth));
  });
}
BENCHMARK(DecodeDepthAnswer)->UseManualTime()->Unit(benchmark::kMillisecond);

void ClassifyAnswer(benchmark::State& state) {
  const RgbImage image = ClassPainting();
  std::vector<Rgb8> colors;
  for (const PaletteEntry& entry : CityscapesPalette()) colors.push_back(entry.color);
  const NearestColor nearest(colors);
  CompareWithPng(state, image, [&] {
    Raster<std::uint8_t> classes(image.size());
    for (std::size_t i = 0; i < image.Pixels().size(); ++i) {
      classes.Pixels()[i] = nearest.Find(image.Pixels()[i]).index;
    }
    benchmark::DoNotOptimize(classes);
  });
}
BENCHMARK(ClassifyAnswer)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
