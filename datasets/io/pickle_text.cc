#include "datasets/io/pickle_text.h"

#include <cstddef>
#include <cstdint>

#include "datasets/io/text_encoding.h"

namespace assay {
namespace {

constexpr char32_t kMaxCodePoint = 0x10ffff;

bool IsSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }
bool IsHighSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdbff; }
bool IsLowSurrogate(char32_t c) { return c >= 0xdc00 && c <= 0xdfff; }

std::uint8_t ByteAt(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
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
