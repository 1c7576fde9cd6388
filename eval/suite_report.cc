#include "eval/suite_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "eval/report_views.h"

namespace assay {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

using Strings = std::vector<std::string>;
using Reports = std::map<std::string, ordered_json>;  // by protocol; null = not scored

constexpr int kSchemaVersion = 1;
constexpr std::size_t kPublishedBeside = 3;  // nearest rows beside one value

Reports Parsed(const std::vector<SuiteMember>& members) {
  Reports reports;
  for (const SuiteMember& member : members) {
    reports[member.protocol] =
        member.report.empty() ? ordered_json() : ordered_json::parse(member.report);
  }
  return reports;
}

const ordered_json& ValueOf(const ordered_json& report, const std::string& metric) {
  const ordered_json& metrics = report.at("metrics");
  if (const auto found = metrics.find(metric); found != metrics.end()) return found->at("value");
  throw ConfigError(report.at("protocol").at("name").get<std::string>() + " has no metric " +
                    metric);
}

bool Has(const Strings& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What the suite makes means or rows of, for this member.
Strings MetricsOf(const Suite& suite, const std::string& member) {
  Strings metrics = suite.average;
  for (const SuiteRow& row : suite.rows) {
    if (Has(row.members, member) && !Has(metrics, row.metric)) metrics.push_back(row.metric);
  }
  return metrics;
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
  for (const std::string& name : MetricsOf(suite, member.protocol)) {
    row["metrics"][name] = ValueOf(report, name);
  }
  return row;
}

// Why a member spoils the means: it has no report, a set that is not complete, or a
// metric without a value. "" where it does not.
std::string FlawOf(const Suite& suite, const SuiteMember& member, const ordered_json& report) {
  if (report.is_null()) return member.problem;
  if (!report.at("dataset").at("complete").get<bool>()) {
    return "its set is not complete: " + LabelOf(report);
  }
  for (const std::string& metric : MetricsOf(suite, member.protocol)) {
    if (ValueOf(report, metric).is_null()) return "it has no value of " + metric;
  }
  return "";
}

using Flaws = std::map<std::string, std::string>;  // by protocol

Flaws FlawsOf(const Suite& suite, const std::vector<SuiteMember>& members, const Reports& reports) {
  Flaws flaws;
  for (const SuiteMember& member : members) {
    const std::string flaw = FlawOf(suite, member, reports.at(member.protocol));
    if (!flaw.empty()) flaws[member.protocol] = flaw;
  }
  return flaws;
}

struct Mean {
  ordered_json value;  // null where it is refused or nothing is there
  std::int64_t n = 0;
};

Mean MeanOf(const std::string& metric, const Strings& members, const Reports& reports, bool given) {
  double sum = 0;
  Mean mean;
  for (const std::string& member : members) {
    const ordered_json& report = reports.at(member);
    if (report.is_null() || ValueOf(report, metric).is_null()) continue;
    sum += ValueOf(report, metric).get<double>();
    ++mean.n;
  }
  if (given && mean.n > 0) mean.value = sum / static_cast<double>(mean.n);
  return mean;
}

// A mean is given where no member has a flaw, or where a partial one was asked for. What
// one protocol measured is always given.
bool MeanGiven(const Strings& members, const Flaws& flaws, bool allow_partial) {
  if (allow_partial || members.size() == 1) return true;
  return std::none_of(
      members.begin(), members.end(), [&](const auto& member) { return flaws.contains(member); });
}

// The members are scored alike: the first one with a report tells how.
ordered_json PublishedBeside(const Suite& suite,
                             const SuiteRow& row,
                             const Reports& reports,
                             const ordered_json& value,
                             std::span<const PublishedRow> published) {
  ordered_json out = ordered_json::array();
  const auto scored = std::find_if(row.members.begin(), row.members.end(), [&](const auto& member) {
    return !reports.at(member).is_null();
  });
  if (value.is_null() || scored == row.members.end()) return out;
  const ordered_json& report = reports.at(*scored);
  const PublishedQuery query{
      .name = row.name,
      .metric = row.metric,
      .aligned = IsAligned(report.at("protocol").at("settings")),
      .higher_is_better = report.at("metrics").at(row.metric).at("better") == "higher",
      .value = value.get<double>()};
  for (const PublishedRow* near : Beside(published, query, suite.beside, kPublishedBeside)) {
    out.push_back(ToJson(*near));
  }
  return out;
}

std::string SuiteHash(const Suite& suite, const std::vector<SuiteMember>& members) {
  json identity = {{"average", suite.average}, {"members", json::array()}};
  for (const SuiteMember& member : members) identity["members"].push_back(member.hash);
  for (const SuiteRow& row : suite.rows) {
    identity["rows"].push_back({row.name, row.metric, row.members});
  }
  return Sha256(identity.dump());
}

ordered_json RowsJson(const Suite& suite,
                      const Reports& reports,
                      const Flaws& flaws,
                      const SuiteOptions& options) {
  ordered_json rows = ordered_json::array();
  for (const SuiteRow& row : suite.rows) {
    const bool given = MeanGiven(row.members, flaws, options.allow_partial);
    const Mean mean = MeanOf(row.metric, row.members, reports, given);
    rows.push_back(
        {{"name", row.name},
         {"metric", row.metric},
         {"value", mean.value},
         {"n", mean.n},
         {"members", row.members},
         {"published", PublishedBeside(suite, row, reports, mean.value, options.published)}});
  }
  return rows;
}

bool HasMeans(const Suite& suite) {
  return !suite.average.empty() ||
         std::any_of(suite.rows.begin(), suite.rows.end(), [](const SuiteRow& row) {
           return row.members.size() > 1;
         });
}

}  // namespace

ordered_json SuiteReport(const Suite& suite,
                         const std::vector<SuiteMember>& members,
                         const SuiteOptions& options) {
  const Reports reports = Parsed(members);
  const Flaws flaws = FlawsOf(suite, members, reports);
  ordered_json out;
  out["schema_version"] = kSchemaVersion;
  out["suite"] = {{"name", suite.name},
                  {"hash", SuiteHash(suite, members)},
                  {"title", suite.title},
                  {"source", suite.source},
                  {"beside", suite.beside}};
  out["members"] = ordered_json::array();
  out["flaws"] = ordered_json::array();
  for (const SuiteMember& member : members) {
    out["members"].push_back(MemberJson(suite, member, reports.at(member.protocol)));
    const auto flaw = flaws.find(member.protocol);
    if (flaw != flaws.end()) out["flaws"].push_back(member.protocol + ": " + flaw->second);
  }
  out["rows"] = RowsJson(suite, reports, flaws, options);
  out["average"] = ordered_json::object();
  out["published"] = ordered_json::array();
  for (const std::string& metric : suite.average) {
    const bool given = flaws.empty() || options.allow_partial;
    const Mean mean = MeanOf(metric, suite.members, reports, given);
    out["average"][metric] = {
        {"value", mean.value}, {"n", mean.n}, {"over", "members"}, {"method", "plain mean"}};
    const SuiteRow row{suite.name, metric, suite.members};
    for (auto& near : PublishedBeside(suite, row, reports, mean.value, options.published)) {
      out["published"].push_back(std::move(near));
    }
  }
  out["label"] = ordered_json::array();
  if (HasMeans(suite) && !flaws.empty()) {
    const std::size_t sound = members.size() - flaws.size();
    out["label"].push_back(
        options.allow_partial ? fmt::format("partial {}/{}", sound, members.size()) : "no mean");
  }
  return out;
}

}  // namespace assay
