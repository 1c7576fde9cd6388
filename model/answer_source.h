// Where the answers to a set come from: a folder of files, one file for all of
// them, …
#pragma once

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

// All that a sample's answer may be called.
struct AnswerNames {
  std::string key;
  std::vector<AnswerName> native;
};

// Immutable after construction and safe to share between threads.
class AnswerSource {
 public:
  virtual ~AnswerSource() = default;

  // nullopt = missing. Throws PredictionError where there is an answer that cannot
  // be taken. `extensions` without dot; case does not matter.
  virtual std::optional<Answer> Get(const std::string& key,
                                    std::span<const AnswerName> native_names,
                                    std::span<const std::string> extensions) const = 0;

  // Answers that belong to none of `samples`, in byte order: nobody would ever score
  // them.
  virtual std::vector<std::string> Unmatched(std::span<const AnswerNames> samples,
                                             std::span<const std::string> extensions) const = 0;
};

}  // namespace assay
