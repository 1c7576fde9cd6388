// Asking a model: prompts, frames, and answers saved as lossless PNG.
//
// A prediction folder holds <key>.png and manifest.jsonl, one line per finished
// sample with the answer's sha-256 and the fit, and predictions.json, which says
// what was asked of which model. A finished answer is never asked for again; a
// failed one is. What a presence file says is absent is not asked: its line states an
// empty answer. Files are written under a temporary name and renamed.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "datasets/catalog.h"
#include "eval/protocol.h"
#include "model/image_model.h"

namespace assay {

// One line per sample: {"key","image","prompts":[…],"file"}, in sample order; none for
// a sample that a presence file says is absent.
// With `frames` the images the model must be shown are written there as PNG
// where they differ from files on disk (crops, images inside a .mat).
void WritePrompts(const Protocol& protocol,
                  const AnyDataset& dataset,
                  const std::vector<std::size_t>& selection,
                  const std::filesystem::path& frames,
                  const std::function<void(const std::string& line)>& write);

struct PredictCounts {
  std::int64_t samples = 0, done = 0, reused = 0, failed = 0;
  bool interrupted = false;
};

struct PredictOptions {
  int batch = 1;
  std::function<void(const PredictCounts&)> progress;
  const std::atomic<bool>* stop = nullptr;
};

// Throws ConfigError when the folder holds answers of another model or prompt,
// DatasetError when an image cannot be read, OutputError.
PredictCounts Predict(const Protocol& protocol,
                      const AnyDataset& dataset,
                      const std::vector<std::size_t>& selection,
                      ImageModel& model,
                      const std::filesystem::path& folder,
                      const PredictOptions& options);

}  // namespace assay
