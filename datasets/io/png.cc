#include "datasets/io/png.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "datasets/io/errors.h"
#include "datasets/io/png_chunks.h"
#include "datasets/io/png_filter.h"

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;

static_assert(sizeof(Rgb8) == 3, "rows of Rgb8 are decoded as bytes");

const char* ColourName(PngColour colour) {
  switch (colour) {
    case PngColour::kGray:
      return "gray";
    case PngColour::kRgb:
      return "RGB";
    case PngColour::kPalette:
      return "palette";
    case PngColour::kGrayAlpha:
      return "gray+alpha";
    case PngColour::kRgba:
      return "RGBA";
  }
  return "";
}

int CheckedFilter(int filter, std::size_t row, const Path& path) {
  if (filter >= kPngFilters) {
    throw FileError(path,
                    "corrupt",
                    fmt::format("corrupt PNG: row {} states filter {}; 0 to 4 exist", row, filter));
  }
  return filter;
}

// Undoes the filters of one pass where it lies. The rows stay one filter byte
// apart.
void UndoInPlace(std::uint8_t* rows,
                 const PngPass& pass,
                 const PngHeader& header,
                 const Path& path) {
  const std::size_t count = PngRowBytes(header, pass.width);
  const std::size_t step = PngPixelBytes(header);
  const std::uint8_t* prior = nullptr;
  for (std::size_t y = 0; y < pass.height; ++y, rows += count + 1) {
    UndoPngFilter(CheckedFilter(rows[0], y, path), step, rows + 1, prior, rows + 1, count);
    prior = rows + 1;
  }
}

// Undoes the filters straight into the image: for images whose rows in the file
// are the rows in memory (8-bit gray and RGB, not interlaced).
void UndoInto(std::uint8_t* image, const PngStream& stream, const PngFile& file, const Path& path) {
  const std::size_t count =
      PngRowBytes(file.header, static_cast<std::size_t>(file.header.size.width));
  const std::size_t step = PngPixelBytes(file.header);
  const auto height = static_cast<std::size_t>(file.header.size.height);
  const std::uint8_t* coded = stream.bytes.get();
  const std::uint8_t* prior = nullptr;
  for (std::size_t y = 0; y < height; ++y, coded += count + 1, image += count) {
    UndoPngFilter(CheckedFilter(coded[0], y, path), step, coded + 1, prior, image, count);
    prior = image;
  }
}

std::uint16_t SampleAt(const std::uint8_t* row, std::size_t index, int depth) {
  if (depth == 8) return row[index];
  if (depth == 16) {
    return static_cast<std::uint16_t>(row[2 * index] << 8 | row[2 * index + 1]);
  }
  const auto bits = static_cast<std::size_t>(depth);
  const std::size_t bit = index * bits;  // the leftmost pixel is in the high bits
  return static_cast<std::uint16_t>(row[bit / 8] >> (8 - bits - bit % 8) & ((1 << depth) - 1));
}

// Unpacks rows of one pass to where its pixels belong in the image.
void Unpack(const std::uint8_t* rows, const PngPass& pass, PngSamples& image) {
  const PngHeader& header = image.header;
  const std::size_t stride = PngRowBytes(header, pass.width) + 1;
  const auto channels = static_cast<std::size_t>(header.Samples());
  const auto width = static_cast<std::size_t>(header.size.width);
  for (std::size_t y = 0; y < pass.height; ++y) {
    const std::uint8_t* row = rows + y * stride + 1;
    for (std::size_t x = 0; x < pass.width; ++x) {
      const std::size_t pixel = (pass.y0 + y * pass.dy) * width + pass.x0 + x * pass.dx;
      for (std::size_t c = 0; c < channels; ++c) {
        image.samples[pixel * channels + c] = SampleAt(row, x * channels + c, header.bit_depth);
      }
    }
  }
}

PngSamples UnpackAll(PngFile file, const Path& path) {
  const PngStream stream = InflatePng(file, path);
  PngSamples image = {file.header, {}, std::move(file.palette)};
  image.samples.resize(image.header.size.Pixels() *
                       static_cast<std::size_t>(image.header.Samples()));
  std::uint8_t* rows = stream.bytes.get();
  for (const PngPass& pass : PngPasses(image.header)) {
    UndoInPlace(rows, pass, image.header, path);
    Unpack(rows, pass, image);
    rows += pass.height * (1 + PngRowBytes(image.header, pass.width));
  }
  return image;
}

std::uint16_t FromBigEndian(std::uint16_t value) {
  if constexpr (std::endian::native == std::endian::big) return value;
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

Rgb8 PaletteColour(const std::vector<Rgb8>& palette, std::size_t index, const Path& path) {
  if (index >= palette.size()) {
    throw FileError(path,
                    "corrupt",
                    fmt::format("corrupt PNG: a pixel has palette index {}, the PLTE chunk has {} "
                                "colours",
                                index,
                                palette.size()));
  }
  return palette[index];
}

// RGBA and 8-bit palette images, not interlaced.
RgbImage RgbFromRows(const PngFile& file, const Path& path) {
  const PngStream stream = InflatePng(file, path);
  const PngPass pass = PngPasses(file.header).front();
  UndoInPlace(stream.bytes.get(), pass, file.header, path);
  RgbImage rgb(file.header.size);
  const std::uint8_t* from = stream.bytes.get();
  for (int y = 0; y < rgb.height(); ++y) {
    ++from;  // the filter byte
    for (Rgb8& pixel : rgb.Row(y)) {
      if (file.header.colour == PngColour::kPalette) {
        pixel = PaletteColour(file.palette, *from++, path);
      } else {
        pixel = {from[0], from[1], from[2]};
        from += 4;
      }
    }
  }
  return rgb;
}

// Palette images of less than 8 bits, and interlaced images: rare, so the short
// way is taken.
RgbImage RgbFromSamples(const PngSamples& image, const Path& path) {
  RgbImage rgb(image.header.size);
  const auto channels = static_cast<std::size_t>(image.header.Samples());
  const std::uint16_t* from = image.samples.data();
  for (Rgb8& pixel : rgb.Pixels()) {
    if (image.header.colour == PngColour::kPalette) {
      pixel = PaletteColour(image.palette, from[0], path);
    } else {
      pixel = {static_cast<std::uint8_t>(from[0]),
               static_cast<std::uint8_t>(from[1]),
               static_cast<std::uint8_t>(from[2])};
    }
    from += channels;
  }
  return rgb;
}

FileError WrongKind(const PngHeader& header, const char* needed, bool depth, const Path& path) {
  return {path,
          depth ? "wrong-depth" : "wrong-channels",
          fmt::format("is a {}; need {}", Describe(header), needed)};
}

void NeedGray(const PngHeader& header, int depth, const char* needed, const Path& path) {
  if (header.colour != PngColour::kGray) throw WrongKind(header, needed, false, path);
  if (header.bit_depth != depth) throw WrongKind(header, needed, true, path);
}

void NeedRgb(const PngHeader& header, const Path& path) {
  const char* needed = "8-bit RGB";
  if (header.colour == PngColour::kGray || header.colour == PngColour::kGrayAlpha) {
    throw WrongKind(header, needed, false, path);
  }
  if (header.bit_depth == 16) throw WrongKind(header, needed, true, path);
}

}  // namespace

int PngHeader::Samples() const {
  switch (colour) {
    case PngColour::kRgb:
      return 3;
    case PngColour::kGrayAlpha:
      return 2;
    case PngColour::kRgba:
      return 4;
    default:
      return 1;
  }
}

std::string Describe(const PngHeader& header) {
  return fmt::format("{}-bit {} PNG", header.bit_depth, ColourName(header.colour));
}

PngSamples DecodePngSamples(Span bytes, const Path& path) {
  return UnpackAll(ParsePng(bytes, path), path);
}

Raster<std::uint8_t> DecodePngGray8(Span bytes, const Path& path) {
  NeedGray(DecodePngHeader(bytes, path), 8, "8-bit gray", path);
  PngFile file = ParsePng(bytes, path);
  if (file.header.interlaced) {
    const PngSamples image = UnpackAll(std::move(file), path);
    return {image.header.size,
            std::vector<std::uint8_t>(image.samples.begin(), image.samples.end())};
  }
  const PngStream stream = InflatePng(file, path);
  Raster<std::uint8_t> gray(file.header.size);
  UndoInto(gray.Pixels().data(), stream, file, path);
  return gray;
}

Raster<std::uint16_t> DecodePngGray16(Span bytes, const Path& path) {
  NeedGray(DecodePngHeader(bytes, path), 16, "16-bit gray", path);
  PngFile file = ParsePng(bytes, path);
  if (file.header.interlaced) {
    PngSamples image = UnpackAll(std::move(file), path);
    return {image.header.size, std::move(image.samples)};
  }
  const PngStream stream = InflatePng(file, path);
  Raster<std::uint16_t> gray(file.header.size);
  UndoInto(reinterpret_cast<std::uint8_t*>(gray.Pixels().data()), stream, file, path);
  for (std::uint16_t& value : gray.Pixels()) value = FromBigEndian(value);
  return gray;
}

Raster<Rgb16> DecodePngRgb16(Span bytes, const Path& path) {
  const PngHeader header = DecodePngHeader(bytes, path);
  const char* needed = "16-bit RGB";
  if (header.colour != PngColour::kRgb) throw WrongKind(header, needed, false, path);
  if (header.bit_depth != 16) throw WrongKind(header, needed, true, path);
  const PngSamples image = UnpackAll(ParsePng(bytes, path), path);
  Raster<Rgb16> rgb(image.header.size);
  const std::uint16_t* from = image.samples.data();
  for (Rgb16& pixel : rgb.Pixels()) {
    pixel = {from[0], from[1], from[2]};
    from += 3;
  }
  return rgb;
}

RgbImage DecodePngRgb8(Span bytes, const Path& path) {
  NeedRgb(DecodePngHeader(bytes, path), path);
  PngFile file = ParsePng(bytes, path);
  if (file.header.interlaced || file.header.bit_depth < 8) {
    return RgbFromSamples(UnpackAll(std::move(file), path), path);
  }
  if (file.header.colour != PngColour::kRgb) return RgbFromRows(file, path);
  const PngStream stream = InflatePng(file, path);
  RgbImage rgb(file.header.size);
  UndoInto(reinterpret_cast<std::uint8_t*>(rgb.Pixels().data()), stream, file, path);
  return rgb;
}

}  // namespace assay
