// The sets of the RefCOCO family (datasets/refcoco.h) and where their files lie.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "datasets/refcoco.h"

namespace assay {

struct ReferFiles {
  std::filesystem::path refs, instances, images;
  bool has_both = false;    // refs as .json, which is taken, and as .p
  bool has_images = false;  // the folder exists
};

// Throws std::invalid_argument.
const ReferSet& FindReferSet(std::string_view name);
std::string ReferLayout(const ReferSet& set);
// Throws DatasetError when there is no refs file.
ReferFiles FindReferFiles(const ReferSet& set, const std::filesystem::path& root);

}  // namespace assay
