// How expressions are cleaned before a model is asked.
#pragma once

#include <string>

namespace assay {

// Without the white space at both ends that Python's str.strip takes from ASCII text.
std::string TrimBlanks(const std::string& text);

// A to Z only: other alphabets stay as they are.
std::string LowerAscii(std::string text);

}  // namespace assay
