// Protocols: what makes numbers comparable, as data.
//
// A protocol is configs/protocols/<name>.json. A variant is its own file,
// <name>@<variant>.json, which "extends" another and overrides fields by JSON
// merge patch (RFC 7386: null removes a field, so that its default applies);
// title, source and verified are each file's own. An alignment is appended to the
// name: nyu-depth@bts+align=median_ratio.
//
// "list" is the path of an official list file, from the working folder. It enters
// the settings and the hash as its sha-256; "list_sha256" beside it pins the file. So
// do "presence" and "rewrites" of the answer part (eval/asking.h). A list chooses samples and
// leaves the arithmetic alone, so a protocol stays verified with it.
//
// Loading checks every field of the file, the overrides and the answer part, and
// throws one ConfigError with all findings: JSON pointer, value, what is allowed
// and a suggestion. Defaults are expanded, so that the effective settings say
// everything a number depends on.
//
// A name that ends in ".json" is the path of a file of one's own, which may state its
// "name". It describes a folder of one's own under "folder"
// (datasets/folder_description.h), and the classes' colours there are the palette where
// the answer part has none.
//
// To add a protocol: write the file. tests/eval iterates the folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "eval/tasks.h"

namespace assay {

// configs/ of an installed or source tree.
class ConfigRoot {
 public:
  explicit ConfigRoot(std::filesystem::path folder);
  const std::filesystem::path& folder() const { return folder_; }
  std::vector<std::string> ProtocolNames() const;  // sorted

 private:
  std::filesystem::path folder_;
};

struct ProtocolOverrides {
  std::vector<std::pair<std::string, std::string>> set;  // dotted field, JSON or bare text
  std::string format;                                    // replaces answer.codec
  std::filesystem::path palette;                         // replaces answer.palette
  std::filesystem::path presence = {};                   // replaces answer.presence
  std::filesystem::path rewrites = {};                   // replaces answer.rewrites
};

struct Protocol {
  std::string name;
  // What LoadProtocol was given: name and overrides as JSON, so that a report can
  // be made again from a run folder alone.
  std::string requested;
  std::string title;
  std::string source;
  bool verified = false;  // a test holds it to values of the cited source
  std::string task;
  std::string dataset;
  std::string split;
  std::filesystem::path list;
  std::filesystem::path shipped_lists;  // the folder of those that come with assay
  std::filesystem::path presence;       // of the answer part; empty = no gate
  std::filesystem::path rewrites;       // of the answer part; empty = none
  std::string folder;                   // a folder of one's own: its description, JSON text
  std::int64_t expected_count = 0;      // samples of a complete set; 0 = the dataset says
  double coverage_floor = 1;
  std::vector<std::string> headline;
  int scorer_version = 0;
  std::string
      settings;  // effective with the scorer version; canonical JSON: sorted keys, shortest numbers
  std::string answer;       // the same for how the answer is asked for and read
  std::string hash;         // sha-256 of settings
  std::string answer_hash;  // sha-256 of answer
  AnyEvaluation evaluation;
};

// Whether a protocol is named by its file, PATH.json, instead of being a shipped one.
bool IsProtocolFile(std::string_view name);

// The merged content a protocol was loaded from, as JSON text, and back.
Protocol LoadRequested(const std::string& requested);

// Throws ConfigError.
Protocol LoadProtocol(const ConfigRoot& configs,
                      const std::string& name,
                      const ProtocolOverrides& overrides = {});

// "#" + the first 8 digits of a hash, for labels.
std::string ShortHash(const std::string& hash);

}  // namespace assay
