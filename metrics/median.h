// The median of many numbers. Internal to metrics/.
#pragma once

#include <span>

#include "metrics/alignment.h"

namespace assay {

// NaN of no numbers, and where one of them is NaN. Takes time in proportion to their count.
double MedianOf(std::span<const double> values, Median rule);

}  // namespace assay
