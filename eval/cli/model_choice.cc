#include "eval/cli/model_choice.h"

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"

namespace assay::cli {
namespace {

constexpr std::string_view kCommand = "command:";

bool IsCommand(const std::string& model) { return model.starts_with(kCommand); }

std::function<void(const double&)> Positive(std::string option) {
  return [option = std::move(option)](const double& value) {
    if (std::isfinite(value) && value > 0) return;
    throw ConfigError(option + " must be a number of seconds above 0");
  };
}

// Options of the other kind of model would be ignored.
void RefuseMisplaced(const po::variables_map& given, const std::string& model) {
  const std::vector<const char*> of_files = {"device", "batch", "model-sha256"};
  const std::vector<const char*> of_commands = {
      "workers", "answer-timeout", "start-timeout", "restarts"};
  const bool command = IsCommand(model);
  for (const char* name : command ? of_files : of_commands) {
    if (given[name].empty() || given[name].defaulted()) continue;
    throw ConfigError(
        std::string("--") + name + " is about " +
        (command ? "model files; --model names a command" : "a command; --model names a file"));
  }
}

void AddCommandOptions(po::options_description& options) {
  const CommandOptions defaults;
  options.add_options()("workers",
                        po::value<int>()
                            ->default_value(defaults.workers)
                            ->notifier(AtLeast("--workers", 1))
                            ->value_name("N"),
                        "copies of a command, asked at the same time")(
      "answer-timeout",
      po::value<double>()
          ->default_value(defaults.answer_timeout_s)
          ->notifier(Positive("--answer-timeout"))
          ->value_name("S"),
      "seconds a command may take for one answer")(
      "start-timeout",
      po::value<double>()
          ->default_value(defaults.start_timeout_s)
          ->notifier(Positive("--start-timeout"))
          ->value_name("S"),
      "seconds more for its first answer after a start")(
      "restarts",
      po::value<int>()
          ->default_value(defaults.restarts)
          ->notifier(AtLeast("--restarts", 0))
          ->value_name("N"),
      "how often in a row a command that fails is started again");
}

std::vector<std::string> WordsOf(const std::string& model) {
  try {
    return po::split_unix(model.substr(kCommand.size()));
  } catch (const std::exception& error) {
    throw ConfigError("--model " + model + ": " + error.what());
  }
}

}  // namespace

void AddModelOptions(po::options_description& options) {
  options.add_options()("model,m",
                        po::value<std::string>()->value_name("FILE|command:ARGV"),
                        "TorchScript (.pt), AOTInductor package (.pt2), or a program that answers "
                        "JSON Lines")(
      "device",
      po::value<std::string>()->default_value("cpu")->value_name("DEVICE"),
      "cpu or cuda:N")(
      "batch",
      po::value<int>()->default_value(0)->notifier(AtLeast("--batch", 0))->value_name("N"),
      "images per call of the model; 0 = as its sidecar says, otherwise 1")(
      "model-sha256",
      po::value<std::string>()->value_name("HASH"),
      "refuse another file than this")(
      "model-seed",
      po::value<std::int64_t>()->default_value(0)->value_name("S"),
      "of models that draw; every sample's own comes from it and the key");
  AddCommandOptions(options);
}

ModelChoice ModelChoiceFrom(const po::variables_map& given) {
  ModelChoice choice;
  choice.model = Text(given, "model");
  if (choice.model.empty()) return choice;
  RefuseMisplaced(given, choice.model);
  choice.file = {.device = given["device"].as<std::string>(),
                 .batch = given["batch"].as<int>(),
                 .sha256 = Text(given, "model-sha256")};
  choice.command = {.workers = given["workers"].as<int>(),
                    .answer_timeout_s = given["answer-timeout"].as<double>(),
                    .start_timeout_s = given["start-timeout"].as<double>(),
                    .restarts = given["restarts"].as<int>()};
  choice.seed = given["model-seed"].as<std::int64_t>();
  return choice;
}

std::unique_ptr<ImageModel> OpenModel(const ModelChoice& choice,
                                      const std::filesystem::path& folder) {
  if (choice.model.empty()) throw ConfigError("--model is missing");
  if (IsCommand(choice.model)) {
    CommandOptions command = choice.command;
    command.argv = WordsOf(choice.model);
    command.folder = folder;
    return StartCommand(command);
  }
  std::unique_ptr<ImageModel> model = LoadTorchModel(choice.model, choice.file);
  for (const std::string& note : model->Notes()) std::cerr << "warning: " << note << "\n";
  return model;
}

nlohmann::json ModelInfo(const ImageModel& model) {
  const ModelStatistics statistics = model.Statistics();
  nlohmann::json info = {{"identity", model.Identity()},
                         {"calls", statistics.calls},
                         {"images", statistics.images},
                         {"busy_s", statistics.busy_s},
                         {"warm_up_s", statistics.warm_up_s}};
  for (const auto& [name, value] : statistics.facts) {
    if (!value.empty()) info[name] = value;
  }
  info["images_per_second"] = nullptr;
  info["latency_ms"] = nullptr;
  if (statistics.calls == 0) return info;
  info["images_per_second"] = static_cast<double>(statistics.images) / statistics.wall_s;
  for (const int percent : {50, 90, 99, 100}) {
    info["latency_ms"]["p" + std::to_string(percent)] = statistics.LatencyPercentile(percent);
  }
  return info;
}

}  // namespace assay::cli
