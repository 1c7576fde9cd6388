// assay predict: ask a model. assay prompts: write what to ask.

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "eval/cli/commands.h"
#include "eval/cli/predicting.h"
#include "eval/cli/scoring.h"
#include "eval/cli/terminal.h"
#include "eval/predict.h"

namespace assay::cli {

void AddModelOptions(po::options_description& options) {
  options.add_options()(
      "model,m", po::value<std::string>()->value_name("FILE"), "TorchScript file (.pt)")(
      "device",
      po::value<std::string>()->default_value("cpu")->value_name("DEVICE"),
      "cpu or cuda:N")(
      "batch",
      po::value<int>()->default_value(1)->notifier(AtLeast("--batch", 1))->value_name("N"),
      "images per call of the model");
}

PredictRequest PredictRequestFrom(const po::variables_map& given) {
  PredictRequest request{.selection = SelectionFrom(given),
                         .model = Text(given, "model"),
                         .options = {.device = given["device"].as<std::string>()},
                         .batch = given["batch"].as<int>(),
                         .quiet = given["quiet"].as<bool>()};
  if (request.model.empty()) throw ConfigError("--model is missing");
  return request;
}

int PredictIntoFolder(const Protocol& protocol, const PredictRequest& request) {
  const SignalGuard signals;
  const auto [dataset, selection] = OpenSelected(protocol, request.data, request.selection);
  const auto model = LoadTorchModel(request.model, request.options);
  ProgressLine line("predict " + protocol.name, request.quiet);
  const PredictOptions options{
      .batch = request.batch,
      .progress =
          [&line](const PredictCounts& counts) {
            line.Show(counts.done,
                      counts.samples,
                      counts.reused,
                      counts.failed > 0 ? fmt::format("{} failed", counts.failed) : "");
          },
      .stop = &StopRequested()};
  const PredictCounts counts =
      Predict(protocol, dataset, selection.indices, *model, request.folder, options);
  if (counts.interrupted) {
    std::cerr << fmt::format("\ninterrupted after {} of {} answers; to go on:\n  {}\n",
                             counts.done,
                             counts.samples,
                             request.command);
    return kInterrupted;
  }
  return kOk;
}

int RunPredict(const Arguments& arguments) {
  CommandLine line("predict", "--protocol P --data DIR --model FILE -o DIR");
  AddProtocolOptions(line.options);
  AddDataOptions(line.options);
  AddModelOptions(line.options);
  line.options.add_options()("output,o",
                             po::value<std::string>()->required()->value_name("DIR"),
                             "folder for the answers; the same command goes on where it stopped");
  AddOutputOptions(line.options);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const Protocol protocol = ProtocolFrom(*given, FindConfigs());
  PredictRequest request = PredictRequestFrom(*given);
  request.data = DataFor(*given, protocol);
  request.folder = Text(*given, "output");
  request.command = ShellCommand("predict", arguments);
  const int code = PredictIntoFolder(protocol, request);
  if (code == kOk) std::cerr << "answers: " << request.folder.string() << "\n";
  return code;
}

int RunPrompts(const Arguments& arguments) {
  CommandLine line("prompts", "--protocol P --data DIR [-o FILE.jsonl] [--images DIR]");
  AddProtocolOptions(line.options);
  AddDataOptions(line.options);
  line.options.add_options()("output,o",
                             po::value<std::string>()->value_name("FILE"),
                             "JSON Lines (default: standard output)")(
      "images",
      po::value<std::string>()->value_name("DIR"),
      "write the frames to show the model where they differ from files on disk");
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const Protocol protocol = ProtocolFrom(*given, FindConfigs());
  const auto [dataset, selection] =
      OpenSelected(protocol, DataFor(*given, protocol), SelectionFrom(*given));
  std::string lines;
  const std::string output = Text(*given, "output");
  WritePrompts(
      protocol, dataset, selection.indices, Text(*given, "images"), [&](const std::string& text) {
        if (output.empty()) {
          std::cout << text << "\n";
        } else {
          lines += text + "\n";
        }
      });
  if (!output.empty()) WriteText(output, lines);
  return kOk;
}

}  // namespace assay::cli
