// Asking a model into a folder, without scoring.
//
// The folder is that of eval/answer_manifest.h. A finished answer is never asked for again; a
// failed or invalid one is. What a presence file says is absent is not asked: its line states
// an empty answer. Files are written under a temporary name and renamed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "datasets/catalog.h"
#include "eval/model_answers.h"

namespace assay {

struct PredictCounts {
  std::int64_t samples = 0, done = 0, reused = 0, failed = 0, invalid = 0;
  bool interrupted = false;
};

struct PredictOptions {
  int threads = 0;  // besides those that wait for the model; 0 = as many as the machine has
  std::function<void(const PredictCounts&)> progress = {};
  const std::atomic<bool>* stop = nullptr;
};

// Images are loaded and answers saved while the model works. Throws DatasetError when an image
// cannot be read, OutputError; what was answered before is kept.
PredictCounts Predict(const AnyDataset& dataset,
                      const std::vector<std::size_t>& selection,
                      ModelAnswers& answers,
                      const PredictOptions& options);

}  // namespace assay
