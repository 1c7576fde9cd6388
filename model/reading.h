// A file that cannot be used is, for an answer, one sample's fault: the bridge
// from FileError (datasets/io) to PredictionError.
#pragma once

#include <utility>

#include "datasets/io/errors.h"
#include "model/prediction.h"

namespace assay {

// read() with every FileError turned into a PredictionError of the same code.
template <class Read>
auto ReadAnswer(Read&& read) {
  try {
    return std::forward<Read>(read)();
  } catch (const FileError& error) {
    throw PredictionError(PredictionError::Stage::kRead, error.code, error.what());
  }
}

}  // namespace assay
