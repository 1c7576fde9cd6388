// OpenEXR images of three channels as vectors.
//
// The channels R, G, B, or else X, Y, Z, in this order; half, float or uint in any
// compression OpenEXR knows; one part, scan lines or tiles. The image is the data
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

namespace assay {

VectorMap DecodeExr(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

// Channels R, G, B of 32-bit floats, ZIP. Equal maps give equal bytes.
Bytes EncodeExr(const VectorMap& map);

}  // namespace assay
