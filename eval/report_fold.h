// One pass over the records of a run, in index order: all that a report is made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "eval/records.h"
#include "eval/tasks.h"
#include "metrics/sum.h"

namespace assay {

struct OutcomeCounts {
  std::int64_t expected = 0;
  std::array<std::int64_t, kOutcomeNames.size()> outcomes{};

  std::int64_t Of(Outcome outcome) const { return outcomes[static_cast<std::size_t>(outcome)]; }
  std::int64_t Scored() const { return Of(Outcome::kScored) + Of(Outcome::kEmpty); }
  void Count(Outcome outcome) {
    ++expected;
    ++outcomes[static_cast<std::size_t>(outcome)];
  }
};

// One decode diagnostic over the samples that have it.
struct DiagnosticFold {
  CompensatedSum sum;
  double max = 0;
  std::int64_t samples = 0;
};
using DiagnosticFolds = std::map<std::string, DiagnosticFold>;

// Those of a record: a JSON object, or nothing.
void AddDiagnostics(const std::string& text, DiagnosticFolds& folds);
// Of a record, as Record::slices has them.
std::vector<Slice> SlicesFromText(const std::string& text);

// The values of what is scored and the two ends of what all could be.
template <class Task>
struct ScoreFold {
  using MetricType = decltype(Evaluation<Task>::metric);
  using State = typename MetricType::State;

  explicit ScoreFold(const MetricType& metric_in) : metric(&metric_in), scored(metric_in.Start()) {}

  void AddScore(const typename MetricType::Score& score) {
    metric->Add(score, scored);
    if (!bounds) return;
    metric->Add(score, bounds->worst);
    metric->Add(score, bounds->best);
  }
  void AddBounds(const typename MetricType::Score& worst, const typename MetricType::Score& best) {
    if (!bounds) bounds = {scored, scored};
    metric->Add(worst, bounds->worst);
    metric->Add(best, bounds->best);
  }
  const State& Worst() const { return bounds ? bounds->worst : scored; }
  const State& Best() const { return bounds ? bounds->best : scored; }

  const MetricType* metric;
  State scored;
  // Apart from `scored` from the first sample without a score on.
  struct Bounds {
    State worst, best;
  };
  std::optional<Bounds> bounds;
};

// The samples of one value of one column. One state, as a set has many of them.
template <class Task>
struct SliceFold {
  typename ScoreFold<Task>::State state;
  OutcomeCounts counts = {};
};

// What one pass over the records gives.
template <class Task>
struct Fold {
  explicit Fold(const Evaluation<Task>& evaluation) : all(evaluation.metric) {}

  ScoreFold<Task> all;
  OutcomeCounts counts;
  std::map<std::string, std::map<std::string, SliceFold<Task>>> slices;  // column, value
  DiagnosticFolds diagnostics;
  std::string fingerprint_input;  // key and truth hash of every sample
  std::vector<std::string> keys;
  std::map<std::string, std::int64_t> errors;  // by "stage/code"
};

// Those that a record belongs to.
template <class Task>
std::vector<SliceFold<Task>*> SlicesOf(const Record& record,
                                       const Evaluation<Task>& evaluation,
                                       Fold<Task>& fold) {
  std::vector<SliceFold<Task>*> found;
  const std::vector<Slice> slices = SlicesFromText(record.slices);
  found.reserve(slices.size());
  for (const Slice& slice : slices) {
    auto& values = fold.slices[slice.column];
    auto at = values.find(slice.value);
    if (at == values.end()) {
      at = values.emplace(slice.value, SliceFold<Task>{evaluation.metric.Start()}).first;
    }
    found.push_back(&at->second);
  }
  return found;
}

// `as_worst`: a sample without a score enters its slices as the worst answer, else it is only
// counted there.
template <class Task>
Fold<Task> FoldRecords(const Evaluation<Task>& evaluation, RecordStore& store, bool as_worst) {
  using E = Evaluation<Task>;
  Fold<Task> fold(evaluation);
  store.ForEach([&](const Record& record) {
    fold.fingerprint_input += record.key + " " + record.truth_sha256 + "\n";
    fold.keys.push_back(record.key);
    AddDiagnostics(record.diagnostics, fold.diagnostics);
    const std::vector<SliceFold<Task>*> slices = SlicesOf(record, evaluation, fold);
    fold.counts.Count(record.outcome);
    for (SliceFold<Task>* slice : slices) slice->counts.Count(record.outcome);
    if (!record.score.empty()) {
      const auto score = E::ScoreFromText(record.score);
      fold.all.AddScore(score);
      for (SliceFold<Task>* slice : slices) evaluation.metric.Add(score, slice->state);
      return;
    }
    ++fold.errors[record.error_stage + "/" + record.error_code];
    const auto worst = E::ScoreFromText(record.worst);
    fold.all.AddBounds(worst, E::ScoreFromText(record.best));
    if (!as_worst) return;
    for (SliceFold<Task>* slice : slices) evaluation.metric.Add(worst, slice->state);
  });
  return fold;
}

}  // namespace assay
