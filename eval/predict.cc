#include "eval/predict.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <span>

#include "eval/pipeline.h"

namespace assay {
namespace {

struct Block : PipelineBlock {
  std::vector<std::size_t> indices;
  std::vector<Question> questions;  // of those before a failure
  std::exception_ptr failure;
};

class Stages {
 public:
  Stages(const std::vector<std::size_t>& selection,
         ModelAnswers& answers,
         const PredictOptions& options)
      : selection_(&selection), answers_(&answers), options_(&options) {
    counts_.samples = static_cast<std::int64_t>(selection.size());
  }

  std::unique_ptr<Block> Next() {
    const bool stopping = options_->stop != nullptr && options_->stop->load();
    if (stopping || next_ >= selection_->size()) {
      counts_.interrupted = stopping && next_ < selection_->size();
      return nullptr;
    }
    auto block = std::make_unique<Block>();
    const std::size_t end =
        std::min(selection_->size(), next_ + answers_->model().RequestsPerCall());
    block->indices.assign(selection_->begin() + static_cast<std::ptrdiff_t>(next_),
                          selection_->begin() + static_cast<std::ptrdiff_t>(end));
    next_ = end;
    return block;
  }
  // What was loaded before a failure is asked and saved.
  void Load(Block& block) const {
    block.questions.reserve(block.indices.size());
    try {
      for (const std::size_t index : block.indices) {
        const Question* const before = block.questions.empty() ? nullptr : &block.questions.back();
        block.questions.push_back(answers_->Load(index, before));
      }
    } catch (...) {
      block.failure = std::current_exception();
    }
  }
  void Ask(Block& block) const { answers_->Ask(block.questions); }
  void Finish(Block& block) const {
    for (Question& question : block.questions) answers_->Finish(question);
  }
  void Record(Block& block) {
    for (const Question& question : block.questions) answers_->Record(question);
    const AskedCounts asked = answers_->counts();
    counts_.done = asked.done;
    counts_.reused = asked.reused;
    counts_.failed = asked.failed;
    counts_.invalid = asked.invalid;
    if (block.failure) std::rethrow_exception(block.failure);
    if (options_->progress) options_->progress(counts_);
  }
  const PredictCounts& counts() const { return counts_; }

 private:
  const std::vector<std::size_t>* selection_;
  ModelAnswers* answers_;
  const PredictOptions* options_;
  PredictCounts counts_;
  std::size_t next_ = 0;
};

}  // namespace

PredictCounts Predict(const AnyDataset& dataset,
                      const std::vector<std::size_t>& selection,
                      ModelAnswers& answers,
                      const PredictOptions& options) {
  const bool serial_reads =
      std::visit([](const auto& typed) { return typed->SerialReads(); }, dataset);
  const int workers = answers.model().Workers();
  Stages stages(selection, answers, options);
  const auto step = [&stages](auto member) {
    return
        [&stages, member](PipelineBlock& block) { (stages.*member)(static_cast<Block&>(block)); };
  };
  RunPipeline([&stages] { return stages.Next(); },
              {{step(&Stages::Load), serial_reads},
               {step(&Stages::Ask), workers == 1},
               {step(&Stages::Finish)},
               {step(&Stages::Record), true}},
              {options.threads, workers});
  return stages.counts();
}

}  // namespace assay
