// DIODE, validation, depth.
//
//   {root}/[val/]{indoors,outdoor}/scene_<5 digits>/scan_<5 digits>/NAME_depth.npy       truth
//   {root}/[val/]…/NAME_depth_mask.npy                                                   mask
//   {root}/[val/]…/NAME.png                                                 (to run models)
//   {root}/diode_val_{all,indoor,outdoor}_filename_list.txt     a list; optional
//
// Depth: float (768, 1024, 1), metres. Mask: (768, 1024) of any number type, usable where
// != 0. A depth that is not finite, or below 0, is no measurement where the mask says 0 and
// an error where it does not. Key: the image's path without extension, from "indoors" or
// "outdoor" on; cluster: the scan. Camera: fx 886.81, fy 927.06, cx 512, cy 384.
//
// Dataset "diode" holds 771 samples, "diode-indoor" 325 and "diode-outdoor" 446, of split
// "val". Split "val-612" is the subset that the development kit's diode_meta.json names (220
// and 392): that file is its list, given or found below the root.
//
// Sources: prs-eth/Marigold@b1dffaa:data_split/diode_depth (771, 325, 446),
// diode-dataset/diode-devkit@8b1765b:diode_meta.json (612), intrinsics.txt.
#pragma once

#include <memory>
#include <string_view>

#include "datasets/dataset.h"

namespace assay {

// `dataset`: diode, diode-indoor or diode-outdoor. Throws DatasetError; ConfigError for
// another split.
std::unique_ptr<Dataset<DepthTask>> OpenDiode(std::string_view dataset,
                                              const DatasetOptions& options);

}  // namespace assay
