// MATLAB files, versions 5 and 7.3 (HDF5), read variable by variable or slice
// by slice, never as a whole.
//
// MATLAB arrays are column-major: the element (i, j, k) of an H x W x N variable
// lies at i + H * (j + W * k). Everything here is turned to row-major with the
// axes in MATLAB's order, so that index (i, j) in MATLAB's manual, less one, is
// index (i, j) here. (An HDF5 reader that knows nothing of MATLAB sees the axes
// of a 7.3 file reversed; this one does not.)
//
// HDF5 and matio keep global state: every call takes one lock of the process, so
// MatFile may be used from any thread, but reads never overlap.
//
// Throws FileError: not-found, unreadable, corrupt, wrong-format, wrong-type
// (char, cell, struct, sparse, complex; not a struct where one is needed), wrong-shape,
// no-such-field, too-large.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"

namespace assay {

class MatFile {
 public:
  static MatFile Open(const std::filesystem::path& path);
  MatFile(MatFile&&) noexcept;
  MatFile& operator=(MatFile&&) noexcept;
  ~MatFile();

  const std::filesystem::path& Path() const;
  // Names of the variables, in the order of the file.
  std::vector<std::string> Names() const;
  bool Has(const std::string& name) const;
  // Lengths of the axes in MATLAB's order; at least two.
  std::vector<std::int64_t> Dims(const std::string& name) const;

  // A numeric or logical variable as doubles. MATLAB vectors stay (1, N) or
  // (N, 1). Refuses more than 2^27 elements: read slices.
  Array ReadAll(const std::string& name) const;

  // Numeric or logical fields of a struct variable that holds one struct (1 x 1), as doubles, in
  // the order asked for. The whole struct is read, once a call.
  std::vector<Array> ReadFields(const std::string& name,
                                const std::vector<std::string>& fields) const;
  Array ReadField(const std::string& name, const std::string& field) const;

  // Variable(:, …, :, index) with index from 0 along the last axis (which needs a
  // third axis to exist): an H x W x N variable gives (H, W), an H x W x C x N
  // variable gives (H, W, C).
  Array ReadSlice(const std::string& name, std::int64_t index) const;

  // The same slice of a uint8 H x W x 3 x N variable as an image.
  RgbImage ReadRgbSlice(const std::string& name, std::int64_t index) const;

  // The same slice as the file's own numbers: little-endian, MATLAB's order and
  // class. For hashing, without any conversion.
  Bytes ReadSliceBytes(const std::string& name, std::int64_t index) const;

 private:
  struct State;
  explicit MatFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
