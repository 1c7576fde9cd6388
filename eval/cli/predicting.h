// Asking a model into a folder: what predict and demo share.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "eval/cli/model_choice.h"
#include "eval/selection.h"

namespace assay::cli {

struct PredictRequest {
  std::filesystem::path data = {};
  SelectionOptions selection = {};
  ModelChoice model = {};
  std::filesystem::path folder = {};
  int threads = 0;
  bool quiet = false;
  std::string command = {};
};

// kOk, or kInterrupted after saying how to go on. Failed answers are rows of the
// manifest: scoring counts them. Writes run_info.json beside the answers, and with `info` gives
// it to the caller.
int PredictIntoFolder(const Protocol& protocol,
                      const PredictRequest& request,
                      nlohmann::json* info = nullptr);

}  // namespace assay::cli
