// A raw answer and what can be wrong with it.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "datasets/io/file.h"
#include "model/fit.h"

namespace assay {

// One sample's answer cannot be used. The loop records it and goes on.
class PredictionError : public std::runtime_error {
 public:
  enum class Stage { kFind, kRead, kDecode, kModel };
  // `code` is a stable word: FileError's codes, and ambiguous, bad-entry, bad-id,
  // bad-mask, bad-palette, changed, hash-mismatch, no-camera, parts, repeat, and the manifest's
  // failed and invalid.
  PredictionError(Stage stage_in, std::string code_in, std::string detail_in)
      : std::runtime_error(detail_in),
        stage(stage_in),
        code(std::move(code_in)),
        detail(std::move(detail_in)) {}

  Stage stage;
  std::string code;
  std::string detail;
};

struct Answer {
  std::filesystem::path file;  // for messages and its extension; may not exist (oracle)
  Bytes bytes;
  bool declared_empty = false;  // the manifest says "status":"empty"; bytes are empty then
  std::optional<Fit> fit;       // as the manifest states; otherwise the protocol's
  // Of a sample with several prompts: what each was answered, in their order; the bytes above
  // are empty then.
  std::vector<Answer> parts = {};
  // Of an answer that is not saved: what stands for the hash of its bytes in a record. The
  // bytes are empty where the record is used again.
  std::string stands_for = {};
};

// The answers to a sample's prompts, at least one of them, as one: a single one as it is. It is
// declared empty where all of them are.
Answer Joined(std::vector<Answer> parts);

// Named numbers about how cleanly an answer decoded, in a fixed order.
using Diagnostics = std::vector<std::pair<std::string, double>>;

}  // namespace assay
