// The evaluation pack of MoGe, depth: ten sets in one form.
//
//   {root}/[<set>/]<sample>/depth.png      16-bit, see below; <set>/ may be the root itself
//   {root}/[<set>/]<sample>/image.jpg      (to run models)
//   {root}/[<set>/]<sample>/meta.json      "intrinsics": 3 x 3, in units of width and height
//   {root}/[<set>/].index.txt              the list: a sample's folder a line
//
// <set>, and the dataset that it is:
//   metric           NYUv2 (moge-nyu), KITTI (moge-kitti), ETH3D (moge-eth3d), iBims-1
//   (moge-ibims),
//                    DDAD (moge-ddad), DIODE (moge-diode), HAMMER (moge-hammer)
//   of no true scale GSO (moge-gso), Sintel (moge-sintel), Spring (moge-spring)
//
// depth.png: with t = (v - 1) / 65533, depth is near^(1 - t) far^t times unit, where near, far and
// unit (1 where absent) are texts of the PNG (tEXt), before or behind the image; 0 is unknown,
// 65535 is infinitely far, and neither is a measurement here.
//
// Key: the sample's folder below the set; cluster: the folder above it. Sizes are those of the
// files. The list says which samples a complete set has.
//
// MoGe's own scores are of a view cut and turned from these files, which the protocols @moge
// make (metrics/centred_view.h).
//
// Source: microsoft/MoGe@0744441:moge/utils/io.py, configs/eval/all_benchmarks.json.
#pragma once

#include <memory>
#include <string_view>

#include "datasets/dataset.h"

namespace assay {

// <set> of a dataset. Throws std::logic_error for a name that is none of the pack.
std::string_view MogeFolder(std::string_view dataset);

// Throws DatasetError; ConfigError for a split other than test.
std::unique_ptr<Dataset<DepthTask>> OpenMoge(std::string_view dataset,
                                             const DatasetOptions& options);

}  // namespace assay
