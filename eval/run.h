// The one evaluation loop.
//
// Blocks of consecutive samples flow through: (load the image -> ask the model -> save) ->
// read truth and answer -> decode and compare -> write the block's records in index order. A sample
// is computed by one thread, so records do not depend on the number of threads or on the block
// size. Records are written together, at least every quarter of a second: what a hard kill loses. A
// score is reused when key, truth hash and prediction hash are unchanged (the store already belongs
// to one protocol, answer and scorer version).
//
// A DatasetError ends the run after the records before it are written. What is
// wrong with one prediction is a record, never an exception.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "datasets/catalog.h"
#include "eval/model_answers.h"
#include "eval/protocol.h"
#include "eval/records.h"
#include "model/answer_source.h"

namespace assay {

struct RunProgress {
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::int64_t reused = 0;
  // The protocol's first headline over what is scored so far; NaN at the start.
  std::function<double()> headline = {};
};

struct RunOptions {
  int threads = 0;  // 0 = as many as the machine has
  std::size_t block = 4;
  std::function<void(const RunProgress&)> progress = {};  // called after every block
  // Called once, as soon as it is known, with what the first protocol's Summary::suspicion
  // will be (eval/tasks.h), unless that is empty; not called where only the last sample
  // decides. What it throws ends the run, after the records before it are written.
  std::function<void(const std::string&)> suspicion = {};
  const std::atomic<bool>* stop = nullptr;  // set: blocks in flight finish, then Score returns
  // The samples are asked on the way, at the same time as others are scored; then `saved` must
  // be this too. A block is then as many samples as a call of the model should have.
  ModelAnswers* asking = nullptr;
};

struct RunCounts {
  std::int64_t samples = 0;  // selected
  std::int64_t done = 0;
  std::int64_t reused = 0;
  std::array<std::int64_t, 5> outcomes{};  // by Outcome, of the samples done
  bool interrupted = false;
};

// Scores the selected samples of a dataset, in order. `saved` null: the oracle,
// which encodes the truth with the protocol's codec and scores that.
// Throws DatasetError, OutputError, ConfigError (what CheckAnswers finds),
// std::logic_error naming the sample for our own bugs.
RunCounts Score(const Protocol& protocol,
                const AnyDataset& dataset,
                const std::vector<std::size_t>& selection,
                const AnswerSource* saved,
                const RunOptions& options,
                RecordStore& store);

// Several protocols in one pass: truth and answer of a sample are read and decoded once,
// and each store gets the records that Score would write. The protocols must be of one
// task and read answers alike (CompatibleVariants, eval/variants.h).
struct ScoringLane {
  const Protocol* protocol;
  RecordStore* store;
};
struct LaneResult {
  RunCounts counts;
  // A sample its protocol refuses: records before it are written, the other lanes go on.
  std::exception_ptr refusal = {};
};
// Progress is the first lane's. Throws as Score, but for refusals.
std::vector<LaneResult> ScoreTogether(const std::vector<ScoringLane>& lanes,
                                      const AnyDataset& dataset,
                                      const std::vector<std::size_t>& selection,
                                      const AnswerSource* saved,
                                      const RunOptions& options);

}  // namespace assay
