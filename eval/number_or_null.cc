#include "eval/number_or_null.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace assay {

nlohmann::ordered_json NumberOrNull(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

}  // namespace assay
