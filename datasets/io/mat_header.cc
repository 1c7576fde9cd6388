#include "datasets/io/mat_header.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"

// The format: MathWorks, "MAT-File Format", chapter 1.

namespace assay {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kTagBytes = 8;
constexpr int kVersion5 = 0x0100;
constexpr int kVersion73 = 0x0200;

FileError Truncated(const Path& path, const std::string& what) {
  return {path, "truncated", "truncated MATLAB file: " + what + "; write or copy it again"};
}

std::uint64_t Number(std::span<const std::uint8_t> bytes, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value = value << 8 | bytes[big_endian ? i : bytes.size() - 1 - i];
  }
  return value;
}

// Walks the tags (type, length) of the elements behind the header.
void CheckElements(const Path& path, bool big_endian) {
  const std::uint64_t size = std::filesystem::file_size(path);
  std::ifstream file(path, std::ios::binary);
  std::uint64_t offset = kHeaderBytes;
  while (offset < size) {
    std::array<std::uint8_t, kTagBytes> tag = {};
    file.seekg(static_cast<std::streamoff>(offset));
    if (!file.read(reinterpret_cast<char*>(tag.data()), kTagBytes)) {
      throw Truncated(path, fmt::format("it ends within the tag at byte {}", offset));
    }
    const std::uint64_t length = Number(std::span(tag).subspan(4), big_endian);
    if (size - offset - kTagBytes < length) {
      throw Truncated(path,
                      fmt::format("the element at byte {} needs {} bytes, {} are left",
                                  offset,
                                  length,
                                  size - offset - kTagBytes));
    }
    offset += kTagBytes + length;
  }
}

}  // namespace

void CheckMatHeader(const Path& path) {
  const Bytes header = ReadPrefix(path, kHeaderBytes);
  if (header.empty()) throw Truncated(path, "the file is empty");
  const std::string text(header.begin(), header.end());
  if (!text.starts_with(std::string("MATLAB").substr(0, text.size()))) {
    throw FileError(path,
                    "wrong-format",
                    "is not a MATLAB 5 or 7.3 file (it must begin with MATLAB); save it with -v7 "
                    "or -v7.3");
  }
  if (header.size() < kHeaderBytes) throw Truncated(path, "it ends within the header");
  const std::string order = text.substr(126, 2);
  const bool big_endian = order == "MI";
  const auto version = static_cast<int>(Number(std::span(header).subspan(124, 2), big_endian));
  if ((order != "IM" && order != "MI") || (version != kVersion5 && version != kVersion73)) {
    throw FileError(path,
                    "wrong-format",
                    "has a MATLAB header of an unknown version; save it with -v7 or -v7.3");
  }
  if (version == kVersion5) CheckElements(path, big_endian);
}

}  // namespace assay
