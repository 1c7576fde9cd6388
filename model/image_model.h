// ImageModel: an image and a prompt in, an image out.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "datasets/io/image.h"

namespace assay {

struct ModelRequest {
  RgbImage image;
  std::string prompt;
};

class ImageModel {
 public:
  virtual ~ImageModel() = default;
  // One answer per request, in order, each at the model's own size. All images
  // of a call have the same size. Throws PredictionError with stage kModel.
  virtual std::vector<RgbImage> Generate(std::span<const ModelRequest> requests) = 0;
  // What identifies the model in a report: "torchscript sha256:…".
  virtual std::string Identity() const = 0;
};

struct ModelOptions {
  std::string device = "cpu";  // cpu or cuda:N
  int threads = 0;             // inside one operator; 0 = the library's default
};

// Reads a TorchScript file: forward(images uint8[N,3,H,W], prompts List[str])
// -> uint8[N,3,h,w], RGB. Throws ConfigError when it cannot be loaded, the
// device does not exist, or this build has no LibTorch (ASSAY_TORCH=OFF).
std::unique_ptr<ImageModel> LoadTorchModel(const std::filesystem::path& file,
                                           const ModelOptions& options);

}  // namespace assay
