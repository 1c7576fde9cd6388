// PNG files (W3C PNG specification, third edition), decoded on libdeflate.
//
// Scoring spends most of its time here. libdeflate inflates several times faster
// than zlib but only whole buffers, which fits: the size of the inflated data
// follows from the header, so it is allocated once and a stream that inflates to
// anything else is an error. Every chunk's CRC and the stream's Adler-32 are checked.
//
// Gamma, colour profiles, transparency keys (tRNS) and text (datasets/io/png_text.h) are not
// interpreted.
// Bytes after IEND are ignored, as every reader does.
//
// Throws FileError: wrong-format (no PNG signature), truncated, corrupt,
// too-large (more than kMaxPixels, before anything is allocated), wrong-depth,
// wrong-channels. Messages name the chunk and its offset in the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "metrics/raster.h"

namespace assay {

// The numbers are the file's.
enum class PngColour : std::uint8_t {
  kGray = 0,
  kRgb = 2,
  kPalette = 3,
  kGrayAlpha = 4,
  kRgba = 6
};

struct PngHeader {
  Size size;
  int bit_depth = 0;  // of one sample, or of one palette index
  PngColour colour = PngColour::kGray;
  bool interlaced = false;

  int Samples() const;  // per pixel in the file: 1, 2, 3 or 4
};

PngHeader DecodePngHeader(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

// "16-bit gray PNG", "8-bit palette PNG", …
std::string Describe(const PngHeader& header);

// Any PNG, sample by sample and unscaled: a 1-bit image has the values 0 and 1,
// a palette image its indices.
struct PngSamples {
  PngHeader header;
  std::vector<std::uint16_t> samples;  // row by row, header.Samples() per pixel
  std::vector<Rgb8> palette;           // empty unless the file has one
};
PngSamples DecodePngSamples(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

// Exactly the named kind; anything else is wrong-depth or wrong-channels. For RGB
// an alpha channel is dropped and a palette of any depth is expanded.
Raster<std::uint8_t> DecodePngGray8(std::span<const std::uint8_t> bytes,
                                    const std::filesystem::path& path);
Raster<std::uint16_t> DecodePngGray16(std::span<const std::uint8_t> bytes,
                                      const std::filesystem::path& path);
RgbImage DecodePngRgb8(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);
Raster<Rgb16> DecodePngRgb16(std::span<const std::uint8_t> bytes,
                             const std::filesystem::path& path);

}  // namespace assay
