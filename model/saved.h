// Answers saved earlier: a folder, optionally with a manifest.jsonl.
//
// Look-up order for a sample: the manifest's entry for its key; <key>.<ext>;
// the dataset's native names (datasets pass them as NameRule-like pairs, because
// model and datasets do not include each other). Two matches on one level are an
// error, never a silent choice.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/prediction.h"

namespace assay {

struct AnswerName {
  bool prefix = false;  // see NameRule in datasets/dataset.h
  std::string text;
};

class SavedAnswers {
 public:
  // Indexes the folder once. Throws ConfigError when it does not exist, is empty
  // or its manifest cannot be read.
  explicit SavedAnswers(const std::filesystem::path& folder);

  // nullopt = missing. Throws PredictionError: ambiguous, hash-mismatch, failed
  // (the manifest's status), unreadable.
  std::optional<Answer> Get(const std::string& key, std::span<const AnswerName> native_names,
                            std::span<const std::string> extensions) const;

  // Files that no Get can have returned for these keys are of interest to
  // reports: how many files and manifest rows there are.
  std::size_t files() const;

 private:
  struct ManifestRow {
    std::filesystem::path file;
    std::string sha256, status;
    std::optional<Fit> fit;
  };
  std::filesystem::path folder_;
  std::map<std::string, ManifestRow> manifest_;
  std::vector<std::string> stems_;  // relative paths without extension, sorted, with duplicates
  std::vector<std::string> paths_;  // same order, with extension
};

}  // namespace assay
