// Compensated summation (Neumaier 1974, "Rundungsfehleranalyse einiger
// Verfahren zur Summation endlicher Summen").
//
// The result depends on the order of Add; every caller adds in a fixed order
// (pixels in raster order, samples in index order), so the same input gives the
// same bits at any thread count. NaN and infinities pass through as in a plain
// sum.
#pragma once

#include <cmath>

namespace assay {

class CompensatedSum {
 public:
  void Add(double term) {
    const double total = sum_ + term;
    if (std::isfinite(total)) {
      correction_ +=
          std::abs(sum_) >= std::abs(term) ? (sum_ - total) + term : (term - total) + sum_;
    }
    sum_ = total;
  }
  double Value() const { return sum_ + correction_; }

 private:
  double sum_ = 0;
  double correction_ = 0;
};

}  // namespace assay
