// diode_meta.json of the DIODE development kit: which samples each split has,
//
//   {"val": {"indoors": {"scene_<5 digits>": {"scan_<5 digits>": ["NAME", …]}}}}
#pragma once

#include <filesystem>
#include <string>

#include "datasets/depth_list.h"

namespace assay {

// Keys "<half>/<scene>/<scan>/NAME" of split val, in the order of the file; `half` is
// "indoors", "outdoor", or empty for both. Throws DatasetError.
DepthList ReadDiodeMeta(const std::filesystem::path& path, const std::string& half);

}  // namespace assay
