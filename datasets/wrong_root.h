// The message for a root folder that does not hold the dataset.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace assay {

struct WrongRoot {
  std::filesystem::path root;
  std::string dataset;
  std::string looked_for;                    // the accepted layouts, for people
  std::vector<std::filesystem::path> tried;  // each place looked at
  std::vector<std::string> nearest;          // what was found instead, best first
};

// Says whether the root exists at all, what was looked for, where, and the
// nearest thing found.
DatasetError MakeError(const WrongRoot& wrong);

}  // namespace assay
