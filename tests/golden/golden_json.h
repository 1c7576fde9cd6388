// Reference files as JSON.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace assay::test {

// Python writes a bare NaN, which is not JSON: outside strings it becomes null.
std::string WithoutBareNan(const std::string& text);
nlohmann::json ReadReference(const std::filesystem::path& path);
// null stands for NaN.
double NumberOrNan(const nlohmann::json& value);

}  // namespace assay::test
