#include "eval/model_answers.h"

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

// What one question consists of: the frame shown, the prompt, the seed.
std::string InputHash(const ModelRequest& request) {
  const auto pixels = request.image->Pixels();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(pixels.data());
  return Sha256(Sha256(std::span(bytes, pixels.size_bytes())) + " " + Text(request.image->size()) +
                " " + std::to_string(request.seed) + " " + request.prompt);
}

std::optional<Fit> FitOf(const Protocol& protocol, const ImageModel& model) {
  if (model.AnswerFit()) return model.AnswerFit();
  return FitNamed(json::parse(protocol.answer).value("fit", ""));
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
      question.hashes.input = kAbsent;
      return question;
    }
    question.request.key = item.key;
    question.request.prompt = codec_->Ask(item.query).front();
    question.request.seed = SeedOf(seed_, item.key, "model");
    question.hashes.asked = Sha256(cut_ + " " + std::to_string(question.request.seed) + " " +
                                   item.image + "\n" + question.request.prompt);
    question.hashes.image_stat = StatOf(item.image);
    return question;
  }

  void Show(std::size_t index, Question& question, const Question* before) const override {
    const bool shared = before != nullptr && before->request.image && !question.image.empty() &&
                        before->image == question.image;
    if (shared) {
      question.request.image = before->request.image;
      question.request.file = before->request.file;
    } else {
      auto frame = std::make_shared<RgbImage>(ShownImage(*dataset_, *evaluation_, index));
      if (IsOnDisk(question.image, frame->size())) question.request.file = question.image;
      question.request.image = std::move(frame);
    }
    question.hashes.input = InputHash(question.request);
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
  const bool known = manifest_ && manifest_->HasUnread(question.key, question.hashes);
  if (!known) asking_->Show(index, question, before);
  if (known || (manifest_ && manifest_->Has(question.key, question.hashes.input))) {
    question.state = Question::State::kFinished;
  }
  return question;
}

Answer ModelAnswers::Unasked(const Question& question) const {
  Answer answer;
  answer.fit = fit_;
  answer.stands_for = Sha256(model_->Identity() + " " + question.hashes.input);
  return answer;
}

void ModelAnswers::Ask(std::span<Question> questions) {
  std::vector<ModelRequest> requests;
  std::vector<Question*> asked;
  requests.reserve(questions.size());
  asked.reserve(questions.size());
  for (Question& question : questions) {
    if (question.state != Question::State::kAsked) continue;
    requests.push_back(std::move(question.request));
    asked.push_back(&question);
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
  if (question.state == State::kFinished) {
    if (options_.scored) Put(question.key, Finished(question));
    return;
  }
  Outcome outcome = Save(question);
  // Scoring knows by itself what is absent.
  if (options_.scored && question.state == State::kAsked) Put(question.key, std::move(outcome));
}

ModelAnswers::Outcome ModelAnswers::Finished(const Question& question) const {
  if (!manifest_) return Unasked(question);
  try {
    return manifest_->Read(question.key);
  } catch (const PredictionError&) {
    return std::current_exception();
  }
}

ModelAnswers::Outcome ModelAnswers::Save(Question& question) {
  const bool absent = question.state == Question::State::kAbsent;
  const Status status = absent ? Status::kEmpty : question.answer.status;
  const std::string file = AnswerFileName(question.key);
  nlohmann::ordered_json row = {{"key", question.key}};
  if (status == Status::kFailed || status == Status::kInvalid) {
    const bool failed = status == Status::kFailed;
    row["file"] = file;
    row["status"] = failed ? "failed" : "invalid";
    row["detail"] = question.answer.detail;
    question.row = row.dump();
    const std::string& detail = question.answer.detail;
    return std::make_exception_ptr(failed ? FailedAnswer(question.key, detail)
                                          : InvalidAnswer(question.key, detail));
  }
  Answer answer = Unasked(question);
  if (manifest_) answer.stands_for.clear();
  answer.file = options_.folder / file;
  if (status == Status::kEmpty) {
    row["status"] = "empty";
    answer.declared_empty = true;
  } else {
    answer.bytes = question.answer.png.empty() ? EncodePng(question.answer.image)
                                               : std::move(question.answer.png);
    question.answer.image = {};
    if (manifest_) WriteFile(answer.file, answer.bytes);
    row["file"] = file;
    row["sha256"] = Sha256(answer.bytes);
  }
  row["input_sha256"] = question.hashes.input;
  if (!question.hashes.asked.empty()) row["asked_sha256"] = question.hashes.asked;
  if (!question.hashes.image_stat.empty()) row["image_stat"] = question.hashes.image_stat;
  if (fit_) row["fit"] = NameOf(*fit_);
  question.row = row.dump();
  return answer;
}

void ModelAnswers::Record(const Question& question) {
  ++counts_.done;
  if (question.state == Question::State::kFinished) ++counts_.reused;
  if (question.answer.status == Status::kFailed) ++counts_.failed;
  if (question.answer.status == Status::kInvalid) ++counts_.invalid;
  if (manifest_ && !question.row.empty()) {
    manifest_->Add(nlohmann::ordered_json::parse(question.row));
  }
}

void ModelAnswers::Put(const std::string& key, Outcome outcome) {
  const std::scoped_lock lock(mutex_);
  finished_.insert_or_assign(key, std::move(outcome));
}

std::optional<Answer> ModelAnswers::Get(const std::string& key,
                                        std::span<const AnswerName> /*native_names*/,
                                        std::span<const std::string> /*extensions*/) const {
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

std::vector<std::string> ModelAnswers::Unmatched(
    std::span<const AnswerNames> /*samples*/, std::span<const std::string> /*extensions*/) const {
  return {};
}

}  // namespace assay
