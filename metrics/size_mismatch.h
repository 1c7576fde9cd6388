// An answer whose size does not fit the protocol; eval turns it into a record.
#pragma once

#include <stdexcept>

#include "metrics/raster.h"

namespace assay {

class SizeMismatch : public std::runtime_error {
 public:
  SizeMismatch(Size found, Size expected);
  Size found, expected;
};

}  // namespace assay
