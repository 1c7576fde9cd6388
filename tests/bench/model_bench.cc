// Decoding painted answers of one megapixel, against decoding their PNG.
//
// Ratios are the time from pixels to values and residuals over the time from
// PNG bytes to pixels: decode_to_opencv_png_ratio with OpenCV as the reader,
// meant to stay below a third, and decode_to_png_ratio with assay's own, faster
// reader. megapixels_per_s is the first time alone. The answers are busy on purpose: every pixel is
// noisy, as models paint them. As in the program itself, freed memory is kept (eval/cli/main.cc).
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>
#include <ctime>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "datasets/io/image.h"
#include "model/components.h"
#include "model/depth_path.h"
#include "model/nearest_color.h"
#include "model/palette.h"
#include "model/region_masks.h"
#include "model/rgb_depth.h"
#include "model/rgb_normals.h"

namespace assay {
namespace {

constexpr Size kAnswer{1200, 896};

// NOLINTBEGIN(concurrency-mt-unsafe): runs before main, when there is one thread.
const bool kTrimmingOff = mallopt(M_MMAP_THRESHOLD, 1 << 30) == 1 &&
                          mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max()) == 1;
// NOLINTEND(concurrency-mt-unsafe)

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

// Of this thread on a processor: other programs on the machine do not count.
double ThreadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double SecondsOf(auto&& work) {
  const double start = ThreadSeconds();
  work();
  return ThreadSeconds() - start;
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
  const auto pixels = static_cast<double>(image.size().Pixels());
  state.counters["megapixels_per_s"] =
      1e-6 * pixels * static_cast<double>(state.iterations()) / decoding;
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

// A floor and walls, a little off, as models paint them.
RgbImage NormalsPainting() {
  RgbImage image(kAnswer);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const Vector3 normal = y > 600 ? Vector3{0, 0.98, 0.2} : Vector3{x / 1200.0 - 0.5, 0.1, 0.8};
      const auto noise = Hash(static_cast<std::uint32_t>(y * image.width() + x));
      image.At(x, y) = Noisy(RgbFromNormal(normal, ToByte::kRound), noise);
    }
  }
  return image;
}

void DecodeNormalsAnswer(benchmark::State& state) {
  const RgbImage image = NormalsPainting();
  CompareWithPng(state, image, [&] { benchmark::DoNotOptimize(NormalsFromRgb(image)); });
}
BENCHMARK(DecodeNormalsAnswer)->UseManualTime()->Unit(benchmark::kMillisecond);

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

// ---- instances ----

// Twelve discs on black, as models paint them.
RgbImage DiscPainting() {
  RgbImage image(kAnswer);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const int column = x / 300;
      const int row = y / 299;
      const int dx = x - (column * 300 + 150);
      const int dy = y - (row * 299 + 149);
      const auto color = static_cast<std::uint8_t>(80 + 40 * column);
      const Rgb8 disc{
          color, static_cast<std::uint8_t>(255 - color), static_cast<std::uint8_t>(row * 100)};
      const auto noise = Hash(static_cast<std::uint32_t>(y * image.width() + x));
      image.At(x, y) = Noisy(dx * dx + dy * dy < 140 * 140 ? disc : Rgb8{}, noise);
    }
  }
  return image;
}

// As many pieces as are large enough, 15 x 15 each and 18 apart: all of one colour, so
// that boxes have to be compared; every other column is joined if gamma allows it.
RgbImage PiecePainting() {
  RgbImage image(kAnswer);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      if (x % 18 < 15 && y % 18 < 15) image.At(x, y) = {200, 100, 0};
    }
  }
  return image;
}

// Every pixel another colour: as many components as pixels.
RgbImage NoisePainting() {
  RgbImage image(kAnswer);
  std::uint32_t i = 0;
  for (Rgb8& pixel : image.Pixels()) {
    const std::uint32_t noise = Hash(++i);
    pixel = {static_cast<std::uint8_t>(noise),
             static_cast<std::uint8_t>(noise >> 8),
             static_cast<std::uint8_t>(noise >> 16)};
  }
  return image;
}

void DecodeInstances(benchmark::State& state, const RgbImage& image, const ObjectRule& rule) {
  const FitMap map = MapTo(Fit::kCoverCrop, {1999, 1500}, {1999, 1500}, kAnswer);
  CompareWithPng(state, image, [&] {
    const Objects found = FindObjects(image, rule);
    benchmark::DoNotOptimize(RegionMasks(found.map, found.objects.size(), map));
    state.counters["objects"] = static_cast<double>(found.objects.size());
    state.counters["joined"] = static_cast<double>(found.joined);
  });
}

void DecodeDiscs(benchmark::State& state) { DecodeInstances(state, DiscPainting(), {}); }
void DecodePieces(benchmark::State& state) {
  ObjectRule rule;
  rule.gamma = static_cast<double>(state.range(0));
  DecodeInstances(state, PiecePainting(), rule);
}
void DecodeNoise(benchmark::State& state) { DecodeInstances(state, NoisePainting(), {}); }
BENCHMARK(DecodeDiscs)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(DecodePieces)->Arg(1)->Arg(5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(DecodeNoise)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
