// OpenEXR images of three channels as vectors, or of one as numbers.
//
// Vectors: the channels R, G, B, or else X, Y, Z, in this order. Numbers: the channel Z; of
// three colours, which are points then, B; or else the only channel. Half, float or uint in
// any compression OpenEXR knows; one part, scan lines or tiles. The image is the data
// window. Other channels are not read. One file object for each call and no threads of
// OpenEXR's own.
//
// Throws FileError: wrong-format, wrong-channels, too-large, truncated, corrupt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "datasets/io/file.h"
#include "datasets/io/vectors.h"
#include "metrics/raster.h"

namespace assay {

VectorMap DecodeExr(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

Raster<double> DecodeExrDepth(std::span<const std::uint8_t> bytes,
                              const std::filesystem::path& path);

// Channels R, G, B of 32-bit floats, ZIP. Equal maps give equal bytes.
Bytes EncodeExr(const VectorMap& map);
// One channel Y of 32-bit floats, as OpenCV writes a map of numbers.
Bytes EncodeExr(const Raster<double>& map);

}  // namespace assay
