#include "model/depth_path.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "model/rgb_depth.h"

// The same integer arithmetic on every path, only wider registers.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define ASSAY_WIDE_CLONES [[gnu::target_clones("avx2", "default")]]
#else
#define ASSAY_WIDE_CLONES
#endif

namespace assay {
namespace {

using U16 = std::uint16_t;

// Squares are cut at 32767 so that the sum of two fits 16 bits. No colour is
// farther from the path than kMaxPathDistance2 = 32258, so a sum with a cut
// square never wins and never ties.
constexpr U16 Square(U16 value) {
  const auto wide = static_cast<unsigned>(value) * value;
  return static_cast<U16>(wide < 32767U ? wide : 32767U);
}

constexpr U16 Sum(U16 a, U16 b) { return static_cast<U16>(a + b); }

struct Best {
  U16 distance;
  U16 step;
};

constexpr Best Nearer(Best best, U16 distance, U16 step) {
  return {distance < best.distance ? distance : best.distance,
          distance < best.distance ? step : best.step};
}

// The edges are axis-aligned: along each, one channel moves and the squared
// distance uses the other two.
constexpr Best Nearest(U16 r, U16 g, U16 b) {
  const auto from_red = static_cast<U16>(255 - r);
  const auto from_green = static_cast<U16>(255 - g);
  const auto from_blue = static_cast<U16>(255 - b);
  const U16 r0 = Square(r);
  const U16 g0 = Square(g);
  const U16 b0 = Square(b);
  const U16 r1 = Square(from_red);
  const U16 g1 = Square(from_green);
  const U16 b1 = Square(from_blue);
  Best best{Sum(g0, b0), r};
  best = Nearer(best, Sum(r1, b0), static_cast<U16>(255 + g));
  best = Nearer(best, Sum(g1, b0), static_cast<U16>(2 * 255 + from_red));
  best = Nearer(best, Sum(r0, g1), static_cast<U16>(3 * 255 + b));
  best = Nearer(best, Sum(r0, b1), static_cast<U16>(4 * 255 + from_green));
  best = Nearer(best, Sum(g0, b1), static_cast<U16>(5 * 255 + r));
  return Nearer(best, Sum(r1, b1), static_cast<U16>(6 * 255 + g));
}

ASSAY_WIDE_CLONES
void NearestPlanar(
    const U16* r, const U16* g, const U16* b, std::size_t count, U16* steps, U16* distances) {
  for (std::size_t i = 0; i < count; ++i) {
    const Best best = Nearest(r[i], g[i], b[i]);
    steps[i] = best.step;
    distances[i] = best.distance;
  }
}

// Channels are split block by block: the arithmetic then runs on whole
// registers, and the planes stay in the first-level cache.
constexpr std::size_t kBlock = 1024;

void NearestInterleaved(const Rgb8* colors, std::size_t count, U16* steps, U16* distances) {
  std::array<U16, kBlock> r;
  std::array<U16, kBlock> g;
  std::array<U16, kBlock> b;
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t block = std::min(kBlock, count - begin);
    for (std::size_t i = 0; i < block; ++i) {
      const Rgb8 color = colors[begin + i];
      r[i] = color.r;
      g[i] = color.g;
      b[i] = color.b;
    }
    NearestPlanar(r.data(), g.data(), b.data(), block, steps + begin, distances + begin);
  }
}

// Neighbouring pixels often share a distance. Two tables in turn, so that one
// increment need not wait for the store of the one before.
class Histogram {
 public:
  Histogram() : even_(kMaxPathDistance2 + 1), odd_(kMaxPathDistance2 + 1) {}

  void Add(std::span<const U16> distances) {
    std::size_t i = 0;
    for (; i + 1 < distances.size(); i += 2) {
      ++even_[distances[i]];
      ++odd_[distances[i + 1]];
    }
    if (i < distances.size()) ++even_[distances[i]];
  }

  std::vector<std::int64_t> Total() const {
    std::vector<std::int64_t> total(even_.size());
    for (std::size_t i = 0; i < total.size(); ++i) total[i] = std::int64_t{even_[i]} + odd_[i];
    return total;
  }

 private:
  std::vector<std::uint32_t> even_, odd_;  // an image has at most 2^28 pixels
};

}  // namespace

PathPoint NearestOnPath(Rgb8 color) {
  const Best best = Nearest(color.r, color.g, color.b);
  return {best.step, best.distance};
}

void NearestOnPath(std::span<const Rgb8> colors,
                   std::span<std::uint16_t> steps,
                   std::span<std::uint16_t> squared_distances) {
  NearestInterleaved(colors.data(), colors.size(), steps.data(), squared_distances.data());
}

double PathStatistics::ResidualAt(double share) const {
  const auto rank = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(pixels)));
  std::int64_t seen = 0;
  for (std::size_t squared = 0; squared < by_distance2.size(); ++squared) {
    seen += by_distance2[squared];
    if (seen >= std::max<std::int64_t>(rank, 1)) return std::sqrt(static_cast<double>(squared));
  }
  return 0;
}

Raster<std::uint16_t> PathSteps(const RgbImage& image, PathStatistics& statistics) {
  Raster<std::uint16_t> steps(image.size());
  std::vector<U16> distances(static_cast<std::size_t>(image.width()));
  Histogram histogram;
  for (int y = 0; y < image.height(); ++y) {
    const auto row = steps.Row(y);
    NearestOnPath(image.Row(y), row, distances);
    histogram.Add(distances);
    statistics.at_end += std::count(row.begin(), row.end(), static_cast<U16>(kPathSteps));
  }
  statistics.by_distance2 = histogram.Total();
  statistics.pixels = static_cast<std::int64_t>(image.size().Pixels());
  return steps;
}

// Nearest resampling and the table look-up commute: looking up last writes eight
// bytes per pixel once instead of twice.
DepthMap LookUp(const Raster<std::uint16_t>& steps,
                const FitMap& map,
                std::span<const double> depth_of_step) {
  DepthMap out(Size{static_cast<int>(map.column.size()), static_cast<int>(map.row.size())});
  for (int y = 0; y < out.height(); ++y) {
    const auto from = steps.Row(map.row[static_cast<std::size_t>(y)]);
    const auto to = out.Row(y);
    for (std::size_t x = 0; x < to.size(); ++x) {
      to[x] = depth_of_step[from[static_cast<std::size_t>(map.column[x])]];
    }
  }
  return out;
}

}  // namespace assay
