// The arithmetic of depth scores: from what pixels add to DepthSums. Internal to metrics/.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "metrics/depth.h"
#include "metrics/depth_terms.h"
#include "metrics/sum.h"

namespace assay {

// The real sums of DepthSums as one table, in order of declaration.
inline constexpr std::array<double DepthSums::*, 13> kDepthRealSums = {
    &DepthSums::abs,
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

// Sums one set of pixels, in the order they are added.
class DepthAccumulator {
 public:
  void Add(const DepthPart& part) {
    run_.Add(part);
    if (run_.pixels >= kRun) EndRun();
  }
  // A pixel that scores as the worse of two depths, low < high.
  void AddUndefined(const DepthPart& low, const DepthPart& high);
  // Another set of pixels, scored by the same clip.
  void Add(const DepthAccumulator& other);
  DepthSums Sums() const;

 private:
  // Terms are added up plainly in runs, and the runs compensated: the rounding of a run
  // is at most its length, below 320, times that of one addition.
  static constexpr std::int64_t kRun = 256;
  double Sum(DepthSlot slot) const;
  void EndRun();

  DepthPart run_;
  std::int64_t pixels_ = 0;                // of the runs before
  std::array<std::int64_t, 3> inliers_{};  // the same
  std::array<CompensatedSum, kDepthSlots> sums_;
  std::vector<double> undefined_low_;  // e of the low end, one per undefined pixel
  double undefined_step_ = 0;          // e of the high end minus e of the low end
};

}  // namespace assay
