// Finding the files of a folder dataset by patterns (datasets/folder_description.h).
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

std::size_t Wildcards(std::string_view pattern);

// What the wildcards stand for where `path` is of the pattern; nullopt where it is not. Of
// several ways the one with the longest text for the first wildcard, then the next, is taken.
std::optional<std::vector<std::string>> MatchPattern(std::string_view pattern,
                                                     std::string_view path);

// The path with these texts in place of the wildcards.
std::string FillPattern(std::string_view pattern, const std::vector<std::string>& texts);

// From the first wildcard to the last one, filled.
std::string KeyOf(std::string_view pattern, const std::vector<std::string>& texts);

// The texts that give this key; nullopt where none do.
std::optional<std::vector<std::string>> TextsOfKey(std::string_view pattern, std::string_view key);

// Paths from `root` of every file of the pattern, in byte order; links are followed.
std::vector<std::string> FindFiles(const std::filesystem::path& root, std::string_view pattern);

}  // namespace assay
