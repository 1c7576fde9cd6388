// Kernels of metrics/: semantic comparison at Cityscapes size (labels, instances and
// prediction of one frame), the same with Boundary IoU at narrow and wide boundaries,
// the boundaries of all classes of one map, depth comparison at NYU size.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics/boundary.h"
#include "metrics/depth.h"
#include "metrics/semantic.h"

namespace assay {
namespace {

constexpr std::array<LabelClass, 34> MakeClasses() {
  std::array<LabelClass, 34> classes{};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    classes[i].id = static_cast<std::uint8_t>(i);
    classes[i].category = i >= 24 ? 2 : (i >= 7 ? 1 : 0);
    classes[i].evaluated = i >= 7;
    classes[i].has_instances = i >= 24;
    classes[i].average_instance_pixels = i >= 24 ? 5000 : 0;
  }
  return classes;
}
constexpr std::array<LabelClass, 34> kClasses = MakeClasses();
constexpr std::array<std::string_view, 3> kCategories = {"void", "stuff", "thing"};
constexpr LabelSpace kSpace{"bench", kClasses, kCategories};
constexpr Size kCityscapes{2048, 1024};

std::uint32_t Hash(std::uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352dU;
  x = (x ^ (x >> 15)) * 0x846ca68bU;
  return x ^ (x >> 16);
}

// Blocks with slanted edges: about the run lengths of a street scene at block 40,
// pixel noise at block 1.
std::uint8_t LabelAt(int x, int y, int block) {
  const auto column = static_cast<std::uint32_t>((x + y / 3) / block);
  const auto row = static_cast<std::uint32_t>(y / block);
  return static_cast<std::uint8_t>(7 + Hash(column * 977U + row) % 27);
}

struct Frame {
  LabelMap prediction{kCityscapes};
  SemanticTruth truth{LabelMap(kCityscapes), Raster<std::uint16_t>(kCityscapes)};
};

// The prediction is the truth moved by two pixels.
Frame MakeFrame(int block) {
  Frame frame;
  for (int y = 0; y < kCityscapes.height; ++y) {
    for (int x = 0; x < kCityscapes.width; ++x) {
      const std::uint8_t id = LabelAt(x, y, block);
      frame.truth.labels.At(x, y) = id;
      frame.truth.instances.At(x, y) = static_cast<std::uint16_t>(id >= 24 ? id * 1000 + 1 : id);
      frame.prediction.At(x, y) = LabelAt(x + 2, y, block);
    }
  }
  return frame;
}

void CompareSemantic(benchmark::State& state) {
  const Frame frame = MakeFrame(static_cast<int>(state.range(0)));
  const SemanticMetric metric(kSpace);
  for (auto _ : state) benchmark::DoNotOptimize(metric.Compare(frame.prediction, frame.truth));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kCityscapes.Pixels()) * 4);
}
BENCHMARK(CompareSemantic)
    ->ArgName("block")
    ->Arg(40)
    ->Arg(8)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond);

// Ratios per thousand of the diagonal: 2 gives 5 pixels, 20 (the paper's) 46. The time
// must not grow with them.
void CompareSemanticBoundaries(benchmark::State& state) {
  const Frame frame = MakeFrame(static_cast<int>(state.range(0)));
  const double ratio = static_cast<double>(state.range(1)) / 1000;
  const SemanticMetric metric(kSpace, {.boundary_ratio = ratio});
  for (auto _ : state) benchmark::DoNotOptimize(metric.Compare(frame.prediction, frame.truth));
  state.counters["distance"] = static_cast<double>(BoundaryDistance(kCityscapes, ratio));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCityscapes.Pixels()));
}
BENCHMARK(CompareSemanticBoundaries)
    ->ArgNames({"block", "permille"})
    ->ArgsProduct({{160, 40, 1}, {2, 20}})
    ->Unit(benchmark::kMillisecond);

void BoundaryOfLabels(benchmark::State& state) {
  const Frame frame = MakeFrame(static_cast<int>(state.range(0)));
  const std::int64_t distance = state.range(1);
  std::int64_t kept = 0;
  for (auto _ : state) {
    const LabelMap boundary = BoundaryOf(frame.truth.labels, distance);
    kept += boundary.At(kCityscapes.width / 2, kCityscapes.height / 2) != 0 ? 1 : 0;
  }
  benchmark::DoNotOptimize(kept);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCityscapes.Pixels()));
}
BENCHMARK(BoundaryOfLabels)
    ->ArgNames({"block", "distance"})
    ->ArgsProduct({{160, 1}, {1, 46}})
    ->Unit(benchmark::kMillisecond);

DepthMap MakeDepth(Size size, std::uint32_t seed) {
  DepthMap map(size);
  std::uint32_t index = seed;
  for (double& pixel : map.Pixels()) pixel = 0.5 + Hash(index++) % 9000 / 1000.0;
  return map;
}

void CompareDepth(benchmark::State& state) {
  const Size size{static_cast<int>(state.range(0)), static_cast<int>(state.range(1))};
  const DepthValue value{.map = MakeDepth(size, 1)};
  const DepthTruth truth{MakeDepth(size, 77), {}};
  DepthSettings settings;
  settings.bounds.max = 10;
  settings.clip = PredictionClip{.min = 0.005, .max = 10};
  const DepthMetric metric(settings);
  for (auto _ : state) benchmark::DoNotOptimize(metric.Compare(value, truth));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size.Pixels()));
}
BENCHMARK(CompareDepth)->Args({640, 480})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
