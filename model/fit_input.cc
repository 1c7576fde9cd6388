#include "model/fit_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace assay {
namespace {

// Which pixels of an axis make one pixel of the input. No weights: outside.
struct Taps {
  int first = 0;
  std::vector<double> weights;
};

std::vector<Taps> TapsOf(int image, int input, double scale) {
  const double reach = std::max(1.0, 1 / scale);
  const double shift = (scale * image - input) / 2;
  std::vector<Taps> taps(static_cast<std::size_t>(input));
  for (int u = 0; u < input; ++u) {
    const double center = (u + 0.5 + shift) / scale;
    if (center < 0 || center >= image) continue;
    Taps& tap = taps[static_cast<std::size_t>(u)];
    tap.first = std::max(0, static_cast<int>(std::floor(center - reach)));
    const int end = std::min(image, static_cast<int>(std::ceil(center + reach)));
    double sum = 0;
    tap.weights.reserve(static_cast<std::size_t>(end - tap.first));
    for (int x = tap.first; x < end; ++x) {
      tap.weights.push_back(std::max(0.0, 1 - std::abs(x + 0.5 - center) / reach));
      sum += tap.weights.back();
    }
    for (double& weight : tap.weights) weight /= sum;
  }
  return taps;
}

using Color = std::array<double, 3>;

std::uint8_t Round(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

// One row of the image, brought to the input's width.
void Across(std::span<const Rgb8> row, const std::vector<Taps>& columns, std::span<Color> out) {
  for (std::size_t u = 0; u < columns.size(); ++u) {
    Color sum{};
    auto pixel = row.begin() + columns[u].first;
    for (const double weight : columns[u].weights) {
      sum[0] += weight * pixel->r;
      sum[1] += weight * pixel->g;
      sum[2] += weight * pixel->b;
      ++pixel;
    }
    out[u] = sum;
  }
}

}  // namespace

RgbImage FitInput(const RgbImage& image, Size input, Fit fit) {
  const Size from = image.size();
  if (from.width <= 0 || from.height <= 0 || input.width <= 0 || input.height <= 0) {
    throw std::invalid_argument("FitInput: every side must be positive");
  }
  double across = static_cast<double>(input.width) / from.width;
  double down = static_cast<double>(input.height) / from.height;
  if (fit == Fit::kCoverCrop) across = down = std::max(across, down);
  if (fit == Fit::kLetterbox) across = down = std::min(across, down);
  const std::vector<Taps> columns = TapsOf(from.width, input.width, across);
  const std::vector<Taps> rows = TapsOf(from.height, input.height, down);

  Raster<Color> wide(Size{input.width, from.height});
  for (int y = 0; y < from.height; ++y) Across(image.Row(y), columns, wide.Row(y));
  RgbImage fitted(input);
  for (int v = 0; v < input.height; ++v) {
    const Taps& tap = rows[static_cast<std::size_t>(v)];
    if (tap.weights.empty()) continue;
    const auto out = fitted.Row(v);
    for (std::size_t u = 0; u < columns.size(); ++u) {
      Color sum{};
      for (std::size_t i = 0; i < tap.weights.size(); ++i) {
        const Color& color = wide.Row(tap.first + static_cast<int>(i))[u];
        for (std::size_t c = 0; c < 3; ++c) sum[c] += tap.weights[i] * color[c];
      }
      out[u] = {Round(sum[0]), Round(sum[1]), Round(sum[2])};
    }
  }
  return fitted;
}

}  // namespace assay
