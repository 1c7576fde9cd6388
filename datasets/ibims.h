// iBims-1, depth: 100 images of 640 x 480, in either official form.
//
//   {root}/[ibims1_core_mat/]NAME.mat                    struct data, fields as below
//   {root}/[ibims1_core_raw/]{depth,mask_invalid,mask_transp}/NAME.png     16-bit, masks
//   {root}/[ibims1_core_raw/]rgb/NAME.png                (to run models; the .mat has its own)
//   {root}/[ibims1_core_raw/]calib/NAME.txt              fx, fy, cx, cy
//   {root}/[ibims1_core_{mat,raw}/]imagelist.txt         the official list, a name a line;
//                                                        optional; above the folder too
//
// Metres: the .mat's field depth as it is; PNG value * 50 / 65535. In the masks (fields
// mask_invalid and mask_transp, or PNGs of one channel) what is not 0 is usable; the truth's
// mask is both together. A depth that is not finite, or below 0, is no measurement where the
// mask says 0 and an error where it does not. Key: NAME; cluster: NAME without its number.
// Camera of a .mat: field calib, 3 x 3, either way round.
//
// PNGs in millimetres (re-packs for training) have no masks beside them and are refused.
//
// Sources: Koch et al. 2018 (arXiv:1805.01328) and the files' own notes; names:
// prs-eth/Marigold@b1dffaa:data_split/ibims_normals.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for a split other than test.
std::unique_ptr<Dataset<DepthTask>> OpenIbims(const DatasetOptions& options);

}  // namespace assay
