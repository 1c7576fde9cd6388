#include "tests/support/naive_masks.h"

#include <algorithm>

namespace assay::test {
namespace {

// The pixels in the order of the runs.
std::vector<bool> DownTheColumns(const Mask& mask) {
  std::vector<bool> pixels;
  for (int x = 0; x < mask.width(); ++x) {
    for (int y = 0; y < mask.height(); ++y) pixels.push_back(mask.At(x, y) == 1);
  }
  return pixels;
}

}  // namespace

std::vector<std::int64_t> NaiveRuns(const Mask& mask) {
  std::vector<std::int64_t> runs = {0};
  bool inside = false;
  for (const bool pixel : DownTheColumns(mask)) {
    if (pixel != inside) runs.push_back(0);
    inside = pixel;
    ++runs.back();
  }
  return runs;
}

std::int64_t NaiveArea(const Mask& mask) {
  return std::count(mask.Pixels().begin(), mask.Pixels().end(), 1);
}

PixelBox NaiveBox(const Mask& mask) {
  int left = mask.width();
  int top = mask.height();
  int right = -1;
  int bottom = -1;
  for (int x = 0; x < mask.width(); ++x) {
    for (int y = 0; y < mask.height(); ++y) {
      if (mask.At(x, y) == 0) continue;
      left = std::min(left, x);
      right = std::max(right, x);
      top = std::min(top, y);
      bottom = std::max(bottom, y);
      const bool goes_on = y == mask.height() - 1 && x + 1 < mask.width() && mask.At(x + 1, 0) == 1;
      if (goes_on) {
        top = 0;
        bottom = mask.height() - 1;
      }
    }
  }
  return right < 0 ? PixelBox{} : PixelBox{left, top, right - left + 1, bottom - top + 1};
}

MaskOverlap NaiveOverlap(const Mask& a, const Mask& b) {
  MaskOverlap overlap;
  for (std::size_t i = 0; i < a.Pixels().size(); ++i) {
    overlap.intersection += a.Pixels()[i] == 1 && b.Pixels()[i] == 1 ? 1 : 0;
    overlap.in_either += a.Pixels()[i] == 1 || b.Pixels()[i] == 1 ? 1 : 0;
  }
  return overlap;
}

double NaiveIou(const Mask& detection, const Mask& truth, bool crowd) {
  const MaskOverlap overlap = NaiveOverlap(detection, truth);
  if (overlap.intersection == 0) return 0;
  const std::int64_t whole = crowd ? NaiveArea(detection) : overlap.in_either;
  return static_cast<double>(overlap.intersection) / static_cast<double>(whole);
}

Mask NaiveMerge(std::span<const Mask> masks, MergeRule rule) {
  Mask merged(masks.front().size());
  for (std::size_t i = 0; i < merged.Pixels().size(); ++i) {
    std::size_t inside = 0;
    for (const Mask& mask : masks) inside += mask.Pixels()[i];
    merged.Pixels()[i] = inside >= (rule == MergeRule::kOr ? 1 : masks.size()) ? 1 : 0;
  }
  return merged;
}

Size RandomSize(int max_width, int max_height, std::mt19937_64& random) {
  return {std::uniform_int_distribution(1, max_width)(random),
          std::uniform_int_distribution(1, max_height)(random)};
}

Mask RandomMask(Size size, std::mt19937_64& random) {
  const double inside = std::uniform_real_distribution(0.0, 1.0)(random);
  const double change = std::uniform_int_distribution(0, 2)(random) == 0 ? 1 : 0.15;
  std::bernoulli_distribution is_inside(inside);
  std::bernoulli_distribution is_change(change);
  Mask mask(size);
  std::uint8_t value = is_inside(random) ? 1 : 0;
  for (int x = 0; x < size.width; ++x) {
    for (int y = 0; y < size.height; ++y) {
      if (is_change(random)) value = is_inside(random) ? 1 : 0;
      mask.At(x, y) = value;
    }
  }
  return mask;
}

}  // namespace assay::test
