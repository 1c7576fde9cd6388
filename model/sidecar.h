// What a model's author says of a model: <model>.json beside the file, without its extension
// ("sea.json" for "sea.pt"). Every field may be left out:
//
//   {"name": "sea", "revision": "2",
//    "input_size": [512, 256],      width, height: every image is brought to it
//    "fit": "letterbox",            how, and how the answer lies over the image (model/fit.h)
//    "batch": 4,                    images per call; --batch overrides it
//    "static": ["N", "H", "W", "L"],  sizes that the network was compiled for
//    "prompt_bytes": 512}           L of "static"
//
// "N" static: a call always has `batch` images, the last one repeated, and the answers to the
// repeats are dropped. "H" and "W" need input_size, "L" needs prompt_bytes: prompts are padded
// with zeros, a longer one is a failed sample.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "metrics/raster.h"
#include "model/fit.h"

namespace assay {

struct Sidecar {
  std::string name = {};
  std::string revision = {};
  std::optional<Size> input_size = {};
  std::optional<Fit> fit = {};
  int batch = 0;  // 0 = not stated
  bool static_count = false;
  bool static_prompt = false;
  int prompt_bytes = 0;     // 0 = not stated
  std::string sha256 = {};  // of the file; empty = there is none
};

// The sidecar's own path.
std::filesystem::path SidecarOf(const std::filesystem::path& model);

// Of a model; all fields unstated where there is no such file. Throws ConfigError: no JSON,
// unknown fields or values, a static size that is not stated.
Sidecar ReadSidecar(const std::filesystem::path& model);

}  // namespace assay
