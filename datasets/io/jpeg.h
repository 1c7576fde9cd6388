// JPEG files (ITU-T T.81): their structure here, their pixels by OpenCV.
//
// libjpeg fills what is missing in a file that was cut off with gray and calls it
// a success, so the markers are walked from SOI to EOI first.
//
// Throws FileError: wrong-format, truncated, corrupt, wrong-depth,
// wrong-channels, too-large.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "datasets/io/image.h"

namespace assay {

// Needs the bytes up to the frame header (SOF); truncated if they end before it.
ImageHeader DecodeJpegHeader(std::span<const std::uint8_t> bytes,
                             const std::filesystem::path& path);
// Three components of 8 bits. EXIF rotation is ignored.
RgbImage DecodeJpegRgb(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

}  // namespace assay
