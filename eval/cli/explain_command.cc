// assay explain NAME, assay explain diff A B, assay explain quirks [NAME].

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "datasets/catalog.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "eval/cli/commands.h"
#include "eval/cli/explain_quirks.h"
#include "eval/suite.h"
#include "model/catalog.h"

namespace assay::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string Indented(std::string_view text) {
  std::string out = "    ";
  for (const char c : text) out += c == '\n' ? "\n    " : std::string(1, c);
  return out;
}

ordered_json ExplainProtocol(const Protocol& protocol) {
  return {{"name", protocol.name},
          {"title", protocol.title},
          {"task", protocol.task},
          {"source", protocol.source},
          {"verified", protocol.verified},
          {"headline", protocol.headline},
          {"coverage_floor", protocol.coverage_floor},
          {"hash", protocol.hash},
          {"settings", ordered_json::parse(protocol.settings)},
          {"answer_hash", protocol.answer_hash},
          {"answer", ordered_json::parse(protocol.answer)},
          {"layout", FindDataset(protocol.dataset).layout}};
}

void PrintProtocol(const Protocol& protocol) {
  std::cout << fmt::format("{} {}{}\n",
                           protocol.name,
                           ShortHash(protocol.hash),
                           protocol.verified ? "" : " (unverified)");
  if (!protocol.title.empty()) std::cout << "  " << protocol.title << "\n";
  if (!protocol.source.empty()) std::cout << "  source: " << protocol.source << "\n";
  std::cout << "\n  what makes numbers comparable (" << protocol.hash << ")\n"
            << Indented(json::parse(protocol.settings).dump(2))
            << "\n\n  how the answer is asked for and read (" << protocol.answer_hash << ")\n"
            << Indented(json::parse(protocol.answer).dump(2)) << "\n\n  expected on disk\n"
            << Indented(FindDataset(protocol.dataset).layout) << "\n";
}

// Every leaf of a JSON value by its JSON pointer.
std::map<std::string, std::string> Leaves(const std::string& text) {
  std::map<std::string, std::string> leaves;
  const json flat = json::parse(text).flatten();
  for (const auto& [pointer, value] : flat.items()) leaves[pointer] = value.dump();
  return leaves;
}

ordered_json Differences(const std::string& part, const std::string& a, const std::string& b) {
  const auto left = Leaves(a);
  const auto right = Leaves(b);
  auto all = left;
  all.insert(right.begin(), right.end());
  ordered_json rows = ordered_json::array();
  const auto value = [](const auto& leaves, const std::string& pointer) {
    const auto found = leaves.find(pointer);
    return found == leaves.end() ? std::string("-") : found->second;
  };
  for (const auto& [pointer, unused] : all) {
    const std::string from = value(left, pointer);
    const std::string to = value(right, pointer);
    if (from != to) rows.push_back({{"part", part}, {"field", pointer}, {"a", from}, {"b", to}});
  }
  return rows;
}

int ExplainDifference(const ConfigRoot& configs,
                      const std::string& a,
                      const std::string& b,
                      bool as_json) {
  const Protocol left = LoadProtocol(configs, a);
  const Protocol right = LoadProtocol(configs, b);
  ordered_json rows = Differences("protocol", left.settings, right.settings);
  for (const auto& row : Differences("answer", left.answer, right.answer)) rows.push_back(row);
  if (as_json) {
    std::cout << ordered_json{{"a", a},
                              {"b", b},
                              {"comparable", left.hash == right.hash},
                              {"differences", rows}}
                     .dump(2)
              << "\n";
    return kOk;
  }
  for (const auto& row : rows) {
    std::cout << fmt::format("  {:<9} {:<24} {} -> {}\n",
                             row["part"].get<std::string>(),
                             row["field"].get<std::string>(),
                             row["a"].get<std::string>(),
                             row["b"].get<std::string>());
  }
  std::cout << (left.hash == right.hash
                    ? "equal protocol hashes: numbers are comparable\n"
                    : "different protocol hashes: numbers are not comparable\n");
  return kOk;
}

bool ExplainCatalogs(const std::string& name) {
  for (const DatasetRow& row : DatasetCatalog()) {
    if (row.name != name) continue;
    std::cout << fmt::format("dataset {} ({})\n  usual folder: {}\n  expected on disk\n{}\n",
                             row.name,
                             row.task,
                             row.tree,
                             Indented(row.layout));
    return true;
  }
  bool is_codec = false;
  for (const CodecRow& row : CodecCatalog()) {
    if (row.name != name.substr(0, name.find(':'))) continue;
    is_codec = true;
    json effective;
    std::vector<Finding> findings;
    json input = {{"codec", std::string(row.name) + (row.argument == "SCALE" ? ":1000" : "")}};
    Fields fields(input, effective, findings);
    MakeDecoder(row.task, fields);
    std::cout << fmt::format("codec {}{}{} ({})\n  {}\n  settings and their defaults\n{}\n",
                             row.name,
                             row.argument.empty() ? "" : ":",
                             row.argument,
                             row.task,
                             row.summary,
                             Indented(effective.dump(2)));
  }
  return is_codec;
}

ordered_json ExplainSuite(const Suite& suite) {
  ordered_json rows = ordered_json::array();
  for (const SuiteRow& row : suite.rows) {
    rows.push_back({{"name", row.name}, {"metric", row.metric}, {"members", row.members}});
  }
  return {{"name", suite.name},
          {"title", suite.title},
          {"source", suite.source},
          {"members", suite.members},
          {"average", suite.average},
          {"rows", rows}};
}

void PrintSuite(const Suite& suite) {
  std::cout << fmt::format(
      "suite {}\n  {}\n  source: {}\n  members\n", suite.name, suite.title, suite.source);
  for (const std::string& member : suite.members) std::cout << "    " << member << "\n";
  for (const SuiteRow& row : suite.rows) {
    std::cout << fmt::format(
        "  row {}: {}{}\n", row.name, row.members.size() > 1 ? "plain mean of " : "", row.metric);
  }
  if (!suite.rows.empty()) return;
  std::cout << fmt::format(
      "  plain mean over the members of: {}\n",
      suite.average.empty() ? "nothing" : fmt::format("{}", fmt::join(suite.average, ", ")));
}

bool IsSuite(const ConfigRoot& configs, const std::string& name) {
  const auto suites = SuiteNames(configs);
  return std::find(suites.begin(), suites.end(), name.substr(0, name.find('@'))) != suites.end();
}

[[noreturn]] void ThrowUnknown(const ConfigRoot& configs, const std::string& name) {
  std::vector<std::string> names = configs.ProtocolNames();
  for (const DatasetRow& row : DatasetCatalog()) names.emplace_back(row.name);
  for (const CodecRow& row : CodecCatalog()) names.emplace_back(row.name);
  for (std::string& suite : SuiteNames(configs)) names.push_back(std::move(suite));
  const std::string hint = DidYouMean(name, names);
  throw ConfigError("there is no protocol, suite, dataset or codec '" + name + "'" +
                    (hint.empty() ? "" : "; " + hint));
}

}  // namespace

int RunExplain(const Arguments& arguments) {
  CommandLine line("explain", "NAME | FILE.json | diff A B | quirks [NAME]");
  line.options.add_options()("json", po::bool_switch(), "one JSON object");
  line.arguments.add_options()("name", po::value<std::vector<std::string>>()->required());
  line.positional.add("name", -1);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const auto names = (*given)["name"].as<std::vector<std::string>>();
  const bool as_json = (*given)["json"].as<bool>();
  const ConfigRoot configs = FindConfigs();
  if (names.front() == "diff") {
    if (names.size() != 3) throw ConfigError("assay explain diff needs two protocols");
    return ExplainDifference(configs, names[1], names[2], as_json);
  }
  if (names.front() == "quirks") {
    if (names.size() > 2) throw ConfigError("assay explain quirks takes one name at most");
    return ExplainQuirks(configs, names.size() == 2 ? names[1] : "", as_json);
  }
  if (names.size() != 1) {
    throw ConfigError("assay explain takes one name, 'diff A B' or 'quirks [NAME]'");
  }
  const bool in_catalog = ExplainCatalogs(names.front());
  // A suite may have the name of its dataset.
  if (IsSuite(configs, names.front())) {
    const Suite suite = LoadSuite(configs, names.front());
    if (as_json) {
      std::cout << ExplainSuite(suite).dump(2) << "\n";
    } else {
      PrintSuite(suite);
    }
    return kOk;
  }
  if (in_catalog) return kOk;
  const std::string base = names.front().substr(0, names.front().find('+'));
  const auto known = configs.ProtocolNames();
  if (!IsProtocolFile(base) && std::find(known.begin(), known.end(), base) == known.end()) {
    ThrowUnknown(configs, names.front());
  }
  const Protocol protocol = LoadProtocol(configs, names.front());
  if (as_json) {
    std::cout << ExplainProtocol(protocol).dump(2) << "\n";
  } else {
    PrintProtocol(protocol);
  }
  return kOk;
}

}  // namespace assay::cli
