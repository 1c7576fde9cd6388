// NYU Depth v2, the 1449 labelled images, in three forms.
//
//   {root}/official_splits/{test,train}/<scene>/sync_depth_%05d.png, rgb_%05d.jpg
//       BTS extraction; numbers from 0; metres = value / 1000
//   {root}/{test,train}/<scene>/depth_%04d.png, rgb_%04d.png
//       Marigold tar; numbers from 1; metres = value / 1000; filled_ is never read
//   {root}/nyu_depth_v2_labeled.mat with splits.mat beside it
//       official; rawDepths in metres, single or double; testNdxs, trainNdxs from 1
//
// Splits: test (default) 654, train 795, all 1449. 480 x 640 pixels; 0 = no
// measurement. Key in every form: the 4-digit number counted from 0 (mat index
// - 1 = BTS number = Marigold number - 1), ascending. Cluster: the scene, or the
// key where the form does not say the scene (mat).
//
// Source: depth value and number conventions of cleinc/bts:pytorch/
// and prs-eth/Marigold@b1dffaa:data_split/nyu_depth; intrinsics of the official
// toolbox (camera_params.m).
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for an unknown split.
std::unique_ptr<Dataset<DepthTask>> OpenNyu(const DatasetOptions& options);
// The in-painted field `depths` of the official file, for protocols that name
// filled depth. The PNG forms do not hold it in a way that can be trusted.
std::unique_ptr<Dataset<DepthTask>> OpenNyuFilled(const DatasetOptions& options);

}  // namespace assay
