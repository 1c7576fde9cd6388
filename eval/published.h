// Published numbers: what papers and repositories print for the benchmarks scored here.
//
// configs/published/<file>.json holds
//   title, task
//   benchmarks   benchmark (and split; absent: every split) -> the protocol or suite here
//                that scores the same set
//   rows         one printed cell each:
//     benchmark, split, metric, model      as the source words them; model_id is one
//                                          spelling for all of them
//     value, printed, unit                 the number, and its digits as printed; never
//                                          re-scaled. percent = 100 * fraction, also of
//                                          AbsRel; ratio, fraction and degrees are the
//                                          units of reports
//     alignment                            depth: what was fitted before scoring
//     zero_shot                            yes, no, unknown, n/a
//     ranked                               false: impossible, doubtful or an ablation; the
//                                          note says why, and no report shows the row
//     protocol.state                       published: the evaluator can be read; name is
//                                          the protocol or suite here that does the same
//     source, note
//
// The same cell may stand there with several values: they come from several protocols and
// are never merged. Vision Banana's rows of SA-Co/Gold in the first and the third version
// of its paper are different quantities (500 queries without a presence gate, the whole
// set behind one).
//
// To add a row: write it. tests/eval/published_test.cc reads the folder.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "eval/protocol.h"

namespace assay {

struct PublishedRow {
  std::string name;  // of the protocol or suite here, without a variant; "" = none
  std::string benchmark, split, task, metric;
  std::string model, model_id;
  double value = 0;
  std::string printed, unit;
  std::string alignment;
  std::string zero_shot;
  bool ranked = true;
  bool protocol_published = false;
  std::string protocol;  // of the names here, the one that is the source's; "" = none
  std::string protocol_note;
  std::string source, note;
};

// In order of file names, then of rows. Throws ConfigError with all findings.
std::vector<PublishedRow> LoadPublished(const ConfigRoot& configs);

// In the units of reports: percent / 100.
double ReportedValue(const PublishedRow& row);

struct PublishedQuery {
  std::string name;    // of a protocol or suite, with or without a variant
  std::string metric;  // its name in reports
  // Depth fitted to the truth before scoring is never put beside depth in metres.
  bool aligned = false;
  bool higher_is_better = true;
  double value = 0;  // what was measured
};

// Of a protocol's settings: whether depth is fitted to the truth.
bool IsAligned(const nlohmann::ordered_json& settings);

// The ranked rows of that set and metric nearest to `value`, at most `count`: smallest
// absolute difference first, then order of the registry; given back best first.
// Empty for a value that is not finite.
std::vector<const PublishedRow*> Nearest(std::span<const PublishedRow> rows,
                                         const PublishedQuery& query,
                                         std::size_t count);
// The same, and the ranked rows of these models of that set and metric wherever they lie.
std::vector<const PublishedRow*> Beside(std::span<const PublishedRow> rows,
                                        const PublishedQuery& query,
                                        const std::vector<std::string>& model_ids,
                                        std::size_t count);

// As the "published" part of a report has it.
nlohmann::ordered_json ToJson(const PublishedRow& row);

}  // namespace assay
