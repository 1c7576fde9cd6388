// The trees in tests/golden/datasets, written by Pillow, NumPy, SciPy and h5py
// (scripts/make_dataset_samples.py), and their expected.json.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "tests/datasets/trees.h"

namespace assay {

inline fs::path SampleFolder() { return fs::path(ASSAY_SOURCE_DIR) / "tests/golden/datasets"; }

inline const nlohmann::json& ExpectedSamples() {
  static const auto kJson = nlohmann::json::parse(ReadText(SampleFolder() / "expected.json"));
  return kJson;
}

inline nlohmann::json Rows(const DepthMap& map) {
  nlohmann::json rows = nlohmann::json::array();
  for (int y = 0; y < map.height(); ++y) {
    rows.push_back(std::vector<double>(map.Row(y).begin(), map.Row(y).end()));
  }
  return rows;
}

template <class T>
nlohmann::json IntegerRows(const Raster<T>& map) {
  nlohmann::json rows = nlohmann::json::array();
  for (int y = 0; y < map.height(); ++y) {
    rows.push_back(std::vector<int>(map.Row(y).begin(), map.Row(y).end()));
  }
  return rows;
}

inline nlohmann::json Rows(const RgbImage& image) {
  nlohmann::json rows = nlohmann::json::array();
  for (int y = 0; y < image.height(); ++y) {
    nlohmann::json row = nlohmann::json::array();
    for (const Rgb8& p : image.Row(y)) row.push_back({p.r, p.g, p.b});
    rows.push_back(std::move(row));
  }
  return rows;
}

// The depths a sample states, in metres: "depth_m" as it is, "raw" divided.
inline nlohmann::json ExpectedDepth(const nlohmann::json& sample, const char* field = "depth_m") {
  if (sample.contains(field)) return sample.at(field);
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& raw : sample.at("raw")) {
    std::vector<double> row;
    for (const auto& value : raw) {
      row.push_back(value.get<double>() / sample.at("units_per_metre").get<double>());
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace assay
