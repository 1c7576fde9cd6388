#include "eval/run.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <limits>
#include <span>
#include <unordered_set>

#include "datasets/io/errors.h"
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
struct Block {
  std::vector<SampleWork<Task>> samples;
  std::exception_ptr failure;  // of the first sample that ends the run
  std::size_t good = 0;        // samples before the failure
};

// Runs `step` on every sample; the first exception ends the block and is kept
// for the sink, which first writes the records before it.
template <class Task, class Step>
void ForEachSample(Block<Task>& block, Step step) {
  const std::size_t count = block.failure ? block.good : block.samples.size();
  for (std::size_t i = 0; i < count; ++i) {
    try {
      step(block.samples[i]);
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
       const std::string& headline,
       const RunOptions& options,
       RunCounts& counts,
       RecordStore& store)
      : evaluation_(&evaluation),
        headline_(headline),
        options_(&options),
        counts_(&counts),
        store_(&store),
        keys_are_new_(store.IsEmpty()),
        state_(evaluation.metric.Start()) {}

  // Its records are moved out.
  void Take(Block<Task>& block) {
    for (std::size_t i = 0; i < block.good; ++i) {
      SampleWork<Task>& sample = block.samples[i];
      Count(sample.record);
      counts_->reused += sample.reused ? 1 : 0;
      (sample.reused ? reused_ : fresh_).push_back(std::move(sample.record));
    }
    if (block.failure || IsDue()) Flush();
    if (block.failure) std::rethrow_exception(block.failure);
    Report();
  }

  void Flush() {
    if (!fresh_.empty()) WriteFresh();
    if (!reused_.empty()) store_->Renumber(reused_);
    fresh_.clear();
    reused_.clear();
    flushed_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;

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
    ++counts_->done;
    ++counts_->outcomes[static_cast<std::size_t>(record.outcome)];
    if (!record.score.empty() && options_->progress) {
      using E = Evaluation<Task>;
      evaluation_->metric.Add(E::ScoreFromText(record.score), state_);
    }
  }

  void Report() const {
    if (!options_->progress) return;
    options_->progress({counts_->done, counts_->samples, counts_->reused, [this] {
                          const auto result = evaluation_->metric.Finish(state_);
                          const Summary summary = evaluation_->Summarise(result);
                          for (const MetricValue& metric : summary.metrics) {
                            if (metric.name == headline_) return metric.value;
                          }
                          return std::numeric_limits<double>::quiet_NaN();
                        }});
  }

  const Evaluation<Task>* evaluation_;
  std::string headline_;
  const RunOptions* options_;
  RunCounts* counts_;
  RecordStore* store_;
  bool keys_are_new_;  // Stages refuses a key that occurs twice
  typename decltype(evaluation_->metric)::State state_;
  std::vector<Record> fresh_, reused_;  // not yet in the store
  Clock::time_point flushed_ = Clock::now();
};

// What ends the run early. An exception that leaves a filter makes TBB drop the
// blocks in flight without destroying them, so none does: the first one is kept,
// the pipeline drains, and it is thrown again outside.
class Fault {
 public:
  bool Happened() const { return happened_.load(); }
  // Runs `step` unless something has happened before.
  template <class Step>
  void Guard(Step step) {
    if (Happened()) return;
    try {
      step();
    } catch (...) {
      if (!happened_.exchange(true)) first_ = std::current_exception();
    }
  }
  void Rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::atomic<bool> happened_{false};
  std::exception_ptr first_;  // read after the pipeline has ended
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
  using BlockPtr = std::shared_ptr<Block<Task>>;

  Stages(const SampleScorer<Task>& scorer,
         const std::vector<std::size_t>& selection,
         const RunOptions& options,
         RecordStore& store,
         RunCounts& counts,
         Sink<Task>& sink)
      : scorer_(&scorer),
        selection_(&selection),
        options_(&options),
        store_(&store),
        counts_(&counts),
        sink_(&sink),
        resumes_(!store.IsEmpty()) {
    keys_.reserve(selection.size());
  }

  // Null when there is no further block.
  BlockPtr Next() {
    const bool stopping = options_->stop != nullptr && options_->stop->load();
    if (stopping || fault_.Happened() || next_ >= selection_->size()) {
      counts_->interrupted = stopping && next_ < selection_->size();
      return nullptr;
    }
    auto block = std::make_shared<Block<Task>>();
    const std::size_t end =
        std::min(selection_->size(), next_ + std::max<std::size_t>(1, options_->block));
    block->samples.reserve(end - next_);
    fault_.Guard([&] {
      for (std::size_t pixels = 0; next_ < end && pixels < kMostPixels; ++next_) {
        block->samples.push_back(
            scorer_->Prepare((*selection_)[next_], static_cast<std::int64_t>(next_)));
        SampleWork<Task>& sample = block->samples.back();
        CheckIsNew(sample.record.key);
        pixels += PixelsOf(sample.item);
        if (resumes_) sample.known = store_->Find(sample.record.key);
      }
    });
    return block;
  }
  BlockPtr Load(const BlockPtr& block) const {
    ForEachSample(*block, [&](SampleWork<Task>& sample) { scorer_->Load(sample); });
    return block;
  }
  BlockPtr Compare(const BlockPtr& block) const {
    ForEachSample(*block, [&](SampleWork<Task>& sample) { scorer_->Compare(sample); });
    return block;
  }
  void Write(const BlockPtr& block) {
    fault_.Guard([&] { sink_->Take(*block); });
  }
  void Rethrow() const { fault_.Rethrow(); }

 private:
  // Two samples of one key would overwrite each other's record.
  void CheckIsNew(const std::string& key) {
    if (keys_.insert(key).second) return;
    throw std::logic_error("dataset " + scorer_->dataset().Info().name + " gives the key " + key +
                           " twice");
  }

  const SampleScorer<Task>* scorer_;
  const std::vector<std::size_t>* selection_;
  const RunOptions* options_;
  RecordStore* store_;
  RunCounts* counts_;
  Sink<Task>* sink_;
  bool resumes_;  // records of an earlier start may fit
  std::unordered_set<std::string> keys_;
  Fault fault_;
  std::size_t next_ = 0;
};

// `Next` reads the store while `Write` writes it: SQLite's connection is opened
// in serialized mode, and the two never touch the same key.
template <class Task>
void RunPipeline(Stages<Task>& stages, bool serial_reads, int wanted_threads) {
  using BlockPtr = typename Stages<Task>::BlockPtr;
  using tbb::filter_mode;
  const auto next = [&](tbb::flow_control& control) {
    BlockPtr block = stages.Next();
    if (!block) control.stop();
    return block;
  };
  const auto load = [&](const BlockPtr& block) { return stages.Load(block); };
  const auto compare = [&](const BlockPtr& block) { return stages.Compare(block); };
  const auto write = [&](const BlockPtr& block) { stages.Write(block); };
  const auto load_mode = serial_reads ? filter_mode::serial_in_order : filter_mode::parallel;
  const int threads = wanted_threads > 0 ? wanted_threads : tbb::info::default_concurrency();
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_pipeline(
        static_cast<std::size_t>(threads) + 1,
        tbb::make_filter<void, BlockPtr>(filter_mode::serial_in_order, next) &
            tbb::make_filter<BlockPtr, BlockPtr>(load_mode, load) &
            tbb::make_filter<BlockPtr, BlockPtr>(filter_mode::parallel, compare) &
            tbb::make_filter<BlockPtr, void>(filter_mode::serial_in_order, write));
  });
}

template <class Task>
RunCounts ScoreTask(const Protocol& protocol,
                    const Dataset<Task>& dataset,
                    const std::vector<std::size_t>& selection,
                    const AnswerSource* saved,
                    const RunOptions& options,
                    RecordStore& store) {
  const auto& evaluation = std::get<Evaluation<Task>>(protocol.evaluation);
  if (!store.IsEmpty()) {
    const auto keys = KeysOf(dataset, selection);
    store.Retire([&](const std::string& key) { return keys.contains(key); });
  }
  store.SetMeta("selected", std::to_string(selection.size()));
  RunCounts counts;
  counts.samples = static_cast<std::int64_t>(selection.size());
  const SampleScorer<Task> scorer(dataset, evaluation, saved);
  Sink<Task> sink(evaluation,
                  protocol.headline.empty() ? "" : protocol.headline.front(),
                  options,
                  counts,
                  store);
  Stages<Task> stages(scorer, selection, options, store, counts, sink);
  RunPipeline(stages, dataset.SerialReads(), options.threads);
  sink.Flush();  // first: what was scored is kept whatever ended the run
  stages.Rethrow();
  return counts;
}

}  // namespace

RunCounts Score(const Protocol& protocol,
                const AnyDataset& dataset,
                const std::vector<std::size_t>& selection,
                const AnswerSource* saved,
                const RunOptions& options,
                RecordStore& store) {
  CheckAnswers(protocol, dataset, saved == nullptr);
  return std::visit(
      [&](const auto& typed) {
        return ScoreTask(protocol, *typed, selection, saved, options, store);
      },
      dataset);
}

}  // namespace assay
