// One-to-one assignment by trying every one. For up to 7 x 7: 5040 of them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::test {

struct NaiveAssignment {
  double gain = 0;  // the largest sum
  // The gains of the pairs of each assignment whose sum is within 1e-9 of it, sorted;
  // no two entries are equal. One entry: however ties are broken, the same gains are
  // matched.
  std::vector<std::vector<double>> matched;
};

NaiveAssignment NaiveBestAssignment(std::span<const double> gains,
                                    std::size_t rows,
                                    std::size_t columns);

}  // namespace assay::test
