// Semantic answers as 8-bit gray PNG: one id per pixel.
//
//   label-ids   ids of the label space (Cityscapes 0..33); any other value is
//               bad-id
//   train-ids   0..18 of the evaluated classes, and 255 for none (id 0); any
//               other value is bad-id
// The image has the size of the truth (wrong-size otherwise), unless the answer
// states a fit (model/fit.h), which then brings it there. No settings.
//
// Diagnostics: max_id, the largest label id, and ids_above_18, the number of
// pixels with one: train ids given as label ids look like any other answer, but
// over a whole set never go above 18. With a fit also extrapolated_pixels.
#pragma once

#include <memory>

#include "model/codec.h"

namespace assay {

std::unique_ptr<Decoder<SemanticTask>> MakeLabelIds();
std::unique_ptr<Decoder<SemanticTask>> MakeTrainIds();

}  // namespace assay
