// Stands in for torch_model.cc in builds with -DASSAY_TORCH=OFF.
#include "datasets/io/errors.h"
#include "model/torch/load_model.h"

namespace assay {

std::unique_ptr<ImageModel> LoadTorchModel(const std::filesystem::path& file,
                                           const ModelOptions& /*options*/) {
  throw ConfigError(file.string() +
                    ": this build of assay cannot run models (ASSAY_TORCH=OFF). Run scripts/setup, "
                    "which installs LibTorch, and build with -DASSAY_TORCH=ON; or save the answers "
                    "with your own program and score them with --predictions");
}

}  // namespace assay
