// Text in PNG files: tEXt chunks, keyword and Latin-1 text, before or behind the image data.
// Compressed and international text (zTXt, iTXt) is left alone. A keyword may stand several times,
// as the specification has it; its texts are in the order of the file.
//
// Throws FileError as datasets/io/png.h does, and corrupt for a chunk without keyword.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "datasets/io/file.h"

namespace assay {

std::multimap<std::string, std::string> DecodePngText(std::span<const std::uint8_t> bytes,
                                                      const std::filesystem::path& path);

enum class PngTextPlace { kBeforeImage, kBehindImage };
// `png` with one tEXt chunk more. `png` must be well formed.
Bytes AddPngText(const Bytes& png,
                 const std::string& keyword,
                 const std::string& text,
                 PngTextPlace place);

}  // namespace assay
