// Counts over the bytes of masks and label maps, at the speed of reading them.
//
// A block's counts are kept in bytes, which lets the compiler compare and add sixteen
// pixels or more at a time; a block is short enough that no count can overflow.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace assay {

inline constexpr std::size_t kCountedBlock = 240;  // below 256, and a multiple of 16

// The sum over i < size of each of N counters. `add(i, counters)` adds 0 or 1 to each.
template <std::size_t N, class Add>
std::array<std::int64_t, N> CountInBlocks(std::size_t size, Add add) {
  std::array<std::int64_t, N> sums{};
  for (std::size_t begin = 0; begin < size; begin += kCountedBlock) {
    const std::size_t end = std::min(begin + kCountedBlock, size);
    std::array<std::uint8_t, N> counters{};
    for (std::size_t i = begin; i < end; ++i) add(i, counters);
    for (std::size_t n = 0; n < N; ++n) sums[n] += counters[n];
  }
  return sums;
}

// Pixels that are not 0.
inline std::int64_t CountInside(std::span<const std::uint8_t> pixels) {
  return CountInBlocks<1>(pixels.size(), [&](std::size_t i, auto& counters) {
    counters[0] = static_cast<std::uint8_t>(counters[0] + (pixels[i] != 0 ? 1 : 0));
  })[0];
}

}  // namespace assay
