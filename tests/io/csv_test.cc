// Comma-separated values.
//   - fields written with every quote doubled are read back, whatever they hold
//   - quotes, commas and line ends inside quotes; both line ends; a byte-order mark; no line
//     end at the end
//   - quotes that do not close or stand inside a field, rows of another width and empty files
//     are refused with their row
#include "datasets/io/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CsvTable Read(const std::string& text) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "x.csv", text);
  return ReadCsv(folder.Path() / "x.csv");
}

std::string Refused(const std::string& text) {
  try {
    Read(text);
  } catch (const FileError& error) {
    return error.code + ": " + error.problem;
  }
  return "";
}

std::string Quoted(const std::string& field) {
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

RC_GTEST_PROP(CsvProperty, WhatIsQuotedIsReadBack, ()) {
  const auto width = *rc::gen::inRange<std::size_t>(1, 5);
  const auto field =
      rc::gen::container<std::string>(rc::gen::element('a', ' ', ',', '"', '\n', ';'));
  const auto rows = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::vector<std::string>>>(
      rc::gen::container<std::vector<std::string>>(width, field)));
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i > 0 ? "," : "") + Quoted(row[i]);
    text += '\n';
  }
  const CsvTable table = Read(text);
  RC_ASSERT(table.head == rows[0]);
  RC_ASSERT(table.rows == std::vector(rows.begin() + 1, rows.end()));
}

TEST(Csv, BothLineEndsAndAMark) {
  const CsvTable table = Read(
      "\xef\xbb\xbf"
      "a,b\r\n1, two words \r\n\"x, y\",");
  EXPECT_THAT(table.head, ElementsAre("a", "b"));
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("1", "two words"), ElementsAre("x, y", "")));
  EXPECT_THAT(Read("a\n").rows, IsEmpty());
}

TEST(Csv, WhatIsNoTableIsRefusedWithItsRow) {
  EXPECT_THAT(Refused(""), HasSubstr("wrong-shape: is empty"));
  EXPECT_THAT(Refused("a,b\n1,2\n1,2,3\n"), HasSubstr("row 3 has 3 fields, the head 2"));
  EXPECT_THAT(Refused("a,b\n1,2\n1,\"open\n"), HasSubstr("corrupt: row 3"));
  EXPECT_THAT(Refused("a,b\n1,x\"y\"\n"), HasSubstr("corrupt: row 2"));
}

}  // namespace
}  // namespace assay
