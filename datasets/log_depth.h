// Depth as MoGe packs it: logarithmic in a 16-bit PNG (datasets/moge.h).
#pragma once

#include <string>

#include "datasets/dataset.h"
#include "metrics/tasks.h"

namespace assay {

// Metres, 0 where nothing is known or the depth is infinite. Throws DatasetError: unreadable,
// not 16-bit grayscale, near or far missing or no positive number, far below near.
DepthMap DecodeLogDepth(const RawPart& raw, const std::string& key);

// Every positive depth on the scale from near to far; 0 becomes "unknown", infinity "infinitely
// far". Without texts.
Raster<std::uint16_t> LogDepthPixels(const DepthMap& depth, double near_m, double far_m);

}  // namespace assay
