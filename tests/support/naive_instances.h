// The official evaluation of SA-Co written pair by pair, as literally as its
// definition: pixels instead of runs, every assignment instead of the best, plain sums.
// Slow on purpose.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "metrics/instances.h"
#include "tests/support/random_instances.h"

namespace assay::test {

// Whether the counts depend on how ties between assignments are broken, or on the
// rounding of two annotators' mean F1.
bool HasTies(const InstancesSettings& settings, const InstancesPair& pair);

// The numbers of NamedValues by name, and the counts the reference keeps: TP@0.5 ...
// (@ the index of the threshold), IL_TP, IL_FP, IL_TN, IL_FN. For samples without ties.
std::map<std::string, double> NaiveInstances(const InstancesSettings& settings,
                                             const std::vector<InstancesPair>& samples);

}  // namespace assay::test
