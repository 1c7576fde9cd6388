// The "segmentation" of a COCO annotation as the parts of a referring truth.
//
//   [[x0, y0, x1, y1, …], …]          polygons, drawn one by one (metrics/polygon.h)
//   [[x, y, width, height], …]        boxes, told by four numbers in the first one, as
//                                     pycocotools does
//   {"size": [h, w], "counts": …}     one run-length mask; counts a string or a list
//   [{"size", "counts"}, …]           several (refclef)
//   []                                no part
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "metrics/raster.h"
#include "metrics/run_length.h"

namespace assay {

enum class PolygonRule {
  kPycocotools,  // as above
  // Polygons of an odd length or of fewer than 6 numbers are dropped, so there are no
  // boxes (henghuiding/ReLA@884ef17: datasets/grefer.py).
  kRela,
};

// Throws std::invalid_argument that says what is wrong.
std::vector<RunLengthMask> DecodeParts(const nlohmann::json& segmentation,
                                       Size size,
                                       PolygonRule rule);

// Counts the part in: 0 becomes 1, 1 becomes 2 and stays so (ReferringTruth).
void AddPart(const RunLengthMask& part, Raster<std::uint8_t>& target);

}  // namespace assay
