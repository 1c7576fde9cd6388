// Rectified size and camera of KITTI's image_02, one row per recording date.
//
// Source: lpiccinelli-eth/UniK3D@29f7862:unik3d/datasets/kitti.py (intrinsics).
#pragma once

#include <span>
#include <string_view>

#include "metrics/tasks.h"

namespace assay {

struct KittiCamera {
  std::string_view date;
  Size size;
  Intrinsics camera;
};

std::span<const KittiCamera> KittiCameras();

}  // namespace assay
