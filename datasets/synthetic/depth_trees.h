// What the writers of depth trees share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/world.h"

namespace assay {

// `depth` with 0 where `seed` says that nothing was measured, about one pixel in sixteen,
// and where it lies beyond `far_m`.
inline DepthMap WithHoles(const DepthMap& depth, std::uint64_t seed, double far_m) {
  DepthMap out(depth.size());
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      const double metres = depth.At(x, y);
      const std::uint64_t dice =
          HashOf(seed, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y));
      out.At(x, y) = dice % 16 == 0 || metres > far_m ? 0 : metres;
    }
  }
  return out;
}

// Depth in `units` a metre, rounded, for a 16-bit file; what does not fit becomes 65535.
inline Raster<std::uint16_t> InUnits(const DepthMap& depth, double units) {
  Raster<std::uint16_t> png(depth.size());
  for (int y = 0; y < png.height(); ++y) {
    for (int x = 0; x < png.width(); ++x) {
      png.At(x, y) =
          static_cast<std::uint16_t>(std::min(65535.0, std::floor(depth.At(x, y) * units + 0.5)));
    }
  }
  return png;
}

}  // namespace assay
