// Natural logarithms of many numbers at once. Internal to metrics/.
#pragma once

#include <span>

namespace assay {

// logs[i] = ln values[i], within 3 units in the last place for normal numbers of at least 1;
// the same bits on every machine. Other values, NaN included, go through std::log.
// `logs` is as long as `values`, at most 64.
void LogsOf(std::span<const double> values, std::span<double> logs);

}  // namespace assay
