// matio as the whole process shares it. Internal to datasets/io.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "datasets/io/errors.h"

// As matio.h declares them, which headers do not include.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
struct _mat_t;
using mat_t = _mat_t;
struct matvar_t;
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace assay {

// matio and HDF5 keep global state: one call at a time in the whole process. While it is
// held, what matio says is kept for CorruptMat instead of printed.
class MatioLock {
 public:
  MatioLock();

 private:
  std::lock_guard<std::mutex> lock_;
};

// With what matio said last. The caller holds MatioLock.
FileError CorruptMat(const std::filesystem::path& path, const std::string& what);

struct MatioDeleter {
  void operator()(mat_t* file) const;
  void operator()(matvar_t* variable) const;
};

}  // namespace assay
