// What a reader or a settings check throws. The layers above turn it into the
// fault it is for them: a DatasetError (datasets), a recorded PredictionError
// (model) or a usage error (eval/cli).
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace assay {

// A file that cannot be used. `code` is a stable word for records and reports.
class FileError : public std::runtime_error {
 public:
  // Codes: not-found, unreadable, truncated, corrupt, wrong-format, wrong-size,
  // wrong-depth, wrong-channels, too-large, wrong-type, wrong-shape,
  // no-such-field, lossy.
  FileError(std::filesystem::path path_in, std::string code_in, std::string problem_in)
      : std::runtime_error(path_in.string() + ": " + problem_in),
        path(std::move(path_in)),
        code(std::move(code_in)),
        problem(std::move(problem_in)) {}

  std::filesystem::path path;
  std::string code;
  std::string problem;
};

// One thing wrong with a configuration. `pointer` is a JSON pointer (RFC 6901)
// into the file, or the name of a flag.
struct Finding {
  std::string pointer;
  std::string message;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// The user's fault, found before any work: every finding at once.
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(std::string message);
  ConfigError(std::string where, std::vector<Finding> findings);

  std::string where;  // file or flag
  std::vector<Finding> findings;
};

// Output that could not be written: disk full, read-only, no permission.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace assay
