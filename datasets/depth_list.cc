#include "datasets/depth_list.h"

#include <fmt/format.h>

#include <set>
#include <sstream>
#include <utility>

#include "datasets/dataset.h"
#include "datasets/list_text.h"

namespace assay {
namespace {

[[noreturn]] void ThrowAtLine(const std::filesystem::path& path,
                              std::int64_t line,
                              const std::string& problem) {
  throw DatasetError(path,
                     "",
                     fmt::format("line {}: {}", line, problem),
                     "lines are \"rgb depth\", with further files behind; use the official list");
}

std::string KeyOf(const std::string& image) {
  std::string key = std::filesystem::path(image).replace_extension().generic_string();
  for (const std::string prefix : {"./", "val/"}) {
    if (key.starts_with(prefix)) key.erase(0, prefix.size());
  }
  return key;
}

}  // namespace

DepthList ListOf(const std::filesystem::path& path,
                 const std::string& text,
                 std::vector<DepthListEntry> entries,
                 const std::string& what) {
  if (entries.empty()) throw DatasetError(path, "", "the list names no " + what, "");
  return {.path = path,
          .sha256 = Sha256(text),
          .text_sha256 = Sha256(WithoutLineEnds(text)),
          .entries = std::move(entries)};
}

DepthList ReadDepthList(const std::filesystem::path& path) {
  const std::string text = ReadListText(path);
  std::vector<DepthListEntry> entries;
  std::istringstream lines(text);
  std::set<std::string> seen;
  std::int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line);
    std::string image;
    std::string depth;
    if (!(words >> image)) continue;
    if (!(words >> depth)) ThrowAtLine(path, number, "one word, expected two or more");
    const std::string key = KeyOf(image);
    if (!seen.insert(key).second) ThrowAtLine(path, number, key + " is listed twice");
    entries.push_back({key, depth});
  }
  return ListOf(path, text, std::move(entries), "sample");
}

}  // namespace assay
