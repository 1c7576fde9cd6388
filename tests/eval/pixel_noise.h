// The hash of a pixel that scripts/make_*_samples.py draw synthetic values from.
#pragma once

#include <cstdint>

namespace assay::test {

// Of pixel (x, y) of image n, value number k; from 0 to 2^32 - 1.
inline std::int64_t Noise(int x, int y, int n, int k) {
  std::uint32_t value =
      static_cast<std::uint32_t>(x) * 374761393U + static_cast<std::uint32_t>(y) * 668265263U +
      static_cast<std::uint32_t>(n) * 2246822519U + static_cast<std::uint32_t>(k) * 3266489917U;
  value ^= value >> 13;
  value *= 1274126177U;
  value ^= value >> 16;
  return value;
}

}  // namespace assay::test
