// Defects of Cityscapes' label and instance files. The functions have the form of
// DefectRow::apply (datasets/synthetic/layouts.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

// The instance file beside a label file.
std::filesystem::path InstancesOf(const std::filesystem::path& labels);

// One pixel has the label 255.
std::string Label255(const std::filesystem::path& root, std::string_view layout);
// Train ids in place of label ids.
std::string TrainIds(const std::filesystem::path& root, std::string_view layout);
// The road is an object.
std::string InstanceOfStuff(const std::filesystem::path& root, std::string_view layout);

}  // namespace assay
