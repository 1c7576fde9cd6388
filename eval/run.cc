#include "eval/run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <limits>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>

#include "datasets/io/errors.h"
#include "eval/pipeline.h"
#include "eval/score_sample.h"

namespace assay {
namespace {

// How many records, and how old ones, a hard kill may lose.
constexpr std::size_t kMostUnwritten = 256;
constexpr std::chrono::milliseconds kLongestUnwritten{250};

// The bytes of all truths of a block are in memory at once: of frames as large as ETH3D's one
// is enough.
constexpr std::size_t kMostPixels = std::size_t{1} << 23U;

// 0 where the size of an answer is not known beforehand.
template <class Task>
std::size_t PixelsOf(const Item<Task>& item) {
  if constexpr (requires { item.query.frame.Pixels(); }) return item.query.frame.Pixels();
  return 0;
}

template <class Task>
struct Block : PipelineBlock {
  std::vector<SampleWork<Task>> samples;
  std::vector<Question> questions;  // of each sample, where a model is asked
  std::exception_ptr failure;       // of the first sample that ends the run
  std::size_t good = 0;             // samples before the failure
};

// Runs `step` on every sample's number; the first exception ends the block and is kept
// for the sink, which first writes the records before it.
template <class Task, class Step>
void ForEachSample(Block<Task>& block, Step step) {
  const std::size_t count = block.failure ? block.good : block.samples.size();
  for (std::size_t i = 0; i < count; ++i) {
    try {
      step(i);
    } catch (...) {
      block.failure = std::current_exception();
      block.good = i;
      return;
    }
  }
  block.good = count;
}

template <class Task>
class Sink {
 public:
  Sink(const Evaluation<Task>& evaluation,
       std::size_t lane,
       const std::string& headline,
       const RunOptions& options,
       RecordStore& store)
      : evaluation_(&evaluation),
        lane_(lane),
        headline_(headline),
        options_(&options),
        store_(&store),
        keys_are_new_(store.IsEmpty()),
        state_(evaluation.metric.Start()) {}

  // Its records are moved out.
  void Take(Block<Task>& block) {
    for (std::size_t i = 0; i < block.good && !HasEnded(); ++i) Take(block.samples[i]);
    if (block.failure || HasEnded() || IsDue()) Flush();
    if (!block.failure) Report();
    if (!suspicion_.empty()) options_->suspicion(std::exchange(suspicion_, {}));
  }

  std::optional<Record> Find(const std::string& key) const {
    return keys_are_new_ ? std::nullopt : store_->Find(key);
  }
  bool HasEnded() const { return result_.refusal != nullptr; }
  LaneResult& result() { return result_; }

  void Flush() {
    if (!fresh_.empty()) WriteFresh();
    if (!reused_.empty()) store_->Renumber(reused_);
    fresh_.clear();
    reused_.clear();
    flushed_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool Reports() const { return lane_ == 0 && options_->progress; }
  bool Suspects() const { return lane_ == 0 && options_->suspicion && !judged_; }

  void Take(SampleWork<Task>& sample) {
    SampleLane& lane = sample.lanes[lane_];
    result_.refusal = lane.refusal;
    if (HasEnded()) return;
    Count(lane.record);
    result_.counts.reused += lane.reused ? 1 : 0;
    (lane.reused ? reused_ : fresh_).push_back(std::move(lane.record));
  }

  // Of records that do not all fit on the disk, those that do are kept.
  void WriteFresh() {
    try {
      Write(fresh_);
    } catch (const OutputError&) {
      for (const Record& record : fresh_) Write(std::span(&record, 1));
    }
  }

  void Write(std::span<const Record> records) {
    keys_are_new_ ? store_->Append(records) : store_->Write(records);
  }

  // A transaction costs as much as scoring dozens of small samples.
  bool IsDue() const {
    return fresh_.size() + reused_.size() >= kMostUnwritten ||
           Clock::now() - flushed_ >= kLongestUnwritten;
  }

  void Count(const Record& record) {
    ++result_.counts.done;
    ++result_.counts.outcomes[static_cast<std::size_t>(record.outcome)];
    constexpr bool kJudges = requires { evaluation_->EarlySuspicion(state_); };
    if (record.score.empty() || !(Reports() || (kJudges && Suspects()))) return;
    evaluation_->metric.Add(Evaluation<Task>::ScoreFromText(record.score), state_);
    if constexpr (kJudges) Judge();
  }

  void Judge() {
    if (!Suspects()) return;
    const std::optional<std::string> suspicion = evaluation_->EarlySuspicion(state_);
    if (!suspicion) return;
    judged_ = true;
    if (!suspicion->empty()) suspicion_ = *suspicion;
  }

  void Report() const {
    if (!Reports()) return;
    const RunCounts& counts = result_.counts;
    options_->progress({counts.done, counts.samples, counts.reused, [this] {
                          const auto result = evaluation_->metric.Finish(state_);
                          const Summary summary = evaluation_->Summarise(result);
                          for (const MetricValue& metric : summary.metrics) {
                            if (metric.name == headline_) return metric.value;
                          }
                          return std::numeric_limits<double>::quiet_NaN();
                        }});
  }

  const Evaluation<Task>* evaluation_;
  std::size_t lane_;
  std::string headline_;
  const RunOptions* options_;
  RecordStore* store_;
  bool keys_are_new_;  // Stages refuses a key that occurs twice
  LaneResult result_ = {};
  typename decltype(evaluation_->metric)::State state_;
  bool judged_ = false;                 // whether there is a suspicion is known
  std::string suspicion_;               // not yet told
  std::vector<Record> fresh_, reused_;  // not yet in the store
  Clock::time_point flushed_ = Clock::now();
};

template <class Task>
std::unordered_set<std::string> KeysOf(const Dataset<Task>& dataset,
                                       const std::vector<std::size_t>& selection) {
  std::unordered_set<std::string> keys;
  for (const std::size_t index : selection) keys.insert(dataset.Item(index).key);
  return keys;
}

// The stages of the pipeline, in order.
template <class Task>
class Stages {
 public:
  Stages(const SampleScorer<Task>& scorer,
         const std::vector<std::size_t>& selection,
         const RunOptions& options,
         std::vector<Sink<Task>>& sinks)
      : scorer_(&scorer), selection_(&selection), options_(&options), sinks_(&sinks) {
    keys_.reserve(selection.size());
  }

  // Null when there is no further block.
  std::unique_ptr<Block<Task>> Next() {
    const bool stopping = options_->stop != nullptr && options_->stop->load();
    if (stopping || all_ended_.load() || next_ >= selection_->size()) {
      interrupted_ = stopping && next_ < selection_->size();
      return nullptr;
    }
    auto block = std::make_unique<Block<Task>>();
    const std::size_t end = std::min(selection_->size(), next_ + BlockSize());
    block->samples.reserve(end - next_);
    for (std::size_t pixels = 0; next_ < end && pixels < kMostPixels; ++next_) {
      block->samples.push_back(
          scorer_->Prepare((*selection_)[next_], static_cast<std::int64_t>(next_)));
      SampleWork<Task>& sample = block->samples.back();
      CheckIsNew(sample.item.key);
      pixels += PixelsOf(sample.item);
      for (std::size_t lane = 0; lane < sinks_->size(); ++lane) {
        sample.lanes[lane].known = (*sinks_)[lane].Find(sample.item.key);
      }
    }
    return block;
  }
  void LoadQuestions(Block<Task>& block) const {
    const ModelAnswers& asking = *options_->asking;
    block.questions.reserve(block.samples.size());
    ForEachSample(block, [&](std::size_t i) {
      const Question* const before = i == 0 ? nullptr : &block.questions.back();
      Question& question =
          block.questions.emplace_back(asking.Load(block.samples[i].index, before));
      const bool may_be_known = !asking.IsSaved() && question.state == Question::State::kAsked;
      if (may_be_known && scorer_->WouldReuse(block.samples[i], asking.Unasked(question))) {
        question.state = Question::State::kFinished;
      }
    });
  }
  void Ask(Block<Task>& block) const {
    options_->asking->Ask(std::span(block.questions).first(block.good));
  }
  void Load(Block<Task>& block) const {
    ForEachSample(block, [&](std::size_t i) {
      if (options_->asking != nullptr) options_->asking->Finish(block.questions[i]);
      scorer_->Load(block.samples[i]);
    });
  }
  void Compare(Block<Task>& block) const {
    ForEachSample(block, [&](std::size_t i) { scorer_->Compare(block.samples[i]); });
  }
  void Write(Block<Task>& block) {
    if (options_->asking != nullptr) {
      for (std::size_t i = 0; i < block.good; ++i) options_->asking->Record(block.questions[i]);
    }
    for (Sink<Task>& sink : *sinks_) sink.Take(block);
    const auto has_ended = [](const Sink<Task>& sink) { return sink.HasEnded(); };
    all_ended_ = std::all_of(sinks_->begin(), sinks_->end(), has_ended);
    if (block.failure) std::rethrow_exception(block.failure);
  }
  bool Interrupted() const { return interrupted_; }

 private:
  std::size_t BlockSize() const {
    const std::size_t wanted =
        options_->asking == nullptr ? options_->block : options_->asking->model().RequestsPerCall();
    return std::max<std::size_t>(1, wanted);
  }
  // Two samples of one key would overwrite each other's record.
  void CheckIsNew(const std::string& key) {
    if (keys_.insert(key).second) return;
    throw std::logic_error("dataset " + scorer_->dataset().Info().name + " gives the key " + key +
                           " twice");
  }

  const SampleScorer<Task>* scorer_;
  const std::vector<std::size_t>* selection_;
  const RunOptions* options_;
  std::vector<Sink<Task>>* sinks_;  // one per lane
  std::atomic<bool> all_ended_{false};
  bool interrupted_ = false;
  std::unordered_set<std::string> keys_;
  std::size_t next_ = 0;
};

// `Next` reads a store while `Write` writes it: SQLite's connection is opened
// in serialized mode, and the two never touch the same key.
template <class Task>
void RunStages(Stages<Task>& stages, bool serial_reads, const RunOptions& options) {
  const auto step = [&stages](void (Stages<Task>::*member)(Block<Task>&) const) {
    return [&stages, member](PipelineBlock& block) {
      (stages.*member)(static_cast<Block<Task>&>(block));
    };
  };
  std::vector<PipelineStage> chain;
  const int workers = options.asking == nullptr ? 0 : options.asking->model().Workers();
  if (options.asking != nullptr) {
    chain.push_back({step(&Stages<Task>::LoadQuestions), serial_reads});
    chain.push_back({step(&Stages<Task>::Ask), workers == 1});
  }
  chain.push_back({step(&Stages<Task>::Load), serial_reads});
  chain.push_back({step(&Stages<Task>::Compare)});
  chain.push_back(
      {[&stages](PipelineBlock& block) { stages.Write(static_cast<Block<Task>&>(block)); }, true});
  RunPipeline([&stages] { return stages.Next(); }, chain, {options.threads, workers});
}

// Every lane's own part, before and after the pipeline.
template <class Task>
std::vector<Sink<Task>> MakeSinks(const std::vector<ScoringLane>& lanes,
                                  const Dataset<Task>& dataset,
                                  const std::vector<std::size_t>& selection,
                                  const RunOptions& options) {
  std::vector<Sink<Task>> sinks;
  sinks.reserve(lanes.size());
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const Protocol& protocol = *lanes[i].protocol;
    RecordStore& store = *lanes[i].store;
    if (!store.IsEmpty()) {
      const auto keys = KeysOf(dataset, selection);
      store.Retire([&](const std::string& key) { return keys.contains(key); });
    }
    store.SetMeta("selected", std::to_string(selection.size()));
    const std::string headline = protocol.headline.empty() ? "" : protocol.headline.front();
    sinks.emplace_back(
        std::get<Evaluation<Task>>(protocol.evaluation), i, headline, options, store);
    sinks.back().result().counts.samples = static_cast<std::int64_t>(selection.size());
  }
  return sinks;
}

template <class Task>
std::vector<LaneResult> ScoreTask(const std::vector<ScoringLane>& lanes,
                                  const Dataset<Task>& dataset,
                                  const std::vector<std::size_t>& selection,
                                  const AnswerSource* saved,
                                  const RunOptions& options) {
  std::vector<const Evaluation<Task>*> evaluations;
  evaluations.reserve(lanes.size());
  for (const ScoringLane& lane : lanes) {
    evaluations.push_back(&std::get<Evaluation<Task>>(lane.protocol->evaluation));
  }
  const SampleScorer<Task> scorer(dataset, std::move(evaluations), saved);
  std::vector<Sink<Task>> sinks = MakeSinks(lanes, dataset, selection, options);
  Stages<Task> stages(scorer, selection, options, sinks);
  std::exception_ptr fault;
  try {
    RunStages(stages, dataset.SerialReads(), options);
  } catch (...) {
    fault = std::current_exception();
  }
  for (Sink<Task>& sink : sinks) sink.Flush();  // first: what was scored is kept whatever ended it
  if (fault) std::rethrow_exception(fault);
  std::vector<LaneResult> results;
  results.reserve(sinks.size());
  for (Sink<Task>& sink : sinks) {
    results.push_back(sink.result());
    results.back().counts.interrupted = stages.Interrupted();
  }
  return results;
}

}  // namespace

std::vector<LaneResult> ScoreTogether(const std::vector<ScoringLane>& lanes,
                                      const AnyDataset& dataset,
                                      const std::vector<std::size_t>& selection,
                                      const AnswerSource* saved,
                                      const RunOptions& options) {
  CheckAnswers(*lanes.front().protocol, dataset, saved == nullptr);
  return std::visit(
      [&](const auto& typed) { return ScoreTask(lanes, *typed, selection, saved, options); },
      dataset);
}

RunCounts Score(const Protocol& protocol,
                const AnyDataset& dataset,
                const std::vector<std::size_t>& selection,
                const AnswerSource* saved,
                const RunOptions& options,
                RecordStore& store) {
  const LaneResult result =
      ScoreTogether({{&protocol, &store}}, dataset, selection, saved, options).front();
  if (result.refusal) std::rethrow_exception(result.refusal);
  return result.counts;
}

}  // namespace assay
