// The answers to a whole set in one COCO results file.
//
// Entries belong to the sample whose key, or one of whose native paths, equals their
// image_id; a number is compared in decimal. A sample's answer is the JSON list of its
// entries in the order of the file, each with its names sorted and without blanks
// (model/coco_json.h decodes it): entries of other samples do not change its bytes.
//
// Such a file cannot state that nothing was found. What a sample without an entry
// means is the user's to say:
//   kEmpty      it was asked and nothing was found: an empty answer (default)
//   kMissing    it was not answered
//   a list of what was asked: those on it are empty, others missing
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "datasets/io/coco_results.h"
#include "model/prediction.h"
#include "model/saved.h"

namespace assay {

enum class CocoAbsent { kEmpty, kMissing };

class CocoAnswers {
 public:
  // Goes through the file once. Throws ConfigError when it cannot be read or is no
  // results file.
  explicit CocoAnswers(const std::filesystem::path& file, CocoAbsent absent = CocoAbsent::kEmpty);

  // With a file of what was asked: one image_id a line, or the JSON lines of
  // `assay prompts`, of which "key" is read; blank lines are skipped. Throws ConfigError
  // as well on lines that cannot be read, all of them at once.
  CocoAnswers(const std::filesystem::path& file, const std::filesystem::path& queried);

  // nullopt = missing. Throws PredictionError: ambiguous (entries under two of its
  // names), changed (the file is no longer what it was).
  std::optional<Answer> Get(const std::string& key, std::span<const AnswerName> native_names) const;

  // The samples that Get calls empty because the file has no entry for them.
  std::int64_t AbsentAsEmpty(std::span<const AnswerNames> samples) const;

  // Keys of samples that are answered and not on the list of what was asked: it is then
  // not the list of these answers.
  std::vector<std::string> AnsweredUnasked(std::span<const AnswerNames> samples) const;

  // Ids of entries, and of the list of what was asked, that no sample has, in byte
  // order: answers nobody would ever score.
  std::vector<std::string> Unmatched(std::span<const AnswerNames> samples) const;

  std::int64_t entries() const { return entries_; }

 private:
  using Places = std::vector<JsonPlace>;  // in the order of the file
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using PlacesById = std::unordered_map<std::string, Places, Hash, std::equal_to<>>;

  bool IsAnswered(std::span<const std::string_view> names) const;
  bool WasAsked(std::span<const std::string_view> names) const;
  PredictionError Changed(const std::string& id,
                          const JsonPlace& place,
                          const std::string& how) const;
  Bytes Read(const std::string& id, const JsonPlace& place) const;
  void AppendEntry(const std::string& id,
                   const JsonPlace& place,
                   std::string_view text,
                   std::string& out) const;
  std::string TextOf(const std::string& id, const Places& places) const;

  FileParts file_;
  PlacesById places_;
  std::int64_t entries_ = 0;
  CocoAbsent absent_ = CocoAbsent::kEmpty;
  std::optional<std::set<std::string, std::less<>>> queried_;
};

}  // namespace assay
