// Comparisons and one-row images shared by the depth tests.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "metrics/depth.h"

namespace assay::test {

inline DepthMap RowMap(std::vector<double> values) {
  const Size size{static_cast<int>(values.size()), 1};
  return {size, std::move(values)};
}
inline DepthValue Row(std::vector<double> values) { return {.map = RowMap(std::move(values))}; }
inline DepthValue PaintedRow(std::vector<double> values) {
  return {.map = RowMap(std::move(values)), .painted = true};
}
inline DepthTruth TruthRow(std::vector<double> values) { return {RowMap(std::move(values)), {}}; }

inline constexpr std::size_t kErrors = 14;
inline constexpr std::size_t kFirstSilog = 10;

inline std::array<double, kErrors> ListOf(const DepthErrors& e) {
  return {e.delta1,
          e.delta2,
          e.delta3,
          e.mae,
          e.abs_rel,
          e.sq_rel,
          e.rmse,
          e.rmse_log,
          e.log10,
          e.irmse,
          e.silog[0],
          e.silog[1],
          e.silog[2],
          e.silog[3]};
}

// SILog is compared by its square (as fractions): a root of a difference has only
// half of the digits near 0.
inline double Comparable(std::size_t index, double error) {
  if (index < kFirstSilog) return error;
  const double fraction = index < kFirstSilog + 2 ? error / 100 : error;
  return fraction * fraction;
}

// Equal to 1e-12; NaN only beside a value that is not finite.
inline bool ErrorsNear(const DepthErrors& found, const DepthErrors& expected) {
  const auto a = ListOf(found);
  const auto b = ListOf(expected);
  for (std::size_t i = 0; i < kErrors; ++i) {
    if (!std::isfinite(b[i]) && std::isnan(a[i])) continue;
    const double x = Comparable(i, a[i]);
    const double y = Comparable(i, b[i]);
    if (!(std::abs(x - y) <= 1e-12 * (1 + std::abs(y)))) return false;
  }
  return true;
}

}  // namespace assay::test
