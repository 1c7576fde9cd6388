// Masks as PNG: what is not zero is inside.
//
//   gray       1, 2, 4, 8 or 16 bits: inside where the value is not 0
//   palette    inside where the index is not 0, whatever its colour (masks with
//              a palette keep 0 for the background)
//   RGB        gray written three times: inside where the value is not 0. A pixel
//              whose channels differ is wrong-channels: a painted answer, which is
//              read as rgb-mask
// An alpha channel is dropped. The image has the size of the truth (wrong-size
// otherwise), unless the answer states a fit (model/fit.h), which brings it there.
// A JPEG is lossy: it leaves small values around a mask, which would be inside. No
// settings.
//
// Diagnostics: foreground_share, and inside_values, the number of different values
// that are inside: above 1 the file may hold ids or probabilities rather than a
// mask. With a fit also extrapolated_pixels.
#pragma once

#include <memory>

#include "model/codec.h"

namespace assay {

std::unique_ptr<Decoder<ReferringTask>> MakeMaskPng();

}  // namespace assay
