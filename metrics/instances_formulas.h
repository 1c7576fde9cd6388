// The formulas of metrics/instances.h on bare counts, for its sources only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "metrics/instances.h"

namespace assay {

// part / (part + rest + epsilon); 0 where that is 0 / 0.
double MatchShare(std::int64_t part, std::int64_t rest, double epsilon);

// 2pr / (p + r + epsilon); 0 where that is 0 / 0.
double HarmonicMean(double precision, double recall, double epsilon);

// F1 of matched instances, by the formula and the epsilon of the settings.
double MatchF1(std::int64_t tp,
               std::int64_t fp,
               std::int64_t fn,
               const InstancesSettings& settings);

// Summed in the order of numpy.mean for ten values (eight in a tree, then the rest),
// so that means which differ only by rounding compare as in the reference.
double MeanOverTaus(const std::array<double, kInstanceTaus>& values);

}  // namespace assay
