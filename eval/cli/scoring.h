// Scoring into a run folder: what score, run and demo share.
#pragma once

#include <atomic>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "eval/answers.h"
#include "eval/cli/args.h"
#include "eval/cli/model_choice.h"
#include "eval/selection.h"

namespace assay::cli {

struct ScoreRequest {
  std::filesystem::path data = {};
  SelectionOptions selection = {};
  AnswerOptions answers = {};      // no predictions and no model: the oracle
  ModelChoice model = {};          // asked on the way
  bool save = true;                // its answers, in RUN/predictions
  std::filesystem::path run = {};  // folder; made if absent
  int threads = 0;
  std::size_t block = 4;
  bool fresh = false;
  bool allow_missing = false;
  bool require_complete = false;
  bool strict_axes = false;
  bool quiet = false;
  std::string command = {};  // to repeat it after an interruption
};

struct ScoreResult {
  std::string report = {};  // text of report.json
  int exit_code = 0;
  std::string suspicion = {};       // Report::suspicion
  std::exception_ptr refusal = {};  // LaneResult::refusal; there is no report then
};

// A protocol and its run folder.
struct RunTarget {
  const Protocol* protocol;
  std::filesystem::path run;
};

// Several protocols in one pass (ScoreTogether), each into its own folder; results in the
// same order. The first one opens the data and the answers for all. With strict_axes throws
// as ScoreIntoRun after all reports are written.
std::vector<ScoreResult> ScoreIntoRuns(const std::vector<RunTarget>& targets,
                                       const ScoreRequest& request);

// Writes RUN/records.sqlite, report.json and report.md. Throws ConfigError after that, with
// strict_axes, where the answers seem to be in another axis convention.
ScoreResult ScoreIntoRun(const Protocol& protocol, const ScoreRequest& request);

// --threads --block --fresh --allow-missing --require-complete --strict-axes
// --all-variants -o
void AddScoreOptions(po::options_description& options);
// Everything but the data and the answers.
ScoreRequest RequestFrom(const po::variables_map& given);
// The model's part of it: --model and what belongs to it, --no-save.
void AskModel(const po::variables_map& given, ScoreRequest& request);
// Table or JSON on standard output, where the report is on standard error.
int PrintResult(const ScoreResult& result,
                const po::variables_map& given,
                const ScoreRequest& request);

// Set by Ctrl-C while a SignalGuard lives.
const std::atomic<bool>& StopRequested();
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};

}  // namespace assay::cli
