// suite.json: the table of a suite, from its members' reports.
//
//   {"schema_version", "suite", "members", "rows", "average", "published", "flaws", "label"}
//
// `flaws` says of every member that spoils the means why, "<protocol>: <why>". A row over
// one protocol has that protocol's value, whose label stands with the member; a row over
// several has their plain mean or, where one of them has a flaw and --allow-partial is not
// given, null. `published` holds the rows of the registry (eval/published.h) nearest to
// each value, best first, and those of the suite's `beside`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "eval/published.h"
#include "eval/suite.h"

namespace assay {

// What became of one member.
struct SuiteMember {
  std::string protocol;
  std::string hash;
  std::string report = {};   // text of its report.json; empty where it was not scored
  std::string problem = {};  // why not
};

struct SuiteOptions {
  bool allow_partial = false;
  std::span<const PublishedRow> published = {};
};

// Throws ConfigError for a metric that a scored member does not have.
nlohmann::ordered_json SuiteReport(const Suite& suite,
                                   const std::vector<SuiteMember>& members,
                                   const SuiteOptions& options = {});

}  // namespace assay
