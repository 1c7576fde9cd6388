#include "eval/report_fold.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace assay {

using nlohmann::json;

void AddDiagnostics(const std::string& text, DiagnosticFolds& folds) {
  if (text.empty() || text == "{}") return;
  const json diagnostics = json::parse(text);
  for (const auto& [name, value] : diagnostics.items()) {
    if (!value.is_number()) continue;
    DiagnosticFold& fold = folds[name];
    const double number = value.get<double>();
    fold.sum.Add(number);
    fold.max = fold.samples == 0 ? number : std::max(fold.max, number);
    ++fold.samples;
  }
}

std::vector<Slice> SlicesFromText(const std::string& text) {
  std::vector<Slice> slices;
  if (text.empty()) return slices;
  const json parsed = json::parse(text);
  slices.reserve(parsed.size());
  for (const auto& [column, value] : parsed.items()) {
    slices.push_back({.column = column, .value = value.get<std::string>()});
  }
  return slices;
}

}  // namespace assay
