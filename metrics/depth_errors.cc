#include "metrics/depth_errors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "metrics/fast_log.h"
#include "metrics/wide_clones.h"

namespace assay {
namespace {

// max(g/p, p/g) by one division; below 1 or NaN where p is no depth.
ASSAY_WIDE_CLONES
void RatiosOf(const double* p, const double* g, std::size_t count, double* ratio) {
  for (std::size_t i = 0; i < count; ++i) {
    const bool far = p[i] >= g[i];
    ratio[i] = (far ? p[i] : g[i]) / (far ? g[i] : p[i]);
  }
}

// Delta is strict; a ratio is at least 1, but for a prediction below 0.
ASSAY_WIDE_CLONES
void InliersOf(const double* ratio, std::size_t count, std::array<PixelSet, 3>& inliers) {
  PixelSet first = 0;
  PixelSet second = 0;
  PixelSet third = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const PixelSet pixel = ratio[i] >= 1 ? kStripPixelSets[i] : 0;
    first |= ratio[i] < 1.25 ? pixel : 0;
    second |= ratio[i] < 1.25 * 1.25 ? pixel : 0;
    third |= ratio[i] < 1.25 * 1.25 * 1.25 ? pixel : 0;
  }
  inliers = {first, second, third};
}

// `log` is of the ratios.
ASSAY_WIDE_CLONES
void TermsOf(const double* p,
             const double* g,
             const double* log,
             std::size_t count,
             StripTerms::Reals& terms) {
  constexpr double kMax = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = std::abs(p[i] - g[i]);
    const double relative = difference / g[i];
    // |1/p - 1/g| = |p-g| / (p g), and 1/g where p is infinite.
    const bool endless = p[i] > kMax;
    terms.inverse[i] = (endless ? 1 : relative) / (endless ? g[i] : p[i]);
    terms.e[i] = p[i] < g[i] ? -log[i] : log[i];
    terms.abs[i] = difference;
    terms.abs_rel[i] = relative;
    terms.sq_rel[i] = difference * relative;
  }
}

// Eight sums, one of every eighth pixel.
struct Lanes {
  std::array<double, 8> lanes{};
  double Total() const {
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
           ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
  }
};

// All bits of the pixels of a set, none of the others.
using PixelBits = std::array<std::uint64_t, kStripPixels>;

inline double Kept(double value, std::uint64_t bits) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) & bits);
}

ASSAY_WIDE_CLONES
void SumInto(const StripTerms::Reals& terms, PixelSet set, DepthReals& sums) {
  PixelBits bits;
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = 0 - (set >> i & 1U);
  Lanes abs, abs_rel, sq_rel, sq, sq_log, abs_log, sq_inverse, log;
  for (std::size_t i = 0; i < bits.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      const double difference = Kept(terms.abs[i + k], bits[i + k]);
      const double e = Kept(terms.e[i + k], bits[i + k]);
      const double inverse = Kept(terms.inverse[i + k], bits[i + k]);
      abs.lanes[k] += difference;
      abs_rel.lanes[k] += Kept(terms.abs_rel[i + k], bits[i + k]);
      sq_rel.lanes[k] += Kept(terms.sq_rel[i + k], bits[i + k]);
      sq.lanes[k] += difference * difference;
      sq_log.lanes[k] += e * e;
      abs_log.lanes[k] += std::abs(e);
      sq_inverse.lanes[k] += inverse * inverse;
      log.lanes[k] += e;
    }
  }
  sums[kAbs] = abs.Total();
  sums[kAbsRel] = abs_rel.Total();
  sums[kSqRel] = sq_rel.Total();
  sums[kSq] = sq.Total();
  sums[kSqLog] = sq_log.Total();
  sums[kAbsLog] = abs_log.Total();
  sums[kSqInverse] = sq_inverse.Total();
  sums[kLog] = log.Total();
}

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

void DepthPart::Add(const DepthPart& other) {
  pixels += other.pixels;
  for (std::size_t k = 0; k < inliers.size(); ++k) inliers[k] += other.inliers[k];
  for (std::size_t slot = 0; slot < reals.size(); ++slot) reals[slot] += other.reals[slot];
}

void StripTerms::Set(std::span<const double> prediction,
                     std::span<const double> truth,
                     const DepthFormulas& formulas) {
  const std::size_t count = prediction.size();
  StripValues ratios;
  StripValues logs;
  RatiosOf(prediction.data(), truth.data(), count, ratios.data());
  LogsOf(std::span(ratios).first(count), std::span(logs).first(count));
  InliersOf(ratios.data(), count, inliers_);
  TermsOf(prediction.data(), truth.data(), logs.data(), count, reals_);
  for (std::size_t i = 0; i < count && formulas.abs_rel_epsilon != 0; ++i) {
    reals_.abs_rel[i] = reals_.abs[i] / (truth[i] + formulas.abs_rel_epsilon);
  }
  for (std::size_t i = 0; i < count && formulas.sq_rel_over == SqRelOver::kTruthSquared; ++i) {
    reals_.sq_rel[i] /= truth[i];
  }
}

DepthPart StripTerms::Sum(PixelSet set) const {
  DepthPart part;
  part.pixels = std::popcount(set);
  for (std::size_t k = 0; k < inliers_.size(); ++k) {
    part.inliers[k] = std::popcount(set & inliers_[k]);
  }
  SumInto(reals_, set, part.reals);
  return part;
}

DepthPart PartOf(double prediction, double truth, const DepthFormulas& formulas) {
  StripTerms terms;
  terms.Set({&prediction, 1}, {&truth, 1}, formulas);
  return terms.Sum(1);
}

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
