#include "datasets/io/png_chunks.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <new>
#include <string>

#include "datasets/io/errors.h"

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;

constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t kHeaderBytes = 13;
// Length, type and CRC stand around the data of a chunk.
constexpr std::size_t kChunkFrame = 12;
constexpr const char* kWriteAgain = "; the file was cut off or changed, write or copy it again";

std::uint32_t BigEndian32(Span bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 |
         static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | static_cast<std::uint32_t>(bytes[at + 3]);
}

FileError Truncated(const Path& path, const std::string& what) {
  return {path, "truncated", "truncated PNG: " + what + kWriteAgain};
}

FileError Corrupt(const Path& path, const std::string& what) {
  return {path, "corrupt", "corrupt PNG: " + what + kWriteAgain};
}

struct Chunk {
  std::string type;
  std::size_t offset = 0;  // of the chunk in the file
  Span data;

  std::string Where() const { return fmt::format("{} chunk at byte {}", type, offset); }
  // A lower-case first letter: may be skipped by readers that do not know it.
  bool IsAncillary() const { return std::islower(static_cast<unsigned char>(type[0])) != 0; }
};

void CheckSignature(Span bytes, const Path& path) {
  const std::size_t length = std::min(bytes.size(), kSignature.size());
  if (length == 0) throw Truncated(path, "the file is empty");
  if (!std::equal(
          bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length), kSignature.begin())) {
    throw FileError(path, "wrong-format", "is not a PNG (no PNG signature)");
  }
  if (length < kSignature.size()) throw Truncated(path, "it ends within the signature");
}

std::string ChunkType(Span bytes, std::size_t offset, const Path& path) {
  const std::string type(bytes.begin() + static_cast<std::ptrdiff_t>(offset) + 4,
                         bytes.begin() + static_cast<std::ptrdiff_t>(offset) + 8);
  for (const char letter : type) {
    if (std::isalpha(static_cast<unsigned char>(letter)) == 0) {
      throw Corrupt(path, fmt::format("no chunk type at byte {}", offset + 4));
    }
  }
  return type;
}

Chunk ReadChunk(Span bytes, std::size_t offset, const Path& path) {
  if (bytes.size() - offset < 8) {
    throw Truncated(path, fmt::format("a chunk is missing at byte {}, before IEND", offset));
  }
  Chunk chunk = {ChunkType(bytes, offset, path), offset, {}};
  const std::size_t length = BigEndian32(bytes, offset);
  const std::size_t left = bytes.size() - offset;
  if (left < kChunkFrame || left - kChunkFrame < length) {
    throw Truncated(
        path,
        fmt::format(
            "the {} needs {} bytes, {} are left", chunk.Where(), length + kChunkFrame, left));
  }
  chunk.data = bytes.subspan(offset + 8, length);
  const Span checked = bytes.subspan(offset + 4, length + 4);
  if (libdeflate_crc32(0, checked.data(), checked.size()) !=
      BigEndian32(bytes, offset + 8 + length)) {
    throw Corrupt(path, fmt::format("wrong CRC in the {}", chunk.Where()));
  }
  return chunk;
}

// Table 11.1 of the specification: the depths each colour type may have.
bool IsAllowed(int colour, int depth) {
  switch (colour) {
    case 0:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case 3:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case 2:
    case 4:
    case 6:
      return depth == 8 || depth == 16;
    default:
      return false;
  }
}

void CheckSize(std::uint32_t width, std::uint32_t height, const Chunk& chunk, const Path& path) {
  if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX) {
    throw Corrupt(path,
                  fmt::format("the {} states a size of {} x {}", chunk.Where(), width, height));
  }
  if (static_cast<std::uint64_t>(width) * height > kMaxPixels) {
    throw FileError(
        path,
        "too-large",
        fmt::format("claims {} x {} pixels; at most {} are read", width, height, kMaxPixels));
  }
}

PngHeader ParseHeader(const Chunk& chunk, const Path& path) {
  if (chunk.type != "IHDR" || chunk.data.size() != kHeaderBytes) {
    throw Corrupt(path,
                  fmt::format("an IHDR chunk of 13 bytes must come first, found the {} of {}",
                              chunk.Where(),
                              chunk.data.size()));
  }
  const std::uint32_t width = BigEndian32(chunk.data, 0);
  const std::uint32_t height = BigEndian32(chunk.data, 4);
  const int depth = chunk.data[8];
  const int colour = chunk.data[9];
  if (!IsAllowed(colour, depth)) {
    throw Corrupt(
        path,
        fmt::format("the {} states colour type {} with {} bits", chunk.Where(), colour, depth));
  }
  if (chunk.data[10] != 0 || chunk.data[11] != 0 || chunk.data[12] > 1) {
    throw Corrupt(path,
                  fmt::format("the {} states compression {}, filter {}, interlace {}",
                              chunk.Where(),
                              chunk.data[10],
                              chunk.data[11],
                              chunk.data[12]));
  }
  CheckSize(width, height, chunk, path);
  return {{static_cast<int>(width), static_cast<int>(height)},
          depth,
          static_cast<PngColour>(colour),
          chunk.data[12] == 1};
}

std::vector<Rgb8> ParsePalette(const Chunk& chunk, const PngHeader& header, const Path& path) {
  const std::size_t count = chunk.data.size() / 3;
  const std::size_t limit =
      header.colour == PngColour::kPalette ? std::size_t{1} << header.bit_depth : 256;
  if (chunk.data.size() % 3 != 0 || count == 0 || count > limit) {
    throw Corrupt(path,
                  fmt::format("the {} has {} bytes; allowed are 1 to {} colours of 3",
                              chunk.Where(),
                              chunk.data.size(),
                              limit));
  }
  std::vector<Rgb8> palette(count);
  for (std::size_t i = 0; i < count; ++i) {
    palette[i] = {chunk.data[3 * i], chunk.data[3 * i + 1], chunk.data[3 * i + 2]};
  }
  return palette;
}

// Takes one chunk between IHDR and IEND. `previous` is the type before it.
void TakeChunk(const Chunk& chunk, const std::string& previous, PngFile& file, const Path& path) {
  if (chunk.type == "IDAT") {
    if (!file.data.empty() && previous != "IDAT") {
      throw Corrupt(path,
                    fmt::format("the {} does not follow the other IDAT chunks", chunk.Where()));
    }
    file.data.push_back(chunk.data);
  } else if (chunk.type == "PLTE") {
    if (!file.palette.empty() || !file.data.empty()) {
      throw Corrupt(path, fmt::format("the {} is out of place", chunk.Where()));
    }
    file.palette = ParsePalette(chunk, file.header, path);
  } else if (chunk.type == "tEXt") {
    file.texts.push_back(chunk.data);
  } else if (!chunk.IsAncillary()) {
    throw Corrupt(path, fmt::format("the {} is out of place or unknown", chunk.Where()));
  }
}

std::size_t BitsPerPixel(const PngHeader& header) {
  return static_cast<std::size_t>(header.bit_depth) * static_cast<std::size_t>(header.Samples());
}

// The compressed stream in one piece: a copy only where there are several chunks.
Span Compressed(const PngFile& file, Bytes& storage) {
  if (file.data.size() == 1) return file.data.front();
  for (const Span piece : file.data) storage.insert(storage.end(), piece.begin(), piece.end());
  return storage;
}

struct DecompressorDeleter {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

void CheckInflated(libdeflate_result result,
                   std::size_t used,
                   std::size_t given,
                   std::size_t inflated,
                   std::size_t expected,
                   const Path& path) {
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
    throw Corrupt(
        path,
        fmt::format("the IDAT data inflate to more than the {} bytes of the image", expected));
  }
  if (result != LIBDEFLATE_SUCCESS) throw Corrupt(path, "the IDAT data do not inflate");
  if (inflated != expected) {
    throw Truncated(
        path,
        fmt::format("the IDAT data inflate to {} bytes, the image needs {}", inflated, expected));
  }
  if (used != given) {
    throw Corrupt(
        path, fmt::format("{} bytes follow the compressed image in the IDAT data", given - used));
  }
}

}  // namespace

PngHeader DecodePngHeader(Span bytes, const Path& path) {
  CheckSignature(bytes, path);
  return ParseHeader(ReadChunk(bytes, kSignature.size(), path), path);
}

PngFile ParsePng(Span bytes, const Path& path) {
  PngFile file;
  file.header = DecodePngHeader(bytes, path);
  std::string previous = "IHDR";
  std::size_t offset = kSignature.size() + kChunkFrame + kHeaderBytes;
  while (true) {
    const Chunk chunk = ReadChunk(bytes, offset, path);
    if (chunk.type == "IEND") break;
    TakeChunk(chunk, previous, file, path);
    previous = chunk.type;
    offset += chunk.data.size() + kChunkFrame;
  }
  if (file.data.empty()) throw Corrupt(path, "it has no IDAT chunk, so no image");
  if (file.header.colour == PngColour::kPalette && file.palette.empty()) {
    throw Corrupt(path, "a palette image without a PLTE chunk");
  }
  return file;
}

std::vector<PngPass> PngPasses(const PngHeader& header) {
  const auto width = static_cast<std::size_t>(header.size.width);
  const auto height = static_cast<std::size_t>(header.size.height);
  if (!header.interlaced) return {{width, height, 0, 0, 1, 1}};
  // Adam7, section 8.2: first pixel and steps of each pass.
  static constexpr std::array<std::array<std::size_t, 4>, 7> kAdam7 = {{{0, 0, 8, 8},
                                                                        {4, 0, 8, 8},
                                                                        {0, 4, 4, 8},
                                                                        {2, 0, 4, 4},
                                                                        {0, 2, 2, 4},
                                                                        {1, 0, 2, 2},
                                                                        {0, 1, 1, 2}}};
  std::vector<PngPass> passes;
  for (const auto& [x0, y0, dx, dy] : kAdam7) {
    const std::size_t columns = width > x0 ? (width - x0 + dx - 1) / dx : 0;
    const std::size_t rows = height > y0 ? (height - y0 + dy - 1) / dy : 0;
    if (columns > 0 && rows > 0) passes.push_back({columns, rows, x0, y0, dx, dy});
  }
  return passes;
}

std::size_t PngRowBytes(const PngHeader& header, std::size_t width) {
  return (width * BitsPerPixel(header) + 7) / 8;
}

std::size_t PngPixelBytes(const PngHeader& header) {
  return std::max<std::size_t>(1, BitsPerPixel(header) / 8);
}

PngStream InflatePng(const PngFile& file, const Path& path) {
  Bytes storage;
  const Span compressed = Compressed(file, storage);
  PngStream stream;
  for (const PngPass& pass : PngPasses(file.header)) {
    stream.size += pass.height * (1 + PngRowBytes(file.header, pass.width));
  }
  // Deflate cannot do better than 1032 to 1, so a small file is not given the
  // memory of a large image.
  if (stream.size / 1032 > compressed.size()) {
    throw Truncated(path,
                    fmt::format("{} bytes of IDAT data cannot hold {} x {} pixels",
                                compressed.size(),
                                file.header.size.width,
                                file.header.size.height));
  }
  stream.bytes = std::make_unique_for_overwrite<std::uint8_t[]>(stream.size);
  const std::unique_ptr<libdeflate_decompressor, DecompressorDeleter> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) throw std::bad_alloc();
  std::size_t used = compressed.size();
  std::size_t inflated = stream.size;
  const libdeflate_result result = libdeflate_zlib_decompress_ex(decompressor.get(),
                                                                 compressed.data(),
                                                                 compressed.size(),
                                                                 stream.bytes.get(),
                                                                 stream.size,
                                                                 &used,
                                                                 &inflated);
  CheckInflated(result, used, compressed.size(), inflated, stream.size, path);
  return stream;
}

}  // namespace assay
