// assay predict: ask a model. assay prompts: write what to ask.

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "eval/cli/commands.h"
#include "eval/cli/predicting.h"
#include "eval/cli/scoring.h"
#include "eval/cli/terminal.h"
#include "eval/predict.h"
#include "eval/prompts.h"

namespace assay::cli {

namespace {

std::string Troubles(const PredictCounts& counts) {
  std::string text;
  if (counts.failed > 0) text += fmt::format("{} failed", counts.failed);
  if (counts.invalid > 0) {
    text += fmt::format("{}{} invalid", text.empty() ? "" : ", ", counts.invalid);
  }
  return text;
}

}  // namespace

int PredictIntoFolder(const Protocol& protocol,
                      const PredictRequest& request,
                      nlohmann::json* info) {
  const SignalGuard signals;
  const auto [dataset, selection] = OpenSelected(protocol, request.data, request.selection);
  const auto model = OpenModel(request.model, request.folder);
  ModelAnswers answers(
      protocol, dataset, *model, {.folder = request.folder, .seed = request.model.seed});
  ProgressLine line("predict " + protocol.name, request.quiet);
  const PredictOptions options{
      .threads = request.threads,
      .progress =
          [&line](const PredictCounts& counts) {
            if (!line.Due(counts.done, counts.samples)) return;
            line.Show(counts.done, counts.samples, counts.reused, Troubles(counts));
          },
      .stop = &StopRequested()};
  const PredictCounts counts = Predict(dataset, selection.indices, answers, options);
  if (counts.interrupted) {
    std::cerr << fmt::format("\ninterrupted after {} of {} answers; to go on:\n  {}\n",
                             counts.done,
                             counts.samples,
                             request.command);
    return kInterrupted;
  }
  const nlohmann::json facts = {{"folder", request.folder.string()},
                                {"samples", counts.samples},
                                {"reused", counts.reused},
                                {"failed", counts.failed},
                                {"invalid", counts.invalid},
                                {"command", request.command},
                                {"model", ModelInfo(*model)}};
  WriteText(request.folder / "run_info.json", facts.dump(2) + "\n");
  if (info != nullptr) *info = facts;
  if (const std::string text = Troubles(counts); !text.empty()) {
    std::cerr << fmt::format(
        "{} of {} answers; the same command asks them again, and {} says why\n",
        text,
        counts.samples,
        (request.folder / "manifest.jsonl").string());
  }
  return kOk;
}

int RunPredict(const Arguments& arguments) {
  CommandLine line("predict", "--protocol P --data DIR --model FILE|command:ARGV -o DIR");
  AddProtocolOptions(line.options);
  AddDataOptions(line.options);
  AddModelOptions(line.options);
  line.options.add_options()("output,o",
                             po::value<std::string>()->required()->value_name("DIR"),
                             "folder for the answers; the same command goes on where it stopped")(
      "threads",
      po::value<int>()->default_value(0)->notifier(AtLeast("--threads", 0))->value_name("N"),
      "besides those that wait for the model; 0 = all processors");
  AddOutputOptions(line.options);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const Protocol protocol = ProtocolFrom(*given, FindConfigs());
  const PredictRequest request{.data = DataFor(*given, protocol),
                               .selection = SelectionFrom(*given),
                               .model = ModelChoiceFrom(*given),
                               .folder = Text(*given, "output"),
                               .threads = (*given)["threads"].as<int>(),
                               .quiet = (*given)["quiet"].as<bool>(),
                               .command = ShellCommand("predict", arguments)};
  nlohmann::json info;
  const int code = PredictIntoFolder(protocol, request, &info);
  if (code != kOk) return code;
  std::cerr << "answers: " << request.folder.string() << "\n";
  if ((*given)["json"].as<bool>()) std::cout << info.dump(2) << "\n";
  return kOk;
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
