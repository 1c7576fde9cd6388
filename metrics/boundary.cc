#include "metrics/boundary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <stdexcept>
#include <vector>

namespace assay {
namespace {

// A window holds one value when each of its rows does and all of them the same one.
// So a first filter marks the pixels whose 2d+1 neighbours in the row are equal, and
// a second one counts how far equal marked pixels reach up a column.

// kept[x] = 1 where row[x-d .. x+d] lies in the row and holds one value.
void MarkRow(std::span<const std::uint8_t> row,
             std::size_t distance,
             std::span<std::uint8_t> kept) {
  std::fill(kept.begin(), kept.end(), std::uint8_t{0});
  std::size_t begin = 0;
  while (begin < row.size()) {
    std::size_t end = begin + 1;
    while (end < row.size() && row[end] == row[begin]) ++end;
    if (end - begin > 2 * distance) {
      std::memset(&kept[begin + distance], 1, end - begin - 2 * distance);
    }
    begin = end;
  }
}

// heights[x] = rows of equal marked pixels that end in this one, itself included.
void Grow(std::span<const std::uint8_t> row,
          std::span<const std::uint8_t> above,
          std::span<const std::uint8_t> kept,
          std::span<std::int32_t> heights) {
  for (std::size_t x = 0; x < row.size(); ++x) {
    const std::int32_t before = row[x] == above[x] ? heights[x] : 0;
    heights[x] = kept[x] != 0 ? before + 1 : 0;
  }
}

// The middle of every column of 2d+1 marked pixels is inside.
void ClearInside(std::span<const std::int32_t> heights,
                 std::int32_t window,
                 std::span<std::uint8_t> middle) {
  for (std::size_t x = 0; x < middle.size(); ++x) {
    middle[x] = heights[x] >= window ? std::uint8_t{0} : middle[x];
  }
}

}  // namespace

bool IsBoundaryRatio(double ratio) { return ratio > 0 && ratio <= 1; }

std::int64_t BoundaryDistance(Size size, double ratio) {
  if (!IsBoundaryRatio(ratio)) throw std::logic_error("boundary: a ratio outside (0, 1]");
  const std::int64_t squared =
      std::int64_t{size.width} * size.width + std::int64_t{size.height} * size.height;
  const double exact = ratio * std::sqrt(static_cast<double>(squared));
  // remainder() is taken from the nearest whole number, the even one of two.
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(exact - std::remainder(exact, 1.0)));
}

Raster<std::uint8_t> BoundaryOf(const Raster<std::uint8_t>& map, std::int64_t distance) {
  if (distance < 1) throw std::logic_error("boundary: a distance below 1");
  Raster<std::uint8_t> boundary = map;
  const std::int64_t shorter = std::min(map.width(), map.height());
  if (shorter / 2 < distance) return boundary;  // no window fits; 2d+1 fits an int below
  const int reach = static_cast<int>(distance);
  const auto width = static_cast<std::size_t>(map.width());
  std::vector<std::uint8_t> kept(width);
  std::vector<std::int32_t> heights(width);
  for (int y = 0; y < map.height(); ++y) {
    MarkRow(map.Row(y), static_cast<std::size_t>(reach), kept);
    Grow(map.Row(y), map.Row(std::max(0, y - 1)), kept, heights);
    if (y >= reach) ClearInside(heights, 2 * reach + 1, boundary.Row(y - reach));
  }
  return boundary;
}

}  // namespace assay
