// ReasonSeg: reasoning segmentation of LISA.
//
//   {root}/reason_seg/ReasonSeg/<split>/<name>.jpg    also needed for scoring: its size
//                                                     is that of the truth
//   {root}/reason_seg/ReasonSeg/<split>/<name>.json   labelme: text, is_sentence, shapes
//
// The root may also be reason_seg or ReasonSeg itself, or a folder with the splits.
// Splits train, val (default), test, and of each the queries that are sentences ("-long",
// by is_sentence) or phrases ("-short"), as LISA reports test-short and test-long. Key: the file's
// stem, byte-wise sorted; cluster: the same. The expression is the first entry of "text", without
// outer blanks. Photos are seen with their EXIF orientation, as OpenCV reads them. What a truth is
// decoded from is the .json file and, as text, the size of the image.
//
// Source: dvlab-research/LISA@3cb2d43:utils/data_processing.py, utils/dataset.py.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for an unknown split.
std::unique_ptr<Dataset<ReferringTask>> OpenReasonSeg(const DatasetOptions& options);

}  // namespace assay
