#include "tests/support/png_writer.h"

#include <libdeflate.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace assay::test {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

void Append32(Bytes& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint32_t Read32(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[at + i];
  return value;
}

// One image to be written as rows: a whole image, or one pass of Adam7.
struct Pass {
  std::vector<std::vector<std::uint16_t>> rows;
};

Pass TakePass(const PngPlan& plan,
              std::span<const std::uint16_t> samples,
              std::array<std::size_t, 4> grid) {
  const auto width = static_cast<std::size_t>(plan.size.width);
  const auto height = static_cast<std::size_t>(plan.size.height);
  const std::size_t channels = SamplesPerPixel(plan.colour_type);
  Pass pass;
  for (std::size_t y = grid[1]; y < height; y += grid[3]) {
    std::vector<std::uint16_t> row;
    for (std::size_t x = grid[0]; x < width; x += grid[2]) {
      for (std::size_t c = 0; c < channels; ++c) {
        row.push_back(samples[(y * width + x) * channels + c]);
      }
    }
    if (!row.empty()) pass.rows.push_back(row);
  }
  return pass;
}

std::vector<Pass> TakePasses(const PngPlan& plan, std::span<const std::uint16_t> samples) {
  if (!plan.interlaced) return {TakePass(plan, samples, {0, 0, 1, 1})};
  std::vector<Pass> passes;
  for (const std::array<std::size_t, 4> grid :
       std::initializer_list<std::array<std::size_t, 4>>{{0, 0, 8, 8},
                                                         {4, 0, 8, 8},
                                                         {0, 4, 4, 8},
                                                         {2, 0, 4, 4},
                                                         {0, 2, 2, 4},
                                                         {1, 0, 2, 2},
                                                         {0, 1, 1, 2}}) {
    passes.push_back(TakePass(plan, samples, grid));
  }
  return passes;
}

// Samples as a string of bits, high bits first, padded with zeros to a byte.
Bytes Pack(const std::vector<std::uint16_t>& samples, int depth) {
  Bytes out;
  int used = 0;
  for (const std::uint16_t sample : samples) {
    for (int bit = depth - 1; bit >= 0; --bit) {
      if (used % 8 == 0) out.push_back(0);
      out.back() = static_cast<std::uint8_t>(out.back() | (sample >> bit & 1) << (7 - used % 8));
      ++used;
    }
  }
  return out;
}

// PNG specification, section 9.2 and 9.4.
int Predict(int filter, int a, int b, int c) {
  if (filter == 0) return 0;
  if (filter == 1) return a;
  if (filter == 2) return b;
  if (filter == 3) return (a + b) / 2;
  const int p = a + b - c;
  const int pa = std::abs(p - a);
  const int pb = std::abs(p - b);
  const int pc = std::abs(p - c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

Bytes FilterRow(int filter, std::size_t step, const Bytes& row, const Bytes& prior) {
  Bytes out = {static_cast<std::uint8_t>(filter)};
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int a = i >= step ? row[i - step] : 0;
    const int b = prior.empty() ? 0 : prior[i];
    const int c = i >= step && !prior.empty() ? prior[i - step] : 0;
    out.push_back(static_cast<std::uint8_t>((row[i] - Predict(filter, a, b, c)) & 0xff));
  }
  return out;
}

Bytes FilteredRows(const PngPlan& plan, std::span<const std::uint16_t> samples) {
  const std::size_t bits =
      SamplesPerPixel(plan.colour_type) * static_cast<std::size_t>(plan.bit_depth);
  const std::size_t step = bits < 8 ? 1 : bits / 8;
  Bytes out;
  for (const Pass& pass : TakePasses(plan, samples)) {
    Bytes prior;
    for (std::size_t y = 0; y < pass.rows.size(); ++y) {
      const Bytes row = Pack(pass.rows[y], plan.bit_depth);
      const Bytes coded = FilterRow(plan.filter ? plan.filter(y) : 0, step, row, prior);
      out.insert(out.end(), coded.begin(), coded.end());
      prior = row;
    }
  }
  return out;
}

PngChunk HeaderChunk(const PngPlan& plan) {
  PngChunk chunk = {"IHDR", {}};
  Append32(chunk.data, static_cast<std::uint32_t>(plan.size.width));
  Append32(chunk.data, static_cast<std::uint32_t>(plan.size.height));
  chunk.data.insert(chunk.data.end(),
                    {static_cast<std::uint8_t>(plan.bit_depth),
                     static_cast<std::uint8_t>(plan.colour_type),
                     0,
                     0,
                     static_cast<std::uint8_t>(plan.interlaced ? 1 : 0)});
  return chunk;
}

void AppendPieces(std::vector<PngChunk>& chunks, const Bytes& data, std::size_t pieces) {
  for (std::size_t i = 0; i < pieces; ++i) {
    const auto begin = static_cast<std::ptrdiff_t>(data.size() * i / pieces);
    const auto end = static_cast<std::ptrdiff_t>(data.size() * (i + 1) / pieces);
    chunks.push_back({"IDAT", Bytes(data.begin() + begin, data.begin() + end)});
  }
}

}  // namespace

std::size_t SamplesPerPixel(int colour_type) {
  switch (colour_type) {
    case 2:
      return 3;
    case 4:
      return 2;
    case 6:
      return 4;
    default:
      return 1;
  }
}

Bytes ZlibCompress(std::span<const std::uint8_t> bytes, int level) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(level);
  Bytes out(libdeflate_zlib_compress_bound(compressor, bytes.size()));
  out.resize(
      libdeflate_zlib_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  if (out.empty()) throw std::logic_error("the compression bound was too small");
  return out;
}

Bytes WritePng(const PngPlan& plan, std::span<const std::uint16_t> samples) {
  std::vector<PngChunk> chunks = {HeaderChunk(plan)};
  if (!plan.palette.empty()) {
    PngChunk palette = {"PLTE", {}};
    for (const Rgb8& colour : plan.palette) {
      palette.data.insert(palette.data.end(), {colour.r, colour.g, colour.b});
    }
    chunks.push_back(palette);
  }
  AppendPieces(chunks, ZlibCompress(FilteredRows(plan, samples), plan.level), plan.idat_chunks);
  chunks.push_back({"IEND", {}});
  return JoinPng(chunks);
}

std::vector<PngChunk> SplitPng(std::span<const std::uint8_t> png) {
  std::vector<PngChunk> chunks;
  for (std::size_t at = kSignature.size(); at < png.size();) {
    const std::size_t length = Read32(png, at);
    const auto type = png.subspan(at + 4, 4);
    const auto data = png.subspan(at + 8, length);
    chunks.push_back({std::string(type.begin(), type.end()), Bytes(data.begin(), data.end())});
    at += length + 12;
  }
  return chunks;
}

Bytes JoinPng(const std::vector<PngChunk>& chunks) {
  Bytes out(kSignature.begin(), kSignature.end());
  for (const PngChunk& chunk : chunks) {
    Append32(out, static_cast<std::uint32_t>(chunk.data.size()));
    const std::size_t start = out.size();
    out.insert(out.end(), chunk.type.begin(), chunk.type.end());
    out.insert(out.end(), chunk.data.begin(), chunk.data.end());
    Append32(out, libdeflate_crc32(0, out.data() + start, out.size() - start));
  }
  return out;
}

}  // namespace assay::test
