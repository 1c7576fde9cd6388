#include "eval/model_answers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "eval/shown.h"
#include "model/saved.h"

namespace assay {
namespace {

using nlohmann::json;
using Status = ModelAnswer::Status;

constexpr const char* kAbsent = "absent";  // in place of an input's hash

// How frames are cut from images shows in one that every cut changes.
constexpr Size kProbe{1242, 375};

std::string Text(Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

std::string FrameHash(const RgbImage& frame) {
  const auto pixels = frame.Pixels();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(pixels.data());
  return Sha256(std::span(bytes, pixels.size_bytes())) + " " + Text(frame.size());
}

// What one question consists of: the frame shown, the prompt, the seed.
std::string InputHash(const std::string& frame_hash, const ModelRequest& request) {
  return Sha256(frame_hash + " " + std::to_string(request.seed) + " " + request.prompt);
}

std::optional<Fit> FitOf(const Protocol& protocol, const ImageModel& model) {
  if (model.AnswerFit()) return model.AnswerFit();
  return FitNamed(json::parse(protocol.answer).value("fit", ""));
}

// What the manifest says of a sample that nobody was asked about.
std::string AbsentRow(const std::string& key, const std::optional<Fit>& fit) {
  nlohmann::ordered_json row = {{"key", key}, {"status", "empty"}, {"input_sha256", kAbsent}};
  if (fit) row["fit"] = NameOf(*fit);
  return row.dump();
}

// Null where no frame was read for it.
const ModelRequest* ShownBy(const Question& question) {
  const auto has_frame = [](const QuestionPart& part) { return part.request.image != nullptr; };
  const auto found = std::find_if(question.parts.begin(), question.parts.end(), has_frame);
  return found == question.parts.end() ? nullptr : &found->request;
}

bool AllFinished(const Question& question) {
  return std::all_of(question.parts.begin(), question.parts.end(), [](const QuestionPart& part) {
    return part.finished;
  });
}

bool AnyIs(const Question& question, Status status) {
  return std::any_of(question.parts.begin(), question.parts.end(), [&](const QuestionPart& part) {
    return part.answer.status == status;
  });
}

}  // namespace

// What depends on the task: the question.
class ModelAnswers::Asking {
 public:
  virtual ~Asking() = default;
  // All but the image: `hashes.input` and the image are filled in by Show.
  virtual Question Ask(std::size_t index) const = 0;
  virtual void Show(std::size_t index, Question& question, const Question* before) const = 0;
};

template <class Task>
class ModelAnswers::TaskAsking final : public Asking {
 public:
  TaskAsking(const Protocol& protocol, const Dataset<Task>& dataset, std::int64_t seed)
      : dataset_(&dataset),
        evaluation_(&std::get<Evaluation<Task>>(protocol.evaluation)),
        codec_(&PainterOf(*evaluation_)),
        seed_(seed),
        cut_(Text(evaluation_->FrameOf(kProbe).shown)) {}

  Question Ask(std::size_t index) const override {
    const Item<Task> item = dataset_->Item(index);
    Question question{.key = item.key, .image = item.image};
    if (item.known_absent) {
      question.state = Question::State::kAbsent;
      return question;
    }
    const std::vector<std::string> prompts = codec_->Ask(item.query);
    const std::string image_stat = StatOf(item.image);
    question.parts.resize(prompts.size());
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      QuestionPart& part = question.parts[i];
      part.key = prompts.size() > 1 ? PartKey(item.key, i) : item.key;
      part.request.key = part.key;
      part.request.prompt = prompts[i];
      part.request.seed = SeedOf(seed_, part.key, "model");
      part.hashes.asked = Sha256(cut_ + " " + std::to_string(part.request.seed) + " " + item.image +
                                 "\n" + part.request.prompt);
      part.hashes.image_stat = image_stat;
    }
    return question;
  }

  void Show(std::size_t index, Question& question, const Question* before) const override {
    const ModelRequest* shown = before == nullptr ? nullptr : ShownBy(*before);
    ModelRequest own;
    if (shown == nullptr || question.image.empty() || before->image != question.image) {
      auto frame = std::make_shared<RgbImage>(ShownImage(*dataset_, *evaluation_, index));
      if (IsOnDisk(question.image, frame->size())) own.file = question.image;
      own.image = std::move(frame);
      shown = &own;
    }
    const std::string frame_hash = FrameHash(*shown->image);
    for (QuestionPart& part : question.parts) {
      part.request.image = shown->image;
      part.request.file = shown->file;
      part.hashes.input = InputHash(frame_hash, part.request);
    }
  }

 private:
  const Dataset<Task>* dataset_;
  const Evaluation<Task>* evaluation_;
  const Codec<Task>* codec_;
  std::int64_t seed_;
  std::string cut_;
};

ModelAnswers::ModelAnswers(const Protocol& protocol,
                           const AnyDataset& dataset,
                           ImageModel& model,
                           const AskOptions& options)
    : model_(&model), options_(options), fit_(FitOf(protocol, model)) {
  asking_ = std::visit(
      [&]<class Task>(const std::unique_ptr<Dataset<Task>>& typed) -> std::unique_ptr<Asking> {
        return std::make_unique<TaskAsking<Task>>(protocol, *typed, options.seed);
      },
      dataset);
  if (options.folder.empty()) return;
  manifest_ = std::make_unique<AnswerManifest>(options.folder,
                                               json{{"answer_hash", protocol.answer_hash},
                                                    {"model", model.Identity()},
                                                    {"seed", options.seed}});
}

ModelAnswers::~ModelAnswers() = default;

Question ModelAnswers::Load(std::size_t index, const Question* before) const {
  Question question = asking_->Ask(index);
  if (question.state == Question::State::kAbsent) {
    if (manifest_ && manifest_->Has(question.key, kAbsent)) {
      question.state = Question::State::kFinished;
    }
    return question;
  }
  for (QuestionPart& part : question.parts) {
    part.finished = manifest_ && manifest_->HasUnread(part.key, part.hashes);
  }
  if (!AllFinished(question)) {
    asking_->Show(index, question, before);
    for (QuestionPart& part : question.parts) {
      part.finished = part.finished || (manifest_ && manifest_->Has(part.key, part.hashes.input));
    }
  }
  if (AllFinished(question)) question.state = Question::State::kFinished;
  return question;
}

Answer ModelAnswers::Unasked(const Question& question) const {
  std::string inputs;
  for (const QuestionPart& part : question.parts) inputs += " " + part.hashes.input;
  Answer answer;
  answer.fit = fit_;
  answer.stands_for = Sha256(model_->Identity() + inputs);
  return answer;
}

void ModelAnswers::Ask(std::span<Question> questions) {
  std::vector<ModelRequest> requests;
  std::vector<QuestionPart*> asked;
  requests.reserve(questions.size());
  asked.reserve(questions.size());
  for (Question& question : questions) {
    if (question.state != Question::State::kAsked) continue;
    for (QuestionPart& part : question.parts) {
      if (part.finished) continue;
      requests.push_back(std::move(part.request));
      asked.push_back(&part);
    }
  }
  if (requests.empty()) return;
  std::vector<ModelAnswer> answers = model_->Generate(requests);
  if (answers.size() != asked.size()) {
    throw std::logic_error("the model gave " + std::to_string(answers.size()) + " answers to " +
                           std::to_string(asked.size()) + " requests");
  }
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i]->answer = std::move(answers[i]);
}

void ModelAnswers::Finish(Question& question) {
  using State = Question::State;
  // Scoring knows by itself what is absent.
  if (question.parts.empty()) {
    if (question.state == State::kAbsent) question.rows.push_back(AbsentRow(question.key, fit_));
    return;
  }
  const bool known = question.state == State::kFinished;
  if (known && !options_.scored) return;
  Outcome outcome = known && !manifest_ ? Outcome(Unasked(question)) : Save(question);
  if (options_.scored) Put(question.key, std::move(outcome));
}

ModelAnswers::Outcome ModelAnswers::Save(Question& question) {
  std::vector<Answer> parts;
  std::exception_ptr fault;  // the first one
  parts.reserve(question.parts.size());
  for (QuestionPart& part : question.parts) {
    Outcome outcome = SavePart(part, question.rows);
    if (auto* const answer = std::get_if<Answer>(&outcome)) {
      parts.push_back(std::move(*answer));
    } else if (!fault) {
      fault = std::get<std::exception_ptr>(outcome);
    }
  }
  if (fault) return fault;
  Answer answer = Joined(std::move(parts));
  if (!manifest_) answer.stands_for = Unasked(question).stands_for;
  return answer;
}

ModelAnswers::Outcome ModelAnswers::SavePart(QuestionPart& part, std::vector<std::string>& rows) {
  if (part.finished) {
    try {
      return manifest_->Read(part.key);
    } catch (const PredictionError&) {
      return std::current_exception();
    }
  }
  const Status status = part.answer.status;
  const std::string file = AnswerFileName(part.key);
  nlohmann::ordered_json row = {{"key", part.key}};
  if (status == Status::kFailed || status == Status::kInvalid) {
    const bool failed = status == Status::kFailed;
    row["file"] = file;
    row["status"] = failed ? "failed" : "invalid";
    row["detail"] = part.answer.detail;
    rows.push_back(row.dump());
    const std::string& detail = part.answer.detail;
    return std::make_exception_ptr(failed ? FailedAnswer(part.key, detail)
                                          : InvalidAnswer(part.key, detail));
  }
  Answer answer;
  answer.fit = fit_;
  answer.file = options_.folder / file;
  if (status == Status::kEmpty) {
    row["status"] = "empty";
    answer.declared_empty = true;
  } else {
    answer.bytes =
        part.answer.png.empty() ? EncodePng(part.answer.image) : std::move(part.answer.png);
    part.answer.image = {};
    if (manifest_) WriteFile(answer.file, answer.bytes);
    row["file"] = file;
    row["sha256"] = Sha256(answer.bytes);
  }
  row["input_sha256"] = part.hashes.input;
  row["asked_sha256"] = part.hashes.asked;
  if (!part.hashes.image_stat.empty()) row["image_stat"] = part.hashes.image_stat;
  if (fit_) row["fit"] = NameOf(*fit_);
  rows.push_back(row.dump());
  return answer;
}

void ModelAnswers::Record(const Question& question) {
  ++counts_.done;
  if (question.state == Question::State::kFinished) ++counts_.reused;
  if (AnyIs(question, Status::kFailed)) {
    ++counts_.failed;
  } else if (AnyIs(question, Status::kInvalid)) {
    ++counts_.invalid;
  }
  if (!manifest_) return;
  for (const std::string& row : question.rows) manifest_->Add(nlohmann::ordered_json::parse(row));
}

void ModelAnswers::Put(const std::string& key, Outcome outcome) {
  const std::scoped_lock lock(mutex_);
  finished_.insert_or_assign(key, std::move(outcome));
}

std::optional<Answer> ModelAnswers::Take(const std::string& key) const {
  std::unordered_map<std::string, Outcome>::node_type taken;
  {
    const std::scoped_lock lock(mutex_);
    taken = finished_.extract(key);
  }
  if (taken.empty()) return std::nullopt;
  const auto* const fault = std::get_if<std::exception_ptr>(&taken.mapped());
  if (fault != nullptr) std::rethrow_exception(*fault);
  return std::get<Answer>(std::move(taken.mapped()));
}

std::optional<Answer> ModelAnswers::Get(const std::string& key,
                                        std::span<const AnswerName> /*native_names*/,
                                        std::span<const std::string> /*extensions*/) const {
  return Take(key);
}

std::optional<Answer> ModelAnswers::GetParts(const std::string& key,
                                             std::size_t /*parts*/,
                                             std::span<const std::string> /*extensions*/) const {
  return Take(key);
}

std::vector<std::string> ModelAnswers::Unmatched(
    std::span<const AnswerNames> /*samples*/, std::span<const std::string> /*extensions*/) const {
  return {};
}

}  // namespace assay
