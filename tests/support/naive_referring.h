// The evaluators of referring segmentation written pixel by pixel, as literally as
// their definitions, with plain sums in long double. Slow on purpose.
#pragma once

#include <utility>
#include <vector>

#include "metrics/referring.h"

namespace assay::test {

using ReferringPair = std::pair<Mask, ReferringTruth>;  // prediction, truth

// Without a frame.
ReferringMetric::Result NaiveReferring(const ReferringSettings& settings,
                                       const std::vector<ReferringPair>& samples);

}  // namespace assay::test
