// A PNG writer for tests: every colour type, depth, filter and Adam7, written
// from the specification with plain loops, and the chunks taken apart and put
// together again to make broken files with correct checksums.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"

namespace assay::test {

struct PngPlan {
  Size size;
  int bit_depth = 8;
  int colour_type = 0;  // 0 gray, 2 RGB, 3 palette, 4 gray+alpha, 6 RGBA
  bool interlaced = false;
  std::vector<Rgb8> palette;
  // Filter of row y of each pass; none = 0 everywhere.
  std::function<int(std::size_t y)> filter;
  std::size_t idat_chunks = 1;
  int level = 6;  // of deflate
};

// Samples per pixel of a colour type.
std::size_t SamplesPerPixel(int colour_type);

// `samples`: row by row, SamplesPerPixel per pixel, each below 2^bit_depth.
Bytes WritePng(const PngPlan& plan, std::span<const std::uint16_t> samples);

struct PngChunk {
  std::string type;
  Bytes data;
};
// `png` must be well formed.
std::vector<PngChunk> SplitPng(std::span<const std::uint8_t> png);
Bytes JoinPng(const std::vector<PngChunk>& chunks);

Bytes ZlibCompress(std::span<const std::uint8_t> bytes, int level = 6);

}  // namespace assay::test
