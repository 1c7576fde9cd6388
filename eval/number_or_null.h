// JSON has no NaN and no infinity: what is not defined is null.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace assay {

nlohmann::ordered_json NumberOrNull(double value);

}  // namespace assay
