// The container of a PNG: signature, chunks, and the inflated, unfiltered rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "datasets/io/png.h"

namespace assay {

// A file whose chunks are all in order. Borrows the bytes.
struct PngFile {
  PngHeader header;
  std::vector<Rgb8> palette;
  std::vector<std::span<const std::uint8_t>> data;   // the IDAT chunks
  std::vector<std::span<const std::uint8_t>> texts;  // the tEXt chunks, wherever they stand
};

PngFile ParsePng(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

// One image of rows, packed as in the file; an interlaced PNG has up to seven.
// Pixel (x, y) of the pass is pixel (x0 + dx x, y0 + dy y) of the image.
struct PngPass {
  std::size_t width = 0, height = 0;
  std::size_t x0 = 0, y0 = 0, dx = 1, dy = 1;
};
std::vector<PngPass> PngPasses(const PngHeader& header);

// Bytes of one row of `width` pixels, without the filter byte.
std::size_t PngRowBytes(const PngHeader& header, std::size_t width);
// Bytes per pixel, as the filters count: at least 1.
std::size_t PngPixelBytes(const PngHeader& header);

// The inflated data: each row a filter byte and PngRowBytes bytes, pass after pass.
struct PngStream {
  std::unique_ptr<std::uint8_t[]> bytes;
  std::size_t size = 0;
};
PngStream InflatePng(const PngFile& file, const std::filesystem::path& path);

}  // namespace assay
