// Views of a report: the same numbers, rounded, for people and spreadsheets.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

namespace assay {

// A short table for a terminal, of depth by distance too; `colour` uses ANSI escapes.
std::string TerminalTable(const nlohmann::ordered_json& report, bool colour);
// One row per report, the headline metrics side by side.
struct NamedReport {
  std::string name;
  const nlohmann::ordered_json* report;
};
std::string ComparisonTable(std::span<const NamedReport> reports, bool colour);
// GitHub-flavoured Markdown with every metric, the breakdown and the settings.
std::string Markdown(const nlohmann::ordered_json& report);
// metric,value,unit,better,n with full precision.
std::string Csv(const nlohmann::ordered_json& report);

// "nyu-depth #1234abcd (partial 1/654)"
std::string LabelOf(const nlohmann::ordered_json& report);

}  // namespace assay
