// Depth errors written pixel by pixel, as literally as their definitions, with
// plain sums in long double. Slow on purpose.
#pragma once

#include <optional>
#include <vector>

#include "metrics/depth.h"

namespace assay::test {

struct DepthPixel {
  double truth = 0;
  std::optional<double> prediction;  // nullopt = undefined
};

// Every pixel defined.
DepthErrors NaiveErrors(const std::vector<DepthPixel>& pixels);

// Undefined pixels stand for `low` or `high`, whichever is worse: for the error
// sums and delta pixel by pixel, for SILog over all 2^m assignments.
DepthErrors NaiveWorstErrors(const std::vector<DepthPixel>& pixels, double low, double high);

// The scored pixels of an unaligned answer, in raster order: frames are cut and
// padded as copies. Undefined pixels are nullopt, the others are clipped. Answers
// must have the shown or the full size.
std::vector<DepthPixel> NaivePixels(const DepthSettings& settings,
                                    const DepthValue& value,
                                    const DepthTruth& truth);

}  // namespace assay::test
