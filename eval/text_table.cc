#include "eval/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace assay {
namespace {

constexpr Style kPlain = {"", "", "", ""};
constexpr Style kColoured = {"\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"};

std::string MarkdownRow(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line.append(" ").append(cell).append(" |");
  return line + "\n";
}

}  // namespace

const Style& StyleFor(bool colour) { return colour ? kColoured : kPlain; }

std::string Aligned(const TableRows& rows, const Style& style) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      line += i == 0 ? fmt::format("  {:<{}}", rows[r][i], widths[i])
                     : fmt::format("  {:>{}}", rows[r][i], widths[i]);
    }
    text += (r == 0 ? style.dim + line + style.reset : line) + "\n";
  }
  return text;
}

std::string MarkdownTable(const std::vector<std::string>& head, const TableRows& rows) {
  std::string text = MarkdownRow(head);
  text += "|---|";
  for (std::size_t i = 1; i < head.size(); ++i) text += "---:|";
  text += '\n';
  for (const auto& row : rows) text += MarkdownRow(row);
  return text;
}

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string Rounded(const nlohmann::ordered_json& value) {
  if (value.is_null()) return "-";
  return value.is_number_integer() ? value.dump() : fmt::format("{:.4f}", value.get<double>());
}

}  // namespace assay
