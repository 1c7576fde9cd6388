// assay demo: synthetic trees, a model between a constant and the oracle, one table.

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/synthetic/layouts.h"
#include "datasets/synthetic/manifest.h"
#include "eval/cli/bundled_model.h"
#include "eval/cli/commands.h"
#include "eval/cli/predicting.h"
#include "eval/cli/scoring.h"
#include "eval/cli/terminal.h"
#include "eval/constant_answers.h"
#include "eval/report_views.h"
#include "eval/selection.h"

namespace assay::cli {
namespace {

// Which tree each protocol of the demo reads: one protocol of every dataset that a protocol
// without a variant reads and synth writes, then a variant for other packs and forms on disk.
struct DemoRow {
  const char* protocol;
  const char* layout;
};
constexpr DemoRow kRows[] = {
    {"cityscapes-val", "cityscapes"},
    {"refcocog-umd-val", "refcocog"},
    {"refcoco-unc-val", "refcoco"},
    {"refcocoplus-unc-val", "refcocoplus"},
    {"grefcoco-unc-val", "grefcoco"},
    {"reasonseg-val", "reasonseg"},
    {"saco-gold-metaclip", "saco"},
    {"nyu-depth", "nyu-mat"},
    {"kitti-depth", "kitti"},
    {"eth3d-depth", "eth3d"},
    {"diode-indoor-depth", "diode-indoor"},
    {"diode-outdoor-depth", "diode-outdoor"},
    {"diode-depth", "diode"},
    {"ibims-depth", "ibims-mat"},
    {"scannet-depth", "scannet"},
    {"vkitti-depth", "vkitti"},
    {"sintel-depth", "sintel"},
    {"nuscenes-depth", "nuscenes"},
    {"nyu-normals", "nyu-normals"},
    {"scannet-normals", "scannet-normals"},
    {"ibims-normals", "ibims-normals"},
    {"sintel-normals", "sintel-normals"},
    {"vkitti-normals", "vkitti-normals"},
    {"oasis-normals", "oasis-normals"},
    {"diode-indoor-normals", "diode-indoor-normals"},
    {"diode-normals", "diode-normals"},
    {"nyu-depth@moge", "moge"},
    {"nyu-depth@marigold", "nyu-marigold"},
    {"ibims-depth@zoe", "ibims-raw"},
    {"nyu-normals@marigold", "nyu-normals-marigold"},
    {"diode-indoor-normals@stablenormal", "diode-indoor-normals-stablenormal"}};

struct Finished {
  std::string answers;
  nlohmann::ordered_json report;
};

// A tree left by an earlier demo is used again if it is the one asked for.
void WriteTree(const std::filesystem::path& folder,
               const DemoRow& row,
               const SynthOptions& options) {
  if (const auto found = ReadManifest(folder)) {
    if (found->samples == options.samples && found->seed == options.seed) return;
    throw ConfigError(
        fmt::format("{} holds {} samples of seed {}; this demo wants {} of seed {}\n"
                    "  use another folder with -o, or remove that one",
                    folder.string(),
                    found->samples,
                    found->seed,
                    options.samples,
                    options.seed));
  }
  for (const LayoutRow& layout : LayoutCatalog()) {
    if (layout.name == row.layout) layout.Write(folder, options);
  }
}

// Everything the rows of the demo share.
struct Demo {
  std::filesystem::path folder;
  SynthOptions synth;
  ModelChoice model;  // none: the oracle alone
  int threads = 0;
  bool quiet = false;
  std::string command;
};

ScoreRequest ScoreRequestFor(const Demo& demo, const DemoRow& row, const std::string& answers) {
  ScoreRequest request;
  request.data = demo.folder / "data" / row.layout;
  request.run = demo.folder / "runs" / row.protocol / answers;
  request.threads = demo.threads;
  request.quiet = demo.quiet;
  request.command = demo.command;
  return request;
}

int AskModel(const Demo& demo,
             const DemoRow& row,
             const Protocol& protocol,
             const ScoreRequest& score) {
  PredictRequest asking;
  asking.data = score.data;
  asking.model = demo.model;
  asking.folder = demo.folder / "answers" / row.protocol;
  asking.quiet = demo.quiet;
  asking.command = score.command;
  return PredictIntoFolder(protocol, asking);
}

// What a model must beat: the best answer that looks at no picture.
void WriteConstants(const Protocol& protocol, ScoreRequest& request, const Demo& demo) {
  const auto [dataset, selection] = OpenSelected(protocol, request.data, request.selection);
  request.answers.predictions = demo.folder / "constants" / protocol.name;
  WriteConstantAnswers(protocol, dataset, selection.indices, request.answers.predictions);
}

// A constant's answers, the model's where there is a model, then the oracle's.
int ShowRow(const Demo& demo, const DemoRow& row, std::vector<Finished>& finished) {
  const Protocol protocol = LoadProtocol(FindConfigs(), row.protocol);
  WriteTree(demo.folder / "data" / row.layout, row, demo.synth);
  const std::string constant(ConstantName(protocol));
  for (const std::string& answers : {constant, std::string("model"), std::string("oracle")}) {
    ScoreRequest request = ScoreRequestFor(demo, row, answers);
    if (answers == constant) WriteConstants(protocol, request, demo);
    if (answers == "model") {
      if (demo.model.model.empty()) continue;
      if (const int code = AskModel(demo, row, protocol, request); code != kOk) return code;
      request.answers.predictions = demo.folder / "answers" / row.protocol;
    }
    const ScoreResult result = ScoreIntoRun(protocol, request);
    if (result.exit_code != kOk) return result.exit_code;
    finished.push_back({answers, nlohmann::ordered_json::parse(result.report)});
  }
  return kOk;
}

void PrintFinished(const std::vector<Finished>& finished, bool as_json) {
  if (as_json) {
    nlohmann::ordered_json runs = nlohmann::ordered_json::array();
    for (const Finished& run : finished) {
      runs.push_back({{"answers", run.answers}, {"report", run.report}});
    }
    std::cout << nlohmann::ordered_json{{"runs", runs}}.dump(2) << "\n";
    return;
  }
  std::vector<NamedReport> rows;
  rows.reserve(finished.size());
  for (const Finished& run : finished) rows.push_back({run.answers, &run.report});
  std::cout << "\n" << ComparisonTable(rows, UseColour(STDOUT_FILENO)) << "\n";
}

// None where none is to be asked, or none is there.
ModelChoice ModelFor(const po::variables_map& given) {
  ModelChoice choice = ModelChoiceFrom(given);
  if (given["no-model"].as<bool>()) {
    if (choice.model.empty()) return choice;
    throw ConfigError("--model and --no-model contradict each other");
  }
  if (choice.model.empty()) {
    choice.model = FindBundledModel();
    choice.file.device = given["device"].as<std::string>();
    choice.file.batch = given["batch"].as<int>();
    // So small a network loses by sharing its operators out, and the last bit of an answer would
    // hang on the number of processors.
    choice.file.threads = 1;
  }
  return choice;
}

}  // namespace

int RunDemo(const Arguments& arguments) {
  CommandLine line("demo", "[--model FILE | --no-model] [-o DIR]");
  line.options.add_options()("output,o",
                             po::value<std::string>()->default_value("demo")->value_name("DIR"),
                             "folder for trees, answers and runs")(
      "samples",
      po::value<int>()->default_value(6)->notifier(AtLeast("--samples", 1))->value_name("N"),
      "samples per tree")("seed",
                          po::value<std::int64_t>()
                              ->default_value(1)
                              ->notifier(AtLeast<std::int64_t>("--seed", 0))
                              ->value_name("S"),
                          "of the world")(
      "threads",
      po::value<int>()->default_value(0)->notifier(AtLeast("--threads", 0))->value_name("N"),
      "0 = all processors");
  AddModelOptions(line.options);
  line.options.add_options()("no-model",
                             po::bool_switch(),
                             "ask no model; without it and --model the bundled one is asked");
  AddOutputOptions(line.options);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  Demo demo;
  demo.command = ShellCommand("demo", arguments);
  demo.folder = Text(*given, "output");
  demo.synth = {(*given)["samples"].as<int>(),
                static_cast<std::uint64_t>((*given)["seed"].as<std::int64_t>())};
  demo.model = ModelFor(*given);
  demo.threads = (*given)["threads"].as<int>();
  demo.quiet = (*given)["quiet"].as<bool>();
  std::vector<Finished> finished;
  for (const DemoRow& row : kRows) {
    if (const int code = ShowRow(demo, row, finished); code != kOk) return code;
  }
  PrintFinished(finished, (*given)["json"].as<bool>());
  std::cerr << fmt::format("reports: {}/runs/<protocol>/<answers>/report.md\n",
                           demo.folder.string());
  return kOk;
}

}  // namespace assay::cli
