#include "metrics/size_mismatch.h"

#include <string>

namespace assay {

SizeMismatch::SizeMismatch(Size found_size, Size expected_size)
    : std::runtime_error("the answer is " + std::to_string(found_size.width) + " x " +
                         std::to_string(found_size.height) + " pixels, expected " +
                         std::to_string(expected_size.width) + " x " +
                         std::to_string(expected_size.height)),
      found(found_size),
      expected(expected_size) {}

}  // namespace assay
