// The arithmetic of depth scores: from pixels to DepthSums. Internal to metrics/.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "metrics/depth.h"
#include "metrics/sum.h"

namespace assay {

// The real sums of DepthSums as one table, in order of declaration.
inline constexpr std::array<double DepthSums::*, 12> kDepthRealSums = {
    &DepthSums::abs_rel,
    &DepthSums::sq_rel,
    &DepthSums::sq,
    &DepthSums::sq_log,
    &DepthSums::abs_log10,
    &DepthSums::sq_inverse,
    &DepthSums::log,
    &DepthSums::sq_log_ab,
    &DepthSums::log_c,
    &DepthSums::sq_log_c,
    &DepthSums::log10,
    &DepthSums::sq_log10,
};

// What one pixel adds. e = ln p - ln g.
struct DepthTerms {
  std::array<bool, 3> inlier{};
  double abs_rel = 0, sq_rel = 0, sq = 0, sq_inverse = 0, e = 0;
};
// `epsilon` is added to the denominator of AbsRel.
inline DepthTerms TermsOf(double prediction, double truth, double epsilon = 0) {
  constexpr std::array<double, 3> kThresholds = {1.25, 1.25 * 1.25, 1.25 * 1.25 * 1.25};
  DepthTerms terms;
  const double difference = prediction - truth;
  const double quotient = prediction / truth;
  const double ratio = std::max(truth / prediction, quotient);
  for (std::size_t k = 0; k < kThresholds.size(); ++k) {
    terms.inlier[k] = prediction > 0 && ratio < kThresholds[k];
  }
  terms.abs_rel = std::abs(difference) / (truth + epsilon);
  terms.sq_rel = difference * difference / truth;
  terms.sq = difference * difference;
  const double inverse = 1 / prediction - 1 / truth;
  terms.sq_inverse = inverse * inverse;
  terms.e = std::log(quotient);
  return terms;
}

// Sums one set of pixels, in the order they are added.
class DepthAccumulator {
 public:
  void AddDefined(const DepthTerms& terms) {
    ++pixels_;
    for (std::size_t k = 0; k < inliers_.size(); ++k) inliers_[k] += terms.inlier[k] ? 1 : 0;
    Add(kAbsRel, terms.abs_rel);
    Add(kSqRel, terms.sq_rel);
    Add(kSq, terms.sq);
    Add(kSqLog, terms.e * terms.e);
    Add(kAbsLog, std::abs(terms.e));
    Add(kSqInverse, terms.sq_inverse);
    Add(kLog, terms.e);
    EndTerm();
  }
  // Scores as the worse of two depths, low < high.
  void AddUndefined(const DepthTerms& low, const DepthTerms& high);
  // Another set of pixels, scored by the same clip.
  void Add(const DepthAccumulator& other);
  DepthSums Sums() const;

 private:
  // Terms are added up plainly in runs, and the runs compensated: the rounding of a run
  // is at most its length times that of one addition.
  static constexpr int kRun = 256;
  enum Slot { kAbsRel, kSqRel, kSq, kSqLog, kAbsLog, kSqInverse, kLog, kSqLogUndefined, kSlots };
  void Add(Slot slot, double term) { run_[static_cast<std::size_t>(slot)] += term; }
  double Sum(Slot slot) const;
  void EndTerm() {
    if (++run_length_ >= kRun) EndRun();
  }
  void EndRun();

  std::int64_t pixels_ = 0;
  std::array<std::int64_t, 3> inliers_{};
  std::array<double, kSlots> run_{};
  int run_length_ = 0;
  std::array<CompensatedSum, kSlots> sums_;  // kLog and kSqLog: defined pixels only
  std::vector<double> undefined_low_;        // e of the low end, one per undefined pixel
  double undefined_step_ = 0;                // e of the high end minus e of the low end
};

}  // namespace assay
