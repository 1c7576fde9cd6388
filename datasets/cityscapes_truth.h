// What must hold between the label image and the instance image of a frame.
#pragma once

#include <filesystem>
#include <string>

#include "metrics/tasks.h"

namespace assay {

// Per pixel, with v the instance value and l the label:
//   l <= 33;  v < 1000 => v == l;  v >= 1000 => v / 1000 == l and l has instances.
// The error names the first pixel, in raster order, that breaks a rule.
// Throws DatasetError.
void CheckCityscapesTruth(const SemanticTruth& truth,
                          const std::filesystem::path& labels,
                          const std::filesystem::path& instances,
                          const std::string& key);

}  // namespace assay
