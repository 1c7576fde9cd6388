// Asking a model into a folder: what predict, run and demo share.
#pragma once

#include <filesystem>
#include <string>

#include "eval/cli/args.h"
#include "eval/selection.h"
#include "model/image_model.h"

namespace assay::cli {

struct PredictRequest {
  std::filesystem::path data = {};
  SelectionOptions selection = {};
  std::filesystem::path model = {};
  ModelOptions options = {};
  int batch = 1;
  std::filesystem::path folder = {};
  bool quiet = false;
  std::string command = {};
};

// --model --device --batch
void AddModelOptions(po::options_description& options);
// Everything but the data and the folder.
PredictRequest PredictRequestFrom(const po::variables_map& given);

// kOk, or kInterrupted after saying how to go on. Failed answers are rows of the
// manifest: scoring counts them.
int PredictIntoFolder(const Protocol& protocol, const PredictRequest& request);

}  // namespace assay::cli
