#include "eval/run.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "eval/score_sample.h"

namespace assay {
namespace {

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
        state_(evaluation.metric.Start()) {}

  void Take(const Block<Task>& block) {
    std::vector<Record> fresh;
    std::vector<Record> reused;
    for (std::size_t i = 0; i < block.good; ++i) {
      const SampleWork<Task>& sample = block.samples[i];
      (sample.reused ? reused : fresh).push_back(sample.record);
    }
    if (!fresh.empty()) store_->Write(fresh);
    if (!reused.empty()) store_->Renumber(reused);
    for (const auto* records : {&fresh, &reused}) {
      for (const Record& record : *records) Count(record);
    }
    counts_->reused += static_cast<std::int64_t>(reused.size());
    if (block.failure) std::rethrow_exception(block.failure);
    Report();
  }

 private:
  void Count(const Record& record) {
    ++counts_->done;
    ++counts_->outcomes[static_cast<std::size_t>(record.outcome)];
    if (!record.score.empty() && options_->progress) {
      using E = Evaluation<Task>;
      evaluation_->metric.Add(E::ScoreFromJson(nlohmann::json::parse(record.score)), state_);
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
  typename decltype(evaluation_->metric)::State state_;
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

// Every key once, in the given order; two samples of one key would overwrite
// each other's record.
template <class Task>
std::unordered_set<std::string> KeysOf(const Dataset<Task>& dataset,
                                       const std::vector<std::size_t>& selection) {
  std::unordered_set<std::string> keys;
  for (const std::size_t index : selection) {
    if (std::string key = dataset.Item(index).key; !keys.insert(key).second) {
      throw std::logic_error("dataset " + dataset.Info().name + " gives the key " + key + " twice");
    }
  }
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
        sink_(&sink) {}

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
    fault_.Guard([&] {
      for (; next_ < end; ++next_) {
        block->samples.push_back(
            scorer_->Prepare((*selection_)[next_], static_cast<std::int64_t>(next_)));
        block->samples.back().known = store_->Find(block->samples.back().record.key);
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
  const SampleScorer<Task>* scorer_;
  const std::vector<std::size_t>* selection_;
  const RunOptions* options_;
  RecordStore* store_;
  RunCounts* counts_;
  Sink<Task>* sink_;
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
  stages.Rethrow();
}

template <class Task>
RunCounts ScoreTask(const Protocol& protocol,
                    const Dataset<Task>& dataset,
                    const std::vector<std::size_t>& selection,
                    const AnswerSource* saved,
                    const RunOptions& options,
                    RecordStore& store) {
  const auto& evaluation = std::get<Evaluation<Task>>(protocol.evaluation);
  const auto keys = KeysOf(dataset, selection);
  store.Retire([&](const std::string& key) { return keys.contains(key); });
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
