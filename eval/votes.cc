#include "eval/votes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "datasets/io/csv.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr std::array kKnown = {"a", "b", "vote", "rater", "prompt", "category"};

// One vote as it stands in the file, with its place there.
struct Row {
  std::string place;
  std::map<std::string, std::string> fields;
};

bool Known(const std::string& name) {
  return std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
}

std::vector<Row> CsvRows(const std::filesystem::path& file) {
  const CsvTable table = ReadCsv(file);
  std::vector<Row> rows;
  rows.reserve(table.rows.size());
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    Row row{fmt::format("row {}", i + 2), {}};
    for (std::size_t k = 0; k < table.head.size(); ++k) {
      row.fields[table.head[k]] = table.rows[i][k];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Numbers are taken as their text: raters and prompts are often numbered.
std::string TextOf(const json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::vector<Row> JsonRows(const std::filesystem::path& file, std::vector<Finding>& findings) {
  std::istringstream text(ReadText(file));
  std::vector<Row> rows;
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    Row row{fmt::format("line {}", number), {}};
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object()) {
      findings.push_back({row.place, "is no JSON object"});
      continue;
    }
    for (const auto& [name, value] : object.items()) row.fields[name] = TextOf(value);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::optional<Winner> WinnerOf(const Vote& vote, const std::string& text) {
  if (text == vote.a) return Winner::kA;
  if (text == vote.b) return Winner::kB;
  if (text == "a" || text == "A") return Winner::kA;
  if (text == "b" || text == "B") return Winner::kB;
  if (text == "tie") return Winner::kTie;
  return std::nullopt;
}

std::string Problem(const Vote& vote, const std::string& winner, bool named) {
  if (vote.a.empty() || vote.b.empty()) return "needs the names of two models, 'a' and 'b'";
  if (vote.a == vote.b) return fmt::format("compares {} with itself", vote.a);
  if (named) return "";
  return fmt::format("'vote' is '{}'; it must be a, b, tie or the name of one of the two", winner);
}

}  // namespace

Votes ReadVotes(const std::filesystem::path& file) {
  std::vector<Finding> findings;
  const std::vector<Row> rows =
      file.extension() == ".csv" ? CsvRows(file) : JsonRows(file, findings);
  Votes read;
  std::set<std::string> unused;
  read.votes.reserve(rows.size());
  for (const Row& row : rows) {
    const auto field = [&](const char* name) {
      const auto found = row.fields.find(name);
      return found == row.fields.end() ? std::string() : found->second;
    };
    Vote vote{.a = field("a"),
              .b = field("b"),
              .rater = field("rater"),
              .prompt = field("prompt"),
              .category = field("category")};
    const std::string winner = field("vote");
    const std::optional<Winner> named = WinnerOf(vote, winner);
    const std::string problem = Problem(vote, winner, named.has_value());
    if (!named || !problem.empty()) {
      findings.push_back({row.place, problem});
      continue;
    }
    vote.winner = *named;
    for (const auto& [name, value] : row.fields) {
      if (!Known(name)) unused.insert(name);
    }
    read.votes.push_back(std::move(vote));
  }
  if (!findings.empty()) throw ConfigError(file.string(), std::move(findings));
  if (read.votes.empty()) throw ConfigError(file.string() + " holds no vote");
  read.unused.assign(unused.begin(), unused.end());
  return read;
}

}  // namespace assay
