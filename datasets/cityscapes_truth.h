// What must hold between the label image and the instance image of a frame.
#pragma once

#include <filesystem>
#include <string>

#include "metrics/tasks.h"

namespace assay {

// Per pixel, with v the instance value and l the label:
//   l <= 33;  v < 1000 => v == l;  v >= 1000 => v / 1000 == l and l has instances.
// One branch-free scan; only a failed one looks for the pixel to name.
// Throws DatasetError.
void CheckCityscapesTruth(const SemanticTruth& truth,
                          const std::filesystem::path& labels,
                          const std::filesystem::path& instances,
                          const std::string& key);

}  // namespace assay
