// Views of suite.json (eval/suite_report.h), rounded for people and spreadsheets.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace assay {

// With rows: one line each, with the published numbers beside it. Else members in lines,
// averaged metrics in columns, the mean below them; a suite without a mean lists every
// member's headline.
std::string SuiteText(const nlohmann::ordered_json& report, bool colour);
std::string SuiteMarkdown(const nlohmann::ordered_json& report);
// suite,member,protocol_hash,metric,value with full precision; the mean is the member
// "mean", a row is its name.
std::string SuiteCsv(const nlohmann::ordered_json& report);

}  // namespace assay
