// Models that LibTorch runs.
//
//   .pt    TorchScript: forward(images uint8[N,3,H,W], prompts List[str]) -> uint8[N,3,h,w],
//          RGB. A third argument, seeds int64[N] (model/image_model.h), is given where forward
//          has one; a model that draws and has none draws from the library's generator, which
//          is set to the first image's seed before every call, so that its answers depend on
//          the batch.
//   .pt2   AOTInductor package: forward(images uint8[N,3,H,W], prompt_utf8 uint8[N,L] padded
//          with zeros) -> uint8[N,3,h,w], images alone, or seeds int64[N] after both. It is
//          native code for the device it was compiled for. Where L is not static
//          (model/sidecar.h) it is the longest prompt of the call, rounded up to a multiple
//          of 64. One that takes no single image is given it twice.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "model/image_model.h"

namespace assay {

struct ModelOptions {
  std::string device = "cpu";  // cpu or cuda:N
  int threads = 0;             // inside one operator; 0 = the library's default
  int batch = 0;               // 0 = as the sidecar states, otherwise 1
  std::string sha256 = {};     // what the file must hash to; empty = not checked
};

// Reads the file and its sidecar. Throws ConfigError when it is not the pinned file, cannot be
// loaded, was compiled for another device or size, the device does not exist, or this build
// has no LibTorch (ASSAY_TORCH=OFF).
std::unique_ptr<ImageModel> LoadTorchModel(const std::filesystem::path& file,
                                           const ModelOptions& options);

}  // namespace assay
