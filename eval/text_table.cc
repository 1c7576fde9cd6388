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
  for (const std::string& cell : cells) line.append(" ").append(MarkdownText(cell)).append(" |");
  return line + "\n";
}

bool StartsLetter(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

// Letters of UTF-8 text, as wide as a column needs to be for them.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), StartsLetter));
}

std::string Padded(const std::string& text, std::size_t width, bool to_the_left) {
  const std::string blanks(width - Width(text), ' ');
  return "  " + (to_the_left ? text + blanks : blanks + text);
}

}  // namespace

const Style& StyleFor(bool colour) { return colour ? kColoured : kPlain; }

std::string Aligned(const TableRows& rows, const Style& style) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], Width(row[i]));
    }
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      line += Padded(rows[r][i], widths[i], i == 0);
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

std::string MarkdownTable(const TableRows& rows) {
  return MarkdownTable(rows.front(), TableRows(rows.begin() + 1, rows.end()));
}

std::string MarkdownText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '|':
        out += "\\|";
        break;
      case '<':
        out += "&lt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Shortened(const std::string& text) {
  constexpr std::size_t kMost = 40;
  std::string out;
  std::size_t letters = 0;
  for (const char c : text) {
    letters += StartsLetter(c) ? 1 : 0;
    if (letters > kMost) return out + "…";
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    out += is_control ? ' ' : c;
  }
  return out;
}

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string Rounded(const nlohmann::ordered_json& value) {
  if (value.is_null()) return "-";
  return value.is_number_integer() ? value.dump() : fmt::format("{:.4f}", value.get<double>());
}

}  // namespace assay
