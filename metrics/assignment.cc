#include "metrics/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace assay {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Minimal cost for rows <= columns. Dual prices keep every reduced cost
// cost - row price - column price non-negative, so each new row is assigned along a
// shortest path as Dijkstra finds it.
class ShortestPaths {
 public:
  ShortestPaths(std::vector<double> costs, std::size_t rows, std::size_t columns)
      : costs_(std::move(costs)),
        columns_(columns),
        row_price_(rows),
        column_price_(columns),
        column_of_(rows, kNone),
        row_of_(columns, kNone),
        reached_from_(columns, kNone) {}

  // The column of every row.
  std::vector<std::size_t> Solve() && {
    for (std::size_t row = 0; row < column_of_.size(); ++row) Assign(row);
    return std::move(column_of_);
  }

 private:
  void Assign(std::size_t first) {
    std::vector<std::size_t> rows;  // on the search tree; `first` is the first of them
    std::vector<std::size_t> settled;
    const std::size_t free = FindFreeColumn(first, rows, settled);
    const double length = distance_[free];
    row_price_[first] += length;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      row_price_[rows[i]] += length - distance_[column_of_[rows[i]]];
    }
    for (const std::size_t column : settled) column_price_[column] -= length - distance_[column];
    Flip(free, first);
  }

  std::size_t FindFreeColumn(std::size_t row,
                             std::vector<std::size_t>& rows,
                             std::vector<std::size_t>& settled) {
    distance_.assign(columns_, kInfinity);
    left_.resize(columns_);
    std::iota(left_.rbegin(), left_.rend(), std::size_t{0});
    double length = 0;
    for (;;) {
      rows.push_back(row);
      const std::size_t place = Relax(row, length);
      const std::size_t column = left_[place];
      length = distance_[column];
      settled.push_back(column);
      if (row_of_[column] == kNone) return column;
      row = row_of_[column];
      left_[place] = left_.back();
      left_.pop_back();
    }
  }

  // Shortens distances by way of `row`; the place of the nearest column in left_.
  std::size_t Relax(std::size_t row, double length) {
    double nearest = kInfinity;
    std::size_t place = 0;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      const std::size_t column = left_[i];
      const double way =
          length + costs_[row * columns_ + column] - row_price_[row] - column_price_[column];
      if (way < distance_[column]) {
        distance_[column] = way;
        reached_from_[column] = row;
      }
      if (distance_[column] < nearest ||
          (distance_[column] == nearest && row_of_[column] == kNone)) {
        nearest = distance_[column];
        place = i;
      }
    }
    return place;
  }

  // Assigns the rows on the path from `first` to `column` anew.
  void Flip(std::size_t column, std::size_t first) {
    for (;;) {
      const std::size_t row = reached_from_[column];
      row_of_[column] = row;
      std::swap(column_of_[row], column);
      if (row == first) return;
    }
  }

  std::vector<double> costs_;
  std::size_t columns_;
  std::vector<double> row_price_, column_price_;
  std::vector<std::size_t> column_of_, row_of_;
  std::vector<std::size_t> reached_from_;  // per column, the row before it on its path
  std::vector<double> distance_;           // per column, of the search under way
  std::vector<std::size_t> left_;          // columns not settled by it
};

}  // namespace

std::vector<AssignedPair> BestAssignment(std::span<const double> gains,
                                         std::size_t rows,
                                         std::size_t columns) {
  if (gains.size() != rows * columns) {
    throw std::invalid_argument("BestAssignment: not rows x columns gains");
  }
  if (!std::all_of(gains.begin(), gains.end(), [](double gain) { return std::isfinite(gain); })) {
    throw std::invalid_argument("BestAssignment: a gain is not finite");
  }
  if (gains.empty()) return {};
  const bool transpose = rows > columns;
  std::vector<double> costs(gains.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      costs[transpose ? column * rows + row : row * columns + column] =
          -gains[row * columns + column];
    }
  }
  const auto found =
      ShortestPaths(std::move(costs), std::min(rows, columns), std::max(rows, columns)).Solve();
  std::vector<AssignedPair> pairs;
  pairs.reserve(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    pairs.push_back(transpose ? AssignedPair{found[i], i} : AssignedPair{i, found[i]});
  }
  std::sort(pairs.begin(), pairs.end(), [](const AssignedPair& a, const AssignedPair& b) {
    return a.row < b.row;
  });
  return pairs;
}

}  // namespace assay
