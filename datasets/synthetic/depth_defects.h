// Defects of depth that lies in arrays: .npy, bare float32, .dpt and structs in .mat. The
// functions have the form of DefectRow::apply (datasets/synthetic/layouts.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

// Whether the layout's truth is such an array.
bool IsDepthArray(std::string_view layout);

// One column less.
std::string NarrowDepth(const std::filesystem::path& root, std::string_view layout);
// One usable pixel is NaN, or -1.
std::string NanDepthArray(const std::filesystem::path& root, std::string_view layout);
std::string NegativeDepthArray(const std::filesystem::path& root, std::string_view layout);
// The mask file beside the depth is gone.
std::string RemoveMask(const std::filesystem::path& root, std::string_view layout);
// The photo in place of a depth file that has the same name.
std::string PhotoAsDepth(const std::filesystem::path& root, std::string_view layout);
// A PNG written again without its texts.
std::string DropTexts(const std::filesystem::path& root, std::string_view layout);

}  // namespace assay
