// The nearest of up to 256 colours by squared RGB distance, exactly; of equally
// near colours the first.
//
// The cube is cut into 32^3 cells. For each cell the colours that are nearest to
// any point of it are found once: mostly one, else a short list that is searched
// in order. A colour cannot be among them if even its nearest distance to the
// cell exceeds another colour's farthest.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/io/image.h"

namespace assay {

class NearestColor {
 public:
  struct Match {
    std::uint8_t index = 0;
    int squared_distance = 0;
  };

  // Throws std::invalid_argument unless there are 1 to 256 colours.
  explicit NearestColor(std::span<const Rgb8> colors);

  Match Find(Rgb8 color) const {
    const Cell& cell = cells_[(static_cast<std::size_t>(color.r) >> kShift << (2 * kBits)) |
                              (static_cast<std::size_t>(color.g) >> kShift << kBits) |
                              (static_cast<std::size_t>(color.b) >> kShift)];
    const std::uint8_t* const candidates = candidates_.data() + cell.begin;
    Match best{candidates[0], Distance2(colors_[candidates[0]], color)};
    for (std::uint32_t i = 1; i < cell.count; ++i) {
      const int squared = Distance2(colors_[candidates[i]], color);
      if (squared < best.squared_distance) best = {candidates[i], squared};
    }
    return best;
  }

 private:
  static constexpr int kBits = 5;
  static constexpr int kShift = 8 - kBits;
  static constexpr int kSide = 1 << kShift;

  struct Cell {
    std::uint32_t begin = 0;  // into candidates_, which are in colour order
    std::uint32_t count = 0;
  };

  static int Distance2(Rgb8 a, Rgb8 b) {
    const int dr = a.r - b.r;
    const int dg = a.g - b.g;
    const int db = a.b - b.b;
    return dr * dr + dg * dg + db * db;
  }
  void AddCell(const std::array<int, 3>& low);

  std::vector<Rgb8> colors_;
  std::vector<Cell> cells_;
  std::vector<std::uint8_t> candidates_;
};

}  // namespace assay
