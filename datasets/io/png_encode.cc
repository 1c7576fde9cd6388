#include <libdeflate.h>

#include <array>
#include <bit>
#include <memory>
#include <new>
#include <stdexcept>

#include "datasets/io/image.h"
#include "datasets/io/png.h"

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;

// Fixed settings, so that the same pixels give the same bytes: libdeflate at its
// fastest level, one filter per kind of image.
constexpr int kLevel = 1;
// Label maps have few values and long runs, which the matcher likes as they are.
constexpr std::uint8_t kFilterNone = 0;
// Depth and colour vary slowly: differences to the left neighbour are small.
constexpr std::uint8_t kFilterSub = 1;

struct Layout {
  Size size;
  int bit_depth;
  PngColour colour;
  std::size_t pixel_bytes;
  std::uint8_t filter;
};

void AppendBigEndian(Bytes& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void AppendChunk(Bytes& out, const char* type, Span data) {
  AppendBigEndian(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = out.size();
  out.insert(out.end(), type, type + 4);
  out.insert(out.end(), data.begin(), data.end());
  AppendBigEndian(out, libdeflate_crc32(0, out.data() + start, out.size() - start));
}

Bytes HeaderData(const Layout& layout) {
  Bytes data;
  AppendBigEndian(data, static_cast<std::uint32_t>(layout.size.width));
  AppendBigEndian(data, static_cast<std::uint32_t>(layout.size.height));
  data.push_back(static_cast<std::uint8_t>(layout.bit_depth));
  data.push_back(static_cast<std::uint8_t>(layout.colour));
  data.insert(data.end(), {0, 0, 0});
  return data;
}

Bytes Filtered(const Layout& layout, Span pixels) {
  const std::size_t count = static_cast<std::size_t>(layout.size.width) * layout.pixel_bytes;
  Bytes rows;
  rows.reserve(static_cast<std::size_t>(layout.size.height) * (count + 1));
  for (; !pixels.empty(); pixels = pixels.subspan(count)) {
    rows.push_back(layout.filter);
    for (std::size_t i = 0; i < count; ++i) {
      const bool has_left = layout.filter == kFilterSub && i >= layout.pixel_bytes;
      const int left = has_left ? pixels[i - layout.pixel_bytes] : 0;
      rows.push_back(static_cast<std::uint8_t>((pixels[i] - left) & 0xff));
    }
  }
  return rows;
}

struct CompressorDeleter {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

Bytes Deflated(const Bytes& rows) {
  const std::unique_ptr<libdeflate_compressor, CompressorDeleter> compressor(
      libdeflate_alloc_compressor(kLevel));
  if (compressor == nullptr) throw std::bad_alloc();
  Bytes out(libdeflate_zlib_compress_bound(compressor.get(), rows.size()));
  out.resize(
      libdeflate_zlib_compress(compressor.get(), rows.data(), rows.size(), out.data(), out.size()));
  if (out.empty()) throw std::logic_error("EncodePng: the compression bound was too small");
  return out;
}

Bytes Encode(const Layout& layout, Span pixels) {
  // The header check of the reader, so that nothing is written that it refuses.
  if (pixels.empty() || layout.size.Pixels() > kMaxPixels) {
    throw std::logic_error("EncodePng: the image is empty or has more than kMaxPixels pixels");
  }
  Bytes out = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  AppendChunk(out, "IHDR", HeaderData(layout));
  AppendChunk(out, "IDAT", Deflated(Filtered(layout, pixels)));
  AppendChunk(out, "IEND", {});
  return out;
}

}  // namespace

Bytes EncodePng(const Raster<std::uint8_t>& gray) {
  return Encode({gray.size(), 8, PngColour::kGray, 1, kFilterNone}, gray.Pixels());
}

Bytes EncodePng(const Raster<std::uint16_t>& gray) {
  Bytes big_endian;
  big_endian.reserve(gray.Pixels().size() * 2);
  for (const std::uint16_t value : gray.Pixels()) {
    big_endian.push_back(static_cast<std::uint8_t>(value >> 8));
    big_endian.push_back(static_cast<std::uint8_t>(value & 0xff));
  }
  return Encode({gray.size(), 16, PngColour::kGray, 2, kFilterSub}, big_endian);
}

Bytes EncodePng(const Raster<Rgb16>& image) {
  Bytes big_endian;
  big_endian.reserve(image.Pixels().size() * 6);
  for (const Rgb16& pixel : image.Pixels()) {
    for (const std::uint16_t value : {pixel.r, pixel.g, pixel.b}) {
      big_endian.push_back(static_cast<std::uint8_t>(value >> 8));
      big_endian.push_back(static_cast<std::uint8_t>(value & 0xff));
    }
  }
  return Encode({image.size(), 16, PngColour::kRgb, 6, kFilterSub}, big_endian);
}

Bytes EncodePng(const RgbImage& image) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(image.Pixels().data());
  return Encode({image.size(), 8, PngColour::kRgb, 3, kFilterSub},
                {bytes, image.Pixels().size() * 3});
}

}  // namespace assay
