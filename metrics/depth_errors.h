// The arithmetic of depth scores: from pixels to DepthSums. Internal to metrics/.
#pragma once

#include <array>
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
DepthTerms TermsOf(double prediction, double truth);

// Sums one set of pixels, in the order they are added.
class DepthAccumulator {
 public:
  void AddDefined(const DepthTerms& terms);
  // Scores as the worse of two depths, low < high.
  void AddUndefined(const DepthTerms& low, const DepthTerms& high);
  DepthSums Sums() const;

 private:
  enum Slot { kAbsRel, kSqRel, kSq, kSqLog, kAbsLog, kSqInverse, kLog, kSqLogDefined, kSlots };
  void Add(Slot slot, double term) { sums_[static_cast<std::size_t>(slot)].Add(term); }
  double Sum(Slot slot) const { return sums_[static_cast<std::size_t>(slot)].Value(); }

  std::int64_t pixels_ = 0;
  std::array<std::int64_t, 3> inliers_{};
  std::array<CompensatedSum, kSlots> sums_;  // kLog and kSqLogDefined: defined pixels only
  std::vector<double> undefined_low_;        // e of the low end, one per undefined pixel
  double undefined_step_ = 0;                // e of the high end minus e of the low end
};

}  // namespace assay
