#include "model/depth_path.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>
#include <span>
#include <utility>

#include "metrics/wide_clones.h"
#include "model/rgb_depth.h"

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

// Channels are split block by block: the arithmetic then runs on whole
// registers, and the planes stay in the first-level cache.
constexpr std::size_t kBlock = 2048;
using Plane = std::array<std::uint8_t, kBlock>;
struct Planes {
  Plane r, g, b;
};

ASSAY_WIDE_CLONES
void Split(const Rgb8* colors, std::size_t count, Planes& planes) {
  for (std::size_t i = 0; i < count; ++i) {
    planes.r[i] = colors[i].r;
    planes.g[i] = colors[i].g;
    planes.b[i] = colors[i].b;
  }
}

ASSAY_WIDE_CLONES
void NearestPlanar(const Planes& planes, std::size_t count, U16* steps, U16* distances) {
  for (std::size_t i = 0; i < count; ++i) {
    const Best best = Nearest(planes.r[i], planes.g[i], planes.b[i]);
    steps[i] = best.step;
    distances[i] = best.distance;
  }
}

// In 16 bits, which a row of kBlock pixels cannot overflow.
ASSAY_WIDE_CLONES
U16 CountAtEnd(const U16* steps, std::size_t count) {
  U16 found = 0;
  for (std::size_t i = 0; i < count; ++i) found = Sum(found, steps[i] == kPathSteps ? 1 : 0);
  return found;
}

// Neighbouring pixels often share a distance. Four tables in turn, so that one
// increment need not wait for the store of the one before.
class Histogram {
 public:
  void Add(const U16* distances, std::size_t count) {
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      for (std::size_t k = 0; k < 4; ++k) ++tables_[k][distances[i + k]];
    }
    for (; i < count; ++i) ++tables_[0][distances[i]];
  }

  std::vector<std::int64_t> Total() const {
    std::vector<std::int64_t> total(kBins);
    for (const auto& table : tables_) {
      for (std::size_t i = 0; i < kBins; ++i) total[i] += table[i];
    }
    return total;
  }

 private:
  static constexpr std::size_t kBins = kMaxPathDistance2 + 1;
  using Table = std::vector<std::uint32_t>;  // an image has at most 2^28 pixels
  std::array<Table, 4> tables_ = {Table(kBins), Table(kBins), Table(kBins), Table(kBins)};
};

}  // namespace

PathPoint NearestOnPath(Rgb8 color) {
  const Best best = Nearest(color.r, color.g, color.b);
  return {best.step, best.distance};
}

void NearestOnPath(std::span<const Rgb8> colors,
                   std::span<std::uint16_t> steps,
                   std::span<std::uint16_t> squared_distances) {
  Planes planes;
  for (std::size_t begin = 0; begin < colors.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, colors.size() - begin);
    Split(colors.data() + begin, count, planes);
    NearestPlanar(planes, count, steps.data() + begin, squared_distances.data() + begin);
  }
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
  const auto from = image.Pixels();
  const auto to = steps.Pixels();
  std::array<U16, kBlock> distances;
  Histogram histogram;
  for (std::size_t begin = 0; begin < from.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, from.size() - begin);
    NearestOnPath(from.subspan(begin, count), to.subspan(begin, count), {distances.data(), count});
    histogram.Add(distances.data(), count);
    statistics.at_end += CountAtEnd(to.data() + begin, count);
  }
  statistics.by_distance2 = histogram.Total();
  statistics.pixels = static_cast<std::int64_t>(from.size());
  return steps;
}

// Nearest resampling and the table look-up commute: looking up last writes eight
// bytes per pixel once instead of twice. The values are appended rather than
// assigned, which would first fill the map with zeros.
DepthMap LookUp(const Raster<std::uint16_t>& steps,
                const FitMap& map,
                std::span<const double> depth_of_step) {
  const Size size{static_cast<int>(map.column.size()), static_cast<int>(map.row.size())};
  std::vector<double> metres;
  metres.reserve(size.Pixels());
  for (const int y : map.row) {
    const U16* const from = steps.Row(y).data();
    const auto row = std::views::transform(
        map.column, [&](int x) -> const double& { return depth_of_step[from[x]]; });
    metres.insert(metres.end(), row.begin(), row.end());
  }
  return {size, std::move(metres)};
}

}  // namespace assay
