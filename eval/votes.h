// Votes on pairs of answers, read from a file.
//
// One vote has
//   a, b       names of the two models (or systems) compared
//   vote       the name of one of the two, else "a", "b" or "tie"
//   rater, prompt, category   optional
// A .csv file has these as column names in its first row; any other file is JSON Lines, one
// object a line. Other columns are passed over and named in a note.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace assay {

enum class Winner { kA, kB, kTie };

struct Vote {
  std::string a, b;
  Winner winner = Winner::kTie;
  // "" = not given.
  std::string rater = {}, prompt = {}, category = {};
};

struct Votes {
  std::vector<Vote> votes;               // in the order of the file
  std::vector<std::string> unused = {};  // sorted names of what was passed over
};

// Throws FileError for a file that cannot be read, ConfigError with every vote that is not
// one, by row (CSV, the head is row 1) or line, and for a file without votes.
Votes ReadVotes(const std::filesystem::path& file);

}  // namespace assay
