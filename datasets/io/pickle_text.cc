#include "datasets/io/pickle_text.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace assay {
namespace {

constexpr char32_t kMaxCodePoint = 0x10ffff;

bool IsSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }
bool IsHighSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdbff; }
bool IsLowSurrogate(char32_t c) { return c >= 0xdc00 && c <= 0xdfff; }

std::uint8_t ByteAt(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

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

char AsciiLower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// `digits` hexadecimal digits at `at`.
std::optional<char32_t> Hexadecimal(std::string_view text, std::size_t at, std::size_t digits) {
  if (at > text.size() || text.size() - at < digits) return std::nullopt;
  char32_t value = 0;
  for (const char letter : text.substr(at, digits)) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(AsciiLower(letter));
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4U | static_cast<char32_t>(digit);
  }
  return value;
}

// The simple escapes of a repr; 0 where there is none of that letter.
char Unescaped(char letter) {
  switch (letter) {
    case '\\':
    case '\'':
    case '"':
      return letter;
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

struct Escape {
  char32_t code = 0;
  std::size_t length = 0;  // of its spelling
};

// The escape whose backslash is at `at`.
std::optional<Escape> ParseEscape(std::string_view line, std::size_t at) {
  if (at + 1 >= line.size() || (line[at + 1] != 'u' && line[at + 1] != 'U')) return std::nullopt;
  const std::size_t digits = line[at + 1] == 'u' ? 4 : 8;
  const auto code = Hexadecimal(line, at + 2, digits);
  if (!code || *code > kMaxCodePoint) return std::nullopt;
  return Escape{*code, digits + 2};
}

// The same, where the escape may be the first half of a surrogate pair.
std::optional<Escape> ParseCharacter(std::string_view line, std::size_t at) {
  const auto first = ParseEscape(line, at);
  if (!first || !IsSurrogate(first->code)) return first;
  const std::size_t next = at + first->length;
  if (!IsHighSurrogate(first->code) || next >= line.size() || line[next] != '\\') {
    return std::nullopt;
  }
  const auto second = ParseEscape(line, next);
  if (!second || !IsLowSurrogate(second->code)) return std::nullopt;
  const char32_t code = 0x10000 + ((first->code - 0xd800) << 10U) + (second->code - 0xdc00);
  return Escape{code, first->length + second->length};
}

}  // namespace

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

std::optional<std::string> ParseReprString(std::string_view line) {
  if (line.size() < 2 || line.front() != line.back()) return std::nullopt;
  const char quote = line.front();
  if (quote != '\'' && quote != '"') return std::nullopt;
  const std::string_view inner = line.substr(1, line.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == quote) return std::nullopt;
    if (inner[i] != '\\') {
      out += inner[i];
      continue;
    }
    if (++i == inner.size()) return std::nullopt;
    if (inner[i] == 'x') {
      const auto code = Hexadecimal(inner, i + 1, 2);
      if (!code) return std::nullopt;
      out += static_cast<char>(static_cast<std::uint8_t>(*code));
      i += 2;
    } else if (const char letter = Unescaped(inner[i]); letter != 0) {
      out += letter;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::optional<std::string> ParseRawUnicode(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] != '\\') {
      AppendUtf8(ByteAt(line, i++), out);
      continue;
    }
    const auto escape = ParseCharacter(line, i);
    if (!escape) return std::nullopt;
    AppendUtf8(escape->code, out);
    i += escape->length;
  }
  return out;
}

}  // namespace assay
