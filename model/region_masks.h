// The regions of an answer as run-length masks at the truth's size.
#pragma once

#include <cstddef>
#include <vector>

#include "metrics/run_length.h"
#include "model/components.h"
#include "model/fit.h"

namespace assay {

// Mask i holds the truth pixels whose sample (model/fit.h) is of region i; it may
// have none. `count` is above every entry of the map.
std::vector<RunLengthMask> RegionMasks(const RegionMap& regions,
                                       std::size_t count,
                                       const FitMap& map);

}  // namespace assay
