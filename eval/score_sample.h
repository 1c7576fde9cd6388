// One sample's way through the loop: prepare, load, compare.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/catalog.h"
#include "eval/protocol.h"
#include "eval/records.h"
#include "eval/tasks.h"
#include "model/answer_source.h"

namespace assay {

// What a record keeps of the truth: sha-256 of the file, or of the lengths of its parts, a
// line each, and the parts behind them where it has several.
std::string TruthHash(const RawTruth& raw);

// Whether these answers can be scored at all, before any work: returns what a user
// should know. Throws ConfigError when the oracle is asked of a format that cannot
// paint, or a palette names classes that the dataset lacks.
std::vector<std::string> CheckAnswers(const Protocol& protocol,
                                      const AnyDataset& dataset,
                                      bool oracle);

// What one protocol makes of a sample.
struct SampleLane {
  std::optional<Record> known = {};  // what the protocol's store holds for this key
  Record record = {};                // index = position in the run
  bool reused = false;
  // The protocol refuses this sample (empty_image: raise_below): its run ends before it.
  std::exception_ptr refusal = {};
};

template <class Task>
struct SampleWork {
  std::size_t index = 0;  // in the dataset
  Item<Task> item;
  RawTruth raw_truth;
  std::optional<Answer> answer;
  bool settled = false;           // the answer's outcome is known without decoding
  std::vector<SampleLane> lanes;  // one per protocol, in order
};

// Of several protocols, which must read answers alike: the first one's decoder decodes for
// all of them.
template <class Task>
class SampleScorer {
 public:
  // `saved` null: the oracle, for which the format must be one that can paint
  // (CheckAnswers). At least one evaluation.
  SampleScorer(const Dataset<Task>& dataset,
               std::vector<const Evaluation<Task>*> evaluations,
               const AnswerSource* saved);

  const Dataset<Task>& dataset() const { return *dataset_; }
  const std::vector<const Evaluation<Task>*>& evaluations() const { return evaluations_; }
  SampleWork<Task> Prepare(std::size_t index, std::int64_t position) const;
  // Whether the records there are already would be used again for this answer. Reads the truth.
  bool WouldReuse(const SampleWork<Task>& sample, const Answer& answer) const;
  // Reads the bytes of truth and answer and their hashes; decides on reuse.
  void Load(SampleWork<Task>& sample) const;
  // Decodes the answer once per grid that the protocols ask for, compares, and fills the
  // records.
  void Compare(SampleWork<Task>& sample) const;

 private:
  const Decoder<Task>& decoder() const { return *evaluations_.front()->decoder; }
  // Truth hash and answer, or what is wrong with it.
  Record FindAnswer(SampleWork<Task>& sample) const;

  const Dataset<Task>* dataset_;
  std::vector<const Evaluation<Task>*> evaluations_;
  const AnswerSource* saved_;             // null: the oracle
  const Codec<Task>* painter_ = nullptr;  // null for native formats; the oracle paints with it
  std::vector<std::string> extensions_, names_in_folder_;
};

extern template class SampleScorer<SemanticTask>;
extern template class SampleScorer<DepthTask>;
extern template class SampleScorer<ReferringTask>;
extern template class SampleScorer<InstancesTask>;
extern template class SampleScorer<NormalsTask>;

}  // namespace assay
