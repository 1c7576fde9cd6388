// Images as files: 8- and 16-bit PNG, and JPEG where a lossy file is allowed.
//
// The format is told by the magic bytes, never by the extension. Bit depth and
// channels must be what the caller asked for: nothing is converted silently. The
// size in the header is checked against kMaxPixels before anything is allocated.
// EXIF rotation is ignored: images and their ground truth share raw pixels.
//
// Throws FileError (datasets/io/errors.h): not-found, truncated, corrupt,
// wrong-format, wrong-depth, wrong-channels, too-large, lossy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "datasets/io/file.h"
#include "metrics/raster.h"

namespace assay {

struct Rgb8 {
  std::uint8_t r = 0, g = 0, b = 0;
  friend bool operator==(const Rgb8&, const Rgb8&) = default;
};
using RgbImage = Raster<Rgb8>;

struct Rgb16 {
  std::uint16_t r = 0, g = 0, b = 0;
  friend bool operator==(const Rgb16&, const Rgb16&) = default;
};

inline constexpr std::uint64_t kMaxPixels = std::uint64_t{1} << 28;

enum class ImageFormat { kPng, kJpeg, kOther };

struct ImageHeader {
  ImageFormat format = ImageFormat::kOther;
  Size size;
  int bit_depth = 0;
  int channels = 0;  // of the decoded image; a palette PNG has 3
};

ImageFormat SniffFormat(std::span<const std::uint8_t> bytes);
// `path` is only for messages.
ImageHeader DecodeHeader(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);
ImageHeader ReadHeader(const std::filesystem::path& path);  // reads a prefix of the file

Raster<std::uint8_t> DecodeGray8(std::span<const std::uint8_t> bytes,
                                 const std::filesystem::path& path);
Raster<std::uint16_t> DecodeGray16(std::span<const std::uint8_t> bytes,
                                   const std::filesystem::path& path);

// 16-bit RGB; anything else is an error.
Raster<Rgb16> DecodeRgb16(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

enum class Lossy { kRefuse, kAllow };
// 8-bit RGB; an alpha channel is dropped, a palette is expanded, gray is an error.
RgbImage DecodeRgb(std::span<const std::uint8_t> bytes,
                   const std::filesystem::path& path,
                   Lossy lossy = Lossy::kAllow);

Bytes EncodePng(const Raster<std::uint8_t>& gray);
Bytes EncodePng(const Raster<std::uint16_t>& gray);
Bytes EncodePng(const RgbImage& image);
Bytes EncodePng(const Raster<Rgb16>& image);
Bytes EncodeJpeg(const RgbImage& image, int quality = 95);

}  // namespace assay
