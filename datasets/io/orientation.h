// The EXIF orientation of photos: where the first row and column of the stored
// pixels belong in the picture (Exif 2.3, tag 274 in the first directory).
//
//   1 upright   2 mirrored left-right   3 turned by 180   4 mirrored top-bottom
//   5 transposed   6 to be turned clockwise by 90   7 transposed the other way
//   8 to be turned counter-clockwise by 90
#pragma once

#include <cstdint>
#include <span>

#include "datasets/io/image.h"

namespace assay {

inline constexpr int kUpright = 1;

// From the TIFF block of an EXIF segment; 1 where it states none or is damaged, as
// picture viewers take it.
int ExifOrientation(std::span<const std::uint8_t> tiff);

// The size and the picture as they are seen. Throws std::logic_error outside 1..8.
Size Oriented(Size stored, int orientation);
RgbImage Oriented(const RgbImage& stored, int orientation);

}  // namespace assay
