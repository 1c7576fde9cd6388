#include "model/nearest_color.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace assay {
namespace {

struct Range {
  int nearest = 0;  // squared distances from a colour to the points of a cell
  int farthest = 0;
};

Range RangeTo(Rgb8 color, const std::array<int, 3>& low, int side) {
  const std::array<int, 3> point = {color.r, color.g, color.b};
  Range range;
  for (std::size_t i = 0; i < 3; ++i) {
    const int high = low[i] + side - 1;
    const int below = point[i] - low[i];
    const int above = high - point[i];
    const int gap = std::max({0, -below, -above});
    const int reach = std::max(below, above);
    range.nearest += gap * gap;
    range.farthest += reach * reach;
  }
  return range;
}

}  // namespace

NearestColor::NearestColor(std::span<const Rgb8> colors) : colors_(colors.begin(), colors.end()) {
  if (colors.empty() || colors.size() > 256) {
    throw std::invalid_argument("NearestColor: 1 to 256 colours");
  }
  cells_.reserve(std::size_t{1} << (3 * kBits));
  for (int r = 0; r < 256; r += kSide) {
    for (int g = 0; g < 256; g += kSide) {
      for (int b = 0; b < 256; b += kSide) AddCell({r, g, b});
    }
  }
}

void NearestColor::AddCell(const std::array<int, 3>& low) {
  int bound = std::numeric_limits<int>::max();
  for (const Rgb8 color : colors_) bound = std::min(bound, RangeTo(color, low, kSide).farthest);
  Cell cell{static_cast<std::uint32_t>(candidates_.size()), 0};
  for (std::size_t i = 0; i < colors_.size(); ++i) {
    if (RangeTo(colors_[i], low, kSide).nearest > bound) continue;
    candidates_.push_back(static_cast<std::uint8_t>(i));
    ++cell.count;
  }
  cells_.push_back(cell);
}

}  // namespace assay
