// What native formats share: answers that already lie on the truth's grid, or say
// by a fit how they get there.
#pragma once

#include <string_view>

#include "metrics/raster.h"
#include "model/codec.h"
#include "model/fit.h"

namespace assay {

// Unless the answer states a fit: throws PredictionError wrong-size when it is not of
// the truth's size. `what` is the plural of what it holds: "ids", "masks".
void RequireTruthSize(const Answer& answer,
                      Size answer_size,
                      const Frame& frame,
                      std::string_view what);

// Brings decoded values to the truth's grid by the fit the answer states, with the
// diagnostic extrapolated_pixels; leaves them alone where it states none.
template <class T>
void ResampleAsStated(const Answer& answer,
                      const Frame& frame,
                      Raster<T>& values,
                      Diagnostics& diagnostics) {
  if (!answer.fit) return;
  const FitMap map = MapTo(*answer.fit, frame.grid, frame.shown, values.size());
  values = Resample(values, map);
  diagnostics.emplace_back("extrapolated_pixels", static_cast<double>(map.extrapolated));
}

}  // namespace assay
