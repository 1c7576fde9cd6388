// The subsample on which MoGe fits its robust alignments: the valid pixel nearest to the
// centre of each cell of a 64 x 64 grid over the frame.
//
// Cell (i, j) of a frame of H rows and W columns has its centre at ((j + .5) W / 64,
// (i + .5) H / 64). Along each axis of length n the pixels seen are ceil(f) in a row from
// round(centre - f / 2) on, halves to even, with f = max(1, n / 64); pixel centres lie at
// +.5. Of the valid ones the nearest in squared distance is taken, the first in raster
// order of equals; a cell that sees none gives none.
//
// Source: microsoft/MoGe@0744441:moge/test/metrics.py calls masked_nearest_resize of
// EasternJournalist/utils3d@3fab839; later versions of it see other pixels.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "metrics/raster.h"

namespace assay {

inline constexpr int kNearestGrid = 64;

struct GridPixel {
  int x = 0;
  int y = 0;
  friend bool operator==(const GridPixel&, const GridPixel&) = default;
};

// The pixel of cell number (cell.x, cell.y) of a grid of `cells` columns and rows.
std::optional<GridPixel> NearestInCell(const Raster<std::uint8_t>& valid,
                                       GridPixel cell,
                                       Size cells);

// `valid`: 1 = valid. In raster order of the cells; a pixel can serve several cells.
std::vector<GridPixel> NearestGrid(const Raster<std::uint8_t>& valid);

}  // namespace assay
