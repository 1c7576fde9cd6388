#include "model/resize_bytes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace assay {
namespace {

constexpr float kOne = 2048;

// What an output pixel is made of along one axis.
struct Tap {
  std::array<int, 2> from;
  std::array<int, 2> weight;  // 2048ths
};

int Whole(float weight) { return static_cast<int>(std::lrint(weight * kOne)); }

std::vector<Tap> TapsOf(int from, int to, bool edges_are_whole) {
  const double scale = 1 / (to / static_cast<double>(from));
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const auto at = static_cast<float>((i + 0.5) * scale - 0.5);
    const int below = static_cast<int>(std::floor(at));
    const bool outside = below < 0 || below >= from - 1;
    const float upper = outside && edges_are_whole ? 0 : at - static_cast<float>(below);
    taps.push_back({{std::clamp(below, 0, from - 1), std::clamp(below + 1, 0, from - 1)},
                    {Whole(1 - upper), Whole(upper)}});
  }
  return taps;
}

using Sum = std::array<int, 3>;

void ResizeRow(std::span<const Rgb8> row, const std::vector<Tap>& columns, std::vector<Sum>& out) {
  for (std::size_t x = 0; x < columns.size(); ++x) {
    const Tap& tap = columns[x];
    const Rgb8 a = row[static_cast<std::size_t>(tap.from[0])];
    const Rgb8 b = row[static_cast<std::size_t>(tap.from[1])];
    out[x] = {a.r * tap.weight[0] + b.r * tap.weight[1],
              a.g * tap.weight[0] + b.g * tap.weight[1],
              a.b * tap.weight[0] + b.b * tap.weight[1]};
  }
}

}  // namespace

RgbImage ResizeBytesBilinear(const RgbImage& image, Size size) {
  if (image.size().Pixels() == 0 || size.Pixels() == 0) {
    throw std::invalid_argument("an image without pixels cannot be resized");
  }
  const std::vector<Tap> columns = TapsOf(image.width(), size.width, true);
  const std::vector<Tap> rows = TapsOf(image.height(), size.height, false);
  std::vector<Sum> above(columns.size());
  std::vector<Sum> below(columns.size());
  RgbImage resized(size);
  for (int y = 0; y < size.height; ++y) {
    const Tap& tap = rows[static_cast<std::size_t>(y)];
    ResizeRow(image.Row(tap.from[0]), columns, above);
    ResizeRow(image.Row(tap.from[1]), columns, below);
    const auto mix = [&](std::size_t x, std::size_t channel) {
      const int upper = tap.weight[0] * (above[x][channel] >> 4) >> 16;
      const int lower = tap.weight[1] * (below[x][channel] >> 4) >> 16;
      return static_cast<std::uint8_t>((upper + lower + 2) >> 2);
    };
    const auto to = resized.Row(y);
    for (std::size_t x = 0; x < to.size(); ++x) to[x] = {mix(x, 0), mix(x, 1), mix(x, 2)};
  }
  return resized;
}

}  // namespace assay
