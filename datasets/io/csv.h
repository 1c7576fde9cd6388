// Comma-separated values, RFC 4180, by libcsv.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay {

struct CsvTable {
  std::vector<std::string> head;               // the first row
  std::vector<std::vector<std::string>> rows;  // the others, as wide as the head
};

// Blanks around unquoted fields are dropped; a byte-order mark is passed over.
// Throws FileError not-found, unreadable; corrupt for quotes that do not close or stand
// inside a field, wrong-encoding for a row that is not UTF-8, wrong-shape for a row of another
// width (rows are counted from 1, the head).
CsvTable ReadCsv(const std::filesystem::path& path);

}  // namespace assay
