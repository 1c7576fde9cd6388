#include "datasets/listing.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <system_error>

#include "datasets/dataset.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFolders = 20000;

std::vector<std::string> Names(const fs::path& folder, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return names;
  fs::directory_iterator it(folder, error);
  for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code unreadable;  // a dangling link is neither a folder nor a file
    if (folders ? it->is_directory(unreadable) : it->is_regular_file(unreadable)) {
      names.push_back(it->path().filename().string());
    }
  }
  if (error) {
    throw DatasetError(
        folder, "", "the folder cannot be read: " + error.message(), "check its permissions");
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Calls `visit` for `root` and the folders below it, parents first.
void Walk(const fs::path& root,
          int depth,
          int& left,
          const std::function<void(const fs::path&)>& visit) {
  if (left-- <= 0) return;
  visit(root);
  if (depth == 0) return;
  for (const std::string& name : FolderNames(root)) Walk(root / name, depth - 1, left, visit);
}

}  // namespace

std::vector<std::string> FolderNames(const fs::path& folder) { return Names(folder, true); }
std::vector<std::string> FileNames(const fs::path& folder) { return Names(folder, false); }

fs::path CleanRoot(const fs::path& root) {
  const fs::path normal = root.lexically_normal();
  return normal.has_filename() || !normal.has_relative_path() ? normal : normal.parent_path();
}

std::vector<fs::path> FindFolders(const fs::path& root, std::string_view name, int depth) {
  std::vector<fs::path> found;
  int left = kMaxFolders;
  Walk(root, depth, left, [&](const fs::path& folder) {
    if (folder.filename() == name) found.push_back(folder);
  });
  return found;
}

FileCount CountFiles(const fs::path& root, std::string_view suffix, int depth) {
  FileCount result;
  int left = kMaxFolders;
  Walk(root, depth, left, [&](const fs::path& folder) {
    for (const std::string& name : FileNames(folder)) {
      if (!name.ends_with(suffix)) continue;
      if (result.count++ == 0) result.first = folder / name;
    }
  });
  return result;
}

std::optional<fs::path> ShippedList(const DatasetOptions& options, std::string_view name) {
  if (options.shipped_lists.empty() || name.empty()) return std::nullopt;
  const fs::path path = options.shipped_lists / name;
  std::error_code error;
  return fs::exists(path, error) ? std::optional(path) : std::nullopt;
}

std::string FirstFew(const std::vector<std::string>& names, std::size_t limit) {
  std::string text;
  for (std::size_t i = 0; i < std::min(limit, names.size()); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > limit) text += " and " + std::to_string(names.size() - limit) + " more";
  return text;
}

}  // namespace assay
