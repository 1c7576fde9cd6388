// The colour names of CSS (Color Module Level 4), lower case.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/io/image.h"

namespace assay {

std::optional<Rgb8> CssColor(std::string_view name);
std::vector<std::string> CssColorNames();  // sorted

}  // namespace assay
