// ETH3D, training scenes of the DSLR, depth.
//
//   {root}/depth/<scene>_dslr_depth/<scene>/ground_truth_depth/dslr_images/<image>.JPG   truth
//   {root}/rgb/<scene>/images/dslr_images/<image>.JPG                        (to run models)
//   {root}/<scene>/{ground_truth_depth,images}/dslr_images/<image>.JPG       as unpacked
//   {root}/eth3d_filename_list.txt                                           a list; optional
//
// Truth has the name of a JPEG and is none: 6048 x 4032 float32 numbers, little-endian, row
// by row, no header, 97,542,144 bytes; metres, +inf where nothing was measured. The frame is
// the distorted photo. 454 samples of 13 scenes; a map is read when its sample is scored.
// Key: "rgb/<scene>/images/dslr_images/<image>" in either form; cluster: the scene.
//
// Camera: fx, fy, cx, cy of <scene>/dslr_calibration_jpg/cameras.txt (COLMAP) beside the photos,
// where the file lists a single camera; its distortion is left out. Unverified.
//
// Sources: ETH3D documentation, "multi-view data, image formats"; list and counts:
// prs-eth/Marigold@b1dffaa:data_split/eth3d_depth, src/dataset/eth3d_dataset.py.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for a split other than train.
std::unique_ptr<Dataset<DepthTask>> OpenEth3d(const DatasetOptions& options);

}  // namespace assay
