#include "datasets/folder_files.h"

#include <algorithm>

#include "datasets/listing.h"

namespace assay {
namespace {

constexpr int kDeepest = 24;  // folders below a pattern with "**"

// A pattern is literals with wildcards between them: one more literal than wildcards.
struct Parts {
  std::vector<std::string> literals;
  std::vector<bool> spans;  // of each wildcard: may it hold '/'
};

Parts Split(std::string_view pattern) {
  Parts parts;
  parts.literals.emplace_back();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '*') {
      parts.literals.back() += pattern[i];
      continue;
    }
    const bool spans = i + 1 < pattern.size() && pattern[i + 1] == '*';
    if (spans) ++i;
    parts.spans.push_back(spans);
    parts.literals.emplace_back();
  }
  return parts;
}

// Matches from wildcard `next` on; `path` begins where that wildcard's text does.
bool MatchFrom(const Parts& parts,
               std::size_t next,
               std::string_view path,
               std::vector<std::string>& texts) {
  if (next == parts.spans.size()) return path.empty();
  const std::string& literal = parts.literals[next + 1];
  std::size_t longest = path.size();
  if (!parts.spans[next]) longest = std::min(longest, path.find('/'));
  for (std::size_t length = longest; length >= 1; --length) {
    if (!path.substr(length).starts_with(literal)) continue;
    texts.emplace_back(path.substr(0, length));
    if (MatchFrom(parts, next + 1, path.substr(length + literal.size()), texts)) return true;
    texts.pop_back();
  }
  return false;
}

void Walk(const std::filesystem::path& root,
          const std::string& folder,
          int depth,
          std::string_view pattern,
          std::vector<std::string>& found) {
  const std::filesystem::path here = root / folder;
  const std::string prefix = folder.empty() ? "" : folder + "/";
  for (const std::string& name : FileNames(here)) {
    if (MatchPattern(pattern, prefix + name)) found.push_back(prefix + name);
  }
  if (depth == 0) return;
  for (const std::string& name : FolderNames(here)) {
    Walk(root, prefix + name, depth - 1, pattern, found);
  }
}

}  // namespace

std::size_t Wildcards(std::string_view pattern) { return Split(pattern).spans.size(); }

std::optional<std::vector<std::string>> MatchPattern(std::string_view pattern,
                                                     std::string_view path) {
  const Parts parts = Split(pattern);
  if (!path.starts_with(parts.literals.front())) return std::nullopt;
  std::vector<std::string> texts;
  if (!MatchFrom(parts, 0, path.substr(parts.literals.front().size()), texts)) return std::nullopt;
  return texts;
}

std::string FillPattern(std::string_view pattern, const std::vector<std::string>& texts) {
  const Parts parts = Split(pattern);
  std::string path = parts.literals.front();
  for (std::size_t i = 0; i < parts.spans.size(); ++i) path += texts[i] + parts.literals[i + 1];
  return path;
}

std::string KeyOf(std::string_view pattern, const std::vector<std::string>& texts) {
  const Parts parts = Split(pattern);
  std::string key;
  for (std::size_t i = 0; i < parts.spans.size(); ++i) {
    key += (i > 0 ? parts.literals[i] : "") + texts[i];
  }
  return key;
}

std::optional<std::vector<std::string>> TextsOfKey(std::string_view pattern, std::string_view key) {
  const Parts parts = Split(pattern);
  return MatchPattern(pattern, parts.literals.front() + std::string(key) + parts.literals.back());
}

std::vector<std::string> FindFiles(const std::filesystem::path& root, std::string_view pattern) {
  const std::string first = Split(pattern).literals.front();
  const std::size_t slash = first.rfind('/');
  const std::string start = slash == std::string::npos ? "" : first.substr(0, slash);
  const bool deep = pattern.find("**") != std::string_view::npos;
  const auto below = pattern.substr(start.size());
  const auto levels = std::count(below.begin(), below.end(), '/') - (start.empty() ? 0 : 1);
  std::vector<std::string> found;
  Walk(root, start, deep ? kDeepest : static_cast<int>(levels), pattern, found);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace assay
