#include "eval/cli/scoring.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "eval/asking.h"
#include "eval/cli/commands.h"
#include "eval/cli/terminal.h"
#include "eval/cli/unscored.h"
#include "eval/report.h"
#include "eval/report_views.h"
#include "eval/run.h"
#include "eval/score_sample.h"

namespace assay::cli {
namespace {

std::atomic<bool> stop_requested{false};

void OnInterrupt(int) { stop_requested.store(true); }

// Nothing to show before the first scored sample.
std::string RunningHeadline(const std::string& name, double value) {
  return name.empty() || std::isnan(value) ? "" : fmt::format("{} {:.4f}", name, value);
}

constexpr const char* kStrictAxesStop =
    "\n  --strict-axes makes this an error and stops here; what is scored so far is kept, and "
    "without it the same command goes on";

// A run folder while its protocol is scored.
struct OpenRun {
  const RunTarget* target;
  DatasetFacts facts;
  RecordStore store;
};

// Everything that can be refused is refused before records and reports are touched.
struct Checked {
  std::unique_ptr<ImageModel> model;  // null: none is asked
  OpenedAnswers answers;              // no source: the oracle
  ModelAnswers* asking = nullptr;     // the source, where a model is asked
  std::vector<std::string> notes;
};

std::vector<LaneResult> Evaluate(std::vector<OpenRun>& runs,
                                 const AnyDataset& dataset,
                                 const Selection& selection,
                                 const Checked& checked,
                                 const ScoreRequest& request) {
  const Protocol& first = *runs.front().target->protocol;
  ProgressLine line(first.name, request.quiet);
  const std::string headline = first.headline.empty() ? "" : first.headline.front();
  RunOptions options{.threads = request.threads,
                     .block = request.block,
                     .stop = &stop_requested,
                     .asking = checked.asking};
  if (!request.quiet) {
    options.progress = [&](const RunProgress& progress) {
      if (!line.Due(progress.done, progress.total)) return;
      line.Show(progress.done,
                progress.total,
                progress.reused,
                RunningHeadline(headline, progress.headline()));
    };
  }
  options.suspicion = [&](const std::string& suspicion) {
    if (request.strict_axes) throw ConfigError(suspicion + kStrictAxesStop);
    std::cerr << "warning: " << suspicion << "\n";
  };
  std::vector<ScoringLane> lanes;
  lanes.reserve(runs.size());
  for (OpenRun& run : runs) lanes.push_back({run.target->protocol, &run.store});
  return ScoreTogether(lanes, dataset, selection.indices, checked.answers.source.get(), options);
}

nlohmann::json RunInfo(const ScoreRequest& request,
                       const RunCounts& counts,
                       const Checked& checked,
                       double seconds) {
  const std::time_t now = std::time(nullptr);
  nlohmann::json info = {
      {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now))},
      {"command", request.command},
      {"threads",
       request.threads > 0 ? request.threads
                           : static_cast<int>(std::thread::hardware_concurrency())},
      {"block", request.block},
      {"seconds", seconds},
      {"samples_per_second", seconds > 0 ? static_cast<double>(counts.done) / seconds : 0},
      {"scored_now", counts.done - counts.reused},
      {"reused", counts.reused},
      {"unmatched_answers", checked.answers.unmatched.size()}};
  if (checked.model) info["model"] = ModelInfo(*checked.model);
  return info;
}

// From here on the records may be a mixture until the run ends: a report made
// from an earlier finish must not outlive it.
void ForgetEarlierReport(const std::filesystem::path& run, RecordStore& store) {
  store.SetMeta("run_info", "");
  for (const char* name : {"report.json", "report.md", kUnscoredFile}) {
    std::error_code ignored;
    std::filesystem::remove(run / name, ignored);
  }
}

void RequireComplete(const DatasetFacts& facts, const std::filesystem::path& data) {
  if (facts.complete) return;
  throw DatasetError(
      data,
      "",
      fmt::format("the set is partial: {} of {} samples", facts.found, facts.official),
      "--require-complete needs them all; 'assay doctor' says what is missing");
}

void RefuseAnswersAsRun(const ScoreRequest& request) {
  std::error_code failed;
  if (std::filesystem::equivalent(request.answers.predictions, request.run, failed)) {
    throw ConfigError("-o " + request.run.string() +
                      " is the folder of the answers; records and reports need a folder of "
                      "their own");
  }
}

// Answers that belong to no sample are most often answers under a wrong name.
void WarnOfUnmatched(const Protocol& protocol, const std::vector<std::string>& unmatched) {
  constexpr std::size_t kShown = 3;
  if (unmatched.empty()) return;
  const auto shown =
      unmatched.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, unmatched.size()));
  std::cerr << fmt::format("warning: {} answers belong to no sample of {}: {}{}\n",
                           unmatched.size(),
                           protocol.dataset,
                           fmt::join(unmatched.begin(), shown, ", "),
                           unmatched.size() > kShown ? ", …" : "");
}

void OpenAsking(const Protocol& protocol,
                const AnyDataset& dataset,
                const ScoreRequest& request,
                Checked& checked) {
  checked.model = OpenModel(request.model, request.run);
  const std::filesystem::path folder = request.save ? request.run / "predictions" : "";
  auto asking = std::make_unique<ModelAnswers>(
      protocol,
      dataset,
      *checked.model,
      AskOptions{.folder = folder, .seed = request.model.seed, .scored = true});
  checked.asking = asking.get();
  checked.answers.source = std::move(asking);
}

Checked CheckFirst(const Protocol& protocol,
                   const AnyDataset& dataset,
                   const Selection& selection,
                   const ScoreRequest& request) {
  Checked checked;
  const bool asks = !request.model.model.empty();
  const bool oracle = request.answers.predictions.empty() && !asks;
  checked.notes = CheckAnswers(protocol, dataset, oracle);
  for (const std::string& note : checked.notes) std::cerr << "warning: " << note << "\n";
  if (asks) {
    OpenAsking(protocol, dataset, request, checked);
  } else if (!oracle) {
    RefuseAnswersAsRun(request);
    checked.answers = OpenAnswers(protocol, dataset, selection.indices, request.answers);
    WarnOfUnmatched(protocol, checked.answers.unmatched);
  }
  return checked;
}

OpenRun Open(const RunTarget& target,
             const DatasetFacts& facts,
             const Selection& selection,
             const Checked& checked,
             const ScoreRequest& request) {
  const Protocol& protocol = *target.protocol;
  OpenRun run{&target,
              facts,
              RecordStore::OpenForWriting(target.run / "records.sqlite",
                                          {.protocol = protocol.name,
                                           .protocol_hash = protocol.hash,
                                           .answer_hash = protocol.answer_hash,
                                           .selection = selection.identity},
                                          request.fresh)};
  ForgetEarlierReport(target.run, run.store);
  const bool oracle = !checked.answers.source;
  std::vector<std::string> label = checked.answers.label;
  for (std::string& text : AskingLabel(protocol, oracle)) label.push_back(std::move(text));
  run.store.SetMeta("dataset", ToJson(facts).dump());
  run.store.SetMeta("answers", oracle ? "oracle" : request.save ? "saved" : "not saved");
  run.store.SetMeta("answer_notes", nlohmann::json(checked.notes).dump());
  run.store.SetMeta("answer_label", nlohmann::json(label).dump());
  run.store.SetMeta("allow_missing", request.allow_missing ? "true" : "false");
  run.store.SetMeta("requested", protocol.requested);
  return run;
}

// The reports, from the records.
ScoreResult Finish(OpenRun& run, const nlohmann::json& run_info, bool allow_missing) {
  const std::filesystem::path& folder = run.target->run;
  const Report report =
      BuildReport(*run.target->protocol,
                  run.store,
                  {.allow_missing = allow_missing, .published = ShippedPublished()});
  run.store.SetMeta("run_info", run_info.dump());
  const std::string text = WithRunInfo(report.body, run_info);
  WriteText(folder / "report.json", text);
  WriteText(folder / "report.md", Markdown(nlohmann::ordered_json::parse(text)));
  TellUnscored(folder, run.store);
  return {.report = text,
          .exit_code = report.covered ? kOk : kUncovered,
          .suspicion = report.suspicion};
}

}  // namespace

const std::atomic<bool>& StopRequested() { return stop_requested; }

SignalGuard::SignalGuard() {
  stop_requested.store(false);
  std::signal(SIGINT, OnInterrupt);
  std::signal(SIGTERM, OnInterrupt);
}

SignalGuard::~SignalGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

std::vector<ScoreResult> ScoreIntoRuns(const std::vector<RunTarget>& targets,
                                       const ScoreRequest& request) {
  const SignalGuard signals;
  const auto start = std::chrono::steady_clock::now();
  const Protocol& first = *targets.front().protocol;
  const auto [dataset, selection] = OpenSelected(first, request.data, request.selection);
  if (request.require_complete && selection.identity != "{}") {
    throw ConfigError("--require-complete contradicts --limit, --samples and --subset");
  }
  std::vector<DatasetFacts> facts;
  facts.reserve(targets.size());
  for (const RunTarget& target : targets) {
    facts.push_back(FactsOf(dataset, *target.protocol, selection));
    if (request.require_complete) RequireComplete(facts.back(), request.data);
  }
  const Checked checked = CheckFirst(first, dataset, selection, request);
  std::vector<OpenRun> runs;
  runs.reserve(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    runs.push_back(Open(targets[i], facts[i], selection, checked, request));
  }
  const std::vector<LaneResult> lanes = Evaluate(runs, dataset, selection, checked, request);
  if (const RunCounts& counts = lanes.front().counts; counts.interrupted) {
    std::cerr << fmt::format("interrupted after {} of {} samples; to go on:\n  {}\n",
                             counts.done,
                             counts.samples,
                             request.command);
    return std::vector<ScoreResult>(targets.size(), {.exit_code = kInterrupted});
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::vector<ScoreResult> results;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (lanes[i].refusal) {
      results.push_back({.exit_code = kDatasetBad, .refusal = lanes[i].refusal});
      continue;
    }
    const nlohmann::json run_info = RunInfo(request, lanes[i].counts, checked, seconds);
    results.push_back(Finish(runs[i], run_info, request.allow_missing));
  }
  for (std::size_t i = 0; i < results.size() && request.strict_axes; ++i) {
    if (results[i].suspicion.empty()) continue;
    throw ConfigError(results[i].suspicion +
                      "\n  --strict-axes makes this an error; the report is " +
                      (targets[i].run / "report.json").string());
  }
  return results;
}

ScoreResult ScoreIntoRun(const Protocol& protocol, const ScoreRequest& request) {
  ScoreResult result = ScoreIntoRuns({{&protocol, request.run}}, request).front();
  if (result.refusal) std::rethrow_exception(result.refusal);
  return result;
}

void AddScoreOptions(po::options_description& options) {
  options.add_options()("output,o",
                        po::value<std::string>()->required()->value_name("RUN"),
                        "run folder; the same command goes on where it stopped")(
      "threads",
      po::value<int>()->default_value(0)->notifier(AtLeast("--threads", 0))->value_name("N"),
      "0 = all processors")("block",
                            po::value<std::int64_t>()
                                ->default_value(4)
                                ->notifier(AtLeast<std::int64_t>("--block", 1))
                                ->value_name("N"),
                            "samples per unit of work and per transaction")(
      "fresh", po::bool_switch(), "discard the records in the run folder (a model's answers stay)")(
      "allow-missing", po::bool_switch(), "count every unscored sample as the worst answer")(
      "coco-absent",
      po::value<std::string>()->value_name("empty|missing"),
      "what a sample without an entry in a COCO results file is (default: empty)")(
      "queried",
      po::value<std::string>()->value_name("FILE"),
      "the keys that were asked: those without an entry are empty, others missing")(
      "require-complete", po::bool_switch(), "stop with exit code 3 unless the set is complete")(
      "strict-axes",
      po::bool_switch(),
      "end with exit code 2 where normals seem to be in another axis convention")(
      "all-variants",
      po::bool_switch(),
      "score under every variant of the protocol that reads the same answers, each in a "
      "folder of its own below RUN");
}

bool AbsentIsMissing(const po::variables_map& given) {
  const std::string text = Text(given, "coco-absent");
  if (text.empty() || text == "empty" || text == "missing") return text == "missing";
  throw ConfigError("--coco-absent " + text + " must be empty or missing");
}

ScoreRequest RequestFrom(const po::variables_map& given) {
  return {.selection = SelectionFrom(given),
          .answers = {.predictions = {},
                      .absent_is_missing = AbsentIsMissing(given),
                      .queried = Text(given, "queried")},
          .run = Text(given, "output"),
          .threads = given["threads"].as<int>(),
          .block = static_cast<std::size_t>(given["block"].as<std::int64_t>()),
          .fresh = given["fresh"].as<bool>(),
          .allow_missing = given["allow-missing"].as<bool>(),
          .require_complete = given["require-complete"].as<bool>(),
          .strict_axes = given["strict-axes"].as<bool>(),
          .quiet = given["quiet"].as<bool>()};
}

int PrintResult(const ScoreResult& result,
                const po::variables_map& given,
                const ScoreRequest& request) {
  if (result.exit_code == kInterrupted) return kInterrupted;
  if (given["json"].as<bool>()) {
    std::cout << result.report;
  } else {
    std::cout << TerminalTable(nlohmann::ordered_json::parse(result.report),
                               UseColour(STDOUT_FILENO));
  }
  std::cerr << "report: " << (request.run / "report.json").string() << "\n";
  if (result.exit_code == kUncovered) {
    std::cerr << "coverage is below the protocol's floor, so no value is given; "
                 "--allow-missing counts what is unscored as the worst answer\n";
  }
  return result.exit_code;
}

}  // namespace assay::cli
