// What all painted answers share: lossless RGB files, and a fit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "datasets/io/fields.h"
#include "datasets/io/image.h"
#include "model/codec.h"
#include "model/fit.h"

namespace assay {

struct Painted {
  Fit fit = Fit::kCoverCrop;
  bool allow_lossy = false;
};

// Settings "fit" (cover_crop) and "allow_lossy" (false).
Painted ReadPaintedSettings(Fields& fields);

// JPEG files are found too, so that they can be refused by name.
std::vector<std::string> PaintedExtensions();

// The prompt with `text` wherever it says `place`, "{phrase}" for instance.
std::string FillPrompt(std::string_view prompt, std::string_view place, std::string_view text);

// Throws PredictionError: lossy unless allowed, or what datasets/io/image.h
// says. An alpha channel is dropped.
RgbImage ReadPainted(const Answer& answer, const Painted& painted);

// The fit the answer itself states, else the protocol's.
FitMap FitPainted(const Answer& answer,
                  const Painted& painted,
                  const Frame& frame,
                  Size answer_size);

}  // namespace assay
