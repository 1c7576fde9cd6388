#include "eval/pipeline.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <exception>

namespace assay {
namespace {

using BlockPtr = std::shared_ptr<PipelineBlock>;
using tbb::filter_mode;

// An exception that leaves a filter makes TBB drop the blocks in flight without destroying
// them, so none does: the first one is kept, the pipeline drains, and it is thrown again
// outside.
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

}  // namespace

void RunPipeline(const std::function<std::unique_ptr<PipelineBlock>()>& next,
                 const std::vector<PipelineStage>& stages,
                 const PipelineLimits& limits) {
  Fault fault;
  tbb::filter<void, BlockPtr> chain = tbb::make_filter<void, BlockPtr>(
      filter_mode::serial_in_order, [&](tbb::flow_control& control) {
        BlockPtr block;
        fault.Guard([&] { block = next(); });
        if (!block) control.stop();
        return block;
      });
  for (const PipelineStage& stage : stages) {
    const filter_mode mode = stage.serial ? filter_mode::serial_in_order : filter_mode::parallel;
    chain = chain & tbb::make_filter<BlockPtr, BlockPtr>(mode, [&](const BlockPtr& block) {
              fault.Guard([&] { stage.step(*block); });
              return block;
            });
  }
  const tbb::filter<void, void> whole =
      chain & tbb::make_filter<BlockPtr, void>(filter_mode::parallel, [](const BlockPtr&) {});
  const int own = limits.threads > 0 ? limits.threads : tbb::info::default_concurrency();
  const int threads = own + limits.waiting;
  const int blocks = limits.waiting > 0 ? threads : threads + 1;
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute([&] { tbb::parallel_pipeline(static_cast<std::size_t>(blocks), whole); });
  fault.Rethrow();
}

}  // namespace assay
