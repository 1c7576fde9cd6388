// The first look at a MATLAB file, before matio sees it.
#pragma once

#include <filesystem>

namespace assay {

// Throws FileError unless the file is MATLAB 5 or 7.3 and, for version 5, its
// elements end exactly where the file ends. matio takes any file without the
// 128-byte header for MATLAB 4, and stops silently at a cut.
void CheckMatHeader(const std::filesystem::path& path);

}  // namespace assay
