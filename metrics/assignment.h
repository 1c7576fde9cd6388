// The best one-to-one assignment of rows to columns.
//
// Maximises the sum of gain over min(rows, columns) pairs; O(n^3) for n rows and
// columns. Several assignments may have the same sum; which of them is given is part
// of SA-Co's numbers, because the pairs count by threshold, not by sum. So this is,
// operation by operation, what scipy.optimize.linear_sum_assignment does with -gain:
// shortest augmenting paths from row to row (D. F. Crouse, On implementing 2D
// rectangular assignment algorithms, IEEE TAES 52(4), 2016), where
//   * more rows than columns are solved transposed;
//   * the columns left are scanned from the last to the first; one that is taken out
//     is replaced in the scan by the last of the list;
//   * of columns at equal distance an unassigned one is preferred, the last scanned
//     of those; without one, the first scanned.
// Source: scipy/scipy@0402767:scipy/optimize/rectangular_lsap/rectangular_lsap.cpp,
// without its first step: releases since then (1.17.1 was compared) no longer shift
// the costs to be non-negative, and the shift rounds some ties apart.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay {

struct AssignedPair {
  std::size_t row = 0;
  std::size_t column = 0;
  friend bool operator==(const AssignedPair&, const AssignedPair&) = default;
};

// `gains` is rows x columns, row by row. The pairs come in ascending order of row;
// none where there is no row or no column. Throws std::invalid_argument when the
// number of gains is another, and on NaN and infinities.
std::vector<AssignedPair> BestAssignment(std::span<const double> gains,
                                         std::size_t rows,
                                         std::size_t columns);

}  // namespace assay
