#include "datasets/io/png_text.h"

#include <libdeflate.h>

#include <algorithm>

#include "datasets/io/errors.h"
#include "datasets/io/png_chunks.h"

namespace assay {
namespace {

constexpr std::size_t kBehindHeader = 8 + 25;  // signature and IHDR
constexpr std::size_t kEnd = 12;               // IEND

void AppendBigEndian(std::uint32_t number, Bytes& bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(number >> static_cast<unsigned>(shift)));
  }
}

}  // namespace

std::multimap<std::string, std::string> DecodePngText(std::span<const std::uint8_t> bytes,
                                                      const std::filesystem::path& path) {
  std::multimap<std::string, std::string> texts;
  for (const std::span<const std::uint8_t> data : ParsePng(bytes, path).texts) {
    const auto null = std::find(data.begin(), data.end(), std::uint8_t{0});
    const std::string keyword(data.begin(), null);
    if (null == data.end() || keyword.empty()) {
      throw FileError(path, "corrupt", "corrupt PNG: a tEXt chunk without a keyword");
    }
    texts.emplace(keyword, std::string(null + 1, data.end()));
  }
  return texts;
}

Bytes AddPngText(const Bytes& png,
                 const std::string& keyword,
                 const std::string& text,
                 PngTextPlace place) {
  Bytes typed = {'t', 'E', 'X', 't'};
  typed.insert(typed.end(), keyword.begin(), keyword.end());
  typed.push_back(0);
  typed.insert(typed.end(), text.begin(), text.end());
  Bytes chunk;
  AppendBigEndian(static_cast<std::uint32_t>(typed.size() - 4), chunk);
  chunk.insert(chunk.end(), typed.begin(), typed.end());
  AppendBigEndian(libdeflate_crc32(0, typed.data(), typed.size()), chunk);
  const std::size_t at = place == PngTextPlace::kBeforeImage ? kBehindHeader : png.size() - kEnd;
  Bytes with = png;
  with.insert(with.begin() + static_cast<std::ptrdiff_t>(at), chunk.begin(), chunk.end());
  return with;
}

}  // namespace assay
