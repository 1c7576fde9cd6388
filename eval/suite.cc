#include "eval/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/fields.h"
#include "datasets/io/file.h"
#include "eval/report_views.h"
#include "eval/text_table.h"

namespace assay {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

using Strings = std::vector<std::string>;

constexpr int kSchemaVersion = 1;

std::filesystem::path Folder(const ConfigRoot& configs) { return configs.folder() / "suites"; }

json ReadSuite(const ConfigRoot& configs, const std::string& name) {
  const std::filesystem::path file = Folder(configs) / (name + ".json");
  if (name.empty() || name.find('/') != std::string::npos || !std::filesystem::exists(file)) {
    const std::string hint = DidYouMean(name, SuiteNames(configs));
    throw ConfigError("there is no suite '" + name + "'" + (hint.empty() ? "" : "; " + hint) +
                      "\n  'assay list suites' shows them all");
  }
  return ParseJson(ReadText(file), file.string());
}

// Names, each once.
std::vector<std::string> Names(Fields& fields, std::string_view field) {
  const json given = fields.Any(field, json::array());
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const json& name : given.is_array() ? given : json::array({0})) {
    if (!name.is_string()) {
      fields.Report(field, "must be a list of names");
    } else if (!seen.insert(name).second) {
      fields.Report(field, "holds " + name.get<std::string>() + " twice");
    } else {
      names.push_back(name);
    }
  }
  return names;
}

// ---- the report --------------------------------------------------------------

const ordered_json& ValueOf(const ordered_json& report, const std::string& metric) {
  const ordered_json& metrics = report.at("metrics");
  if (const auto found = metrics.find(metric); found != metrics.end()) return found->at("value");
  throw ConfigError(report.at("protocol").at("name").get<std::string>() + " has no metric " +
                    metric);
}

ordered_json MemberJson(const Suite& suite, const SuiteMember& member, const ordered_json& report) {
  ordered_json row = {{"protocol", member.protocol}, {"hash", member.hash}};
  if (report.is_null()) {
    row["problem"] = member.problem;
    return row;
  }
  row["label"] = report.at("label");
  row["complete"] = report.at("dataset").at("complete");
  row["coverage"] = report.at("coverage");
  row["headline"] = report.at("protocol").at("headline");
  row["metrics"] = ordered_json::object();
  for (const auto& name : report.at("protocol").at("headline").get<Strings>()) {
    row["metrics"][name] = ValueOf(report, name);
  }
  for (const std::string& name : suite.average) row["metrics"][name] = ValueOf(report, name);
  return row;
}

// Why a member spoils the means: it has no report, a set that is not complete, or a
// metric without a value. "" where it does not.
std::string FlawOf(const Suite& suite, const SuiteMember& member, const ordered_json& report) {
  if (report.is_null()) return member.problem;
  if (!report.at("dataset").at("complete").get<bool>()) {
    return "its set is not complete: " + LabelOf(report);
  }
  for (const std::string& metric : suite.average) {
    if (ValueOf(report, metric).is_null()) return "it has no value of " + metric;
  }
  return "";
}

ordered_json MeanOf(const std::string& metric,
                    const std::vector<ordered_json>& reports,
                    bool given) {
  double sum = 0;
  std::int64_t n = 0;
  for (const ordered_json& report : reports) {
    if (report.is_null() || ValueOf(report, metric).is_null()) continue;
    sum += ValueOf(report, metric).get<double>();
    ++n;
  }
  const ordered_json value =
      given && n > 0 ? ordered_json(sum / static_cast<double>(n)) : ordered_json();
  return {{"value", value}, {"n", n}, {"over", "members"}, {"method", "plain mean"}};
}

std::string SuiteHash(const Suite& suite, const std::vector<SuiteMember>& members) {
  json identity = {{"average", suite.average}, {"members", json::array()}};
  for (const SuiteMember& member : members) identity["members"].push_back(member.hash);
  return Sha256(identity.dump());
}

// ---- views -------------------------------------------------------------------

std::string TitleOf(const ordered_json& report) {
  const ordered_json& suite = report.at("suite");
  std::string title =
      suite.at("name").get<std::string>() + " " + ShortHash(suite.at("hash").get<std::string>());
  std::string label;
  for (const auto& text : report.at("label")) {
    label += (label.empty() ? "" : ", ") + text.get<std::string>();
  }
  return label.empty() ? title : title + " (" + label + ")";
}

// Of an error: the problem without what to do.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string NoteOf(const ordered_json& member) {
  if (member.contains("problem")) return "not scored";
  std::string note;
  for (const auto& text : member.at("label")) {
    note += (note.empty() ? "" : ", ") + text.get<std::string>();
  }
  return note;
}

// The head is the first row.
TableRows AveragedRows(const ordered_json& report) {
  TableRows rows = {{"member"}};
  for (const auto& [name, unused] : report.at("average").items()) rows[0].push_back(name);
  rows[0].emplace_back("label");
  for (const ordered_json& member : report.at("members")) {
    std::vector<std::string> row = {member.at("protocol")};
    for (const auto& [name, unused] : report.at("average").items()) {
      row.push_back(member.contains("metrics") ? Rounded(member.at("metrics").at(name)) : "-");
    }
    row.push_back(NoteOf(member));
    rows.push_back(std::move(row));
  }
  std::vector<std::string> mean = {"mean"};
  for (const auto& [unused, metric] : report.at("average").items()) {
    mean.push_back(Rounded(metric.at("value")));
  }
  mean.emplace_back();
  rows.push_back(std::move(mean));
  return rows;
}

TableRows HeadlineRows(const ordered_json& report) {
  TableRows rows = {{"member", "metric", "value", "label"}};
  for (const ordered_json& member : report.at("members")) {
    if (!member.contains("headline")) {
      rows.push_back({member.at("protocol"), "", "-", NoteOf(member)});
      continue;
    }
    for (const auto& name : member.at("headline").get<Strings>()) {
      rows.push_back(
          {member.at("protocol"), name, Rounded(member.at("metrics").at(name)), NoteOf(member)});
    }
  }
  return rows;
}

TableRows Rows(const ordered_json& report) {
  return report.at("average").empty() ? HeadlineRows(report) : AveragedRows(report);
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
  suite.members = Names(fields, "members");
  suite.average = Names(fields, "average");
  if (suite.members.empty()) fields.Report("members", "must name at least one protocol");
  fields.Finish();
  if (!findings.empty()) throw ConfigError("suite " + name, std::move(findings));
  for (std::string& member : suite.members) member += name.substr(at);
  return suite;
}

ordered_json SuiteReport(const Suite& suite,
                         const std::vector<SuiteMember>& members,
                         bool allow_partial) {
  std::vector<ordered_json> reports;
  reports.reserve(members.size());
  for (const SuiteMember& member : members) {
    reports.push_back(member.report.empty() ? ordered_json() : ordered_json::parse(member.report));
  }
  ordered_json out;
  out["schema_version"] = kSchemaVersion;
  out["suite"] = {{"name", suite.name},
                  {"hash", SuiteHash(suite, members)},
                  {"title", suite.title},
                  {"source", suite.source}};
  out["members"] = ordered_json::array();
  for (std::size_t i = 0; i < members.size(); ++i) {
    out["members"].push_back(MemberJson(suite, members[i], reports[i]));
  }
  ordered_json flaws = ordered_json::array();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string flaw = FlawOf(suite, members[i], reports[i]);
    if (!flaw.empty()) flaws.push_back(members[i].protocol + ": " + flaw);
  }
  const std::size_t sound = members.size() - flaws.size();
  const bool given = flaws.empty() || allow_partial;
  out["average"] = ordered_json::object();
  for (const std::string& name : suite.average) out["average"][name] = MeanOf(name, reports, given);
  out["flaws"] = flaws;
  out["label"] = ordered_json::array();
  if (!suite.average.empty() && !flaws.empty()) {
    out["label"].push_back(allow_partial ? fmt::format("partial {}/{}", sound, members.size())
                                         : "no mean");
  }
  return out;
}

std::string SuiteText(const ordered_json& report, bool colour) {
  const Style& style = StyleFor(colour);
  std::string text = fmt::format("{}{}{}\n", style.bold, TitleOf(report), style.reset);
  text += Aligned(Rows(report), style);
  for (const auto& flaw : report.at("flaws")) {
    text += fmt::format("  {}{}{}\n", style.warn, FirstLine(flaw), style.reset);
  }
  return text;
}

std::string SuiteMarkdown(const ordered_json& report) {
  std::string text = "# " + TitleOf(report) + "\n\n";
  if (const auto title = report.at("suite").at("title").get<std::string>(); !title.empty()) {
    text += title + "\n\n";
  }
  TableRows rows = Rows(report);
  const std::vector<std::string> head = rows.front();
  rows.erase(rows.begin());
  text += MarkdownTable(head, rows);
  if (!report.at("flaws").empty()) text += '\n';
  for (const auto& flaw : report.at("flaws")) text += "* " + FirstLine(flaw) + "\n";
  return text;
}

std::string SuiteCsv(const ordered_json& report) {
  const auto name = report.at("suite").at("name").get<std::string>();
  std::string text = "suite,member,protocol_hash,metric,value\n";
  const auto row = [&](const std::string& member,
                       const std::string& hash,
                       const std::string& metric,
                       const ordered_json& value) {
    text += fmt::format(
        "{},{},{},{},{}\n", name, member, hash, metric, value.is_null() ? "" : value.dump());
  };
  for (const ordered_json& member : report.at("members")) {
    if (!member.contains("metrics")) continue;
    for (const auto& [metric, value] : member.at("metrics").items()) {
      row(member.at("protocol"), member.at("hash"), metric, value);
    }
  }
  for (const auto& [metric, mean] : report.at("average").items()) {
    row("mean", report.at("suite").at("hash"), metric, mean.at("value"));
  }
  return text;
}

}  // namespace assay
