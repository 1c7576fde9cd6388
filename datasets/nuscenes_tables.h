// The official tables of nuScenes, as far as depth in the front camera needs them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "datasets/nuscenes_projection.h"

namespace assay {

// A key frame of the front camera with the lidar sweep of the same moment.
struct NuscenesFrame {
  std::string lidar;  // its file, from the root
  NuscenesGeometry geometry;
};

// By the image's file, from the root. `folders` are the versions on disk (v1.0-mini, …); of a
// file that two of them have, the last one counts. Throws DatasetError: a table that is
// missing, no JSON, or lacks a field; a row that refers to none; a frame without a sweep; a
// rotation that is no unit quaternion (0.5 to 2 pass, as the kit brings them to 1), a focal length
// of 0 or less.
std::map<std::string, NuscenesFrame> ReadNuscenesTables(
    const std::vector<std::filesystem::path>& folders);

}  // namespace assay
