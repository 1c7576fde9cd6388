#include "eval/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "datasets/io/fields.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, bool>, 2> kStates{
    {{"published", true}, {"unpublished", false}}};

template <std::size_t N>
std::string OneOf(Fields& fields, std::string_view name, const std::array<const char*, N>& known) {
  std::string text = fields.Text(name, "");
  if (std::find(known.begin(), known.end(), text) == known.end()) {
    fields.Report(name, fmt::format("must be one of {}", fmt::join(known, ", ")));
  }
  return text;
}

std::string Needed(Fields& fields, std::string_view name) {
  std::string text = fields.Text(name, "");
  if (text.empty()) fields.Report(name, "must be given");
  return text;
}

struct Benchmark {
  std::string benchmark, split, name;
};

// One file, read into rows; the findings point into it.
class FileReader {
 public:
  FileReader(const json& content, std::vector<Finding>& findings)
      : findings_(findings), fields_(content, effective_, findings) {
    fields_.Text("title", "");
    task_ = Needed(fields_, "task");
    const json benchmarks = fields_.Any("benchmarks", json::array());
    for (std::size_t i = 0; i < benchmarks.size(); ++i) {
      AddBenchmark(benchmarks[i], fmt::format("/benchmarks/{}", i));
    }
    rows_ = fields_.Any("rows", json::array());
    fields_.Finish();
  }

  void ReadInto(std::vector<PublishedRow>& rows) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows.push_back(Row(rows_[i], fmt::format("/rows/{}", i)));
    }
  }

 private:
  void AddBenchmark(const json& given, const std::string& pointer) {
    json effective;
    Fields fields(given, effective, findings_, pointer);
    benchmarks_.push_back(
        {Needed(fields, "benchmark"), fields.Text("split", ""), Needed(fields, "name")});
    fields.Finish();
  }

  std::string NameOf(const PublishedRow& row) const {
    for (const Benchmark& known : benchmarks_) {
      if (known.benchmark != row.benchmark) continue;
      if (known.split.empty() || known.split == row.split) return known.name;
    }
    return "";
  }

  PublishedRow Row(const json& given, const std::string& pointer) {
    json effective;
    Fields fields(given, effective, findings_, pointer);
    PublishedRow row;
    row.task = task_;
    row.benchmark = Needed(fields, "benchmark");
    row.split = Needed(fields, "split");
    row.metric = Needed(fields, "metric");
    row.model = Needed(fields, "model");
    row.model_id = Needed(fields, "model_id");
    row.value = fields.Number("value", NAN);
    row.printed = Needed(fields, "printed");
    row.unit = OneOf(fields, "unit", std::array{"fraction", "percent", "degrees", "ratio"});
    row.alignment = fields.Text("alignment", "none");
    row.zero_shot = OneOf(fields, "zero_shot", std::array{"yes", "no", "unknown", "n/a"});
    row.ranked = fields.Flag("ranked", true);
    Fields protocol = fields.Object("protocol");
    row.protocol_published = protocol.Choice("state", false, ChoiceTable<bool>(kStates));
    row.protocol = protocol.Text("name", "");
    row.protocol_note = protocol.Text("note", "");
    protocol.Finish();
    row.source = Needed(fields, "source");
    row.note = fields.Text("note", "");
    fields.Finish();
    row.name = NameOf(row);
    return row;
  }

  std::vector<Finding>& findings_;
  json effective_;
  Fields fields_;
  std::string task_;
  std::vector<Benchmark> benchmarks_;
  json rows_;
};

bool Answers(const PublishedRow& row, const PublishedQuery& query) {
  return row.ranked && !row.name.empty() &&
         row.name == query.name.substr(0, query.name.find('@')) && row.metric == query.metric &&
         (row.alignment != "none") == query.aligned;
}

double Distance(const PublishedRow& row, const PublishedQuery& query) {
  return std::abs(ReportedValue(row) - query.value);
}

using Found = std::vector<const PublishedRow*>;

}  // namespace

std::vector<PublishedRow> LoadPublished(const ConfigRoot& configs) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(configs.folder() / "published")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<PublishedRow> rows;
  for (const std::filesystem::path& file : files) {
    std::vector<Finding> findings;
    FileReader(ParseJson(ReadText(file), file.string()), findings).ReadInto(rows);
    if (!findings.empty()) throw ConfigError(file.string(), std::move(findings));
  }
  return rows;
}

double ReportedValue(const PublishedRow& row) {
  return row.unit == "percent" ? row.value / 100 : row.value;
}

bool IsAligned(const ordered_json& settings) {
  const auto align = settings.find("align");
  return align != settings.end() && align->value("name", "none") != "none";
}

std::vector<const PublishedRow*> Nearest(std::span<const PublishedRow> rows,
                                         const PublishedQuery& query,
                                         std::size_t count) {
  return Beside(rows, query, {}, count);
}

std::vector<const PublishedRow*> Beside(std::span<const PublishedRow> rows,
                                        const PublishedQuery& query,
                                        const std::vector<std::string>& model_ids,
                                        std::size_t count) {
  Found found;
  if (!std::isfinite(query.value)) return found;
  for (const PublishedRow& row : rows) {
    if (Answers(row, query)) found.push_back(&row);
  }
  std::stable_sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
    return Distance(*a, query) < Distance(*b, query);
  });
  Found shown;
  for (const PublishedRow* row : found) {
    const bool named =
        std::find(model_ids.begin(), model_ids.end(), row->model_id) != model_ids.end();
    if (named || shown.size() < count) shown.push_back(row);
  }
  std::stable_sort(shown.begin(), shown.end(), [&](const auto* a, const auto* b) {
    return query.higher_is_better ? ReportedValue(*a) > ReportedValue(*b)
                                  : ReportedValue(*a) < ReportedValue(*b);
  });
  return shown;
}

ordered_json ToJson(const PublishedRow& row) {
  ordered_json out = {{"model", row.model},
                      {"model_id", row.model_id},
                      {"metric", row.metric},
                      {"value", ReportedValue(row)},
                      {"printed", row.printed},
                      {"unit", row.unit},
                      {"benchmark", row.benchmark},
                      {"split", row.split},
                      {"zero_shot", row.zero_shot},
                      {"protocol", row.protocol_published ? "published" : "unpublished"}};
  if (!row.protocol.empty()) out["same_as"] = row.protocol;
  if (!row.protocol_note.empty()) out["protocol_note"] = row.protocol_note;
  out["source"] = row.source;
  if (!row.note.empty()) out["note"] = row.note;
  return out;
}

}  // namespace assay
