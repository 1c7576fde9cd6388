// Decoding images: ours against OpenCV's imdecode on the same bytes, in turns, on
// one thread. The counter opencv_ratio is our fastest time over OpenCV's fastest:
// below 1, ours is faster. Inputs are made here: frames that compress like street
// labels, instance ids and painted depth.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "datasets/io/image.h"
#include "tests/support/png_writer.h"

namespace assay {
namespace {

constexpr Size kFrame = {2048, 1024};
constexpr Size kMegapixel = {1024, 1024};

// Without this each big buffer is mapped and unmapped on every decode, and the
// page faults of both sides hide what is compared.
// NOLINTBEGIN(concurrency-mt-unsafe): runs before main, when there is one thread.
const bool kTrimmingOff = mallopt(M_MMAP_THRESHOLD, 1 << 30) == 1 &&
                          mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max()) == 1;
// NOLINTEND(concurrency-mt-unsafe)

// Blobs with wavy borders: a label between 0 and 33 that is constant over regions.
int LabelAt(int x, int y) {
  const double wave = 40 * std::sin(x * 0.013) + 25 * std::sin(y * 0.021 + x * 0.004);
  const int column = static_cast<int>((x + wave) / 90);
  const int row = static_cast<int>((y + wave) / 70);
  return (column * 7 + row * 13) % 34;
}

// A hash, for a little noise that does not compress.
int NoiseAt(int x, int y) {
  const auto mixed =
      static_cast<std::uint32_t>(x) * 2654435761U ^ static_cast<std::uint32_t>(y) * 2246822519U;
  return static_cast<int>((mixed ^ mixed >> 15) * 2654435761U >> 29);
}

Raster<std::uint8_t> Labels() {
  Raster<std::uint8_t> map(kFrame);
  for (int y = 0; y < kFrame.height; ++y) {
    for (int x = 0; x < kFrame.width; ++x) map.At(x, y) = static_cast<std::uint8_t>(LabelAt(x, y));
  }
  return map;
}

Raster<std::uint16_t> Instances() {
  Raster<std::uint16_t> map(kFrame);
  for (int y = 0; y < kFrame.height; ++y) {
    for (int x = 0; x < kFrame.width; ++x) {
      const int label = LabelAt(x, y);
      map.At(x, y) = static_cast<std::uint16_t>(label >= 24 ? label * 1000 + x / 90 % 9 : label);
    }
  }
  return map;
}

RgbImage Painted(Size size) {
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int depth = 128 + static_cast<int>(90 * std::sin(x * 0.01) * std::cos(y * 0.007));
      const int noise = NoiseAt(x, y);
      image.At(x, y) = {static_cast<std::uint8_t>(depth + noise),
                        static_cast<std::uint8_t>(255 - depth + noise / 2),
                        static_cast<std::uint8_t>((depth * 3 + noise) & 0xff)};
    }
  }
  return image;
}

std::vector<std::uint16_t> SamplesOf(const RgbImage& image, bool alpha) {
  std::vector<std::uint16_t> samples;
  for (const Rgb8& pixel : image.Pixels()) {
    samples.insert(samples.end(), {pixel.r, pixel.g, pixel.b});
    if (alpha) samples.push_back(255);
  }
  return samples;
}

Bytes ByOpenCv(const cv::Mat& image, const std::vector<int>& settings = {}) {
  Bytes bytes;
  cv::imencode(".png", image, bytes, settings);
  return bytes;
}

// Every row with one filter; filter 5 stands for a mixture of all.
Bytes WithFilter(
    Size size, int colour_type, int depth, int filter, const std::vector<std::uint16_t>& samples) {
  test::PngPlan plan;
  plan.size = size;
  plan.colour_type = colour_type;
  plan.bit_depth = depth;
  plan.filter = [filter](std::size_t y) { return filter == 5 ? static_cast<int>(y % 5) : filter; };
  return test::WritePng(plan, samples);
}

double Seconds(const std::chrono::steady_clock::duration& time) {
  return std::chrono::duration<double>(time).count();
}

template <class Decode>
void Compare(benchmark::State& state, const Bytes& bytes, const Decode& decode, int flags) {
  double ours = std::numeric_limits<double>::infinity();
  double theirs = ours;
  for ([[maybe_unused]] auto iteration : state) {
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(decode(bytes, "bench.png"));
    const auto middle = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(cv::imdecode(bytes, flags));
    const auto end = std::chrono::steady_clock::now();
    state.SetIterationTime(Seconds(middle - start));
    ours = std::min(ours, Seconds(middle - start));
    theirs = std::min(theirs, Seconds(end - middle));
  }
  state.counters["ms"] = ours * 1e3;
  state.counters["opencv_ms"] = theirs * 1e3;
  state.counters["opencv_ratio"] = ours / theirs;
  state.counters["file_kB"] = static_cast<double>(bytes.size()) / 1e3;
}

RgbImage DecodeAnyRgb(const Bytes& bytes, const std::filesystem::path& path) {
  return DecodeRgb(bytes, path);
}

void LabelPng(benchmark::State& state) {
  const Raster<std::uint8_t> map = Labels();
  const int filter = static_cast<int>(state.range(0));
  const std::vector<std::uint16_t> samples(map.Pixels().begin(), map.Pixels().end());
  Compare(state, WithFilter(kFrame, 0, 8, filter, samples), DecodeGray8, cv::IMREAD_UNCHANGED);
}

void LabelPngByOpenCv(benchmark::State& state) {
  Raster<std::uint8_t> map = Labels();
  const cv::Mat image(kFrame.height, kFrame.width, CV_8UC1, map.Pixels().data());
  Compare(state, ByOpenCv(image), DecodeGray8, cv::IMREAD_UNCHANGED);
}

void InstancePng(benchmark::State& state) {
  const Raster<std::uint16_t> map = Instances();
  const int filter = static_cast<int>(state.range(0));
  const std::vector<std::uint16_t> samples(map.Pixels().begin(), map.Pixels().end());
  Compare(state, WithFilter(kFrame, 0, 16, filter, samples), DecodeGray16, cv::IMREAD_UNCHANGED);
}

void InstancePngByOpenCv(benchmark::State& state) {
  Raster<std::uint16_t> map = Instances();
  const cv::Mat image(kFrame.height, kFrame.width, CV_16UC1, map.Pixels().data());
  Compare(state, ByOpenCv(image), DecodeGray16, cv::IMREAD_UNCHANGED);
}

void RgbPng(benchmark::State& state) {
  const int filter = static_cast<int>(state.range(0));
  const std::vector<std::uint16_t> samples = SamplesOf(Painted(kMegapixel), false);
  Compare(state, WithFilter(kMegapixel, 2, 8, filter, samples), DecodeAnyRgb, cv::IMREAD_COLOR);
}

void RgbPngByOpenCv(benchmark::State& state) {
  RgbImage painted = Painted(kMegapixel);
  const cv::Mat image(kMegapixel.height, kMegapixel.width, CV_8UC3, painted.Pixels().data());
  Compare(state, ByOpenCv(image), DecodeAnyRgb, cv::IMREAD_COLOR);
}

void RgbaPng(benchmark::State& state) {
  const int filter = static_cast<int>(state.range(0));
  const std::vector<std::uint16_t> samples = SamplesOf(Painted(kMegapixel), true);
  Compare(state, WithFilter(kMegapixel, 6, 8, filter, samples), DecodeAnyRgb, cv::IMREAD_COLOR);
}

BENCHMARK(LabelPng)->DenseRange(0, 5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(LabelPngByOpenCv)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(InstancePng)->DenseRange(0, 5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(InstancePngByOpenCv)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(RgbPng)->DenseRange(0, 5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(RgbPngByOpenCv)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(RgbaPng)->DenseRange(0, 5)->UseManualTime()->Unit(benchmark::kMillisecond);

void EncodeLabelPng(benchmark::State& state) {
  const Raster<std::uint8_t> map = Labels();
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(EncodePng(map));
}
void EncodeRgbPng(benchmark::State& state) {
  const RgbImage image = Painted(kMegapixel);
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(EncodePng(image));
}
BENCHMARK(EncodeLabelPng)->Unit(benchmark::kMillisecond);
BENCHMARK(EncodeRgbPng)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
