// Semantic classes painted as colour: each pixel takes the class whose prompt
// colour has the smallest squared RGB distance; of equally near colours the
// first in the prompt. No tolerance and no reject class (arXiv:2604.20329v3;
// ties and raw 8-bit RGB are this product's choices).
//
// With classes_per_prompt the classes are asked for in groups, in the palette's order, with a
// prompt and an image for each, in which black is everything else. A pixel takes the class
// that its colour in one of the images is nearest to; where several images claim it, the one
// whose colour is nearest, of equally near ones the first; where none does, id 0, void. That
// rule is this product's.
//
// An answer is decoded at its own size, then brought to the truth's grid by the
// nearest decoded value: colours are never interpolated.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/fields.h"
#include "metrics/label_space.h"
#include "model/codec.h"
#include "model/palette.h"

namespace assay {

// The painted answer format "rgb-semantic". Settings, all optional: palette
// (model/palette.h), implicit_black (false: when true, black is one more
// colour, after all others, and decodes to id 0), classes_per_prompt (0: all in
// one), fit, allow_lossy, prompt (the palette's mapping, or that of the group, stands
// where it says {mapping}).
//
// Diagnostics, over the answer's own pixels: share_beyond_14 and share_beyond_48
// (pixels farther than that from every colour they could have meant); and
// extrapolated_pixels (model/fit.h). Of several images, over all of their pixels, and the
// shares of the truth's grid that none (unclaimed_share) and that several claim
// (contested_share).
//
// A palette class that the query's label space lacks is a ConfigError from Notes,
// Ask and Encode, and a PredictionError bad-palette from Decode. Notes names the
// evaluated classes that the palette lacks.
std::unique_ptr<Codec<SemanticTask>> MakeRgbSemantic(Fields& fields);

// The palette's classes that `space` lacks, with suggestions.
std::vector<Finding> UnknownClasses(std::span<const PaletteEntry> palette, const LabelSpace& space);

}  // namespace assay
