// Virtual KITTI 2, depth.
//
//   {root}/depth/Scene<2 digits>/<variation>/frames/depth/Camera_{0,1}/depth_<5 digits>.png
//   {root}/rgb/Scene<2 digits>/<variation>/frames/rgb/Camera_{0,1}/rgb_<5 digits>.jpg
//                                                                           (to run models)
//   {root}/Scene<2 digits>/<variation>/frames/{depth,rgb}/…                 both in one folder
//   {root}/vkitti_val.txt                                                   a list; optional
//
// 16-bit PNG of 1242 x 375, metres = value / 100 (centimetres); 65535, the sky and all that is
// farther, is the depth 655.35. Key: "rgb/Scene01/clone/frames/rgb/Camera_0/rgb_00000"
// in either form; cluster: the scene. Camera: fx = fy 725.0087, cx 620.5, cy 187 (unverified).
//
// Split "val": Scene01 in six variations (15-deg-left, 15-deg-right, clone, morning, overcast,
// sunset), two cameras, 447 frames: 5364. Split "all": five scenes of 447, 233, 270, 339 and
// 837 frames in ten variations: 42520. These rules give the keys; a list gives their order.
//
// Source: prs-eth/Marigold@b1dffaa:data_split/vkitti_depth, src/dataset/vkitti_dataset.py.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for another split.
std::unique_ptr<Dataset<DepthTask>> OpenVkitti(const DatasetOptions& options);

}  // namespace assay
