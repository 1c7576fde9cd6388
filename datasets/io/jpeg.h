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
// The orientation of its EXIF block, 1 to 8 (Exif 2.3, tag 274); 1 where there is
// none or it cannot be read. Needs the bytes up to the frame header, as above.
int DecodeJpegOrientation(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

enum class GrayJpeg { kRefuse, kSpread };
// 8 bits; three components, or one that is spread to three where that is allowed.
// EXIF rotation is ignored.
RgbImage DecodeJpegRgb(std::span<const std::uint8_t> bytes,
                       const std::filesystem::path& path,
                       GrayJpeg gray = GrayJpeg::kRefuse);

}  // namespace assay
