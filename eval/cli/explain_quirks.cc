#include "eval/cli/explain_quirks.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/io/fields.h"
#include "datasets/io/file.h"
#include "eval/cli/commands.h"

namespace assay::cli {
namespace {

using nlohmann::ordered_json;

// Rows in the file's order, their fields too.
ordered_json ReadLedger(const ConfigRoot& configs) {
  const std::filesystem::path path = configs.folder() / "quirks.json";
  try {
    const std::string text = ReadText(path);
    ParseJson(text, path.string());  // refuses a name stated twice
    ordered_json ledger = ordered_json::parse(text);
    ledger.at("quirks").at(0).at("name");
    return ledger;
  } catch (const nlohmann::json::exception& error) {
    throw ConfigError(path.string() + " is no list of quirks: " + error.what());
  }
}

const ordered_json& FindRow(const ordered_json& rows, const std::string& name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row["name"] == name; });
  if (found != rows.end()) return *found;
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row["name"]);
  const std::string hint = DidYouMean(name, names);
  throw ConfigError("there is no quirk '" + name + "'; " +
                    (hint.empty() ? "'assay explain quirks' lists them" : hint));
}

void PrintByEvaluator(const ordered_json& rows) {
  std::map<std::string, std::vector<const ordered_json*>> groups;
  std::size_t width = 0;
  for (const auto& row : rows) {
    groups[row["evaluator"]].push_back(&row);
    width = std::max(width, row["name"].get_ref<const std::string&>().size());
  }
  for (const auto& [evaluator, members] : groups) {
    std::cout << evaluator << "\n";
    for (const ordered_json* row : members) {
      std::cout << fmt::format("  {:<{}}  {}\n",
                               row->at("name").get<std::string>(),
                               width,
                               row->at("what").get<std::string>());
    }
  }
}

void PrintRow(const ordered_json& row) {
  std::cout << fmt::format("{}\n  evaluator: {}\n  what: {}\n  effect: {}\n  handling\n",
                           row["name"].get<std::string>(),
                           row["evaluator"].get<std::string>(),
                           row["what"].get<std::string>(),
                           row["effect"].get<std::string>());
  for (const auto& [protocol, handling] : row["handling"].items()) {
    std::cout << fmt::format("    {}: {}\n", protocol, handling.get<std::string>());
  }
  std::cout << (row["test"].is_null() ? "  untested: " + row["untested"].get<std::string>()
                                      : "  test: " + row["test"].get<std::string>())
            << "\n";
}

}  // namespace

int ExplainQuirks(const ConfigRoot& configs, const std::string& name, bool as_json) {
  const ordered_json ledger = ReadLedger(configs);
  const ordered_json& rows = ledger["quirks"];
  if (name.empty()) {
    if (as_json) {
      std::cout << ledger.dump(2) << "\n";
    } else {
      PrintByEvaluator(rows);
    }
    return kOk;
  }
  const ordered_json& row = FindRow(rows, name);
  if (as_json) {
    std::cout << row.dump(2) << "\n";
  } else {
    PrintRow(row);
  }
  return kOk;
}

}  // namespace assay::cli
