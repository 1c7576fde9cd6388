// Suites: several protocols run together, and the plain mean of what they share.
//
// A suite is configs/suites/<name>.json:
//   title, source   as of a protocol
//   members         names of protocols, in the order of the table
//   average         metrics whose mean over the members is given; absent: none
// or, for a table whose lines measure different things,
//   rows            {name, metric} each: a protocol, or a suite whose mean is meant; the
//                   members are those of all rows, each once
//   beside          model_id of published models (eval/published.h) that every row shows
// <name>@<variant> is the same with that variant of every member.
//
//   mean(metric) = (sum over members, in order, of the member's value) / members
//
// The mean is given only where every member has a value from a complete set: the mean
// over those that happen to be there is another number. --allow-partial gives that one
// and labels it "partial <members without a flaw>/<members>".
//
// RUN/suite.json (schema configs/schemas/suite.schema.json, eval/suite_report.h) holds the
// table; the members' runs are RUN/<protocol>/.
//
// To add a suite: write the file. tests/eval iterates the folder.
#pragma once

#include <string>
#include <vector>

#include "eval/protocol.h"

namespace assay {

struct SuiteRow {
  std::string name;  // of a protocol or a suite
  std::string metric;
  std::vector<std::string> members;  // one for a protocol
};

struct Suite {
  std::string name;
  std::string title;
  std::string source;
  std::vector<std::string> members;
  std::vector<std::string> average = {};
  std::vector<SuiteRow> rows = {};
  std::vector<std::string> beside = {};
};

std::vector<std::string> SuiteNames(const ConfigRoot& configs);  // sorted

// Throws ConfigError with all findings: unknown fields and names, a member twice, none.
Suite LoadSuite(const ConfigRoot& configs, const std::string& name);

}  // namespace assay
