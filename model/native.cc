#include "model/native.h"

#include <fmt/format.h>

namespace assay {

void RequireTruthSize(const Answer& answer,
                      Size answer_size,
                      const Frame& frame,
                      std::string_view what) {
  if (answer.fit || answer_size == frame.grid) return;
  throw PredictionError(
      PredictionError::Stage::kDecode,
      "wrong-size",
      fmt::format("{}: is {}x{}, the truth is {}x{}; bring {} to the truth's size with nearest "
                  "sampling, or state a fit in manifest.jsonl",
                  answer.file.string(),
                  answer_size.width,
                  answer_size.height,
                  frame.grid.width,
                  frame.grid.height,
                  what));
}

}  // namespace assay
