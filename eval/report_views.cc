#include "eval/report_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "eval/protocol.h"
#include "eval/text_table.h"

namespace assay {
namespace {

using nlohmann::ordered_json;

std::string CoverageText(const ordered_json& report) {
  const ordered_json& coverage = report.at("coverage");
  const auto count = [&](const char* name) { return coverage.at(name).get<std::int64_t>(); };
  std::string text =
      fmt::format("{}/{} scored", count("scored") + count("empty"), count("expected"));
  for (const char* name : {"empty", "invalid", "missing", "failed"}) {
    if (count(name) > 0) text += fmt::format(", {} {}", count(name), name);
  }
  return text;
}

std::string BoundsText(const ordered_json& metric) {
  const auto bounds = metric.find("bounds");
  if (bounds == metric.end()) return "";
  return fmt::format(
      "between {} and {}", Rounded(bounds->at("worst")), Rounded(bounds->at("best")));
}

std::string Arrow(const ordered_json& metric) {
  return metric.at("better") == "higher" ? "higher" : "lower";
}

bool IsHeadline(const ordered_json& report, const std::string& name) {
  const ordered_json& headline = report.at("protocol").at("headline");
  return std::find(headline.begin(), headline.end(), name) != headline.end();
}

TableRows BreakdownRows(const std::string& group, const ordered_json& entries) {
  TableRows rows = {{group}};
  for (const auto& [name, value] : entries.begin()->items()) rows[0].push_back(name);
  for (const auto& [entry, values] : entries.items()) {
    std::vector<std::string> row = {entry};
    for (const auto& value : values) row.push_back(Rounded(value));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string BreakdownMarkdown(const ordered_json& report) {
  std::string text;
  for (const auto& [group, entries] : report.at("breakdown").items()) {
    if (entries.empty()) continue;
    text += fmt::format("\n## By {}\n\n{}", group, MarkdownTable(BreakdownRows(group, entries)));
  }
  return text;
}

// The ranges of distance that hold pixels; other breakdowns are too long for a terminal.
std::string DistanceText(const ordered_json& report, const Style& style) {
  const auto found = report.at("breakdown").find("distance");
  if (found == report.at("breakdown").end()) return "";
  ordered_json measured = ordered_json::object();
  for (const auto& [range, values] : found->items()) {
    if (values.at("pixels") != 0) measured[range] = values;
  }
  return measured.empty() ? "" : Aligned(BreakdownRows("distance", measured), style);
}

// How metrics are come by whose names do not say all.
std::string MethodsMarkdown(const ordered_json& report) {
  std::string text;
  for (const auto& [name, metric] : report.at("metrics").items()) {
    const ordered_json& method = metric.at("method");
    if (!method.is_null()) text += fmt::format("\n* {}: {}\n", name, method.get<std::string>());
  }
  return text;
}

// The headline metrics of the samples of each value of a column.
TableRows SliceRows(const ordered_json& report,
                    const std::string& column,
                    const ordered_json& values) {
  const ordered_json& headline = report.at("protocol").at("headline");
  TableRows rows = {{Shortened(column)}};
  for (const auto& name : headline) rows[0].push_back(name.get<std::string>());
  rows[0].emplace_back("scored");
  std::int64_t in_slices = 0;
  for (const auto& [value, slice] : values.items()) {
    std::vector<std::string> row = {Shortened(value)};
    for (const auto& name : headline) {
      row.push_back(Rounded(slice.at("metrics").at(name.get<std::string>())));
    }
    row.push_back(fmt::format(
        "{}/{}", slice.at("scored").get<std::int64_t>(), slice.at("expected").get<std::int64_t>()));
    rows.push_back(std::move(row));
    in_slices += slice.at("expected").get<std::int64_t>();
  }
  const auto outside = report.at("coverage").at("expected").get<std::int64_t>() - in_slices;
  if (outside > 0) {
    std::vector<std::string> row(headline.size() + 1);
    row.front() = "(in none)";
    row.push_back(std::to_string(outside));
    rows.push_back(std::move(row));
  }
  return rows;
}

// Each as SliceRows.
std::vector<TableRows> SliceTables(const ordered_json& report) {
  std::vector<TableRows> tables;
  const auto slices = report.find("slices");
  if (slices == report.end()) return tables;
  tables.reserve(slices->size());
  for (const auto& [column, values] : slices->items()) {
    tables.push_back(SliceRows(report, column, values));
  }
  return tables;
}

std::string SlicesMarkdown(const ordered_json& report) {
  std::string text;
  for (const TableRows& rows : SliceTables(report)) {
    text += fmt::format(
        "\n## Slices by {}\n\n{}", MarkdownText(rows.front().front()), MarkdownTable(rows));
  }
  return text;
}

// What papers print for the same set and metric, nearest to what was measured.
TableRows PublishedRows(const ordered_json& report) {
  TableRows rows = {{"published", "metric", "value", "zero-shot", "protocol"}};
  for (const ordered_json& row : report.at("published")) {
    const auto same = row.find("same_as");
    const bool this_one = same != row.end() && *same == report.at("protocol").at("name");
    rows.push_back({row.at("model"),
                    row.at("metric"),
                    Rounded(row.at("value")),
                    row.at("zero_shot"),
                    this_one            ? "this one"
                    : same != row.end() ? same->get<std::string>()
                                        : "protocol " + row.at("protocol").get<std::string>()});
  }
  return rows;
}

std::string PublishedMarkdown(const ordered_json& report) {
  if (report.at("published").empty()) return "";
  TableRows rows = PublishedRows(report);
  std::size_t next = 1;
  rows[0].emplace_back("source");
  for (const ordered_json& row : report.at("published")) {
    rows[next++].push_back(row.at("source").get<std::string>() +
                           (row.contains("note") ? "; " + row.at("note").get<std::string>() : ""));
  }
  return "\n## Published\n\nThe nearest numbers in print for this set, from the registry "
         "`assay list published`.\n\n" +
         MarkdownTable(rows);
}

}  // namespace

std::string LabelOf(const ordered_json& report) {
  const ordered_json& protocol = report.at("protocol");
  std::string label = protocol.at("name").get<std::string>() + " " +
                      ShortHash(protocol.at("hash").get<std::string>());
  std::string qualifiers;
  for (const auto& text : report.at("label")) {
    qualifiers += (qualifiers.empty() ? "" : ", ") + text.get<std::string>();
  }
  return qualifiers.empty() ? label : label + " (" + qualifiers + ")";
}

std::string TerminalTable(const ordered_json& report, bool colour) {
  const Style& style = StyleFor(colour);
  std::string text = fmt::format("{}{}{}\n", style.bold, LabelOf(report), style.reset);
  for (const auto& warning : report.at("warnings")) {
    text += fmt::format("{}warning: {}{}\n", style.warn, warning.get<std::string>(), style.reset);
  }
  std::vector<std::vector<std::string>> rows = {{"metric", "value", "unit", "better", "n"}};
  for (const auto& [name, metric] : report.at("metrics").items()) {
    const std::string bounds = BoundsText(metric);
    rows.push_back(
        {(IsHeadline(report, name) ? "* " : "  ") + name,
         bounds.empty() ? Rounded(metric.at("value")) : bounds,
         metric.at("unit").get<std::string>(),
         Arrow(metric),
         fmt::format(
             "{} {}", metric.at("n").get<std::int64_t>(), metric.at("over").get<std::string>())});
  }
  text += Aligned(rows, style) + fmt::format("  coverage: {}\n", CoverageText(report));
  text += DistanceText(report, style);
  for (const TableRows& table : SliceTables(report)) text += Aligned(table, style);
  if (!report.at("published").empty()) text += Aligned(PublishedRows(report), style);
  return text;
}

std::string ComparisonTable(std::span<const NamedReport> reports, bool colour) {
  TableRows rows = {{"protocol", "answers", "headline", "coverage"}};
  for (const NamedReport& named : reports) {
    const ordered_json& report = *named.report;
    std::string values;
    for (const auto& headline : report.at("protocol").at("headline")) {
      const std::string metric = headline.get<std::string>();
      values += fmt::format("{}{} {}",
                            values.empty() ? "" : ", ",
                            metric,
                            Rounded(report.at("metrics").at(metric).at("value")));
    }
    rows.push_back({LabelOf(report), named.name, values, CoverageText(report)});
  }
  return Aligned(rows, StyleFor(colour));
}

std::string Markdown(const ordered_json& report) {
  std::string text = fmt::format("# {}\n\n", LabelOf(report));
  if (const auto title = report.at("protocol").at("title").get<std::string>(); !title.empty()) {
    text += title + "\n\n";
  }
  for (const auto& warning : report.at("warnings")) {
    text += fmt::format("> **Warning:** {}\n\n", warning.get<std::string>());
  }
  text += fmt::format("Coverage: {}.\n\n", CoverageText(report));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, metric] : report.at("metrics").items()) {
    const std::string shown = IsHeadline(report, name) ? "**" + name + "**" : name;
    const std::string bounds = BoundsText(metric);
    rows.push_back(
        {shown,
         bounds.empty() ? Rounded(metric.at("value")) : bounds,
         metric.at("unit").get<std::string>(),
         Arrow(metric),
         fmt::format(
             "{} {}", metric.at("n").get<std::int64_t>(), metric.at("over").get<std::string>())});
  }
  text += MarkdownTable({"metric", "value", "unit", "better", "n"}, rows);
  text += MethodsMarkdown(report);
  text += SlicesMarkdown(report);
  text += PublishedMarkdown(report);
  text += BreakdownMarkdown(report);
  rows.clear();
  for (const auto& [name, count] : report.at("pixels").items()) {
    rows.push_back({name, count.dump()});
  }
  if (!rows.empty()) text += "\n## Pixels\n\n" + MarkdownTable({"pixels", "count"}, rows);
  rows.clear();
  for (const auto& [name, value] : report.at("decode").items()) {
    rows.push_back(
        {name, Rounded(value.at("mean")), Rounded(value.at("max")), value.at("n").dump()});
  }
  if (!rows.empty()) {
    text += "\n## Decoding\n\n" + MarkdownTable({"diagnostic", "mean", "max", "n"}, rows);
  }
  text += fmt::format("\n## Protocol\n\nsha-256 `{}`\n\n```json\n{}\n```\n",
                      report.at("protocol").at("hash").get<std::string>(),
                      report.at("protocol").at("settings").dump(2));
  text += fmt::format("\n## Answer\n\nsha-256 `{}`\n\n```json\n{}\n```\n",
                      report.at("answer").at("hash").get<std::string>(),
                      report.at("answer").at("settings").dump(2));
  return text;
}

std::string Csv(const ordered_json& report) {
  std::string text = "protocol,protocol_hash,metric,value,unit,better,n\n";
  const ordered_json& protocol = report.at("protocol");
  for (const auto& [name, metric] : report.at("metrics").items()) {
    const ordered_json& value = metric.at("value");
    text += fmt::format("{},{},{},{},{},{},{}\n",
                        protocol.at("name").get<std::string>(),
                        protocol.at("hash").get<std::string>(),
                        name,
                        value.is_null() ? "" : value.dump(),
                        metric.at("unit").get<std::string>(),
                        Arrow(metric),
                        metric.at("n").get<std::int64_t>());
  }
  return text;
}

}  // namespace assay
