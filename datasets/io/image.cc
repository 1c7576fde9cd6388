#include "datasets/io/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "datasets/io/errors.h"
#include "datasets/io/jpeg.h"
#include "datasets/io/png.h"

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;
using std::string_view_literals::operator""sv;

constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n"sv;
constexpr std::string_view kJpegMagic = "\xff\xd8\xff"sv;

struct OtherFormat {
  std::string_view magic;
  std::string_view name;
};

// Files that are given by mistake where an image is needed; only for messages.
constexpr std::array<OtherFormat, 11> kOtherFormats = {{
    {"GIF8"sv, "a GIF"},
    {"BM"sv, "a BMP"},
    {"RIFF"sv, "a WebP or other RIFF file"},
    {"II*\0"sv, "a TIFF"},
    {"MM\0*"sv, "a TIFF"},
    {"\x76\x2f\x31\x01"sv, "an OpenEXR image"},
    {"\x93NUMPY"sv, "a NumPy array"},
    {"PK\x03\x04"sv, "a ZIP archive (.npz?)"},
    {"\x89HDF"sv, "an HDF5 file"},
    {"Pf"sv, "a PFM"},
    {"version https://git-lfs"sv, "a Git LFS pointer, fetch the file itself"},
}};

bool StartsWith(Span bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(), [](char letter, std::uint8_t byte) {
           return static_cast<std::uint8_t>(letter) == byte;
         });
}

// A file shorter than the magic bytes, but equal to their beginning, is a cut off one.
bool IsCutOffMagic(Span bytes, std::string_view magic) {
  return bytes.size() < magic.size() && StartsWith(bytes, magic.substr(0, bytes.size()));
}

std::string DescribeOther(Span bytes) {
  for (const OtherFormat& format : kOtherFormats) {
    if (StartsWith(bytes, format.magic)) return std::string(format.name);
  }
  std::string text = "no image known here (it starts with";
  for (std::size_t i = 0; i < std::min<std::size_t>(4, bytes.size()); ++i) {
    text += fmt::format(" {:02X}", bytes[i]);
  }
  return text + ")";
}

FileError NotAnImage(Span bytes, const Path& path, const char* needed) {
  if (bytes.empty()) return {path, "truncated", "is empty; write or copy it again"};
  if (IsCutOffMagic(bytes, kPngMagic) || IsCutOffMagic(bytes, kJpegMagic)) {
    return {path,
            "truncated",
            fmt::format("ends after {} bytes; write or copy it again", bytes.size())};
  }
  return {path, "wrong-format", fmt::format("is {}; need {}", DescribeOther(bytes), needed)};
}

void NeedPng(Span bytes, const Path& path, const char* needed) {
  const ImageFormat format = SniffFormat(bytes);
  if (format == ImageFormat::kPng) return;
  if (format == ImageFormat::kJpeg) {
    throw FileError(
        path, "wrong-format", fmt::format("is a JPEG, which changes values; need {}", needed));
  }
  throw NotAnImage(bytes, path, needed);
}

int DecodedChannels(const PngHeader& header) {
  return header.colour == PngColour::kPalette ? 3 : header.Samples();
}

}  // namespace

ImageFormat SniffFormat(Span bytes) {
  if (StartsWith(bytes, kPngMagic)) return ImageFormat::kPng;
  if (StartsWith(bytes, kJpegMagic)) return ImageFormat::kJpeg;
  return ImageFormat::kOther;
}

ImageHeader DecodeHeader(Span bytes, const Path& path) {
  switch (SniffFormat(bytes)) {
    case ImageFormat::kPng: {
      const PngHeader header = DecodePngHeader(bytes, path);
      const int depth = header.colour == PngColour::kPalette ? 8 : header.bit_depth;
      return {ImageFormat::kPng, header.size, depth, DecodedChannels(header)};
    }
    case ImageFormat::kJpeg:
      return DecodeJpegHeader(bytes, path);
    default:
      throw NotAnImage(bytes, path, "a PNG or JPEG");
  }
}

ImageHeader ReadHeader(const Path& path) {
  // A PNG states its size in the first 33 bytes, a JPEG behind its EXIF and
  // colour profile, which rarely have more than 256 KiB.
  for (const std::uint64_t count : {std::uint64_t{4096}, std::uint64_t{1} << 18}) {
    const Bytes prefix = ReadPrefix(path, count);
    try {
      return DecodeHeader(prefix, path);
    } catch (const FileError& error) {
      const bool has_more = prefix.size() == count;
      if (error.code != "truncated" || !has_more) throw;
    }
  }
  return DecodeHeader(ReadFile(path), path);
}

Raster<std::uint8_t> DecodeGray8(Span bytes, const Path& path) {
  NeedPng(bytes, path, "an 8-bit gray PNG");
  return DecodePngGray8(bytes, path);
}

Raster<std::uint16_t> DecodeGray16(Span bytes, const Path& path) {
  NeedPng(bytes, path, "a 16-bit gray PNG");
  return DecodePngGray16(bytes, path);
}

Raster<Rgb16> DecodeRgb16(Span bytes, const Path& path) {
  NeedPng(bytes, path, "a 16-bit RGB PNG");
  return DecodePngRgb16(bytes, path);
}

RgbImage DecodeRgb(Span bytes, const Path& path, Lossy lossy) {
  if (SniffFormat(bytes) == ImageFormat::kJpeg) {
    if (lossy == Lossy::kAllow) return DecodeJpegRgb(bytes, path);
    throw FileError(
        path,
        "lossy",
        "is a JPEG, which changes colours; save the answer as PNG or allow lossy files");
  }
  NeedPng(bytes, path, lossy == Lossy::kAllow ? "a PNG or JPEG" : "an 8-bit RGB PNG");
  return DecodePngRgb8(bytes, path);
}

}  // namespace assay
