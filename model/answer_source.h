// Where the answers to a set come from: a folder of files, one file for all of
// them, …
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/prediction.h"

namespace assay {

struct AnswerName {
  bool prefix = false;  // see NameRule in datasets/dataset.h
  std::string text;
  int level = 0;  // looked for where nothing has a name of a lower one
};

// All that a sample's answer may be called.
struct AnswerNames {
  std::string key;
  std::vector<AnswerName> native;
  std::size_t parts = 1;  // more: those of PartKey are meant
};

// What the answer to a sample's prompt number `part` is called, from 0, where it has several.
inline std::string PartKey(const std::string& key, std::size_t part) {
  return key + ".p" + std::to_string(part);
}

// Immutable after construction and safe to share between threads.
class AnswerSource {
 public:
  virtual ~AnswerSource() = default;

  // nullopt = missing. Throws PredictionError where there is an answer that cannot
  // be taken. `extensions` without dot; case does not matter.
  virtual std::optional<Answer> Get(const std::string& key,
                                    std::span<const AnswerName> native_names,
                                    std::span<const std::string> extensions) const = 0;

  // Of a sample with `parts` prompts, more than one: nullopt where none is answered. Throws
  // also PredictionError parts, where some are or there is an answer too many.
  virtual std::optional<Answer> GetParts(const std::string& key,
                                         std::size_t /*parts*/,
                                         std::span<const std::string> /*extensions*/) const {
    throw std::logic_error("answers of this form have no parts, asked for " + key);
  }

  // Answers that belong to none of `samples`, in byte order: nobody would ever score
  // them.
  virtual std::vector<std::string> Unmatched(std::span<const AnswerNames> samples,
                                             std::span<const std::string> extensions) const = 0;
};

}  // namespace assay
