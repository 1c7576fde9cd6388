// Objects of one kind painted in one colour each (model/components.h): every object
// found is an instance with score 1, category 1, and its bounding box as fractions of
// the image.
//
// An answer is decoded at its own size; then each truth pixel takes the object of
// its sample (model/fit.h), so that masks never overlap. An object that no truth pixel
// samples is left out.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "datasets/io/fields.h"
#include "datasets/io/image.h"
#include "model/codec.h"

namespace assay {

// The painted answer format "rgb-instances". Settings, all optional:
//   background      (black)
//   tau             colour tolerance, 0..255 units (14; 0 to 100)
//   theta_size      (0.0002), theta_erosion (0.1): shares, 0 to 1
//   gamma           (5; from 0)
//   connectivity    4 | 8 | 16-knight (default) | 16-ring | 24
//   fit, allow_lossy
//   prompt          the noun phrase stands where it says {phrase}, the background as
//                   RGB(r, g, b) where it says {background}
//
// Diagnostics, of the answer's own pixels: instances; kept_share (pixels of objects
// among those that are not background; 1 where all are); components,
// dropped_by_size, dropped_by_erosion, merged (components joined into another);
// vanished (objects that no truth pixel samples); extrapolated_pixels (model/fit.h).
//
// Encode paints the annotator with most instances that are no crowd (of equal ones
// the first), later instances over earlier ones; crowds are background. Colours are
// those of SeparatedColors.
std::unique_ptr<Codec<InstancesTask>> MakeRgbInstances(Fields& fields);

// `count` colours of a grid, as far apart as the number allows: every two of them, and
// each and the background, are more than 2 tau + 2 apart if there are so many, else
// more than tau; beyond that they repeat. Throws
// std::invalid_argument where tau is above 100.
std::vector<Rgb8> SeparatedColors(std::size_t count, Rgb8 background, double tau);

}  // namespace assay
