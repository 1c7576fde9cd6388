#include "datasets/io/csv.h"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/text_encoding.h"

namespace assay {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Collected {
  Rows rows;
  std::vector<std::string> open;  // the row being read
};

void OnField(void* text, std::size_t length, void* collected) {
  static_cast<Collected*>(collected)->open.emplace_back(static_cast<const char*>(text), length);
}

void OnRow(int /*terminator*/, void* collected) {
  auto& to = *static_cast<Collected*>(collected);
  to.rows.push_back(std::move(to.open));
  to.open.clear();
}

class Parser {
 public:
  explicit Parser(const std::filesystem::path& path) : path_(path) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
  }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  Rows Parse(const std::string& text) {
    Collected collected;
    if (csv_parse(&parser_, text.data(), text.size(), OnField, OnRow, &collected) != text.size() ||
        csv_fini(&parser_, OnField, OnRow, &collected) != 0) {
      throw FileError(path_,
                      "corrupt",
                      fmt::format("row {} is no CSV: {}",
                                  collected.rows.size() + 1,
                                  csv_strerror(csv_error(&parser_))));
    }
    return std::move(collected.rows);
  }

 private:
  std::filesystem::path path_;
  csv_parser parser_{};
};

void CheckText(const std::filesystem::path& path,
               std::size_t row,
               const std::vector<std::string>& fields) {
  if (std::all_of(fields.begin(), fields.end(), IsUtf8)) return;
  throw FileError(
      path, "wrong-encoding", fmt::format("row {} is not UTF-8; save the table as UTF-8", row));
}

}  // namespace

CsvTable ReadCsv(const std::filesystem::path& path) {
  std::string text = ReadText(path);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  Rows rows = Parser(path).Parse(text);
  if (rows.empty()) throw FileError(path, "wrong-shape", "is empty; a row of names is needed");
  CsvTable table;
  table.head = std::move(rows.front());
  rows.erase(rows.begin());
  CheckText(path, 1, table.head);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CheckText(path, i + 2, rows[i]);
    if (rows[i].size() == table.head.size()) continue;
    throw FileError(
        path,
        "wrong-shape",
        fmt::format("row {} has {} fields, the head {}", i + 2, rows[i].size(), table.head.size()));
  }
  table.rows = std::move(rows);
  return table;
}

}  // namespace assay
