#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>

#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/image.h"

// The format: P. Debevec, "PFM Portable FloatMap Image Format".

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;

// No number of the header is longer.
constexpr std::size_t kMaxWord = 32;

FileError Truncated(const Path& path, const std::string& what) {
  return {path, "truncated", "truncated PFM: " + what + "; write or copy it again"};
}

FileError Corrupt(const Path& path, const std::string& what) {
  return {path, "corrupt", "corrupt PFM: " + what + "; write it again"};
}

bool IsSpace(std::uint8_t byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

// The words of the header; each ends with exactly one white-space byte when the
// data follow, so the last one is taken by Next() too.
class Words {
 public:
  Words(Span bytes, const Path& path) : bytes_(bytes), path_(&path) {}

  std::string_view Next() {
    while (at_ < bytes_.size() && IsSpace(bytes_[at_])) ++at_;
    const std::size_t start = at_;
    while (at_ < bytes_.size() && !IsSpace(bytes_[at_])) ++at_;
    if (at_ - start > kMaxWord) {
      throw Corrupt(*path_, fmt::format("no header word at byte {}", start));
    }
    if (at_ == bytes_.size()) throw Truncated(*path_, "it ends within the header");
    return {reinterpret_cast<const char*>(bytes_.data()) + start, at_++ - start};
  }

  Span Rest() const { return bytes_.subspan(at_); }

 private:
  Span bytes_;
  const Path* path_;
  std::size_t at_ = 0;
};

template <class T>
T ParseNumber(std::string_view word, const char* name, const Path& path) {
  T value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) {
    throw Corrupt(path, fmt::format("the {} is not a number", name));
  }
  return value;
}

void CheckMagic(Span bytes, const Path& path) {
  if (bytes.empty()) throw Truncated(path, "the file is empty");
  const bool gray = bytes.size() > 1 && bytes[1] == 'f';
  const bool colour = bytes.size() > 1 && bytes[1] == 'F';
  if (bytes[0] != 'P' || (bytes.size() > 1 && !gray && !colour)) {
    throw FileError(path, "wrong-format", "is not a PFM (it must begin with Pf)");
  }
  if (colour) {
    throw FileError(path, "wrong-channels", "is a PFM of three channels (PF); need one (Pf)");
  }
}

struct Header {
  Size size;
  bool big_endian = false;
};

Header ParseHeader(Words& words, const Path& path) {
  if (words.Next() != "Pf") throw FileError(path, "wrong-format", "is not a PFM");
  const int width = ParseNumber<int>(words.Next(), "width", path);
  const int height = ParseNumber<int>(words.Next(), "height", path);
  const auto scale = ParseNumber<double>(words.Next(), "scale", path);
  if (width < 1 || height < 1) {
    throw Corrupt(path, fmt::format("states a size of {} x {}", width, height));
  }
  if (static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) > kMaxPixels) {
    throw FileError(
        path,
        "too-large",
        fmt::format("claims {} x {} pixels; at most {} are read", width, height, kMaxPixels));
  }
  // The sign is the byte order. Readers disagree on whether the size of the number
  // multiplies, divides or means nothing, so a file that needs it is refused.
  if (std::abs(scale) != 1.0) {
    throw FileError(path,
                    "wrong-format",
                    fmt::format("has scale {}, which readers take differently; write values in "
                                "their own unit and scale -1 (little-endian) or 1",
                                scale));
  }
  return {{width, height}, scale > 0};
}

double FloatAt(Span data, std::size_t index, bool big_endian) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t place = big_endian ? 3 - i : i;
    bits |= static_cast<std::uint32_t>(data[4 * index + i]) << (8 * place);
  }
  return std::bit_cast<float>(bits);
}

}  // namespace

Array DecodePfm(Span bytes, const Path& path) {
  CheckMagic(bytes, path);
  Words words(bytes, path);
  const Header header = ParseHeader(words, path);
  const Span data = words.Rest();
  const std::size_t count = header.size.Pixels();
  if (data.size() < 4 * count) {
    throw Truncated(path,
                    fmt::format("{} x {} pixels need {} bytes, {} are left",
                                header.size.width,
                                header.size.height,
                                4 * count,
                                data.size()));
  }
  if (data.size() > 4 * count) {
    throw Corrupt(path, fmt::format("{} bytes follow the pixels", data.size() - 4 * count));
  }
  Array array = {{header.size.height, header.size.width}, std::vector<double>(count)};
  const auto width = static_cast<std::size_t>(header.size.width);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = static_cast<std::size_t>(header.size.height) - 1 - i / width;
    array.values[row * width + i % width] = FloatAt(data, i, header.big_endian);
  }
  return array;
}

}  // namespace assay
