// Blocks of MATLAB variables as matio reads them: elements of one numeric class, in MATLAB's
// order and the machine's byte order. Internal to datasets/io; callers hold MatioLock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/matio_lock.h"

namespace assay {

std::vector<std::int64_t> MatDims(const matvar_t& variable);

// A part of a variable: `edge` elements from `start` along each axis.
struct MatBlock {
  std::vector<int> start;
  std::vector<int> edge;
};
// Throws FileError too-large.
MatBlock WholeOf(const matvar_t& variable, const std::filesystem::path& path);
// Number `index` along the last of three axes or more. Throws FileError wrong-shape, too-large.
MatBlock SliceOf(const matvar_t& variable, std::int64_t index, const std::filesystem::path& path);

// Bytes of an element. Throws FileError wrong-type where it is no real number.
std::size_t ElementBytes(const matvar_t& variable, const std::filesystem::path& path);

// Throws FileError wrong-type, too-large, corrupt.
Bytes ReadBlock(mat_t& file,
                matvar_t& variable,
                const MatBlock& block,
                const std::filesystem::path& path);

// `bytes` are elements of the variable's class; `shape` is in MATLAB's order.
Array ToArray(const Bytes& bytes,
              const matvar_t& variable,
              std::vector<std::int64_t> shape,
              const std::filesystem::path& path);

// A field of `whole`, which is one struct with its data. Throws FileError no-such-field,
// wrong-type, too-large, corrupt.
Array FieldOf(matvar_t& whole, const std::string& field, const std::filesystem::path& path);

}  // namespace assay
