#include "datasets/io/text_encoding.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace assay {
namespace {

constexpr char32_t kMaxCodePoint = 0x10ffff;

// Windows-1252 from 0x80 to 0x9f; 0 where it has no letter.
constexpr std::array<char16_t, 32> kCp1252 = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

bool IsSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }

std::uint8_t ByteAt(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

// Bytes of the character that `lead` begins; 0 where it begins none.
std::size_t Utf8Length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

// `length` bytes from `at` on are one character in its shortest form.
bool IsCharacter(std::string_view bytes, std::size_t at, std::size_t length) {
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  constexpr std::array<unsigned, 5> kLeadBits = {0, 0x7f, 0x1f, 0x0f, 0x07};
  char32_t c = ByteAt(bytes, at) & kLeadBits.at(length);
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint8_t next = ByteAt(bytes, at + i);
    if ((next & 0xc0U) != 0x80U) return false;
    c = (c << 6U) | (next & 0x3fU);
  }
  return c >= kSmallest.at(length) && c <= kMaxCodePoint && !IsSurrogate(c);
}

}  // namespace

void AppendUtf8(char32_t c, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((c >> shift) & 0x3fU));
  };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0U | (c >> 6U));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0U | (c >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0U | (c >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsUtf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = Utf8Length(ByteAt(bytes, i));
    if (length == 0 || length > bytes.size() - i || !IsCharacter(bytes, i, length)) return false;
    i += length;
  }
  return true;
}

std::string Utf8OrLatin1(std::string_view bytes) {
  if (IsUtf8(bytes)) return std::string(bytes);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) AppendUtf8(ByteAt(bytes, i), out);
  return out;
}

std::optional<std::string> FromCp1252(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t byte = ByteAt(bytes, i);
    const bool own = byte >= 0x80 && byte < 0xa0;
    const char32_t letter = own ? char32_t{kCp1252.at(byte - 0x80U)} : char32_t{byte};
    if (own && letter == 0) return std::nullopt;
    AppendUtf8(letter, out);
  }
  return out;
}

}  // namespace assay
