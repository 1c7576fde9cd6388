// Where the entries of a COCO results file are.
//
//   [{"image_id": number or text, "category_id", "segmentation", "score", …}, …]
//
// The file is gone through once; what stays is about 60 bytes an entry, with the place
// its object has in the file, from which FileParts gets it when it is needed. While the
// file is gone through it is in memory whole, with about as much again. Fields besides
// image_id are not looked at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/io/json_place.h"

namespace assay {

struct CocoResult {
  std::string image_id;  // a number in decimal
  JsonPlace place;
};

// In the order of the file. Throws FileError: not-found, unreadable, truncated or
// corrupt (no JSON), wrong-format (no list, or an entry that is no object or whose
// image_id is missing or neither whole number nor text, with its position), too-large
// (4 GiB).
std::vector<CocoResult> ReadCocoResults(const std::filesystem::path& path);

}  // namespace assay
