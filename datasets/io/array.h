// Numeric arrays as files: NumPy .npy (1.0, 2.0, 3.0) and .npz, PFM, and the
// variables of MATLAB files (datasets/io/mat.h).
//
// Values arrive as doubles in C order whatever the file's type and order were.
// Accepted NumPy types: f2 f4 f8 u2 i2 u4 i4 u8 i8 (either byte order), |u1 |i1
// |b1; an integer beyond 2^53 has no exact double and is refused, as are object,
// structured and complex arrays. Throws FileError: truncated, corrupt, wrong-format,
// wrong-type, too-large, no-such-field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "metrics/raster.h"

namespace assay {

struct Array {
  std::vector<std::int64_t> shape;  // slowest axis first
  std::vector<double> values;
};

Array DecodeNpy(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);
// `field` without ".npy"; empty = the only member, an error if there are several.
Array DecodeNpz(std::span<const std::uint8_t> bytes,
                const std::filesystem::path& path,
                const std::string& field);
// "Pf" with scale 1 (big-endian) or -1 (little-endian); rows bottom to top in the
// file, top to bottom here; shape (H, W).
Array DecodePfm(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

// Drops axes of length 1 of an array of more than two axes, and needs two to be
// left: (H, W). Throws FileError wrong-shape or too-large.
Raster<double> AsRaster(Array array, const std::filesystem::path& path);

Bytes EncodeNpy(const Raster<double>& map);         // <f8
Bytes EncodeNpyFloat32(const Raster<double>& map);  // <f4
Bytes EncodeNpyFloat32(const Array& array);         // <f4, of any shape

}  // namespace assay
