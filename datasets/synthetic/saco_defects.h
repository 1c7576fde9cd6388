// Defects of SA-Co's annotation files. The functions have the form of DefectRow::apply
// (datasets/synthetic/layouts.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

// A mask lacks its last run, or has its sides exchanged.
std::string BrokenMask(const std::filesystem::path& root, std::string_view layout);
std::string MaskSize(const std::filesystem::path& root, std::string_view layout);
// The last pair has the id of the first.
std::string DoubledId(const std::filesystem::path& root, std::string_view layout);
// An annotation of a pair that is not in its file.
std::string AnnotationWithoutPair(const std::filesystem::path& root, std::string_view layout);
// A pair is not in the file of the second annotator.
std::string MissingPair(const std::filesystem::path& root, std::string_view layout);

}  // namespace assay
