// One referent painted as colour: a pixel is inside if the referent's colour is
// nearer to it, by squared RGB distance, than the background's and every other
// colour of the answer; a tie is outside. With `tau` it is inside if its distance
// to the referent's colour is below tau, whatever else is near
// (arXiv:2604.20329v1 speaks of pixels close to <255,255,0>; v3 calls the step
// straightforward. The rule and the tie are this product's choice).
//
// No connected-component filter and no minimum area: what counts as an empty
// answer is the protocol's (metrics/referring.h). An answer is decoded at its own
// size, then brought to the truth's grid by the nearest decoded value.
#pragma once

#include <memory>

#include "datasets/io/fields.h"
#include "model/codec.h"

namespace assay {

// The painted answer format "rgb-mask". Settings, all optional:
//   foreground  the referent's colour (yellow, [255, 255, 0])
//   background  (black)
//   others      colours of further referents in the same answer (none)
//   tau         in 0..255 units (none); not together with others
//   fit, allow_lossy
//   prompt      the expression stands where it says {expression}
// Two equal colours are refused: one could never be found.
//
// Diagnostics, over the answer's own pixels: foreground_share; share_beyond_14 and
// share_beyond_48 (pixels farther than that from every colour they could have
// meant); and extrapolated_pixels (model/fit.h).
//
// Encode paints a target of 1 or 2, and neither 0 nor 255. Notes tells when the
// shipped prompt, which speaks of solid yellow on black, asks for other colours
// than are read.
std::unique_ptr<Codec<ReferringTask>> MakeRgbMask(Fields& fields);

}  // namespace assay
