#include "eval/sample_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>
#include <vector>

#include "eval/number_or_null.h"

namespace assay {
namespace {

using nlohmann::ordered_json;

template <class Task>
void AddNumbers(const Evaluation<Task>& evaluation, const Record& record, ordered_json& row) {
  const auto& metric = evaluation.metric;
  auto state = metric.Start();
  const bool is_scored = !record.score.empty();
  typename std::decay_t<decltype(metric)>::Score score{};
  if (is_scored) {
    score = evaluation.ScoreFromText(record.score);
    metric.Add(score, state);
  }
  const Summary summary = evaluation.Summarise(metric.Finish(state));
  for (const MetricValue& value : summary.metrics) {
    row[value.name] = is_scored ? NumberOrNull(value.value) : nullptr;
  }
  const SampleFacts facts = evaluation.Facts(score);
  for (const auto& [name, value] : facts) row[name] = is_scored ? NumberOrNull(value) : nullptr;
}

ordered_json ErrorOf(const Record& record) {
  if (record.error_code.empty()) return nullptr;
  return record.error_stage + "/" + record.error_code + ": " + record.error_detail;
}

void ForEachRow(const Protocol& protocol,
                RecordStore& store,
                const std::function<void(const ordered_json&)>& visit) {
  std::visit(
      [&](const auto& evaluation) {
        store.ForEach([&](const Record& record) {
          ordered_json row = {{"key", record.key},
                              {"outcome", kOutcomeNames[static_cast<std::size_t>(record.outcome)]},
                              {"error", ErrorOf(record)}};
          AddNumbers(evaluation, record, row);
          visit(row);
        });
      },
      protocol.evaluation);
}

// Text is quoted where it must be.
std::string CsvField(const ordered_json& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value.dump();
  auto text = value.get<std::string>();
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string SampleLines(const Protocol& protocol, RecordStore& store) {
  std::string lines;
  ForEachRow(protocol, store, [&](const ordered_json& row) { lines += row.dump() + "\n"; });
  return lines;
}

std::string SampleCsv(const Protocol& protocol, RecordStore& store) {
  std::string text;
  ForEachRow(protocol, store, [&](const ordered_json& row) {
    std::vector<std::string> names, values;
    for (const auto& [name, value] : row.items()) {
      if (text.empty()) names.push_back(name);
      values.push_back(CsvField(value));
    }
    if (text.empty()) text = fmt::format("{}\n", fmt::join(names, ","));
    text += fmt::format("{}\n", fmt::join(values, ","));
  });
  return text;
}

}  // namespace assay
