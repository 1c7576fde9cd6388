#include "eval/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "eval/number_or_null.h"
#include "eval/report_fold.h"

namespace assay {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

ordered_json MetricsJson(const Summary& value,
                         const Summary& worst,
                         const Summary& best,
                         bool covered) {
  ordered_json out = ordered_json::object();
  for (std::size_t i = 0; i < value.metrics.size(); ++i) {
    const MetricValue& metric = value.metrics[i];
    ordered_json entry = {{"value", covered ? NumberOrNull(metric.value) : ordered_json()},
                          {"unit", metric.unit},
                          {"better", metric.higher_is_better ? "higher" : "lower"},
                          {"n", metric.n},
                          {"over", metric.over},
                          {"ci95", nullptr},
                          {"method", metric.method.empty() ? json() : json(metric.method)}};
    if (!covered) {
      entry["bounds"] = {{"worst", NumberOrNull(worst.metrics[i].value)},
                         {"best", NumberOrNull(best.metrics[i].value)}};
    }
    out[metric.name] = std::move(entry);
  }
  return out;
}

ordered_json BreakdownJson(const Summary& summary) {
  ordered_json out = ordered_json::object();
  for (const auto& [group, entries] : summary.breakdown) {
    ordered_json group_json = ordered_json::object();
    for (const Summary::Entry& entry : entries) {
      ordered_json values = ordered_json::object();
      for (const auto& [name, count] : entry.counts) values[name] = count;
      for (const auto& [name, value] : entry.values) values[name] = NumberOrNull(value);
      group_json[entry.name] = std::move(values);
    }
    out[group] = std::move(group_json);
  }
  return out;
}

ordered_json DiagnosticsJson(const DiagnosticFolds& folds) {
  ordered_json out = ordered_json::object();
  for (const auto& [name, entry] : folds) {
    out[name] = {{"mean", NumberOrNull(entry.sum.Value() / static_cast<double>(entry.samples))},
                 {"max", NumberOrNull(entry.max)},
                 {"n", entry.samples}};
  }
  return out;
}

ordered_json CoverageJson(const OutcomeCounts& counts) {
  ordered_json out = {{"expected", counts.expected}};
  for (std::size_t i = 0; i < kOutcomeNames.size(); ++i) {
    out[std::string(kOutcomeNames[i])] = counts.outcomes[i];
  }
  return out;
}

constexpr std::size_t kPublishedBeside = 4;  // rows beside one headline

ordered_json PublishedJson(const Protocol& protocol,
                           const Summary& summary,
                           std::span<const PublishedRow> rows) {
  ordered_json out = ordered_json::array();
  const bool aligned = IsAligned(ordered_json::parse(protocol.settings));
  for (const std::string& name : protocol.headline) {
    const auto metric = std::find_if(summary.metrics.begin(),
                                     summary.metrics.end(),
                                     [&](const MetricValue& value) { return value.name == name; });
    if (metric == summary.metrics.end()) continue;
    const PublishedQuery query{
        protocol.name, name, aligned, metric->higher_is_better, metric->value};
    for (const PublishedRow* row : Nearest(rows, query, kPublishedBeside)) {
      out.push_back(ToJson(*row));
    }
  }
  return out;
}

// What every view prints behind the protocol's name. Empty for a clean full run.
std::vector<std::string> Qualifiers(const Protocol& protocol,
                                    const DatasetFacts& facts,
                                    const json& selection,
                                    const OutcomeCounts& counts,
                                    const std::vector<std::string>& answer_label,
                                    const ReportOptions& options) {
  std::vector<std::string> texts;
  if (facts.synthetic) {
    texts.push_back("synthetic-" + std::to_string(facts.official));
  } else if (!facts.complete) {
    texts.push_back("partial " + std::to_string(facts.found) + "/" +
                    (facts.official > 0 ? std::to_string(facts.official) : "?"));
  }
  for (const auto& [name, value] : selection.items()) {
    if (name == "subset") {
      texts.push_back(fmt::format("subset-{} seed {} {}",
                                  value.at("n").get<std::int64_t>(),
                                  value.at("seed").get<std::int64_t>(),
                                  ShortHash(value.at("sha256").get<std::string>())));
      continue;
    }
    texts.push_back(name + " " +
                    (value.is_string() ? ShortHash(value.get<std::string>()) : value.dump()));
  }
  if (!protocol.verified) texts.emplace_back("unverified");
  texts.insert(texts.end(), answer_label.begin(), answer_label.end());
  const std::int64_t unscored = counts.expected - counts.Scored();
  if (unscored > 0) {
    texts.push_back(options.allow_missing ? std::to_string(unscored) + " unscored counted as worst"
                                          : std::to_string(counts.Scored()) + "/" +
                                                std::to_string(counts.expected) + " scored");
  }
  return texts;
}

// Every selected sample has a record, whatever became of it.
void CheckWhole(RecordStore& store, std::int64_t records) {
  const std::string selected = store.Meta("selected");
  if (selected == std::to_string(records)) return;
  throw ConfigError(
      fmt::format("the run holds {} records for {} selected samples; start its command "
                  "again to finish it",
                  records,
                  selected.empty() ? "?" : selected));
}

std::vector<std::string> TextsOf(const std::string& list) {
  return list.empty() ? std::vector<std::string>()
                      : json::parse(list).get<std::vector<std::string>>();
}

std::vector<std::string> Warnings(const Summary& summary, RecordStore& store) {
  std::vector<std::string> warnings = summary.warnings;
  for (const std::string& note : TextsOf(store.Meta("answer_notes"))) warnings.push_back(note);
  return warnings;
}

// Enough has a score for a number to stand for all.
bool IsCovered(const OutcomeCounts& counts,
               const Protocol& protocol,
               const ReportOptions& options) {
  if (counts.expected == 0) return false;
  return options.allow_missing ||
         static_cast<double>(counts.Scored()) >=
             protocol.coverage_floor * static_cast<double>(counts.expected);
}

// The metrics of the samples of each value of each column; null below the coverage floor.
template <class Task>
ordered_json SlicesJson(const Fold<Task>& fold,
                        const Evaluation<Task>& evaluation,
                        const Protocol& protocol,
                        const ReportOptions& options) {
  ordered_json out = ordered_json::object();
  for (const auto& [column, values] : fold.slices) {
    for (const auto& [value, slice] : values) {
      const bool covered = IsCovered(slice.counts, protocol, options);
      ordered_json metrics = ordered_json::object();
      const Summary summary = evaluation.Summarise(evaluation.metric.Finish(slice.state));
      for (const MetricValue& metric : summary.metrics) {
        metrics[metric.name] = covered ? NumberOrNull(metric.value) : ordered_json();
      }
      out[column][value] = {{"expected", slice.counts.expected},
                            {"scored", slice.counts.Scored()},
                            {"metrics", std::move(metrics)}};
    }
  }
  return out;
}

template <class Task>
Report Build(const Protocol& protocol,
             const Evaluation<Task>& evaluation,
             RecordStore& store,
             const ReportOptions& options) {
  const Fold<Task> fold = FoldRecords(evaluation, store, options.allow_missing);
  const OutcomeCounts& counts = fold.counts;
  CheckWhole(store, counts.expected);
  const DatasetFacts facts = DatasetFactsFromJson(json::parse(store.Meta("dataset")));
  const json selection = json::parse(store.Meta("selection"));
  const bool covered = IsCovered(counts, protocol, options);
  const auto summarise = [&](const auto& state) {
    return evaluation.Summarise(evaluation.metric.Finish(state));
  };
  const Summary value = summarise(options.allow_missing ? fold.all.Worst() : fold.all.scored);
  const Summary worst = summarise(fold.all.Worst());
  const Summary best = summarise(fold.all.Best());

  ordered_json body;
  body["schema_version"] = kSchemaVersion;
  body["protocol"] = {{"name", protocol.name},
                      {"hash", protocol.hash},
                      {"title", protocol.title},
                      {"task", protocol.task},
                      {"source", protocol.source},
                      {"verified", protocol.verified},
                      {"headline", protocol.headline},
                      {"settings", ordered_json::parse(protocol.settings)}};
  body["answer"] = {{"hash", protocol.answer_hash},
                    {"source", store.Meta("answers")},
                    {"settings", ordered_json::parse(protocol.answer)}};
  ordered_json dataset = ToJson(facts);
  dataset["fingerprint"] = Sha256(fold.fingerprint_input);
  dataset["selection"] = selection;
  // A subset's manifest: whoever repeats it needs no drawing.
  if (selection.contains("subset")) dataset["keys"] = fold.keys;
  body["dataset"] = std::move(dataset);
  body["label"] =
      Qualifiers(protocol, facts, selection, counts, TextsOf(store.Meta("answer_label")), options);
  body["coverage"] = CoverageJson(counts);
  body["errors"] = fold.errors;
  body["metrics"] = MetricsJson(value, worst, best, covered);
  body["breakdown"] = BreakdownJson(value);
  if (!fold.slices.empty()) body["slices"] = SlicesJson(fold, evaluation, protocol, options);
  body["pixels"] = ordered_json::object();
  for (const auto& [name, count] : value.pixels) body["pixels"][name] = count;
  body["decode"] = DiagnosticsJson(fold.diagnostics);
  body["warnings"] = Warnings(value, store);
  body["published"] =
      covered ? PublishedJson(protocol, value, options.published) : ordered_json::array();
  body["provenance"] = {{"program", "assay"},
                        {"version", ASSAY_VERSION},
                        {"scorer_version", protocol.scorer_version}};
  return {body.dump(2) + "\n", covered, value.suspicion};
}

}  // namespace

json ToJson(const DatasetFacts& facts) {
  return {{"name", facts.name},
          {"split", facts.split},
          {"layout", facts.layout},
          {"list_sha256", facts.list_sha256},
          {"found", facts.found},
          {"official", facts.official},
          {"synthetic", facts.synthetic},
          {"complete", facts.complete}};
}

DatasetFacts DatasetFactsFromJson(const json& json) {
  return {.name = json.at("name"),
          .split = json.at("split"),
          .layout = json.at("layout"),
          .list_sha256 = json.at("list_sha256"),
          .found = json.at("found"),
          .official = json.at("official"),
          .synthetic = json.at("synthetic"),
          .complete = json.at("complete")};
}

Report BuildReport(const Protocol& protocol, RecordStore& store, const ReportOptions& options) {
  if (store.Meta("protocol_hash") != protocol.hash) {
    throw ConfigError("the records belong to protocol " + store.Meta("protocol") + " " +
                      ShortHash(store.Meta("protocol_hash")) + ", not to " + protocol.name + " " +
                      ShortHash(protocol.hash));
  }
  return std::visit(
      [&](const auto& evaluation) { return Build(protocol, evaluation, store, options); },
      protocol.evaluation);
}

std::string WithRunInfo(const std::string& body, const json& run_info) {
  ordered_json report = ordered_json::parse(body);
  report["run_info"] = run_info;
  return report.dump(2) + "\n";
}

}  // namespace assay
