// Defects of files of true normals, as rows of the table of defects
// (datasets/synthetic/defects.h) have them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

bool IsNormalsLayout(std::string_view layout);

// Of any file.
std::string NarrowNormals(const std::filesystem::path& root, std::string_view layout);
// Of a PNG file of either depth.
std::string GrayNormals(const std::filesystem::path& root, std::string_view layout);
// The other depth: 8 bits for 16 and the other way round.
std::string OtherDepthNormals(const std::filesystem::path& root, std::string_view layout);

}  // namespace assay
