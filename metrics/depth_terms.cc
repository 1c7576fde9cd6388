#include "metrics/depth_terms.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "metrics/lanes.h"
#include "metrics/wide_clones.h"

namespace assay {
namespace {

// Delta is strict.
constexpr std::array<double, 3> kDeltas = {1.25, 1.25 * 1.25, 1.25 * 1.25 * 1.25};

// Numbers whose products and quotients, three at a time, are normal numbers.
constexpr double kLeastOrdinary = 0x1p-250;
constexpr double kMostOrdinary = 0x1p250;

constexpr double kTwo52 = 0x1p52;  // its last bit has the value 1

inline bool IsOrdinary(double value) { return value >= kLeastOrdinary && value <= kMostOrdinary; }

inline std::uint64_t BitsOf(double value) { return std::bit_cast<std::uint64_t>(value); }
inline double FromBits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

// atanh(s) / s from x = s^2 <= 0.0402: 1 and x times the polynomial that is right at the eight
// Chebyshev points of [0, 0.0402], within 1e-18. In pairs, so that few operations wait for another.
inline double AtanhOver(double x) {
  const double x2 = x * x;
  const double low = (0.3333333333333333 + 0.20000000000004042 * x) +
                     x2 * (0.1428571428360593 + 0.1111111152950313 * x);
  const double high = (0.090908683956487 + 0.07694450556844562 * x) +
                      x2 * (0.06604527040902493 + 0.06807023520520665 * x);
  return 1 + x * (low + x2 * x2 * high);
}

// Returns the pixels of two ordinary depths p and g, and sets their terms by two divisions; those
// of others mean nothing. `ratios` are max(g/p, p/g) within kRatioError.
//
// With n the nearer and f the farther depth, f / n = 2^k m where m is from 2/3 to 3/2, so that
// ln(f / n) = k ln 2 + 2 atanh(s), s = (m n - n) / (m n + n). k is the difference of the bits of
// f and n, rounded: bits are linear between powers of 2, and the logarithm within 0.09 of that.
// One division gives the inverses of p and of m n + n.
constexpr double kRatioError = 4 * std::numeric_limits<double>::epsilon();

ASSAY_WIDE_CLONES
PixelSet OrdinaryTerms(const double* __restrict prediction,
                       const double* __restrict truth,
                       std::size_t count,
                       StripTerms::Reals& __restrict terms,
                       double* __restrict ratios) {
  PixelSet ordinary = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const PixelSet measured = IsOrdinary(truth[i]) ? kStripPixelSets[i] : 0;
    ordinary |= IsOrdinary(prediction[i]) ? measured : 0;
    // 1 in place of others: arithmetic next to 0 is slow.
    const double p = IsOrdinary(prediction[i]) ? prediction[i] : 1;
    const double g = IsOrdinary(truth[i]) ? truth[i] : 1;
    const bool is_far = p >= g;
    const double near = is_far ? g : p;
    const double far = is_far ? p : g;
    const double difference = far - near;
    const double relative = difference / g;
    const std::uint64_t k = (BitsOf(far) - BitsOf(near) + (std::uint64_t{1} << 51U)) >> 52U;
    const double scaled = FromBits(BitsOf(far) - (k << 52U));  // m n
    const double sum = scaled + near;
    const double inverse_of_both = 1 / (p * sum);
    const double inverse = inverse_of_both * sum;  // 1 / p
    const double s = (scaled - near) * (inverse_of_both * p);
    const double times = FromBits(k | BitsOf(kTwo52)) - kTwo52;  // k as a number
    const double log = times * std::numbers::ln2 + 2 * s * AtanhOver(s * s);
    ratios[i] = is_far ? 1 + relative : g * inverse;
    terms.abs[i] = difference;
    terms.abs_rel[i] = relative;
    terms.sq_rel[i] = difference * relative;
    terms.inverse[i] = relative * inverse;  // |1/p - 1/g| = |p-g| / (p g)
    terms.e[i] = is_far ? log : -log;
  }
  return ordinary;
}

// The pixels whose exact ratio is below `delta`, for sure and perhaps.
struct InlierSets {
  PixelSet sure = 0, possible = 0;
};

ASSAY_WIDE_CLONES
InlierSets InliersOf(const double* ratios, std::size_t count, double delta) {
  const double less = delta * (1 - kRatioError);
  const double more = delta * (1 + kRatioError);
  InlierSets sets;
  for (std::size_t i = 0; i < count; ++i) {
    sets.sure |= ratios[i] < less ? kStripPixelSets[i] : 0;
    sets.possible |= ratios[i] < more ? kStripPixelSets[i] : 0;
  }
  return sets;
}

// All bits of the pixels of a set, none of the others.
using PixelBits = std::array<std::uint64_t, kStripPixels>;

inline double Kept(double value, std::uint64_t bits) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) & bits);
}

ASSAY_WIDE_CLONES
void SumInto(const StripTerms::Reals& terms, PixelSet set, DepthReals& sums) {
  PixelBits bits;
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = 0 - (set >> i & 1U);
  Lanes abs{}, abs_rel{}, sq_rel{}, sq{}, sq_log{}, abs_log{}, sq_inverse{}, log{};
  for (std::size_t i = 0; i < bits.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      const double difference = Kept(terms.abs[i + k], bits[i + k]);
      const double e = Kept(terms.e[i + k], bits[i + k]);
      const double inverse = Kept(terms.inverse[i + k], bits[i + k]);
      abs[k] += difference;
      abs_rel[k] += Kept(terms.abs_rel[i + k], bits[i + k]);
      sq_rel[k] += Kept(terms.sq_rel[i + k], bits[i + k]);
      sq[k] += difference * difference;
      sq_log[k] += e * e;
      abs_log[k] += std::abs(e);
      sq_inverse[k] += inverse * inverse;
      log[k] += e;
    }
  }
  sums[kAbs] = Total(abs);
  sums[kAbsRel] = Total(abs_rel);
  sums[kSqRel] = Total(sq_rel);
  sums[kSq] = Total(sq);
  sums[kSqLog] = Total(sq_log);
  sums[kAbsLog] = Total(abs_log);
  sums[kSqInverse] = Total(sq_inverse);
  sums[kLog] = Total(log);
}

ASSAY_WIDE_CLONES
void DivideBy(
    const double* truth, double epsilon, std::size_t count, const double* abs, double* abs_rel) {
  for (std::size_t i = 0; i < count; ++i) abs_rel[i] = abs[i] / (truth[i] + epsilon);
}

ASSAY_WIDE_CLONES
void DivideBy(const double* truth, std::size_t count, double* sq_rel) {
  for (std::size_t i = 0; i < count; ++i) sq_rel[i] /= truth[i];
}

}  // namespace

void DepthPart::Add(const DepthPart& other) {
  pixels += other.pixels;
  for (std::size_t k = 0; k < inliers.size(); ++k) inliers[k] += other.inliers[k];
  for (std::size_t slot = 0; slot < reals.size(); ++slot) reals[slot] += other.reals[slot];
}

void StripTerms::SetOne(std::size_t pixel, double p, double g) {
  const double relative = std::abs(p - g) / g;
  const bool endless = p > std::numeric_limits<double>::max();
  SetInliers(pixel, p, g);
  reals_.abs[pixel] = std::abs(p - g);
  reals_.abs_rel[pixel] = relative;
  reals_.sq_rel[pixel] = reals_.abs[pixel] * relative;
  reals_.inverse[pixel] = endless ? 1 / g : relative / p;
  reals_.e[pixel] = std::log(p) - std::log(g);
}

void StripTerms::SetInliers(std::size_t pixel, double p, double g) {
  const double ratio = p >= g ? p / g : g / p;  // below 1 or NaN where p is no depth
  for (std::size_t k = 0; k < kDeltas.size(); ++k) {
    inliers_[k] &= ~kStripPixelSets[pixel];
    inliers_[k] |= ratio >= 1 && ratio < kDeltas[k] ? kStripPixelSets[pixel] : 0;
  }
}

void StripTerms::Set(std::span<const double> prediction,
                     std::span<const double> truth,
                     PixelSet wanted,
                     const DepthFormulas& formulas) {
  const std::size_t count = prediction.size();
  StripValues ratios;
  const PixelSet ordinary =
      OrdinaryTerms(prediction.data(), truth.data(), count, reals_, ratios.data());
  PixelSet unsure = 0;
  for (std::size_t k = 0; k < kDeltas.size(); ++k) {
    const InlierSets sets = InliersOf(ratios.data(), count, kDeltas[k]);
    inliers_[k] = sets.sure;
    unsure |= sets.possible & ~sets.sure;
  }
  ForEachPixel(wanted & ordinary & unsure,
               [&](std::size_t i) { SetInliers(i, prediction[i], truth[i]); });
  ForEachPixel(wanted & ~ordinary, [&](std::size_t i) { SetOne(i, prediction[i], truth[i]); });
  if (formulas.abs_rel_epsilon != 0) {
    DivideBy(
        truth.data(), formulas.abs_rel_epsilon, count, reals_.abs.data(), reals_.abs_rel.data());
  }
  if (formulas.sq_rel_over == SqRelOver::kTruthSquared) {
    DivideBy(truth.data(), count, reals_.sq_rel.data());
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
  terms.Set({&prediction, 1}, {&truth, 1}, 1, formulas);
  return terms.Sum(1);
}

}  // namespace assay
