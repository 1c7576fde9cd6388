// KITTI depth, Eigen test frames with the improved ground truth (accumulated
// lidar, Uhrig et al. 2017).
//
//   {root}/data_depth_annotated/{train,val}/<drive>/proj_depth/groundtruth/image_02/<frame>.png
//   {root}/<drive>/proj_depth/groundtruth/image_02/<frame>.png                flat form
//   {root}/<date>/<drive>/image_02/data/<frame>.png                          RGB, optional
//   {root}/eigen_test_files_with_gt.txt                                      the official list
//
// 16-bit PNG, metres = value / 256, 0 = no measurement; five sizes, one per
// recording date. Key "<drive>/<10-digit frame>"; cluster: the drive.
// With a list (given or found) its order holds, lines whose depth is the literal
// None have no ground truth, and listed files that are not on disk make the tree
// partial. Without one every frame on disk is used, sorted by key, and a note
// says that the result cannot be called complete.
//
// Sources: list, counts: prs-eth/Marigold@b1dffaa:data_split/kitti_depth;
// sizes, intrinsics: lpiccinelli-eth/UniK3D@29f7862:unik3d/datasets/kitti.py.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for an unknown split.
std::unique_ptr<Dataset<DepthTask>> OpenKitti(const DatasetOptions& options);

}  // namespace assay
