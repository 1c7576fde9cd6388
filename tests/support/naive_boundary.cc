#include "tests/support/naive_boundary.h"

#include <cmath>

namespace assay::test {
namespace {

Mask ErodeOnce(const Mask& mask) {
  Mask eroded(mask.size());
  for (int y = 1; y + 1 < mask.height(); ++y) {
    for (int x = 1; x + 1 < mask.width(); ++x) {
      int inside = 0;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) inside += mask.At(x + dx, y + dy);
      }
      eroded.At(x, y) = inside == 9 ? 1 : 0;
    }
  }
  return eroded;
}

}  // namespace

Mask NaiveBoundary(const Mask& mask, int d) {
  Mask ringed({mask.width() + 2, mask.height() + 2});
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) ringed.At(x + 1, y + 1) = mask.At(x, y);
  }
  for (int i = 0; i < d; ++i) ringed = ErodeOnce(ringed);
  Mask boundary(mask.size());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      boundary.At(x, y) = mask.At(x, y) == 1 && ringed.At(x + 1, y + 1) == 0 ? 1 : 0;
    }
  }
  return boundary;
}

int NaiveBoundaryDistance(Size size, double ratio) {
  const double exact = ratio * std::sqrt(std::pow(size.width, 2) + std::pow(size.height, 2));
  int whole = static_cast<int>(std::floor(exact));
  const double rest = exact - whole;
  if (rest > 0.5 || (rest == 0.5 && whole % 2 == 1)) ++whole;
  return whole < 1 ? 1 : whole;
}

}  // namespace assay::test
