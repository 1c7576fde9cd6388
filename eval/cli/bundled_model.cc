#include "eval/cli/bundled_model.h"

#include "eval/cli/args.h"

namespace assay::cli {

std::filesystem::path FindBundledModel() {
  if (!ASSAY_RUNS_MODELS) return {};
  // Beside the configs, which are found already: <prefix>/share/assay/models, or the checkout.
  const std::filesystem::path home = (FindConfigs().folder() / "..").lexically_normal();
  for (const char* place : {"models/painter.pt", "model/bundled/painter.pt"}) {
    std::filesystem::path file = home / place;
    if (std::filesystem::is_regular_file(file)) return file;
  }
  return {};
}

}  // namespace assay::cli
