#include "eval/suite_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "eval/protocol.h"
#include "eval/text_table.h"

namespace assay {
namespace {

using nlohmann::ordered_json;

using Strings = std::vector<std::string>;

std::string TitleOf(const ordered_json& report) {
  const ordered_json& suite = report.at("suite");
  std::string title =
      suite.at("name").get<std::string>() + " " + ShortHash(suite.at("hash").get<std::string>());
  std::string label;
  for (const auto& text : report.at("label")) {
    label += (label.empty() ? "" : ", ") + text.get<std::string>();
  }
  return label.empty() ? title : title + " (" + label + ")";
}

std::string NoteOf(const ordered_json& member) {
  if (member.contains("problem")) return "not scored";
  std::string note;
  for (const auto& text : member.at("label")) {
    note += (note.empty() ? "" : ", ") + text.get<std::string>();
  }
  return note;
}

// The head is the first row.
TableRows AveragedRows(const ordered_json& report) {
  TableRows rows = {{"member"}};
  for (const auto& [name, unused] : report.at("average").items()) rows[0].push_back(name);
  rows[0].emplace_back("label");
  for (const ordered_json& member : report.at("members")) {
    std::vector<std::string> row = {member.at("protocol")};
    for (const auto& [name, unused] : report.at("average").items()) {
      row.push_back(member.contains("metrics") ? Rounded(member.at("metrics").at(name)) : "-");
    }
    row.push_back(NoteOf(member));
    rows.push_back(std::move(row));
  }
  std::vector<std::string> mean = {"mean"};
  for (const auto& [unused, metric] : report.at("average").items()) {
    mean.push_back(Rounded(metric.at("value")));
  }
  mean.emplace_back();
  rows.push_back(std::move(mean));
  return rows;
}

TableRows HeadlineRows(const ordered_json& report) {
  TableRows rows = {{"member", "metric", "value", "label"}};
  for (const ordered_json& member : report.at("members")) {
    if (!member.contains("headline")) {
      rows.push_back({member.at("protocol"), "", "-", NoteOf(member)});
      continue;
    }
    for (const auto& name : member.at("headline").get<Strings>()) {
      rows.push_back(
          {member.at("protocol"), name, Rounded(member.at("metrics").at(name)), NoteOf(member)});
    }
  }
  return rows;
}

// The digits of a published number that tell where it stands, and whose it is.
std::string PublishedCell(const ordered_json& row) {
  return fmt::format("{} {}{}",
                     row.at("model").get<std::string>(),
                     Rounded(row.at("value")),
                     row.at("protocol") == "published" ? "" : " (?)");
}

std::string PublishedCells(const ordered_json& rows) {
  std::string cells;
  for (const ordered_json& row : rows) cells += (cells.empty() ? "" : ", ") + PublishedCell(row);
  return cells;
}

bool IsNamed(const ordered_json& report, const ordered_json& row) {
  const ordered_json& named = report.at("suite").at("beside");
  return std::find(named.begin(), named.end(), row.at("model_id")) != named.end();
}

// Of the rows beside a value: the first of the models the suite names, and the nearest of
// the others.
std::string NamedCell(const ordered_json& report, const ordered_json& rows) {
  for (const ordered_json& row : rows) {
    if (IsNamed(report, row)) return PublishedCell(row);
  }
  return "";
}

std::string NearestCell(const ordered_json& report, const ordered_json& line) {
  const ordered_json* nearest = nullptr;
  const auto distance = [&](const ordered_json& row) {
    return std::abs(row.at("value").get<double>() - line.at("value").get<double>());
  };
  for (const ordered_json& row : line.at("published")) {
    if (IsNamed(report, row)) continue;
    if (nearest == nullptr || distance(row) < distance(*nearest)) nearest = &row;
  }
  return nearest == nullptr ? "" : PublishedCell(*nearest);
}

TableRows RowRows(const ordered_json& report) {
  const bool named = !report.at("suite").at("beside").empty();
  TableRows rows = {{"benchmark", "metric", "value"}};
  if (named) rows[0].emplace_back("published");
  rows[0].emplace_back("nearest published");
  for (const ordered_json& line : report.at("rows")) {
    Strings row = {line.at("name"), line.at("metric"), Rounded(line.at("value"))};
    if (named) row.push_back(NamedCell(report, line.at("published")));
    row.push_back(NearestCell(report, line));
    rows.push_back(std::move(row));
  }
  return rows;
}

bool HasUnpublished(const ordered_json& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const ordered_json& row) {
    return row.at("protocol") == "unpublished";
  });
}

// What the table leaves to say about the published numbers in it.
std::string PublishedNote(const ordered_json& report) {
  std::string note;
  if (const std::string cells = PublishedCells(report.at("published")); !cells.empty()) {
    note += "published, nearest: " + cells + "\n";
  }
  const ordered_json& lines = report.at("rows");
  if (HasUnpublished(report.at("published")) ||
      std::any_of(lines.begin(), lines.end(), [](const ordered_json& line) {
        return HasUnpublished(line.at("published"));
      })) {
    note += "(?) its protocol is unpublished: a distance to a printed number, no comparison\n";
  }
  return note;
}

std::string Indented(const std::string& lines) {
  std::string text;
  std::size_t start = 0;
  while (start < lines.size()) {
    const std::size_t end = lines.find('\n', start) + 1;
    text += "  " + lines.substr(start, end - start);
    start = end;
  }
  return text;
}

TableRows Rows(const ordered_json& report) {
  if (!report.at("rows").empty()) return RowRows(report);
  return report.at("average").empty() ? HeadlineRows(report) : AveragedRows(report);
}

}  // namespace

std::string SuiteText(const ordered_json& report, bool colour) {
  const Style& style = StyleFor(colour);
  std::string text = fmt::format("{}{}{}\n", style.bold, TitleOf(report), style.reset);
  text += Aligned(Rows(report), style);
  text += Indented(PublishedNote(report));
  for (const auto& flaw : report.at("flaws")) {
    text += fmt::format("  {}{}{}\n", style.warn, FirstLine(flaw.get<std::string>()), style.reset);
  }
  return text;
}

std::string SuiteMarkdown(const ordered_json& report) {
  std::string text = "# " + TitleOf(report) + "\n\n";
  if (const auto title = report.at("suite").at("title").get<std::string>(); !title.empty()) {
    text += title + "\n\n";
  }
  text += MarkdownTable(Rows(report));
  if (const std::string note = PublishedNote(report); !note.empty()) text += "\n" + note;
  if (!report.at("flaws").empty()) text += '\n';
  for (const auto& flaw : report.at("flaws")) {
    text += "* " + FirstLine(flaw.get<std::string>()) + '\n';
  }
  return text;
}

std::string SuiteCsv(const ordered_json& report) {
  const auto name = report.at("suite").at("name").get<std::string>();
  std::string text = "suite,member,protocol_hash,metric,value\n";
  const auto row = [&](const std::string& member,
                       const std::string& hash,
                       const std::string& metric,
                       const ordered_json& value) {
    text += fmt::format(
        "{},{},{},{},{}\n", name, member, hash, metric, value.is_null() ? "" : value.dump());
  };
  for (const ordered_json& member : report.at("members")) {
    if (!member.contains("metrics")) continue;
    for (const auto& [metric, value] : member.at("metrics").items()) {
      row(member.at("protocol"), member.at("hash"), metric, value);
    }
  }
  for (const ordered_json& line : report.at("rows")) {
    row(line.at("name"), report.at("suite").at("hash"), line.at("metric"), line.at("value"));
  }
  for (const auto& [metric, mean] : report.at("average").items()) {
    row("mean", report.at("suite").at("hash"), metric, mean.at("value"));
  }
  return text;
}

}  // namespace assay
