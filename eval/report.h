// report.json: a pure fold over the records of a run, in index order.
//
// The body is a function of protocol, dataset facts, records and the registry of
// published numbers alone: no path, command line, thread count, date or resume fact is in it. Those
// stand in "run_info", which comparisons leave out. Values are in full double precision, null where
// undefined; rounding happens in views (eval/report_views.h).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "eval/protocol.h"
#include "eval/published.h"
#include "eval/records.h"

namespace assay {

// What the report says about the tree, kept in the store so that a report needs
// no dataset.
struct DatasetFacts {
  std::string name, split, layout, list_sha256;
  std::int64_t found = 0;     // samples in the tree
  std::int64_t official = 0;  // samples of a complete tree; 0 = unknown
  bool synthetic = false;
  bool complete = false;
};

nlohmann::json ToJson(const DatasetFacts& facts);
DatasetFacts DatasetFactsFromJson(const nlohmann::json& json);

struct ReportOptions {
  // Every unscored sample enters as the worst answer, and the label says so.
  bool allow_missing = false;
  // Beside each headline stand the rows nearest to it.
  std::span<const PublishedRow> published = {};
};

struct Report {
  std::string body;     // JSON text, deterministic, without run_info
  bool covered = true;  // coverage at or above the protocol's floor
  // Summary::suspicion (eval/tasks.h) of what is scored; empty = none.
  std::string suspicion = {};
};

// Throws ConfigError when the store does not belong to the protocol or holds
// another number of records than samples were selected.
Report BuildReport(const Protocol& protocol, RecordStore& store, const ReportOptions& options);

// The whole file: body plus the run_info block.
std::string WithRunInfo(const std::string& body, const nlohmann::json& run_info);

}  // namespace assay
