// Plain data as a pickle of protocol 0, as Python 2 wrote the official refs files.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace assay {

// Text is written as unicode. Throws std::invalid_argument on a number with a fraction
// and on text outside ASCII.
std::string WritePickle(const nlohmann::json& value);

}  // namespace assay
