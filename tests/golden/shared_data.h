// Data beside the checkout, read in place.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

namespace assay::test {

inline const std::filesystem::path kShared = ASSAY_SHARED_DIR;

}  // namespace assay::test

// Leaves the test with a visible reason where the data is absent.
#define ASSAY_NEEDS(path)                                              \
  if (!std::filesystem::exists(path)) {                                \
    GTEST_SKIP() << "reference data is not here: " << (path).string(); \
  }                                                                    \
  static_assert(true)
