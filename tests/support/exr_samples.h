// The files of tests/golden/exr, written by PyPI's OpenEXR, and what NumPy says is in them
// (scripts/make_exr_samples.py).
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "datasets/io/file.h"

namespace assay::test {

inline std::filesystem::path ExrFolder() {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/exr";
}

inline const nlohmann::json& ExpectedExr() {
  static const auto kJson = nlohmann::json::parse(ReadText(ExrFolder() / "expected.json"));
  return kJson;
}

inline Bytes ExrBytes(const std::string& name) { return ReadFile(ExrFolder() / (name + ".exr")); }

// One channel, row by row; NaN and infinities are texts in the file.
inline std::vector<double> ExrChannel(const std::string& name, const std::string& channel) {
  std::vector<double> values;
  for (const auto& value : ExpectedExr().at("files").at(name).at("channels").at(channel)) {
    values.push_back(value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr)
                                       : value.get<double>());
  }
  return values;
}

// Bit for bit, but that one NaN is as good as another.
inline bool SameNumber(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b && std::signbit(a) == std::signbit(b);
}

}  // namespace assay::test
