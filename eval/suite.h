// Suites: several protocols run together, and the plain mean of what they share.
//
// A suite is configs/suites/<name>.json:
//   title, source   as of a protocol
//   members         names of protocols, in the order of the table
//   average         metrics whose mean over the members is given; absent: none
// <name>@<variant> is the same with that variant of every member.
//
//   mean(metric) = (sum over members, in order, of the member's value) / members
//
// The mean is given only where every member has a value from a complete set: the mean
// over those that happen to be there is another number. --allow-partial gives that one
// and labels it "partial <members without a flaw>/<members>".
//
// RUN/suite.json (schema configs/schemas/suite.schema.json) holds the table; the
// members' runs are RUN/<protocol>/.
//
// To add a suite: write the file. tests/eval iterates the folder.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "eval/protocol.h"

namespace assay {

struct Suite {
  std::string name;
  std::string title;
  std::string source;
  std::vector<std::string> members;
  std::vector<std::string> average;
};

std::vector<std::string> SuiteNames(const ConfigRoot& configs);  // sorted

// Throws ConfigError with all findings: unknown fields and names, a member twice, none.
Suite LoadSuite(const ConfigRoot& configs, const std::string& name);

// What became of one member.
struct SuiteMember {
  std::string protocol;
  std::string hash;
  std::string report = {};   // text of its report.json; empty where it was not scored
  std::string problem = {};  // why not
};

// {"schema_version", "suite", "members", "average", "flaws", "label"}: `flaws` says of
// every member that spoils the means why, "<protocol>: <why>". Throws ConfigError for a
// metric that a scored member does not have.
nlohmann::ordered_json SuiteReport(const Suite& suite,
                                   const std::vector<SuiteMember>& members,
                                   bool allow_partial);

// Members in rows, averaged metrics in columns, the mean below them. A suite without a
// mean lists every member's headline.
std::string SuiteText(const nlohmann::ordered_json& report, bool colour);
std::string SuiteMarkdown(const nlohmann::ordered_json& report);
// suite,member,protocol_hash,metric,value with full precision; the mean is the member
// "mean".
std::string SuiteCsv(const nlohmann::ordered_json& report);

}  // namespace assay
