// Folder listings in byte order, and bounded looks around a tree for messages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"

namespace assay {

// Names (not paths) in byte order; links are followed. Empty when `folder` does
// not exist or is no folder. Throws DatasetError when it cannot be read.
std::vector<std::string> FolderNames(const std::filesystem::path& folder);
std::vector<std::string> FileNames(const std::filesystem::path& folder);

// Without "." and "..", without a trailing separator: "a/./b/" -> "a/b".
std::filesystem::path CleanRoot(const std::filesystem::path& root);

struct FileCount {
  std::int64_t count = 0;
  std::filesystem::path first;  // in byte order of the walk
};

// Both look at `root` and at most `depth` levels of folders below it, and at no
// more than 20000 folders: they serve messages, not results.
std::vector<std::filesystem::path> FindFolders(const std::filesystem::path& root,
                                               std::string_view name,
                                               int depth);
FileCount CountFiles(const std::filesystem::path& root, std::string_view suffix, int depth);

// The file `name` among the lists that come with assay.
std::optional<std::filesystem::path> ShippedList(const DatasetOptions& options,
                                                 std::string_view name);

// "a, b, c and 7 more".
std::string FirstFew(const std::vector<std::string>& names, std::size_t limit = 3);

}  // namespace assay
