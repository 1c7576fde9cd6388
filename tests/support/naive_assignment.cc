#include "tests/support/naive_assignment.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

namespace assay::test {
namespace {

constexpr double kSameSum = 1e-9;

// Calls `visit` with the gains matched by every assignment of rows <= columns.
template <class GainAt, class Visit>
void ForEveryAssignment(std::size_t rows, std::size_t columns, GainAt gain_at, Visit visit) {
  std::vector<std::size_t> order(columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    // Orders that differ only behind the rows are one assignment.
    if (!std::is_sorted(order.begin() + static_cast<std::ptrdiff_t>(rows), order.end())) continue;
    std::vector<double> matched;
    for (std::size_t row = 0; row < rows; ++row) matched.push_back(gain_at(row, order[row]));
    visit(matched);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace

NaiveAssignment NaiveBestAssignment(std::span<const double> gains,
                                    std::size_t rows,
                                    std::size_t columns) {
  const bool tall = rows > columns;
  const auto gain_at = [&](std::size_t i, std::size_t j) {
    return tall ? gains[j * columns + i] : gains[i * columns + j];
  };
  const auto sum_of = [](const std::vector<double>& matched) {
    return std::accumulate(matched.begin(), matched.end(), 0.0);
  };
  const std::size_t few = std::min(rows, columns);
  const std::size_t many = std::max(rows, columns);
  NaiveAssignment best{-std::numeric_limits<double>::infinity(), {}};
  ForEveryAssignment(few, many, gain_at, [&](const std::vector<double>& matched) {
    best.gain = std::max(best.gain, sum_of(matched));
  });
  std::set<std::vector<double>> found;
  ForEveryAssignment(few, many, gain_at, [&](std::vector<double> matched) {
    if (sum_of(matched) < best.gain - kSameSum) return;
    std::sort(matched.begin(), matched.end());
    found.insert(std::move(matched));
  });
  best.matched.assign(found.begin(), found.end());
  return best;
}

}  // namespace assay::test
