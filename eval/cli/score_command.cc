// assay score: answers saved earlier. assay run: a model's, or the oracle's.

#include <iostream>

#include "datasets/io/errors.h"
#include "eval/cli/commands.h"
#include "eval/cli/scoring.h"
#include "eval/cli/suite_run.h"
#include "eval/cli/variants_run.h"

namespace assay::cli {
namespace {

int ScoreAndPrint(const Protocol& protocol,
                  const po::variables_map& given,
                  const ScoreRequest& request) {
  if (given["all-variants"].as<bool>()) return ScoreVariants(protocol.name, given, request);
  return PrintResult(ScoreIntoRun(protocol, request), given, request);
}

}  // namespace

void AskModel(const po::variables_map& given, ScoreRequest& request) {
  request.model = ModelChoiceFrom(given);
  request.save = !given["no-save"].as<bool>();
  if (!request.save && request.model.model.empty()) {
    throw ConfigError("--no-save is about the answers of a --model");
  }
}

int RunScore(const Arguments& arguments) {
  CommandLine line("score",
                   "--protocol P --data DIR --predictions DIR|FILE [--format CODEC] -o RUN");
  AddProtocolOptions(line.options);
  AddDataOptions(line.options);
  line.options.add_options()("predictions",
                             po::value<std::string>()->required()->value_name("DIR|FILE"),
                             "folder with the answers, or one file of --format coco-json");
  AddScoreOptions(line.options);
  AddOutputOptions(line.options);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const Protocol protocol = ProtocolFrom(*given, FindConfigs());
  ScoreRequest request = RequestFrom(*given);
  request.data = DataFor(*given, protocol);
  request.answers.predictions = Text(*given, "predictions");
  request.command = ShellCommand("score", arguments);
  return ScoreAndPrint(protocol, *given, request);
}

int RunRun(const Arguments& arguments) {
  CommandLine line("run",
                   "(--protocol P | --suite S) --data DIR (--model M | --predictions DIR | "
                   "--oracle) -o RUN");
  line.options.add_options()("protocol,p",
                             po::value<std::string>()->value_name("NAME"),
                             "what to score and how; see 'assay list protocols'")(
      "suite,s",
      po::value<std::string>()->value_name("NAME"),
      "several protocols and their mean; see 'assay list suites'")(
      "allow-partial",
      po::bool_switch(),
      "give a suite's mean over the members that are there, and label it");
  AddOverrideOptions(line.options);
  AddDataOptions(line.options);
  line.options.add_options()("predictions",
                             po::value<std::string>()->value_name("DIR"),
                             "score the answers in this folder")(
      "oracle", po::bool_switch(), "encode the truth with the protocol's codec and score that")(
      "no-save", po::bool_switch(), "do not keep the model's answers in RUN/predictions");
  AddModelOptions(line.options);
  AddScoreOptions(line.options);
  AddOutputOptions(line.options);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const bool oracle = (*given)["oracle"].as<bool>();
  const std::string model = Text(*given, "model");
  const std::string predictions = Text(*given, "predictions");
  if ((oracle ? 1 : 0) + (model.empty() ? 0 : 1) + (predictions.empty() ? 0 : 1) != 1) {
    throw ConfigError("assay run needs exactly one of --model, --predictions and --oracle");
  }
  if (Text(*given, "protocol").empty() == Text(*given, "suite").empty()) {
    throw ConfigError("assay run needs exactly one of --protocol and --suite");
  }
  if (!Text(*given, "suite").empty()) {
    if ((*given)["all-variants"].as<bool>()) {
      throw ConfigError("--all-variants is about one --protocol; a suite has members of its own");
    }
    return RunSuite(*given, arguments);
  }
  const Protocol protocol = ProtocolFrom(*given, FindConfigs());
  ScoreRequest request = RequestFrom(*given);
  request.data = DataFor(*given, protocol);
  request.command = ShellCommand("run", arguments);
  request.answers.predictions = predictions;
  AskModel(*given, request);
  return ScoreAndPrint(protocol, *given, request);
}

}  // namespace assay::cli
