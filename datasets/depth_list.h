// Official lists of depth sets: lines "rgb depth" or "rgb depth mask", split at white space.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay {

struct DepthListEntry {
  std::string key;    // the image's path without its extension
  std::string truth;  // the depth file's path
};

struct DepthList {
  std::filesystem::path path;
  std::string sha256;       // of the file as it is
  std::string text_sha256;  // without the last line end and carriage returns
  std::vector<DepthListEntry> entries;
};

// A list with the hashes of its text. Throws DatasetError where there is no entry: "the list
// names no <what>".
DepthList ListOf(const std::filesystem::path& path,
                 const std::string& text,
                 std::vector<DepthListEntry> entries,
                 const std::string& what);

// LF or CRLF, with or without a last line end; empty lines are skipped. A leading "val/" or
// "./" of an image's path is dropped. Throws DatasetError with the line number: one word only, a
// sample listed twice; and for a list without samples.
DepthList ReadDepthList(const std::filesystem::path& path);

}  // namespace assay
