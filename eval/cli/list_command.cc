// assay list: what this build knows.

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/catalog.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/synthetic/layouts.h"
#include "eval/cli/commands.h"
#include "eval/suite.h"
#include "model/catalog.h"

namespace assay::cli {
namespace {

using nlohmann::ordered_json;

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

ordered_json Protocols() {
  const ConfigRoot configs = FindConfigs();
  ordered_json rows = ordered_json::array();
  for (const std::string& name : configs.ProtocolNames()) {
    const Protocol protocol = LoadProtocol(configs, name);
    rows.push_back({{"name", name},
                    {"task", protocol.task},
                    {"dataset", protocol.dataset},
                    {"samples", protocol.expected_count},
                    {"verified", protocol.verified},
                    {"hash", protocol.hash},
                    {"title", protocol.title}});
  }
  return rows;
}

ordered_json Datasets() {
  ordered_json rows = ordered_json::array();
  for (const DatasetRow& row : DatasetCatalog()) {
    rows.push_back(
        {{"name", row.name}, {"task", row.task}, {"tree", row.tree}, {"layout", row.layout}});
  }
  return rows;
}

ordered_json Codecs() {
  ordered_json rows = ordered_json::array();
  for (const CodecRow& row : CodecCatalog()) {
    std::string name(row.name);
    if (!row.argument.empty()) name += ":" + std::string(row.argument);
    rows.push_back({{"name", name}, {"task", row.task}, {"summary", row.summary}});
  }
  return rows;
}

ordered_json Layouts() {
  ordered_json rows = ordered_json::array();
  for (const LayoutRow& row : LayoutCatalog()) {
    rows.push_back({{"name", row.name}, {"dataset", row.dataset}});
  }
  return rows;
}

ordered_json Defects() {
  ordered_json rows = ordered_json::array();
  for (const DefectRow& row : DefectCatalog()) {
    rows.push_back({{"name", row.name}, {"layouts", row.layouts}, {"summary", row.summary}});
  }
  return rows;
}

ordered_json Suites() {
  const ConfigRoot configs = FindConfigs();
  ordered_json rows = ordered_json::array();
  for (const std::string& name : SuiteNames(configs)) {
    const Suite suite = LoadSuite(configs, name);
    rows.push_back({{"name", name}, {"members", suite.members.size()}, {"title", suite.title}});
  }
  return rows;
}

struct Kind {
  const char* name;
  ordered_json (*rows)();
};
constexpr Kind kKinds[] = {{"codecs", Codecs},
                           {"datasets", Datasets},
                           {"defects", Defects},
                           {"layouts", Layouts},
                           {"protocols", Protocols},
                           {"suites", Suites}};

std::string Cell(const ordered_json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "verified" : "unverified";
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  return text.starts_with("sha256:") ? ShortHash(text) : FirstLine(text);
}

void PrintRows(const ordered_json& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(row.size());
    std::size_t column = 0;
    for (const auto& value : row) {
      widths[column] = std::max(widths[column], Cell(value).size());
      ++column;
    }
  }
  for (const auto& row : rows) {
    std::size_t column = 0;
    std::string line;
    for (const auto& value : row) line += fmt::format("  {:<{}}", Cell(value), widths[column++]);
    std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
}

}  // namespace

int RunList(const Arguments& arguments) {
  CommandLine line("list", "[protocols|suites|datasets|codecs|layouts|defects] [--json]");
  line.arguments.add_options()("kind", po::value<std::string>()->default_value("protocols"));
  line.options.add_options()("json", po::bool_switch(), "one JSON object");
  line.positional.add("kind", 1);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const std::string wanted = Text(*given, "kind");
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) {
    names.emplace_back(kind.name);
    if (wanted != kind.name) continue;
    const ordered_json rows = kind.rows();
    if ((*given)["json"].as<bool>()) {
      std::cout << ordered_json{{wanted, rows}}.dump(2) << "\n";
    } else {
      PrintRows(rows);
    }
    return kOk;
  }
  const std::string hint = DidYouMean(wanted, names);
  throw ConfigError(
      "assay list knows protocols, suites, datasets, codecs, layouts and defects, not '" + wanted +
      "'" + (hint.empty() ? "" : "; " + hint));
}

}  // namespace assay::cli
