// Instances of a phrase: IoU and matching of 12 x 12 masks of a megapixel, and the
// whole comparison of a pair with three annotators. Masks are rings (two stretches a
// column), side by side as in a crowd, or all over one another, the worst case.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "metrics/assignment.h"
#include "metrics/instances.h"
#include "metrics/mask_overlap.h"
#include "metrics/run_length.h"

namespace assay {
namespace {

constexpr Size kSize{1000, 1000};
constexpr int kObjects = 12;

enum Layout : std::int64_t { kSideBySide, kOverEachOther };

RunLengthMask Ring(int center_x, int center_y, int radius) {
  Mask mask(kSize);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const int dx = x - center_x;
      const int dy = y - center_y;
      const int distance = dx * dx + dy * dy;
      mask.At(x, y) = distance < radius * radius && distance > radius * radius / 9 ? 1 : 0;
    }
  }
  return ToRuns(mask);
}

std::vector<RunLengthMask> MakeRings(std::int64_t layout, int shift) {
  std::vector<RunLengthMask> rings;
  for (int i = 0; i < kObjects; ++i) {
    rings.push_back(layout == kSideBySide
                        ? Ring(125 + 250 * (i % 4) + shift, 170 + 330 * (i / 4), 130)
                        : Ring(500 + 3 * i + shift, 500 - 2 * i, 480));
  }
  return rings;
}

void MatchMasks(benchmark::State& state) {
  const auto detections = MakeRings(state.range(0), 5);
  const auto truths = MakeRings(state.range(0), 0);
  std::vector<const RunLengthMask*> d;
  std::vector<const RunLengthMask*> g;
  for (const RunLengthMask& mask : detections) d.push_back(&mask);
  for (const RunLengthMask& mask : truths) g.push_back(&mask);
  for (auto _ : state) {
    benchmark::DoNotOptimize(BestAssignment(MaskIous(d, g), d.size(), g.size()));
  }
}
BENCHMARK(MatchMasks)
    ->ArgName("layout")
    ->Arg(kSideBySide)
    ->Arg(kOverEachOther)
    ->Unit(benchmark::kMicrosecond);

void ComparePair(benchmark::State& state) {
  InstanceSet answer{kSize, {}};
  for (RunLengthMask& mask : MakeRings(state.range(0), 5)) {
    answer.instances.push_back({.mask = std::move(mask)});
  }
  Annotation annotation;
  for (RunLengthMask& mask : MakeRings(state.range(0), 0)) {
    annotation.instances.push_back({.mask = std::move(mask)});
  }
  const InstancesTruth truth{kSize, {annotation, annotation, annotation}};
  const InstancesMetric metric;
  for (auto _ : state) benchmark::DoNotOptimize(metric.Compare(answer, truth));
}
BENCHMARK(ComparePair)
    ->ArgName("layout")
    ->Arg(kSideBySide)
    ->Arg(kOverEachOther)
    ->Unit(benchmark::kMicrosecond);

void MaskToRuns(benchmark::State& state) {
  const Mask mask = ToMask(Ring(500, 500, 480));
  for (auto _ : state) benchmark::DoNotOptimize(ToRuns(mask));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kSize.Pixels()));
}
BENCHMARK(MaskToRuns)->Unit(benchmark::kMicrosecond);

void DecodeString(benchmark::State& state) {
  const std::string text = EncodeRuns(Ring(500, 500, 480));
  for (auto _ : state) benchmark::DoNotOptimize(DecodeRuns(kSize, text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(DecodeString)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay
