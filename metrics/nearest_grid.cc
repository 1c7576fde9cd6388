#include "metrics/nearest_grid.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace assay {
namespace {

// The pixels one cell sees along one axis, cut to the frame, and its centre.
struct Window {
  int begin = 0;
  int end = 0;
  double centre = 0;
};

Window WindowOf(int cell, int cells, int length) {
  const double centre = (cell + 0.5) * length / cells;
  const double span = std::max(1.0, static_cast<double>(length) / cells);
  // nearbyint rounds halves to even.
  const int begin = static_cast<int>(std::nearbyint(centre - span / 2));
  const int end = begin + static_cast<int>(std::ceil(span));
  return {std::max(begin, 0), std::min(end, length), centre};
}

std::optional<GridPixel> NearestIn(const Raster<std::uint8_t>& valid,
                                   const Window& rows,
                                   const Window& columns) {
  std::optional<GridPixel> nearest;
  double least = 0;
  for (int y = rows.begin; y < rows.end; ++y) {
    for (int x = columns.begin; x < columns.end; ++x) {
      if (valid.At(x, y) == 0) continue;
      const double dx = x + 0.5 - columns.centre;
      const double dy = y + 0.5 - rows.centre;
      const double distance2 = dx * dx + dy * dy;
      if (nearest && distance2 >= least) continue;
      nearest = {x, y};
      least = distance2;
    }
  }
  return nearest;
}

}  // namespace

std::optional<GridPixel> NearestInCell(const Raster<std::uint8_t>& valid,
                                       GridPixel cell,
                                       Size cells) {
  return NearestIn(valid,
                   WindowOf(cell.y, cells.height, valid.height()),
                   WindowOf(cell.x, cells.width, valid.width()));
}

std::vector<GridPixel> NearestGrid(const Raster<std::uint8_t>& valid) {
  std::vector<GridPixel> pixels;
  for (int i = 0; i < kNearestGrid; ++i) {
    for (int j = 0; j < kNearestGrid; ++j) {
      const auto nearest = NearestInCell(valid, {j, i}, {kNearestGrid, kNearestGrid});
      if (nearest) pixels.push_back(*nearest);
    }
  }
  return pixels;
}

}  // namespace assay
