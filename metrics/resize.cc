#include "metrics/resize.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay {
namespace {

// Where one output pixel reads along one axis.
struct Tap {
  int first = 0;
  int second = 0;
  double weight = 0;  // of `second`
};

double SourceCoordinate(int index, int from, int to, CornerRule rule) {
  if (rule == CornerRule::kAlignCorners) {
    return to > 1 ? static_cast<double>(from - 1) / (to - 1) * index : 0;
  }
  return std::max(0.0, (index + 0.5) * (static_cast<double>(from) / to) - 0.5);
}

std::vector<Tap> BilinearTaps(int from, int to, CornerRule rule) {
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double source = SourceCoordinate(i, from, to, rule);
    const int first = std::min(static_cast<int>(source), from - 1);
    taps.push_back({first, std::min(first + 1, from - 1), source - first});
  }
  return taps;
}

int NearestSource(int index, int from, int to) {
  return static_cast<int>(static_cast<std::int64_t>(index) * from / to);
}

std::vector<int> PillowSources(int from, int to) {
  const double step = static_cast<double>(from) / to;
  double source = 0.5 * step;
  std::vector<int> sources;
  sources.reserve(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i, source += step) {
    sources.push_back(std::min(static_cast<int>(source), from - 1));
  }
  return sources;
}

}  // namespace

Raster<std::uint8_t> ResizeNearestAsPillow(const Raster<std::uint8_t>& map, Size size) {
  const std::vector<int> columns = PillowSources(map.width(), size.width);
  const std::vector<int> rows = PillowSources(map.height(), size.height);
  Raster<std::uint8_t> out(size);
  for (int y = 0; y < size.height; ++y) {
    const auto from = map.Row(rows[static_cast<std::size_t>(y)]);
    const auto to = out.Row(y);
    for (std::size_t x = 0; x < columns.size(); ++x) {
      to[x] = from[static_cast<std::size_t>(columns[x])];
    }
  }
  return out;
}

Raster<double> ResizeNearest(const Raster<double>& map, Size size) {
  Raster<double> out(size);
  for (int y = 0; y < size.height; ++y) {
    const int source_y = NearestSource(y, map.height(), size.height);
    for (int x = 0; x < size.width; ++x) {
      out.At(x, y) = map.At(NearestSource(x, map.width(), size.width), source_y);
    }
  }
  return out;
}

Raster<double> ResizeBilinear(const Raster<double>& map, Size size, CornerRule rule) {
  const std::vector<Tap> columns = BilinearTaps(map.width(), size.width, rule);
  const std::vector<Tap> rows = BilinearTaps(map.height(), size.height, rule);
  Raster<double> out(size);
  for (int y = 0; y < size.height; ++y) {
    const Tap row = rows[static_cast<std::size_t>(y)];
    for (int x = 0; x < size.width; ++x) {
      const Tap col = columns[static_cast<std::size_t>(x)];
      const double upper = (1 - col.weight) * map.At(col.first, row.first) +
                           col.weight * map.At(col.second, row.first);
      const double lower = (1 - col.weight) * map.At(col.first, row.second) +
                           col.weight * map.At(col.second, row.second);
      out.At(x, y) = (1 - row.weight) * upper + row.weight * lower;
    }
  }
  return out;
}

}  // namespace assay
