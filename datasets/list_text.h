// The text of a benchmark's list file.
#pragma once

#include <filesystem>
#include <string>

namespace assay {

// Throws DatasetError where it cannot be read.
std::string ReadListText(const std::filesystem::path& path);

// Without carriage returns and without line ends behind the last line: what an editor or
// a download changes. Official lists are told by the hash of this.
std::string WithoutLineEnds(std::string text);

}  // namespace assay
