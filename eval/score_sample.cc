#include "eval/score_sample.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <tuple>
#include <utility>

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

std::string ToText(const std::vector<Slice>& slices) {
  if (slices.empty()) return "";
  nlohmann::json json = nlohmann::json::object();
  for (const Slice& slice : slices) json[slice.column] = slice.value;
  return json.dump();
}

void RecordFault(Record& record, const PredictionError& fault) {
  record.outcome =
      fault.stage == PredictionError::Stage::kModel ? Outcome::kFailed : Outcome::kInvalid;
  record.error_stage = kStageNames[static_cast<std::size_t>(fault.stage)];
  record.error_code = fault.code;
  record.error_detail = fault.detail;
}

// Whether an earlier score is that of what was found now. What is wrong is said anew: it
// names the file as it is called now.
bool IsReusable(const Record& known, const Record& found) {
  return !known.score.empty() && known.truth_sha256 == found.truth_sha256 &&
         known.prediction_sha256 == found.prediction_sha256 && known.cluster == found.cluster &&
         known.slices == found.slices;
}

// What a record keeps of the answer.
std::string PredictionHash(const Answer& answer);

std::string HashOfParts(const std::vector<Answer>& parts) {
  std::string hashes;
  for (const Answer& part : parts) hashes += PredictionHash(part) + " ";
  return Sha256(hashes);
}

std::string PredictionHash(const Answer& answer) {
  std::string hash = !answer.stands_for.empty() ? answer.stands_for
                     : answer.declared_empty    ? "empty"
                     : !answer.parts.empty()    ? HashOfParts(answer.parts)
                                                : Sha256(answer.bytes);
  // A fit of its own changes what the same bytes decode to.
  if (answer.fit) hash += ":fit" + std::to_string(static_cast<int>(*answer.fit));
  return hash;
}

// A sample's answer, decoded at most once for every frame.
template <class Task>
class OnceDecoded {
 public:
  // Borrows all three.
  OnceDecoded(const Decoder<Task>& decoder, const Codec<Task>* painter, SampleWork<Task>& sample)
      : decoder_(decoder), painter_(painter), sample_(sample) {}

  // Throws as Decoder::Decode.
  const Decoded<Task>& For(const Evaluation<Task>& evaluation, const typename Task::Truth& truth) {
    const Answer& answer = sample_.answer ? *sample_.answer : Paint(evaluation, truth);
    const Frame frame = evaluation.FrameOf(evaluation.SizeOf(truth));
    for (const auto& [known, decoded] : decoded_) {
      if (known.shown == frame.shown && known.grid == frame.grid) return decoded;
    }
    Decoded<Task> decoded;
    if (DeclaredEmpty()) {
      decoded.value = evaluation.EmptyValue(frame);
    } else {
      decoded = decoder_.Decode(answer, sample_.item.query, frame);
    }
    return decoded_.emplace_back(frame, std::move(decoded)).second;
  }
  // The bytes: nothing is decoded after this. A frame of ETH3D's has a hundred megabytes.
  void Forget() {
    if (!sample_.answer) return;
    sample_.answer->bytes = Bytes();
    sample_.answer->parts.clear();
  }
  bool DeclaredEmpty() const { return sample_.answer && sample_.answer->declared_empty; }

 private:
  // The oracle's answer.
  const Answer& Paint(const Evaluation<Task>& evaluation, const typename Task::Truth& truth) {
    std::vector<Answer> parts;
    for (const RgbImage& image :
         painter_->EncodeParts(evaluation.Shown(truth), sample_.item.query)) {
      Answer& part = parts.emplace_back();
      part.file = "oracle.png";
      part.bytes = EncodePng(image);
    }
    return sample_.answer.emplace(Joined(std::move(parts)));
  }

  const Decoder<Task>& decoder_;
  const Codec<Task>* painter_;
  SampleWork<Task>& sample_;
  std::list<std::pair<Frame, Decoded<Task>>> decoded_;
};

// What one protocol's Compare gave, or threw.
template <class Task>
struct Compared {
  typename decltype(Evaluation<Task>::metric)::Score score = {};
  std::exception_ptr error = {};
};

// Several protocols over one decoded answer, in one pass where the metric has one.
template <class Task>
std::vector<Compared<Task>> CompareAll(std::span<const Evaluation<Task>* const> evaluations,
                                       const typename Task::Value& value,
                                       const typename Task::Truth& truth) {
  using TaskMetric = decltype(Evaluation<Task>::metric);
  std::vector<Compared<Task>> results;
  if constexpr (requires { &TaskMetric::CompareTogether; }) {
    std::vector<const TaskMetric*> metrics;
    metrics.reserve(evaluations.size());
    for (const Evaluation<Task>* evaluation : evaluations) metrics.push_back(&evaluation->metric);
    for (auto& compared : TaskMetric::CompareTogether(metrics, value, truth)) {
      results.push_back({std::move(compared.score), compared.error});
    }
  } else {
    for (const Evaluation<Task>* evaluation : evaluations) {
      Compared<Task>& result = results.emplace_back();
      try {
        result.score = evaluation->metric.Compare(value, truth);
      } catch (...) {
        result.error = std::current_exception();
      }
    }
  }
  return results;
}

// Compares each lane's answer; lanes that read the same decoded value go together.
template <class Task>
class LaneScores {
 public:
  LaneScores(const std::vector<const Evaluation<Task>*>& evaluations,
             const typename Task::Truth& truth,
             OnceDecoded<Task>& answer)
      : evaluations_(evaluations), truth_(truth), answer_(answer), results_(evaluations.size()) {}

  void Compare(const std::vector<std::size_t>& lanes) {
    std::map<const Decoded<Task>*, std::vector<std::size_t>> by_value;
    for (const std::size_t lane : lanes) {
      try {
        results_[lane].decoded = &answer_.For(*evaluations_[lane], truth_);
        by_value[results_[lane].decoded].push_back(lane);
      } catch (...) {
        results_[lane].compared.error = std::current_exception();
      }
    }
    answer_.Forget();
    for (const auto& [decoded, group] : by_value) CompareGroup(*decoded, group);
  }

  // Throws what decoding or comparing threw.
  void Fill(std::size_t lane, Record& record) const {
    const Result& result = results_[lane];
    if (result.compared.error) std::rethrow_exception(result.compared.error);
    const Evaluation<Task>& evaluation = *evaluations_[lane];
    const bool empty = answer_.DeclaredEmpty() || evaluation.FindsNothing(result.decoded->value);
    record.outcome = empty ? Outcome::kEmpty : Outcome::kScored;
    record.score = evaluation.ScoreToText(result.compared.score);
    record.diagnostics = ToText(result.decoded->diagnostics);
  }

 private:
  struct Result {
    const Decoded<Task>* decoded = nullptr;
    Compared<Task> compared;
  };

  void CompareGroup(const Decoded<Task>& decoded, const std::vector<std::size_t>& group) {
    std::vector<const Evaluation<Task>*> members;
    members.reserve(group.size());
    for (const std::size_t lane : group) members.push_back(evaluations_[lane]);
    auto compared = CompareAll<Task>(members, decoded.value, truth_);
    for (std::size_t i = 0; i < group.size(); ++i) {
      results_[group[i]].compared = std::move(compared[i]);
    }
  }

  const std::vector<const Evaluation<Task>*>& evaluations_;
  const typename Task::Truth& truth_;
  OnceDecoded<Task>& answer_;
  std::vector<Result> results_;
};

// What is wrong with the answer becomes a part of the record.
template <class Task>
void FillOrFault(const LaneScores<Task>& scores, std::size_t lane, Record& record) {
  using Stage = PredictionError::Stage;
  try {
    scores.Fill(lane, record);
  } catch (const PredictionError& fault) {
    RecordFault(record, fault);
  } catch (const FileError& fault) {
    RecordFault(record, {Stage::kDecode, fault.code, fault.what()});
  } catch (const SizeMismatch& fault) {
    RecordFault(record, {Stage::kDecode, "wrong-size", fault.what()});
  }
}

template <class Task>
void RecordBounds(const Evaluation<Task>& evaluation,
                  const typename Task::Truth& truth,
                  Record& record) {
  record.worst = evaluation.ScoreToText(evaluation.metric.Worst(truth));
  record.best = evaluation.ScoreToText(evaluation.metric.Best(truth));
}

// `scores` null: the outcome is known without them.
template <class Task>
void FillLane(const LaneScores<Task>* scores,
              std::size_t lane,
              const Evaluation<Task>& evaluation,
              const typename Task::Truth& truth,
              SampleLane& out) {
  const std::string& key = out.record.key;
  try {
    if (scores != nullptr) FillOrFault(*scores, lane, out.record);
    if (out.record.score.empty()) RecordBounds(evaluation, truth, out.record);
  } catch (const std::domain_error& fault) {
    // empty_image: raise_below
    const std::string remedy = "the protocol's empty_image says to stop here";
    out.refusal = std::make_exception_ptr(DatasetError(key, key, fault.what(), remedy));
  } catch (const std::exception& bug) {
    throw std::logic_error("sample " + key + ": " + bug.what());
  }
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
                                 std::vector<const Evaluation<Task>*> evaluations,
                                 const AnswerSource* saved)
    : dataset_(&dataset),
      evaluations_(std::move(evaluations)),
      saved_(saved),
      extensions_(decoder().Extensions()),
      names_in_folder_(decoder().NamesInFolder()) {
  painter_ = dynamic_cast<const Codec<Task>*>(&decoder());
}

template <class Task>
SampleWork<Task> SampleScorer<Task>::Prepare(std::size_t index, std::int64_t position) const {
  SampleWork<Task> sample;
  sample.index = index;
  sample.item = dataset_->Item(index);
  sample.lanes.resize(evaluations_.size());
  const std::string slices = ToText(sample.item.slices);
  for (SampleLane& lane : sample.lanes) {
    lane.record.index = position;
    lane.record.key = sample.item.key;
    lane.record.cluster = sample.item.cluster;
    lane.record.slices = slices;
  }
  return sample;
}

template <class Task>
Record SampleScorer<Task>::FindAnswer(SampleWork<Task>& sample) const {
  Record found = sample.lanes.front().record;
  found.truth_sha256 = TruthHash(sample.raw_truth);
  if (sample.item.known_absent) {
    sample.answer.emplace();
    sample.answer->declared_empty = true;
    found.prediction_sha256 = "absent";
    return found;
  }
  if (saved_ == nullptr) {
    // The oracle's answer is a function of the truth, painted when it is needed.
    found.prediction_sha256 = "oracle:" + found.truth_sha256;
    return found;
  }
  try {
    const std::size_t parts = decoder().Parts();
    const auto& [key, native] = std::tie(sample.item.key, sample.item.native_names);
    sample.answer = parts > 1
                        ? saved_->GetParts(key, parts, extensions_)
                        : saved_->Get(key, NativeNames(key, native, names_in_folder_), extensions_);
    if (sample.answer) {
      found.prediction_sha256 = PredictionHash(*sample.answer);
      return found;
    }
    found.outcome = Outcome::kMissing;
    found.error_stage = kStageNames[0];
    found.error_code = "missing";
    found.error_detail = "there is no answer for this sample";
  } catch (const PredictionError& fault) {
    RecordFault(found, fault);
  } catch (const FileError& fault) {
    RecordFault(found, {PredictionError::Stage::kRead, fault.code, fault.what()});
  }
  sample.settled = true;
  return found;
}

template <class Task>
bool SampleScorer<Task>::WouldReuse(const SampleWork<Task>& sample, const Answer& answer) const {
  const auto has_record = [](const SampleLane& lane) { return lane.known.has_value(); };
  if (!std::all_of(sample.lanes.begin(), sample.lanes.end(), has_record)) return false;
  Record found = sample.lanes.front().record;
  found.truth_sha256 = TruthHash(dataset_->ReadTruth(sample.index));
  found.prediction_sha256 = PredictionHash(answer);
  return std::all_of(sample.lanes.begin(), sample.lanes.end(), [&](const SampleLane& lane) {
    return IsReusable(*lane.known, found);
  });
}

template <class Task>
void SampleScorer<Task>::Load(SampleWork<Task>& sample) const {
  sample.raw_truth = dataset_->ReadTruth(sample.index);
  const Record found = FindAnswer(sample);
  bool all_reused = true;
  for (SampleLane& lane : sample.lanes) {
    lane.reused = lane.known && !sample.settled && IsReusable(*lane.known, found);
    lane.record = lane.reused ? *lane.known : found;
    lane.record.index = found.index;
    all_reused = all_reused && lane.reused;
  }
  if (!all_reused) return;
  sample.raw_truth.clear();
  sample.answer.reset();
}

template <class Task>
void SampleScorer<Task>::Compare(SampleWork<Task>& sample) const {
  std::vector<std::size_t> fresh;
  for (std::size_t i = 0; i < sample.lanes.size(); ++i) {
    if (!sample.lanes[i].reused) fresh.push_back(i);
  }
  if (fresh.empty()) return;
  const typename Task::Truth truth = dataset_->DecodeTruth(sample.index, sample.raw_truth);
  // The bytes are no longer needed, and blocks wait for their turn to be written.
  sample.raw_truth.clear();
  OnceDecoded<Task> decoded(decoder(), painter_, sample);
  LaneScores<Task> scores(evaluations_, truth, decoded);
  if (!sample.settled) scores.Compare(fresh);
  for (const std::size_t i : fresh) {
    FillLane(sample.settled ? nullptr : &scores, i, *evaluations_[i], truth, sample.lanes[i]);
  }
  sample.answer.reset();
}

template class SampleScorer<SemanticTask>;
template class SampleScorer<DepthTask>;
template class SampleScorer<ReferringTask>;
template class SampleScorer<InstancesTask>;
template class SampleScorer<NormalsTask>;

}  // namespace assay
