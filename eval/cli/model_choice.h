// The model that --model names: a file that LibTorch runs, or a command.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "eval/cli/args.h"
#include "model/external/command_model.h"
#include "model/torch/load_model.h"

namespace assay::cli {

struct ModelChoice {
  std::string model = {};  // FILE, or "command:" and its words as in a shell
  ModelOptions file = {};
  CommandOptions command = {};  // all but the words and the folder
  std::int64_t seed = 0;
};

// --model --device --batch --model-sha256 --model-seed --workers --answer-timeout
// --start-timeout --restarts
void AddModelOptions(po::options_description& options);
// Throws ConfigError for options that contradict each other; an empty `model` where none is
// given.
ModelChoice ModelChoiceFrom(const po::variables_map& given);

// Says on standard error what its user should know. `folder`: for what a command writes to its
// standard error.
std::unique_ptr<ImageModel> OpenModel(const ModelChoice& choice,
                                      const std::filesystem::path& folder);

// For run_info: what it is and how long it took.
nlohmann::json ModelInfo(const ImageModel& model);

}  // namespace assay::cli
