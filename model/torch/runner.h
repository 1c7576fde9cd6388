// What the program asks of the model runner, a library of its own that is loaded when a
// model is first needed: LibTorch takes several times as long to start as everything
// else together, and most commands run no model.
#pragma once

#include <string>

#include "model/image_model.h"

namespace assay {

inline constexpr const char* kRunnerFile = "libassay_torch.so";
// Its only symbol, a MakeTorchModel.
inline constexpr const char* kRunnerSymbol = "AssayMakeTorchModel";

// The caller owns the model. Throws what LoadTorchModel throws.
using MakeTorchModel = ImageModel*(const std::filesystem::path& file,
                                   const std::string& identity,
                                   const ModelOptions& options);

}  // namespace assay
