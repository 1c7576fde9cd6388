// What the program asks of the model runner, a library of its own that is loaded when a
// model is first needed: LibTorch takes several times as long to start as everything
// else together, and most commands run no model.
#pragma once

#include <filesystem>

#include "model/network_model.h"
#include "model/sidecar.h"
#include "model/torch/load_model.h"

namespace assay {

inline constexpr const char* kRunnerFile = "libassay_torch.so";
// Its only symbol, a MakeTorchNetwork.
inline constexpr const char* kRunnerSymbol = "AssayMakeTorchNetwork";

// The caller owns the network. Throws what LoadTorchModel throws.
using MakeTorchNetwork = Network*(const std::filesystem::path& file,
                                  const Sidecar& sidecar,
                                  const ModelOptions& options);

}  // namespace assay
