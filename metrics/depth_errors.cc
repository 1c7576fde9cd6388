#include "metrics/depth_errors.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

namespace assay {
namespace {

// Sum and sum of squares of the log errors.
struct Spread {
  double sum = 0;
  double squares = 0;
};

// The assignment of clip ends that makes E[e^2] - weight * E[e]^2 largest.
//
// Sending a pixel to the high end adds the same `step` to its e whatever its
// truth is, so with k pixels sent there E[e] is fixed and E[e^2] is largest when
// they are the k with the largest low-end e: k = 0..m are all the candidates. The
// objective is convex in every e (weight <= 1), hence no value between the ends
// exceeds it. `low` is sorted, largest first.
Spread WorstSpread(Spread defined,
                   std::int64_t pixels,
                   const std::vector<double>& low,
                   double step,
                   double weight) {
  if (!std::isfinite(step)) return {std::numeric_limits<double>::infinity(), step};
  CompensatedSum sum, squares;
  sum.Add(defined.sum);
  squares.Add(defined.squares);
  for (const double e : low) {
    sum.Add(e);
    squares.Add(e * e);
  }
  const auto objective = [&] {
    return static_cast<double>(pixels) * squares.Value() - weight * sum.Value() * sum.Value();
  };
  Spread best{sum.Value(), squares.Value()};
  double most = objective();
  for (const double e : low) {
    sum.Add(step);
    squares.Add(2 * step * e);
    squares.Add(step * step);
    if (const double value = objective(); value > most) {
      most = value;
      best = {sum.Value(), squares.Value()};
    }
  }
  return best;
}

double FiniteOrNan(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

// sqrt(E[e^2] - weight * E[e]^2). Rounding can bring the difference of two equal
// means a little below zero.
double SpreadRoot(double mean_square, double mean, double weight) {
  const double variance = mean_square - weight * mean * mean;
  return FiniteOrNan(variance < 0 ? 0 : std::sqrt(variance));
}

std::array<double, 4> SilogOf(const DepthSums& sums, double n) {
  const double a = SpreadRoot(sums.sq_log_ab / n, sums.log / n, 1);
  return {
      100 * a,
      n < 2 ? std::numeric_limits<double>::quiet_NaN() : 100 * a * std::sqrt(n / (n - 1)),
      SpreadRoot(sums.sq_log_c / n, sums.log_c / n, 0.5),
      SpreadRoot(sums.sq_log10 / n, sums.log10 / n, 1),
  };
}

}  // namespace

double DepthAccumulator::Sum(DepthSlot slot) const {
  CompensatedSum sum = sums_[slot];
  sum.Add(run_.reals[slot]);
  return sum.Value();
}

void DepthAccumulator::EndRun() {
  pixels_ += run_.pixels;
  for (std::size_t k = 0; k < inliers_.size(); ++k) inliers_[k] += run_.inliers[k];
  for (std::size_t slot = 0; slot < kDepthSlots; ++slot) sums_[slot].Add(run_.reals[slot]);
  run_ = {};
}

void DepthAccumulator::AddUndefined(const DepthPart& low, const DepthPart& high) {
  DepthPart worse;
  worse.pixels = 1;
  for (std::size_t k = 0; k < worse.inliers.size(); ++k) {
    worse.inliers[k] = std::min(low.inliers[k], high.inliers[k]);
  }
  for (const DepthSlot slot : {kAbs, kAbsRel, kSqRel, kSq, kAbsLog, kSqInverse}) {
    worse.reals[slot] = std::max(low.reals[slot], high.reals[slot]);
  }
  worse.reals[kSqLogUndefined] = worse.reals[kAbsLog] * worse.reals[kAbsLog];
  Add(worse);
  undefined_low_.push_back(low.reals[kLog]);
  undefined_step_ = high.reals[kLog] - low.reals[kLog];
}

void DepthAccumulator::Add(const DepthAccumulator& other) {
  pixels_ += other.pixels_ + other.run_.pixels;
  for (std::size_t k = 0; k < inliers_.size(); ++k) {
    inliers_[k] += other.inliers_[k] + other.run_.inliers[k];
  }
  for (std::size_t slot = 0; slot < kDepthSlots; ++slot) {
    sums_[slot].Add(other.Sum(static_cast<DepthSlot>(slot)));
  }
  if (other.undefined_low_.empty()) return;
  undefined_low_.insert(
      undefined_low_.end(), other.undefined_low_.begin(), other.undefined_low_.end());
  undefined_step_ = other.undefined_step_;
}

DepthSums DepthAccumulator::Sums() const {
  constexpr double kToLog10 = std::numbers::log10e;
  const Spread defined{Sum(kLog), Sum(kSqLog)};
  Spread ab = defined;
  Spread c = defined;
  if (!undefined_low_.empty()) {
    std::vector<double> low = undefined_low_;
    std::sort(low.begin(), low.end(), std::greater<>());
    ab = WorstSpread(defined, pixels_ + run_.pixels, low, undefined_step_, 1);
    c = WorstSpread(defined, pixels_ + run_.pixels, low, undefined_step_, 0.5);
  }
  DepthSums sums;
  sums.pixels = pixels_ + run_.pixels;
  for (std::size_t k = 0; k < sums.inliers.size(); ++k) {
    sums.inliers[k] = inliers_[k] + run_.inliers[k];
  }
  sums.abs = Sum(kAbs);
  sums.abs_rel = Sum(kAbsRel);
  sums.sq_rel = Sum(kSqRel);
  sums.sq = Sum(kSq);
  sums.sq_log = Sum(kSqLog) + Sum(kSqLogUndefined);
  sums.abs_log10 = kToLog10 * Sum(kAbsLog);
  sums.sq_inverse = Sum(kSqInverse);
  sums.log = ab.sum;
  sums.sq_log_ab = ab.squares;
  sums.log_c = c.sum;
  sums.sq_log_c = c.squares;
  // Variant d is variant a in another unit, so the same assignment is the worst.
  sums.log10 = kToLog10 * ab.sum;
  sums.sq_log10 = kToLog10 * kToLog10 * ab.squares;
  return sums;
}

DepthErrors ErrorsOf(const DepthSums& sums) {
  // 0 / 0 gives the NaN of an empty set.
  const auto n = static_cast<double>(sums.pixels);
  const auto mean = [n](double sum) { return FiniteOrNan(sum / n); };
  DepthErrors errors{};
  errors.delta1 = static_cast<double>(sums.inliers[0]) / n;
  errors.delta2 = static_cast<double>(sums.inliers[1]) / n;
  errors.delta3 = static_cast<double>(sums.inliers[2]) / n;
  errors.mae = mean(sums.abs);
  errors.abs_rel = mean(sums.abs_rel);
  errors.sq_rel = mean(sums.sq_rel);
  errors.rmse = std::sqrt(mean(sums.sq));
  errors.rmse_log = std::sqrt(mean(sums.sq_log));
  errors.log10 = mean(sums.abs_log10);
  errors.irmse = std::sqrt(mean(sums.sq_inverse));
  errors.silog = SilogOf(sums, n);
  return errors;
}

}  // namespace assay
