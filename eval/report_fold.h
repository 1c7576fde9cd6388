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
  void Count(Outcome outcome) {
    ++counts.expected;
    ++counts.outcomes[static_cast<std::size_t>(outcome)];
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
  OutcomeCounts counts;
};

// What one pass over the records gives.
template <class Task>
struct Fold {
  explicit Fold(const Evaluation<Task>& evaluation) : all(evaluation.metric) {}

  ScoreFold<Task> all;
  std::map<std::string, std::map<std::string, ScoreFold<Task>>> slices;  // column, value
  DiagnosticFolds diagnostics;
  std::string fingerprint_input;  // key and truth hash of every sample
  std::vector<std::string> keys;
  std::map<std::string, std::int64_t> errors;  // by "stage/code"
};

// Those that a record belongs to.
template <class Task>
std::vector<ScoreFold<Task>*> FoldsOf(const Record& record,
                                      const Evaluation<Task>& evaluation,
                                      Fold<Task>& fold) {
  std::vector<ScoreFold<Task>*> folds = {&fold.all};
  const std::vector<Slice> slices = SlicesFromText(record.slices);
  folds.reserve(1 + slices.size());
  for (const Slice& slice : slices) {
    auto& values = fold.slices[slice.column];
    folds.push_back(&values.try_emplace(slice.value, evaluation.metric).first->second);
  }
  return folds;
}

template <class Task>
Fold<Task> FoldRecords(const Evaluation<Task>& evaluation, RecordStore& store) {
  using E = Evaluation<Task>;
  Fold<Task> fold(evaluation);
  store.ForEach([&](const Record& record) {
    fold.fingerprint_input += record.key + " " + record.truth_sha256 + "\n";
    fold.keys.push_back(record.key);
    AddDiagnostics(record.diagnostics, fold.diagnostics);
    const std::vector<ScoreFold<Task>*> folds = FoldsOf(record, evaluation, fold);
    for (ScoreFold<Task>* one : folds) one->Count(record.outcome);
    if (!record.score.empty()) {
      const auto score = E::ScoreFromText(record.score);
      for (ScoreFold<Task>* one : folds) one->AddScore(score);
      return;
    }
    ++fold.errors[record.error_stage + "/" + record.error_code];
    const auto worst = E::ScoreFromText(record.worst);
    const auto best = E::ScoreFromText(record.best);
    for (ScoreFold<Task>* one : folds) one->AddBounds(worst, best);
  });
  return fold;
}

}  // namespace assay
