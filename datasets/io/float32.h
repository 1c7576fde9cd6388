// Maps of bare little-endian float32 numbers, row by row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "datasets/io/file.h"
#include "metrics/raster.h"

namespace assay {

// Throws FileError wrong-size unless there are 4 bytes a pixel.
Raster<double> DecodeFloat32(std::span<const std::uint8_t> bytes,
                             const std::filesystem::path& path,
                             Size size);
Bytes EncodeFloat32(const Raster<double>& map);

// Sintel's .dpt: the float32 number 202021.25, width and height as int32, then the map; all
// little-endian. Throws FileError: truncated, wrong-format (another tag), too-large,
// wrong-size.
// Source: MPI-Sintel depth, sdk/python/sintel_io.py.
Raster<double> DecodeDpt(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);
Bytes EncodeDpt(const Raster<double>& map);

}  // namespace assay
