// The official Cityscapes evaluation written pixel by pixel, as literally as its
// definition, with plain sums. Slow on purpose.
#pragma once

#include <utility>
#include <vector>

#include "metrics/semantic.h"

namespace assay::test {

using SemanticPair = std::pair<LabelMap, SemanticTruth>;  // prediction, truth

SemanticMetric::Result NaiveSemantic(const LabelSpace& space,
                                     const std::vector<SemanticPair>& samples);

}  // namespace assay::test
