// Bytes as UTF-8 text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

void AppendUtf8(char32_t letter, std::string& out);

// Shortest forms only, no surrogates, up to U+10FFFF (RFC 3629).
bool IsUtf8(std::string_view bytes);

// `bytes` where they are UTF-8, else each byte as the Latin-1 letter it is.
std::string Utf8OrLatin1(std::string_view bytes);

// Windows-1252; nullopt where a byte is none of its letters (81, 8D, 8F, 90, 9D).
std::optional<std::string> FromCp1252(std::string_view bytes);

}  // namespace assay
