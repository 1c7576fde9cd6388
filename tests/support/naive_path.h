// The depth colour path written a second time, slowly: the polyline walked in
// long double over its eight corners, with none of the integer short cuts of
// model/depth_path.cc.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace assay::test {

struct NaivePoint {
  long double fraction = 0;
  long double squared_distance = 0;  // 0..255 units
  bool tie = false;                  // another edge is equally near
};

// Corners as octal-like words: "100" is red.
inline constexpr std::array<std::string_view, 8> kPathCorners = {
    "000", "100", "110", "010", "011", "001", "101", "111"};

inline long double CornerChannel(std::size_t corner, std::size_t channel) {
  return kPathCorners.at(corner)[channel] == '1' ? 255.0L : 0.0L;
}

inline NaivePoint NaiveOnEdge(const std::array<long double, 3>& p, std::size_t edge) {
  std::array<long double, 3> along{};
  long double dot = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    along.at(i) = CornerChannel(edge + 1, i) - CornerChannel(edge, i);
    dot += (p.at(i) - CornerChannel(edge, i)) * along.at(i);
  }
  const long double t = std::fmin(1.0L, std::fmax(0.0L, dot / (255.0L * 255.0L)));
  NaivePoint point;
  point.fraction = (static_cast<long double>(edge) + t) / 7;
  for (std::size_t i = 0; i < 3; ++i) {
    const long double away = p.at(i) - (CornerChannel(edge, i) + t * along.at(i));
    point.squared_distance += away * away;
  }
  return point;
}

// First edge wins; distances closer than 1e-6 count as equal (different sums of
// integer squares are at least 1 apart).
inline NaivePoint NaiveNearest(int r, int g, int b) {
  const std::array<long double, 3> p = {
      static_cast<long double>(r), static_cast<long double>(g), static_cast<long double>(b)};
  NaivePoint best = NaiveOnEdge(p, 0);
  for (std::size_t edge = 1; edge < 7; ++edge) {
    const NaivePoint point = NaiveOnEdge(p, edge);
    const long double gain = best.squared_distance - point.squared_distance;
    if (gain > 1e-6L) {
      best = point;
    } else if (gain > -1e-6L) {
      best.tie = true;
    }
  }
  return best;
}

}  // namespace assay::test
