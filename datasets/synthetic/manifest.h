// assay-synthetic.json: a generated tree says so itself.
//
//   {"layout": "nyu-bts", "samples": 4, "seed": 1, "size": [160, 120]}
//
// `samples` is what a complete tree holds, `size` is [width, height] of every
// sample; [0, 0] where the samples have the official sizes of the benchmark.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "metrics/raster.h"

namespace assay {

struct SyntheticManifest {
  std::string layout;
  std::int64_t samples = 0;
  std::uint64_t seed = 0;
  Size size;
  friend bool operator==(const SyntheticManifest&, const SyntheticManifest&) = default;
};

// nullopt when `folder` holds no manifest. Throws DatasetError when it cannot be
// read or lacks a field.
std::optional<SyntheticManifest> ReadManifest(const std::filesystem::path& folder);
void WriteManifest(const std::filesystem::path& folder, const SyntheticManifest& manifest);

}  // namespace assay
