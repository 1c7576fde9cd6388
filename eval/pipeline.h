// Blocks of samples on their way through the stages of a run, on several threads.
//
// pipeline.cc is the only file with TBB. A block goes through the stages in order; blocks
// overtake each other only between serial stages, which take them one at a time in the order
// in which they were made.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace assay {

struct PipelineBlock {
  PipelineBlock() = default;
  PipelineBlock(const PipelineBlock&) = delete;
  PipelineBlock& operator=(const PipelineBlock&) = delete;
  virtual ~PipelineBlock() = default;
};

struct PipelineStage {
  std::function<void(PipelineBlock&)> step;
  bool serial = false;
};

struct PipelineLimits {
  int threads = 0;  // 0 = as many as the machine has
  // Threads that mostly wait for something else (a model), besides those. With them every
  // block under way has a thread of its own, so that what is waited for is never idle because
  // all threads score.
  int waiting = 0;
};

// Makes blocks with `next`, one at a time, until it gives null. The first exception of `next`
// or a stage stops the making; the blocks under way pass without further steps, and it is
// thrown again. At most threads + 1 blocks (with `waiting`: threads + waiting) are in memory.
void RunPipeline(const std::function<std::unique_ptr<PipelineBlock>()>& next,
                 const std::vector<PipelineStage>& stages,
                 const PipelineLimits& limits);

}  // namespace assay
