#include "eval/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "eval/text_table.h"
#include "model/catalog.h"

namespace assay {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// "nyu-depth@bts+align=lsq_scale" is of the family nyu-depth, with "+align=lsq_scale".
struct NameParts {
  std::string family;
  std::string alignment;
};
NameParts PartsOf(const std::string& name) {
  const std::size_t plus = std::min(name.find('+'), name.size());
  return {name.substr(0, std::min(name.find('@'), plus)), name.substr(plus)};
}

// What must be equal in two protocols' settings for one decoded answer to serve both.
constexpr std::string_view kSharedFields[] = {"dataset", "split", "list", "view"};
// This too where answers are painted: such an image has the size a model likes, and stands for the
// frame it was shown. An array of the whole image serves every frame.
constexpr std::string_view kFrameField = "pred_frame";

std::string Shown(const json& settings, std::string_view field) {
  const auto found = settings.find(field);
  return found == settings.end() ? "none" : found->dump();
}

// Why `other` cannot be scored from what is decoded for `named`; "" where it can.
std::string ReasonAgainst(const Protocol& named, const Protocol& other) {
  const json ours = json::parse(named.settings);
  const json theirs = json::parse(other.settings);
  std::vector<std::string_view> shared(std::begin(kSharedFields), std::end(kSharedFields));
  if (IsPainted(json::parse(named.answer).value("codec", "rgb"))) shared.push_back(kFrameField);
  for (const std::string_view field : shared) {
    const std::string here = Shown(ours, field);
    const std::string there = Shown(theirs, field);
    if (here != there) return fmt::format("its {} is {}, not {}", field, there, here);
  }
  if (named.answer_hash != other.answer_hash) return "it reads answers by other settings";
  return "";
}

// The value that a member has of a metric; null without one.
const ordered_json* ValueOf(const ordered_json& member, const std::string& metric) {
  if (!member.contains("metrics") || !member.at("metrics").contains(metric)) return nullptr;
  const ordered_json& value = member.at("metrics").at(metric);
  return value.is_null() ? nullptr : &value;
}

// unit -> protocols, of those with a value.
using UnitsOfMetric = std::map<std::string, std::vector<std::string>>;

ordered_json SpreadOf(const std::string& metric, const ordered_json& members) {
  ordered_json spread;
  int values = 0;
  for (const ordered_json& member : members) {
    const ordered_json* value = ValueOf(member, metric);
    if (value == nullptr) continue;
    const auto number = value->get<double>();
    if (++values == 1 || number < spread.at("min").get<double>()) {
      spread["min"] = number;
      spread["at_min"] = member.at("protocol");
    }
    if (values == 1 || number > spread.at("max").get<double>()) {
      spread["max"] = number;
      spread["at_max"] = member.at("protocol");
    }
  }
  if (values < 2) return nullptr;
  return {{"min", spread["min"]},
          {"max", spread["max"]},
          {"spread", spread["max"].get<double>() - spread["min"].get<double>()},
          {"at_min", spread["at_min"]},
          {"at_max", spread["at_max"]}};
}

// In the order in which they first occur.
std::vector<std::string> MetricNames(const ordered_json& members) {
  std::vector<std::string> names;
  for (const ordered_json& member : members) {
    if (!member.contains("metrics")) continue;
    for (const auto& [name, unused] : member.at("metrics").items()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

TableRows Rows(const ordered_json& report) {
  const std::vector<std::string> metrics = MetricNames(report.at("members"));
  TableRows rows = {{"variant"}};
  rows[0].insert(rows[0].end(), metrics.begin(), metrics.end());
  for (const ordered_json& member : report.at("members")) {
    std::vector<std::string> row = {member.at("protocol")};
    for (const std::string& metric : metrics) {
      const bool has = member.contains("metrics") && member.at("metrics").contains(metric);
      row.push_back(has ? Rounded(member.at("metrics").at(metric)) : "-");
    }
    rows.push_back(std::move(row));
  }
  std::vector<std::string> last = {"spread"};
  for (const std::string& metric : metrics) {
    const auto& spread = report.at("spread");
    last.push_back(spread.contains(metric) ? Rounded(spread.at(metric).at("spread")) : "-");
  }
  rows.push_back(std::move(last));
  return rows;
}

std::vector<std::string> Remarks(const ordered_json& report) {
  std::vector<std::string> remarks;
  for (const ordered_json& member : report.at("members")) {
    const auto name = member.at("protocol").get<std::string>();
    if (member.contains("problem")) {
      remarks.push_back(name +
                        " is not scored: " + FirstLine(member.at("problem").get<std::string>()));
    }
  }
  const ordered_json differing = report.value("units_differ", ordered_json::object());
  for (const auto& [metric, units] : differing.items()) {
    std::string text = metric + " has no spread:";
    for (const auto& [unit, protocols] : units.items()) {
      const auto names = protocols.get<std::vector<std::string>>();
      text += fmt::format(" {} in {}{}", unit, names.front(), names.size() > 1 ? ", …;" : ";");
    }
    text.pop_back();
    remarks.push_back(std::move(text));
  }
  for (const ordered_json& row : report.at("left_out")) {
    remarks.push_back(row.at("protocol").get<std::string>() +
                      " is left out: " + row.at("reason").get<std::string>());
  }
  return remarks;
}

// What is equal for every variant's label stands beside the title.
std::string TitleOf(const ordered_json& report) {
  std::string label;
  const ordered_json& first = report.at("members").front();
  if (first.contains("label")) {
    for (const auto& text : first.at("label")) {
      const auto word = text.get<std::string>();
      if (word != "unverified") label += (label.empty() ? "" : ", ") + word;
    }
  }
  const auto title = report.at("suite").at("title").get<std::string>();
  return label.empty() ? title : title + " (" + label + ")";
}

}  // namespace

VariantChoice CompatibleVariants(const ConfigRoot& configs,
                                 const std::string& name,
                                 const ProtocolOverrides& overrides) {
  const NameParts parts = PartsOf(name);
  VariantChoice choice;
  choice.protocols.push_back(LoadProtocol(configs, name, overrides));
  for (const std::string& known : configs.ProtocolNames()) {
    const std::string other = known + parts.alignment;
    if (other == name || PartsOf(known).family != parts.family) continue;
    try {
      Protocol protocol = LoadProtocol(configs, other, overrides);
      const std::string reason = ReasonAgainst(choice.protocols.front(), protocol);
      if (reason.empty()) {
        choice.protocols.push_back(std::move(protocol));
      } else {
        choice.left_out.push_back({other, reason});
      }
    } catch (const ConfigError& error) {
      choice.left_out.push_back({other, error.what()});
    }
  }
  return choice;
}

ordered_json VariantsReport(const VariantChoice& choice, const std::vector<SuiteMember>& members) {
  const std::string family = PartsOf(choice.protocols.front().name).family;
  Suite suite{.name = family + " variants",
              .title = "every variant of " + family + " that reads these answers",
              .source = "",
              .members = {},
              .average = {}};
  for (const SuiteMember& member : members) suite.members.push_back(member.protocol);
  ordered_json report = SuiteReport(suite, members, {.allow_partial = true});
  std::map<std::string, UnitsOfMetric> units;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].report.empty()) continue;
    const auto full = ordered_json::parse(members[i].report);
    ordered_json& metrics = report["members"][i]["metrics"];
    metrics = ordered_json::object();
    for (const auto& [name, metric] : full.at("metrics").items()) {
      metrics[name] = metric.at("value");
      if (metric.at("value").is_null()) continue;
      units[name][metric.at("unit").get<std::string>()].push_back(members[i].protocol);
    }
  }
  report["spread"] = ordered_json::object();
  report["units_differ"] = ordered_json::object();
  for (const std::string& metric : MetricNames(report["members"])) {
    if (units[metric].size() > 1) {
      report["units_differ"][metric] = units[metric];
      continue;
    }
    ordered_json spread = SpreadOf(metric, report["members"]);
    if (!spread.is_null()) report["spread"][metric] = std::move(spread);
  }
  report["left_out"] = ordered_json::array();
  for (const LeftOutVariant& left_out : choice.left_out) {
    report["left_out"].push_back({{"protocol", left_out.protocol}, {"reason", left_out.reason}});
  }
  return report;
}

bool IsVariantsReport(const ordered_json& suite_report) { return suite_report.contains("spread"); }

std::string VariantsText(const ordered_json& report, bool colour) {
  const Style& style = StyleFor(colour);
  std::string text = fmt::format("{}{}{}\n", style.bold, TitleOf(report), style.reset);
  text += Aligned(Rows(report), style);
  for (const std::string& remark : Remarks(report)) {
    text += fmt::format("  {}{}{}\n", style.warn, remark, style.reset);
  }
  return text;
}

std::string VariantsMarkdown(const ordered_json& report) {
  std::string text = "# " + TitleOf(report) + "\n\n";
  text += MarkdownTable(Rows(report));
  const std::vector<std::string> remarks = Remarks(report);
  if (!remarks.empty()) text += '\n';
  for (const std::string& remark : remarks) text += "* " + remark + "\n";
  return text;
}

}  // namespace assay
