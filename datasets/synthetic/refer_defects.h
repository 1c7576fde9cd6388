// Defects of the files of referring segmentation, as rows of the table of defects
// (datasets/synthetic/defects.h) have them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

// Of a refs file.
std::string RefWithoutAnnotation(const std::filesystem::path& root, std::string_view layout);
std::string DoubledSentence(const std::filesystem::path& root, std::string_view layout);
std::string CallingPickle(const std::filesystem::path& root, std::string_view layout);
// Of the instances.json beside it.
std::string OddPolygon(const std::filesystem::path& root, std::string_view layout);
// Of one sample of ReasonSeg.
std::string WithoutPhoto(const std::filesystem::path& root, std::string_view layout);
std::string ShapeWithoutPoints(const std::filesystem::path& root, std::string_view layout);

}  // namespace assay
