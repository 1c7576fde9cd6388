// ScanNet, depth: the 800 frames of 271 scenes that Marigold sampled from the validation set.
//
//   {root}/scene<4 digits>_<2 digits>/depth/<6 digits>.png     truth
//   {root}/scene<4 digits>_<2 digits>/color/<6 digits>.jpg     (to run models)
//   {root}/scannet_val_sampled_list_800_1.txt                  a list; optional
//
// 16-bit PNG of 640 x 480, metres = value / 1000, 0 = no measurement. Key: the image's path
// without extension; cluster: the scene. No camera is shipped.
//
// Source: prs-eth/Marigold@b1dffaa:data_split/scannet_depth, src/dataset/scannet_dataset.py.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for a split other than val-800.
std::unique_ptr<Dataset<DepthTask>> OpenScannet(const DatasetOptions& options);

}  // namespace assay
