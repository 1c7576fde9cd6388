// A strip: up to 64 neighbouring pixels of a row, so that any set of them is one machine
// word. Depth is compared strip by strip, and what several protocols have in common is
// recognised by equal sets. Internal to metrics/.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace assay {

inline constexpr int kStripPixels = 64;
using StripValues = std::array<double, kStripPixels>;

// Bit i is pixel i of a strip.
using PixelSet = std::uint64_t;

// Pixel i alone, as a table: what loops over wide registers can read and not compute.
inline constexpr std::array<PixelSet, kStripPixels> kStripPixelSets = [] {
  std::array<PixelSet, kStripPixels> pixels{};
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = PixelSet{1} << i;
  return pixels;
}();

// Pixels `begin` to before `end` of a strip, both cut to its 64.
inline PixelSet PixelsBetween(int begin, int end) {
  const auto before = [](int pixel) {
    if (pixel >= kStripPixels) return ~PixelSet{0};
    return (PixelSet{1} << static_cast<unsigned>(pixel > 0 ? pixel : 0)) - 1;
  };
  return before(end) & ~before(begin);
}

// The pixels whose value lies in [least, most]; NaN does not. At most 64 values.
PixelSet Within(std::span<const double> values, double least, double most);

template <class Visit>
void ForEachPixel(PixelSet set, const Visit& visit) {
  for (; set != 0; set &= set - 1) visit(static_cast<std::size_t>(std::countr_zero(set)));
}

}  // namespace assay
