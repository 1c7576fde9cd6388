// The folder into which a model's answers go: what is finished there, and what was asked.
//
//   <key>.png          the answers
//   manifest.jsonl     one line per finished sample (model/saved.h)
//   predictions.json   which model was asked what: one folder holds one model's answers
//
// The lines hold, besides what model/saved.h reads, what an answer was given to:
// "input_sha256" (frame, prompt and seed), "asked_sha256" (prompt, seed and how the frame is
// cut from its image) and "image_stat" (size and time of the image's file). Where the last two
// are as they were, the image need not be read to know that the answer is the one to this
// question.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "model/prediction.h"

namespace assay {

// What a sample is asked; nothing but hashes.
struct QuestionHashes {
  std::string input = {};
  std::string asked = {};
  std::string image_stat = {};  // empty where the image is no file of its own
};

// "<bytes>:<nanoseconds>" of a file; empty for no file.
std::string StatOf(const std::filesystem::path& file);

// Its members are safe to call from several threads.
class AnswerManifest {
 public:
  // Opens the folder, makes it if absent, and keeps others out of it until the end. Failed and
  // invalid rows, rows whose file is gone and a half-written last line, left by a kill, are
  // dropped: those samples are asked again. Throws ConfigError: the folder holds answers of
  // another model or prompt, or files that no model of ours wrote; another process is writing
  // there; any other line is no JSON object. `identity` is an object.
  AnswerManifest(const std::filesystem::path& folder, const nlohmann::json& identity);
  ~AnswerManifest();
  AnswerManifest(const AnswerManifest&) = delete;
  AnswerManifest& operator=(const AnswerManifest&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  // Whether there is an answer that is known to be the one to this question without reading
  // the image (`input` is not looked at), or by its input.
  bool HasUnread(const std::string& key, const QuestionHashes& question) const;
  bool Has(const std::string& key, const std::string& input) const;
  // Of a finished sample. Throws PredictionError: its file is not what was written.
  Answer Read(const std::string& key) const;

  // A row, with its key. Throws OutputError.
  void Add(const nlohmann::ordered_json& row);

 private:
  struct Row {
    std::string line;
    QuestionHashes question;
  };

  void Lock(const nlohmann::json& identity);
  void ReadRows();
  void Keep(const nlohmann::json& row, const std::string& line);
  void Rewrite();
  std::filesystem::path Path() const { return folder_ / "manifest.jsonl"; }

  std::filesystem::path folder_;
  int lock_ = -1;
  mutable std::mutex mutex_;
  std::map<std::string, Row> finished_;
  std::ofstream out_;
};

}  // namespace assay
