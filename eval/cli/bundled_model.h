// The model that comes with assay: model/bundled/painter.pt of the checkout, or where it is
// installed. A small network that scripts/painter trains on synthetic worlds.
#pragma once

#include <filesystem>

namespace assay::cli {

// Empty where it is not there (ASSAY_CONFIGS names another folder) or this build runs no models.
std::filesystem::path FindBundledModel();

}  // namespace assay::cli
