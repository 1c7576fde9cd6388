// Tables as text, for terminals and for Markdown.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// ANSI escapes, or nothing.
struct Style {
  const char* bold;
  const char* dim;
  const char* warn;
  const char* reset;
};
const Style& StyleFor(bool colour);

using TableRows = std::vector<std::vector<std::string>>;

// The first row is the head; the first column is left-aligned, others are right-aligned.
std::string Aligned(const TableRows& rows, const Style& style);
std::string MarkdownTable(const TableRows& rows);
std::string MarkdownTable(const std::vector<std::string>& head, const TableRows& rows);
// With what Markdown would take for its own written otherwise: | and <.
std::string MarkdownText(const std::string& text);
// A user's own text for a cell: one line, without control characters, of 40 letters at most.
std::string Shortened(const std::string& text);
// Of an error: the problem without what to do.
std::string FirstLine(std::string_view text);
// Four decimals; "-" for null.
std::string Rounded(const nlohmann::ordered_json& value);

}  // namespace assay
