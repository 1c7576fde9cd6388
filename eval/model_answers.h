// A model's answers as a source of answers, made as they are needed.
//
// A sample goes through four steps: Load (its frame and prompt, or the answer it has already),
// Ask, Finish (encode and save), Record (its line of the manifest). After Finish its answer can
// be had once from Get, the same bytes as are saved: what is scored now and what is scored from
// the folder later is the same.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "datasets/catalog.h"
#include "eval/answer_manifest.h"
#include "eval/protocol.h"
#include "model/answer_source.h"
#include "model/image_model.h"

namespace assay {

struct AskOptions {
  std::filesystem::path folder = {};  // for the answers; empty = they are not saved
  std::int64_t seed = 0;              // of models that draw
  bool scored = false;                // Get is called once for every sample
};

// One prompt of a sample.
struct QuestionPart {
  std::string key = {};  // the sample's, or PartKey where it has several
  bool finished = false;
  QuestionHashes hashes = {};
  ModelRequest request = {};  // unless it is finished
  ModelAnswer answer = {};    // the same, after Ask
};

// One sample on its way.
struct Question {
  enum class State { kAsked, kFinished, kAbsent };
  std::string key = {};
  State state = State::kAsked;
  std::string image = {};                // the file of it; empty where it is none of its own
  std::vector<QuestionPart> parts = {};  // one for each prompt; none where it is absent
  std::vector<std::string> rows = {};    // for the manifest, after Finish
};

struct AskedCounts {
  std::int64_t done = 0, reused = 0, failed = 0, invalid = 0;
};

class ModelAnswers final : public AnswerSource {
 public:
  // Borrows all but the options. Throws ConfigError as AnswerManifest does, and for a format
  // that cannot be asked for.
  ModelAnswers(const Protocol& protocol,
               const AnyDataset& dataset,
               ImageModel& model,
               const AskOptions& options);
  ~ModelAnswers() override;

  const ImageModel& model() const { return *model_; }
  bool IsSaved() const { return manifest_ != nullptr; }

  // Any thread. `before`: the question of the sample before, whose frame is shared where both
  // show the same image; or null. Throws DatasetError.
  Question Load(std::size_t index, const Question* before) const;
  // Of answers that are not saved: the answer as far as it is known before it is asked for, a
  // hash of model and input. A record with it can be used again without asking.
  Answer Unasked(const Question& question) const;

  void Ask(std::span<Question> questions);  // model().Workers() threads at a time
  void Finish(Question& question);          // any thread; throws OutputError
  void Record(const Question& question);    // one thread, in order; throws OutputError
  AskedCounts counts() const { return counts_; }

  // Of a sample that was finished and not yet taken. Throws as SavedAnswers::Get would for
  // the folder.
  std::optional<Answer> Get(const std::string& key,
                            std::span<const AnswerName> native_names,
                            std::span<const std::string> extensions) const override;
  std::optional<Answer> GetParts(const std::string& key,
                                 std::size_t parts,
                                 std::span<const std::string> extensions) const override;
  std::vector<std::string> Unmatched(std::span<const AnswerNames> samples,
                                     std::span<const std::string> extensions) const override;

 private:
  using Outcome = std::variant<Answer, std::exception_ptr>;  // or a PredictionError
  class Asking;
  template <class Task>
  class TaskAsking;

  void Put(const std::string& key, Outcome outcome);
  // Adds a row for each part that was not finished before.
  Outcome Save(Question& question);
  Outcome SavePart(QuestionPart& part, std::vector<std::string>& rows);
  std::optional<Answer> Take(const std::string& key) const;

  ImageModel* model_;
  AskOptions options_;
  std::optional<Fit> fit_;
  std::unique_ptr<Asking> asking_;
  std::unique_ptr<AnswerManifest> manifest_;  // null: not saved
  AskedCounts counts_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Outcome> finished_;
};

}  // namespace assay
