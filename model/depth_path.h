// The nearest points of the depth path for a whole image, and how far off the
// path its pixels lie.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "datasets/io/image.h"
#include "metrics/raster.h"
#include "metrics/tasks.h"
#include "model/fit.h"

namespace assay {

struct PathStatistics {
  std::vector<std::int64_t> by_distance2;  // pixels per squared distance
  std::int64_t pixels = 0;
  std::int64_t at_end = 0;  // pixels at the white corner: +inf

  // The residual sqrt(squared distance) of nearest rank ceil(share * pixels).
  double ResidualAt(double share) const;
};

// Steps of model/rgb_depth.h, one per pixel of `image`, which is not empty.
Raster<std::uint16_t> PathSteps(const RgbImage& image, PathStatistics& statistics);

// The steps brought to the grid of `map`, as metres: depth_of_step has
// kPathSteps + 1 entries.
DepthMap LookUp(const Raster<std::uint16_t>& steps,
                const FitMap& map,
                std::span<const double> depth_of_step);

}  // namespace assay
