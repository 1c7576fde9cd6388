// assay list: what this build knows.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/catalog.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/synthetic/layouts.h"
#include "eval/cli/commands.h"
#include "eval/published.h"
#include "eval/suite.h"
#include "eval/text_table.h"
#include "model/catalog.h"

namespace assay::cli {
namespace {

using nlohmann::ordered_json;

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

ordered_json PublishedOf(const std::string& name) {
  ordered_json rows = ordered_json::array();
  for (const PublishedRow& row : ShippedPublished()) {
    if (!name.empty() && row.name != name && row.protocol != name) continue;
    rows.push_back({{"benchmark", row.benchmark},
                    {"split", row.split},
                    {"task", row.task},
                    {"metric", row.metric},
                    {"model", row.model},
                    {"model_id", row.model_id},
                    {"value", row.value},
                    {"printed", row.printed},
                    {"unit", row.unit},
                    {"alignment", row.alignment},
                    {"zero_shot", row.zero_shot},
                    {"ranked", row.ranked},
                    {"here", row.name},
                    {"protocol", row.protocol_published ? "published" : "unpublished"},
                    {"same_as", row.protocol},
                    {"protocol_note", row.protocol_note},
                    {"source", row.source},
                    {"note", row.note}});
  }
  return rows;
}

struct Kind {
  const char* name;
  ordered_json (*rows)();
  // Of a row, what people see; empty = everything.
  std::vector<std::string> shown = {};
};

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kKinds = {{"codecs", Codecs},
                                           {"datasets", Datasets},
                                           {"defects", Defects},
                                           {"layouts", Layouts},
                                           {"protocols", Protocols},
                                           {"published",
                                            [] { return PublishedOf(""); },
                                            {"benchmark",
                                             "split",
                                             "metric",
                                             "printed",
                                             "unit",
                                             "model",
                                             "zero_shot",
                                             "protocol",
                                             "source"}},
                                           {"suites", Suites}};
  return kKinds;
}

std::string KindNames() {
  std::vector<std::string_view> names;
  for (const Kind& kind : Kinds()) names.emplace_back(kind.name);
  return fmt::format("{}", fmt::join(names, "|"));
}

std::string Cell(const ordered_json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "verified" : "unverified";
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  return text.starts_with("sha256:") ? ShortHash(text) : FirstLine(text);
}

std::vector<std::string> Cells(const ordered_json& row, const std::vector<std::string>& shown) {
  std::vector<std::string> cells;
  for (const auto& [name, value] : row.items()) {
    if (!shown.empty() && std::find(shown.begin(), shown.end(), name) == shown.end()) continue;
    cells.push_back(Cell(value));
  }
  return cells;
}

void PrintRows(const ordered_json& rows, const std::vector<std::string>& shown) {
  std::vector<std::vector<std::string>> table;
  std::vector<std::size_t> widths;
  table.reserve(rows.size());
  for (const auto& row : rows) {
    table.push_back(Cells(row, shown));
    widths.resize(table.back().size());
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], table.back()[i].size());
    }
  }
  for (const auto& cells : table) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      line += fmt::format("  {:<{}}", cells[i], widths[i]);
    }
    std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
}

const Kind& KindNamed(const std::string& wanted) {
  std::vector<std::string> names;
  for (const Kind& kind : Kinds()) {
    if (wanted == kind.name) return kind;
    names.emplace_back(kind.name);
  }
  const std::string hint = DidYouMean(wanted, names);
  throw ConfigError(fmt::format(
      "assay list knows {}, not '{}'{}{}", KindNames(), wanted, hint.empty() ? "" : "; ", hint));
}

}  // namespace

int RunList(const Arguments& arguments) {
  CommandLine line("list", "[" + KindNames() + "] [NAME] [--json]");
  line.arguments.add_options()("kind", po::value<std::string>()->default_value("protocols"))(
      "name", po::value<std::string>()->default_value(""));
  line.options.add_options()("json", po::bool_switch(), "one JSON object");
  line.positional.add("kind", 1).add("name", 1);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const Kind& kind = KindNamed(Text(*given, "kind"));
  const std::string name = Text(*given, "name");
  const bool published = std::string_view(kind.name) == "published";
  if (!name.empty() && !published) {
    throw ConfigError("only 'assay list published' takes the NAME of a protocol or suite");
  }
  const ordered_json rows = published ? PublishedOf(name) : kind.rows();
  if ((*given)["json"].as<bool>()) {
    std::cout << ordered_json{{kind.name, rows}}.dump(2) << "\n";
  } else {
    PrintRows(rows, kind.shown);
  }
  return kOk;
}

}  // namespace assay::cli
