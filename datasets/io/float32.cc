#include "datasets/io/float32.h"

#include <fmt/format.h>

#include <bit>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"

namespace assay {
namespace {

constexpr float kDptTag = 202021.25F;
constexpr std::size_t kDptHeader = 12;

std::uint32_t WordAt(std::span<const std::uint8_t> bytes, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i-- > 0;) word = (word << 8U) | bytes[offset + i];
  return word;
}

void AppendWord(std::uint32_t word, Bytes& bytes) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::uint8_t>(word >> shift));
  }
}

void AppendNumbers(const Raster<double>& map, Bytes& bytes) {
  for (const double number : map.Pixels()) {
    AppendWord(std::bit_cast<std::uint32_t>(static_cast<float>(number)), bytes);
  }
}

Size DptSize(std::span<const std::uint8_t> bytes, const std::filesystem::path& path) {
  if (bytes.size() < kDptHeader) {
    throw FileError(path,
                    "truncated",
                    fmt::format("{} bytes; a .dpt file has at least {}", bytes.size(), kDptHeader));
  }
  const auto tag = std::bit_cast<float>(WordAt(bytes, 0));
  if (tag != kDptTag) {
    throw FileError(
        path,
        "wrong-format",
        fmt::format("begins with the number {}, a .dpt file with {}: another format, or "
                    "big-endian",
                    tag,
                    kDptTag));
  }
  const auto width = static_cast<std::int32_t>(WordAt(bytes, 4));
  const auto height = static_cast<std::int32_t>(WordAt(bytes, 8));
  if (width < 1 || height < 1) {
    throw FileError(path, "corrupt", fmt::format("states the size {}x{}", width, height));
  }
  const Size size{.width = width, .height = height};
  if (size.Pixels() > kMaxPixels) {
    throw FileError(path, "too-large", fmt::format("states the size {}x{}", width, height));
  }
  return size;
}

}  // namespace

Raster<double> DecodeFloat32(std::span<const std::uint8_t> bytes,
                             const std::filesystem::path& path,
                             Size size) {
  if (bytes.size() != size.Pixels() * 4) {
    throw FileError(path,
                    "wrong-size",
                    fmt::format("{} bytes, expected {} for {}x{} (width x height) float32 numbers",
                                bytes.size(),
                                size.Pixels() * 4,
                                size.width,
                                size.height));
  }
  Raster<double> map(size);
  std::size_t offset = 0;
  for (double& number : map.Pixels()) {
    number = static_cast<double>(std::bit_cast<float>(WordAt(bytes, offset)));
    offset += 4;
  }
  return map;
}

Bytes EncodeFloat32(const Raster<double>& map) {
  Bytes bytes;
  bytes.reserve(map.size().Pixels() * 4);
  AppendNumbers(map, bytes);
  return bytes;
}

Raster<double> DecodeDpt(std::span<const std::uint8_t> bytes, const std::filesystem::path& path) {
  const Size size = DptSize(bytes, path);
  const std::size_t expected = kDptHeader + size.Pixels() * 4;
  if (bytes.size() != expected) {
    throw FileError(path,
                    "wrong-size",
                    fmt::format("{} bytes, a .dpt file of {}x{} (width x height) has {}",
                                bytes.size(),
                                size.width,
                                size.height,
                                expected));
  }
  return DecodeFloat32(bytes.subspan(kDptHeader), path, size);
}

Bytes EncodeDpt(const Raster<double>& map) {
  Bytes bytes;
  bytes.reserve(kDptHeader + map.size().Pixels() * 4);
  AppendWord(std::bit_cast<std::uint32_t>(kDptTag), bytes);
  AppendWord(static_cast<std::uint32_t>(map.width()), bytes);
  AppendWord(static_cast<std::uint32_t>(map.height()), bytes);
  AppendNumbers(map, bytes);
  return bytes;
}

}  // namespace assay
