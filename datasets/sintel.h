// MPI Sintel, depth: 1064 frames of 23 sequences.
//
//   {root}/[training/]depth/<sequence>/frame_<4 digits>.dpt              truth
//   {root}/[training/]camdata_left/<sequence>/frame_<4 digits>.cam       cameras; optional
//   {root}/[training/]{final,clean}/<sequence>/frame_<4 digits>.png      (to run models)
//
// .dpt: float32 of 1024 x 436 (datasets/io/float32.h), "metres" of the film's own scale. Nothing
// marks the sky, which lies at about 1e5: protocols cap the truth. .cam: the same tag, then
// nine and twelve float64, intrinsic and extrinsic matrix row by row; 172 bytes. Key:
// "final/<sequence>/frame_<4 digits>"; cluster: the sequence. Images: final, or clean where
// that is not unpacked. Frames count from 1; every sequence has 50 but ambush_2 (21), ambush_4
// (33), ambush_6 (20) and market_6 (40).
//
// Sources: MPI-Sintel depth, sdk/python/sintel_io.py; the number of frames of each sequence.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for a split other than training.
std::unique_ptr<Dataset<DepthTask>> OpenSintel(const DatasetOptions& options);

}  // namespace assay
