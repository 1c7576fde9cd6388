#include "eval/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/fields.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

using nlohmann::json;

std::filesystem::path Folder(const ConfigRoot& configs) { return configs.folder() / "suites"; }

bool IsSuite(const ConfigRoot& configs, const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos &&
         std::filesystem::exists(Folder(configs) / (name + ".json"));
}

json ReadSuite(const ConfigRoot& configs, const std::string& name) {
  if (!IsSuite(configs, name)) {
    const std::string hint = DidYouMean(name, SuiteNames(configs));
    throw ConfigError("there is no suite '" + name + "'" + (hint.empty() ? "" : "; " + hint) +
                      "\n  'assay list suites' shows them all");
  }
  const std::filesystem::path file = Folder(configs) / (name + ".json");
  return ParseJson(ReadText(file), file.string());
}

// Of a suite in a row: its own members, which must average the metric.
std::vector<std::string> MembersOf(const ConfigRoot& configs, const SuiteRow& row, Fields& fields) {
  if (!IsSuite(configs, row.name)) return {row.name};
  if (ReadSuite(configs, row.name).contains("rows")) {
    fields.Report("name", fmt::format("{} is a table of rows itself", row.name));
    return {};
  }
  const Suite inner = LoadSuite(configs, row.name);
  if (std::find(inner.average.begin(), inner.average.end(), row.metric) == inner.average.end()) {
    fields.Report("metric", fmt::format("suite {} has no mean of '{}'", row.name, row.metric));
  }
  return inner.members;
}

std::vector<SuiteRow> Rows(const ConfigRoot& configs,
                           Fields& fields,
                           std::vector<Finding>& findings) {
  const json given = fields.Any("rows", json::array());
  if (!given.is_array()) fields.Report("rows", "must be a list of rows");
  std::vector<SuiteRow> rows;
  for (std::size_t i = 0; given.is_array() && i < given.size(); ++i) {
    json effective;
    Fields row_fields(given[i], effective, findings, fmt::format("/rows/{}", i));
    SuiteRow row{row_fields.Text("name", ""), row_fields.Text("metric", ""), {}};
    if (row.name.empty()) row_fields.Report("name", "must name a protocol or a suite");
    if (row.metric.empty()) row_fields.Report("metric", "must name a metric");
    row.members = MembersOf(configs, row, row_fields);
    row_fields.Finish();
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> MembersOfRows(const std::vector<SuiteRow>& rows) {
  std::vector<std::string> members;
  for (const SuiteRow& row : rows) {
    for (const std::string& member : row.members) {
      if (std::find(members.begin(), members.end(), member) == members.end()) {
        members.push_back(member);
      }
    }
  }
  return members;
}

void AddVariant(Suite& suite, const std::string& variant) {
  for (std::string& member : suite.members) member += variant;
  for (SuiteRow& row : suite.rows) {
    row.name += variant;
    for (std::string& member : row.members) member += variant;
  }
}

}  // namespace

std::vector<std::string> SuiteNames(const ConfigRoot& configs) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(Folder(configs))) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Suite LoadSuite(const ConfigRoot& configs, const std::string& name) {
  const std::size_t at = std::min(name.find('@'), name.size());
  const json content = ReadSuite(configs, name.substr(0, at));
  std::vector<Finding> findings;
  json effective;
  Fields fields(content, effective, findings);
  Suite suite;
  suite.name = name;
  suite.title = fields.Text("title", "");
  suite.source = fields.Text("source", "");
  suite.members = fields.DistinctNames("members");
  suite.average = fields.DistinctNames("average");
  suite.beside = fields.DistinctNames("beside");
  suite.rows = Rows(configs, fields, findings);
  if (!suite.rows.empty() && !(suite.members.empty() && suite.average.empty())) {
    fields.Report("rows", "stand in place of members and average");
  }
  if (!suite.rows.empty()) suite.members = MembersOfRows(suite.rows);
  if (suite.members.empty()) fields.Report("members", "must name at least one protocol");
  fields.Finish();
  if (!findings.empty()) throw ConfigError("suite " + name, std::move(findings));
  AddVariant(suite, name.substr(at));
  return suite;
}

}  // namespace assay
