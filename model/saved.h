// Answers saved earlier: a folder, optionally with a manifest.jsonl.
//
// Look-up order for a sample: the manifest's entry for its key; <key>.<ext>;
// the dataset's native names (datasets pass them as NameRule-like pairs, because
// model and datasets do not include each other); the names in a folder that a program
// makes for every image, such as <key>/depth.<ext>, in the decoder's order (model/codec.h).
// Two matches on one level are an error, never a silent choice.
//
// Where a sample has several prompts, the answer to prompt n, from 0, has the key
// <key>.p<n>. A repeat <key>.<n>.<ext>, or a part where there is one prompt, is found, and
// refused: one answer a sample is scored.
//
// manifest.jsonl holds one JSON object a line:
//   {"key": …, "file": path below the folder, "sha256"?, "status"?, "fit"?, "detail"?}
// and what eval/answer_manifest.h adds.
// status: ok (default) | empty (finds nothing; needs no file) | failed (the
// model gave no answer) | invalid (it gave one that cannot be used). detail: why.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/io/errors.h"
#include "model/answer_source.h"
#include "model/prediction.h"

namespace assay {

// A folder in which files on their way to and from a model lie; it holds no answers.
inline constexpr std::string_view kScratchFolder = ".asked";

// A file and the hash that is stated of it; an empty one is not checked. Throws
// PredictionError not-found, unreadable, hash-mismatch.
Answer ReadSavedAnswer(const std::filesystem::path& file, const std::string& sha256);

// Of a sample whose model gave no answer, or one that cannot be used; `detail` may be empty.
PredictionError FailedAnswer(const std::string& key, const std::string& detail);
PredictionError InvalidAnswer(const std::string& key, const std::string& detail);

class SavedAnswers final : public AnswerSource {
 public:
  // Indexes the folder once; symbolic links to folders are followed. Throws
  // ConfigError when it does not exist, cannot be listed, is empty or its
  // manifest cannot be read, with the number of every bad line.
  explicit SavedAnswers(const std::filesystem::path& folder);

  // nullopt = missing. Throws PredictionError: ambiguous, repeat, hash-mismatch, failed
  // and invalid (the manifest's status), not-found (a manifest entry whose file
  // is absent), unreadable. `extensions` without dot; case does not matter.
  std::optional<Answer> Get(const std::string& key,
                            std::span<const AnswerName> native_names,
                            std::span<const std::string> extensions) const override;

  std::optional<Answer> GetParts(const std::string& key,
                                 std::size_t parts,
                                 std::span<const std::string> extensions) const override;

  // Readable files and manifest rows that belong to none of `samples`, in byte
  // order: answers nobody would ever score.
  std::vector<std::string> Unmatched(std::span<const AnswerNames> samples,
                                     std::span<const std::string> extensions) const override;

  // How many answer files the folder holds, whatever they are called.
  std::size_t files() const { return files_.size(); }

 private:
  enum class Status { kOk, kEmpty, kFailed, kInvalid };
  struct ManifestRow {
    std::string file, sha256, detail;
    Status status = Status::kOk;
    std::optional<Fit> fit;
  };
  using Matches = std::vector<std::uint32_t>;  // into files_, ascending

  void IndexFolder();
  void ReadManifest(const std::filesystem::path& file);
  void ReadManifestLine(const std::string& line,
                        std::size_t number,
                        std::vector<Finding>& findings);
  Answer FromManifest(const std::string& key, const ManifestRow& row) const;
  // The readable files of a sample, by the first level that has some.
  struct Found {
    std::set<std::string> files;
    int level = -1;  // of AnswerName; -1: by the key
  };
  Found FilesFor(const std::string& key,
                 std::span<const AnswerName> native_names,
                 std::span<const std::string> extensions) const;
  std::set<std::string> FilesAt(int level,
                                std::span<const AnswerName> native_names,
                                std::span<const std::string> extensions) const;
  std::set<std::string> Readable(const Matches& matches,
                                 std::span<const std::string> extensions) const;
  Matches ByKey(const std::string& key) const;
  Matches ByNativeName(const AnswerName& name) const;

  std::filesystem::path folder_;
  std::map<std::string, ManifestRow> manifest_;
  std::vector<std::string> files_;      // paths below the folder, '/' separated, sorted
  std::vector<std::uint32_t> by_stem_;  // files_ sorted by path without extension
  std::vector<std::uint32_t> by_base_;  // files_ sorted by base name without extension
  std::vector<std::uint32_t> by_end_;   // files_ sorted by path without extension, from its end
};

}  // namespace assay
