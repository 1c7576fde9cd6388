// What scripts/make_moge_view_samples.py draws, and its way of writing sizes.
#pragma once

#include <nlohmann/json.hpp>

#include "metrics/tasks.h"

namespace assay::test {

inline Size SizeFrom(const nlohmann::json& pair) {
  return {pair.at(0).get<int>(), pair.at(1).get<int>()};
}

// As `frame` of the script has it.
inline DepthMap DepthOf(Size size) {
  DepthMap depth(size, 0.0);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      double value = (512 + (37 * x + 91 * y) % 640 + 8 * ((x * y) % 29)) / 256.0;
      if ((x * 7 + y * 13) % 11 == 0) value = 0;
      if ((x * 5 + y * 3) % 97 == 0) value = 4096;
      depth.At(x, y) = value;
    }
  }
  return depth;
}

}  // namespace assay::test
