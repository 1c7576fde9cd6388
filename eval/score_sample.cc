#include "eval/score_sample.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "eval/answers.h"

namespace assay {
namespace {

constexpr std::array<const char*, 4> kStageNames = {"find", "read", "decode", "model"};

template <class Task>
std::vector<std::string> Check(const Evaluation<Task>& evaluation,
                               const Dataset<Task>& dataset,
                               bool oracle) {
  if (oracle && dynamic_cast<const Codec<Task>*>(evaluation.decoder.get()) == nullptr) {
    throw ConfigError(
        "the oracle paints the truth, and this answer format cannot be painted; "
        "use the protocol's own codec (leave out --format)");
  }
  if (dataset.Size() == 0) return {};
  return evaluation.decoder->Notes(dataset.Item(0).query);
}

std::string ToText(const Diagnostics& diagnostics) {
  if (diagnostics.empty()) return "{}";
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, value] : diagnostics) json[name] = value;
  return json.dump();
}

}  // namespace

std::string TruthHash(const RawTruth& raw) {
  if (raw.size() == 1) return Sha256(raw.front().bytes);
  std::string lengths;
  for (const RawPart& part : raw) lengths += std::to_string(part.bytes.size()) + "\n";
  std::vector<std::span<const std::uint8_t>> pieces = {
      {reinterpret_cast<const std::uint8_t*>(lengths.data()), lengths.size()}};
  for (const RawPart& part : raw) pieces.emplace_back(part.bytes);
  return Sha256(pieces);
}

std::vector<std::string> CheckAnswers(const Protocol& protocol,
                                      const AnyDataset& dataset,
                                      bool oracle) {
  return std::visit(
      [&]<class Task>(const std::unique_ptr<Dataset<Task>>& typed) {
        return Check(std::get<Evaluation<Task>>(protocol.evaluation), *typed, oracle);
      },
      dataset);
}

template <class Task>
SampleScorer<Task>::SampleScorer(const Dataset<Task>& dataset,
                                 const Evaluation<Task>& evaluation,
                                 const AnswerSource* saved)
    : dataset_(&dataset),
      evaluation_(&evaluation),
      saved_(saved),
      extensions_(evaluation.decoder->Extensions()) {
  painter_ = dynamic_cast<const Codec<Task>*>(evaluation.decoder.get());
}

template <class Task>
SampleWork<Task> SampleScorer<Task>::Prepare(std::size_t index, std::int64_t position) const {
  SampleWork<Task> sample;
  sample.index = index;
  sample.item = dataset_->Item(index);
  sample.record.index = position;
  sample.record.key = sample.item.key;
  sample.record.cluster = sample.item.cluster;
  return sample;
}

template <class Task>
void SampleScorer<Task>::FindAnswer(SampleWork<Task>& sample) const {
  if (sample.item.known_absent) {
    sample.answer.emplace();
    sample.answer->declared_empty = true;
    sample.record.prediction_sha256 = "absent";
    return;
  }
  if (saved_ == nullptr) {
    // The oracle's answer is a function of the truth, painted when it is needed.
    sample.record.prediction_sha256 = "oracle:" + sample.record.truth_sha256;
    return;
  }
  try {
    sample.answer =
        saved_->Get(sample.item.key, NativeNames(sample.item.native_names), extensions_);
    if (sample.answer) {
      sample.record.prediction_sha256 =
          sample.answer->declared_empty ? "empty" : Sha256(sample.answer->bytes);
      // A fit of its own changes what the same bytes decode to.
      if (sample.answer->fit) {
        sample.record.prediction_sha256 +=
            ":fit" + std::to_string(static_cast<int>(*sample.answer->fit));
      }
      return;
    }
    sample.record.outcome = Outcome::kMissing;
    sample.record.error_stage = kStageNames[0];
    sample.record.error_code = "missing";
    sample.record.error_detail = "there is no answer for this sample";
  } catch (const PredictionError& fault) {
    RecordFault(sample, fault);
  } catch (const FileError& fault) {
    RecordFault(sample, {PredictionError::Stage::kRead, fault.code, fault.what()});
  }
  sample.settled = true;
}

template <class Task>
void SampleScorer<Task>::Load(SampleWork<Task>& sample) const {
  sample.raw_truth = dataset_->ReadTruth(sample.index);
  sample.record.truth_sha256 = TruthHash(sample.raw_truth);
  FindAnswer(sample);
  if (!sample.known || sample.settled) return;
  const Record& known = *sample.known;
  // What is wrong is said anew: it names the file as it is called now.
  if (known.score.empty()) return;
  if (known.truth_sha256 != sample.record.truth_sha256 ||
      known.prediction_sha256 != sample.record.prediction_sha256 ||
      known.cluster != sample.record.cluster) {
    return;
  }
  const std::int64_t position = sample.record.index;
  sample.record = known;
  sample.record.index = position;
  sample.reused = true;
  sample.raw_truth.clear();
  sample.answer.reset();
}

template <class Task>
void SampleScorer<Task>::RecordFault(SampleWork<Task>& sample, const PredictionError& fault) const {
  sample.record.outcome =
      fault.stage == PredictionError::Stage::kModel ? Outcome::kFailed : Outcome::kInvalid;
  sample.record.error_stage = kStageNames[static_cast<std::size_t>(fault.stage)];
  sample.record.error_code = fault.code;
  sample.record.error_detail = fault.detail;
}

template <class Task>
void SampleScorer<Task>::RecordBounds(SampleWork<Task>& sample,
                                      const typename Task::Truth& truth) const {
  sample.record.score.clear();
  sample.record.worst = evaluation_->ScoreToText(evaluation_->metric.Worst(truth));
  sample.record.best = evaluation_->ScoreToText(evaluation_->metric.Best(truth));
}

template <class Task>
void SampleScorer<Task>::ScoreAnswer(SampleWork<Task>& sample,
                                     const typename Task::Truth& truth) const {
  const Frame frame = evaluation_->FrameOf(evaluation_->SizeOf(truth));
  Answer answer;
  if (sample.answer) {
    answer = std::move(*sample.answer);
  } else {
    answer.file = "oracle.png";
    answer.bytes = EncodePng(painter_->Encode(evaluation_->Shown(truth), sample.item.query));
  }
  Decoded<Task> decoded;
  if (answer.declared_empty) {
    decoded.value = evaluation_->EmptyValue(frame);
  } else {
    decoded = evaluation_->decoder->Decode(answer, sample.item.query, frame);
  }
  answer.bytes = Bytes();  // a frame of ETH3D's has a hundred megabytes
  const auto score = evaluation_->metric.Compare(decoded.value, truth);
  const bool empty = answer.declared_empty || evaluation_->FindsNothing(decoded.value);
  sample.record.outcome = empty ? Outcome::kEmpty : Outcome::kScored;
  sample.record.score = evaluation_->ScoreToText(score);
  sample.record.diagnostics = ToText(decoded.diagnostics);
}

template <class Task>
void SampleScorer<Task>::Compare(SampleWork<Task>& sample) const {
  if (sample.reused) return;
  using Stage = PredictionError::Stage;
  const typename Task::Truth truth = dataset_->DecodeTruth(sample.index, sample.raw_truth);
  // The bytes are no longer needed, and blocks wait for their turn to be written.
  sample.raw_truth.clear();
  try {
    if (!sample.settled) ScoreAnswer(sample, truth);
  } catch (const PredictionError& fault) {
    RecordFault(sample, fault);
  } catch (const FileError& fault) {
    RecordFault(sample, {Stage::kDecode, fault.code, fault.what()});
  } catch (const SizeMismatch& fault) {
    RecordFault(sample, {Stage::kDecode, "wrong-size", fault.what()});
  } catch (const std::domain_error& fault) {
    // empty_image: raise_below
    throw DatasetError(sample.record.key,
                       sample.item.key,
                       fault.what(),
                       "the protocol's empty_image says to stop here");
  } catch (const std::exception& bug) {
    throw std::logic_error("sample " + sample.item.key + ": " + bug.what());
  }
  if (sample.record.score.empty()) RecordBounds(sample, truth);
  sample.answer.reset();
}

template class SampleScorer<SemanticTask>;
template class SampleScorer<DepthTask>;
template class SampleScorer<ReferringTask>;
template class SampleScorer<InstancesTask>;
template class SampleScorer<NormalsTask>;

}  // namespace assay
