#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "datasets/io/array.h"
#include "datasets/io/column_major.h"
#include "datasets/io/errors.h"

// The format: numpy/numpy, numpy/lib/_format_impl.py and the NumPy manual,
// "numpy.lib.format".

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;

constexpr std::array<std::uint8_t, 6> kMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};
// NumPy itself allows 64 axes.
constexpr std::size_t kMaxAxes = 64;

FileError Truncated(const Path& path, const std::string& what) {
  return {path, "truncated", "truncated .npy: " + what + "; write or copy it again"};
}

FileError Corrupt(const Path& path, const std::string& what) {
  return {path, "corrupt", "corrupt .npy: " + what + "; write it again with numpy.save"};
}

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

// The header is a Python dictionary with exactly three keys. Only what numpy.save
// can write is understood: no expressions, no nesting but the shape's tuple.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const Path& path) : text_(text), path_(&path) {}

  Header Parse() {
    Expect('{');
    while (!Take('}')) {
      ParseItem();
      if (!Take(',') && !Peek('}')) Fail("a comma or '}' is missing");
    }
    if (SkipSpace(); at_ != text_.size()) Fail("something follows the dictionary");
    if (!descr_ || !fortran_order_ || !shape_) {
      Fail("it needs 'descr', 'fortran_order' and 'shape'");
    }
    return {*descr_, *fortran_order_, *shape_};
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw Corrupt(*path_, fmt::format("header, character {}: {}", at_, what));
  }

  void SkipSpace() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  bool Peek(char letter) {
    SkipSpace();
    return at_ < text_.size() && text_[at_] == letter;
  }

  bool Take(char letter) {
    const bool found = Peek(letter);
    if (found) ++at_;
    return found;
  }

  void Expect(char letter) {
    if (!Take(letter)) Fail(fmt::format("'{}' expected", letter));
  }

  void ParseItem() {
    const std::string key = ParseString();
    Expect(':');
    if (key == "descr" && !descr_) {
      if (Peek('[')) {
        throw FileError(*path_,
                        "wrong-type",
                        "is a structured array (a record of fields); save one numeric array");
      }
      descr_ = ParseString();
    } else if (key == "fortran_order" && !fortran_order_) {
      fortran_order_ = ParseBool();
    } else if (key == "shape" && !shape_) {
      shape_ = ParseShape();
    } else {
      Fail(fmt::format("key '{}' is unknown or doubled", key));
    }
  }

  std::string ParseString() {
    SkipSpace();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') Fail("a quoted text expected");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) Fail("a quoted text does not end");
    const std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  bool ParseBool() {
    SkipSpace();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return value;
      }
    }
    Fail("True or False expected");
  }

  // (), (n,), (n, m), (n, m,): a tuple of one needs its comma, as in Python.
  std::vector<std::int64_t> ParseShape() {
    std::vector<std::int64_t> shape;
    Expect('(');
    bool comma = true;
    while (!Take(')')) {
      if (!comma) Fail("a comma or ')' is missing");
      if (shape.size() == kMaxAxes) Fail("the shape has too many axes");
      shape.push_back(ParseLength());
      comma = Take(',');
    }
    if (shape.size() == 1 && !comma) Fail("a shape of one axis is written (n,)");
    return shape;
  }

  std::int64_t ParseLength() {
    SkipSpace();
    std::int64_t length = -1;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), length);
    if (error != std::errc() || length < 0) Fail("an axis length from 0 to 2^63 - 1 expected");
    at_ += static_cast<std::size_t>(end - begin);
    // Python 2 wrote long integers with an L.
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;
    return length;
  }

  std::string_view text_;
  const Path* path_;
  std::size_t at_ = 0;
  std::optional<std::string> descr_;
  std::optional<bool> fortran_order_;
  std::optional<std::vector<std::int64_t>> shape_;
};

std::uint64_t LittleEndian(Span bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

// Element i of a type as a double.
using Convert = double (*)(std::uint64_t bits);

// IEEE 754 binary16, every pattern of which is a double.
double HalfToDouble(std::uint64_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 0x1f);
  const auto fraction = static_cast<double>(bits & 0x3ff);
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 31) {
    return fraction == 0 ? sign * HUGE_VAL : std::copysign(std::nan(""), sign);
  }
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

double FloatToDouble(std::uint64_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}
double DoubleToDouble(std::uint64_t bits) { return std::bit_cast<double>(bits); }
double BoolToDouble(std::uint64_t bits) { return bits == 0 ? 0 : 1; }

template <class Integer>
double IntegerToDouble(std::uint64_t bits) {
  return static_cast<double>(static_cast<Integer>(bits));
}

struct ElementType {
  std::string_view name;  // without the byte order
  std::size_t bytes;
  Convert convert;
};

constexpr std::array<ElementType, 12> kTypes = {{
    {"f2", 2, &HalfToDouble},
    {"f4", 4, &FloatToDouble},
    {"f8", 8, &DoubleToDouble},
    {"b1", 1, &BoolToDouble},
    {"u1", 1, &IntegerToDouble<std::uint8_t>},
    {"i1", 1, &IntegerToDouble<std::int8_t>},
    {"u2", 2, &IntegerToDouble<std::uint16_t>},
    {"i2", 2, &IntegerToDouble<std::int16_t>},
    {"u4", 4, &IntegerToDouble<std::uint32_t>},
    {"i4", 4, &IntegerToDouble<std::int32_t>},
    {"u8", 8, &IntegerToDouble<std::uint64_t>},
    {"i8", 8, &IntegerToDouble<std::int64_t>},
}};

FileError WrongType(const std::string& descr, const Path& path) {
  return {path,
          "wrong-type",
          fmt::format("has type '{}'; need a real number type (f2 f4 f8, i1 … i8, u1 … u8, b1)",
                      descr)};
}

struct Encoding {
  ElementType type;
  bool big_endian;
};

Encoding ParseDescr(const std::string& descr, const Path& path) {
  const char order = descr.empty() ? '\0' : descr.front();
  const std::string_view name = std::string_view(descr).substr(descr.empty() ? 0 : 1);
  for (const ElementType& type : kTypes) {
    if (type.name != name) continue;
    // '|': no byte order, only for single bytes.
    const bool known = order == '<' || order == '>' || (order == '|' && type.bytes == 1);
    if (known) return {type, order == '>'};
  }
  throw WrongType(descr, path);
}

// Product of the axes, and not more than `limit`.
std::size_t CountElements(const std::vector<std::int64_t>& shape,
                          std::size_t limit,
                          const Path& path) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::size_t count = 1;
  for (const std::int64_t axis : shape) {
    const auto length = static_cast<std::size_t>(axis);
    if (length > limit / count) {
      throw Truncated(path,
                      fmt::format("the shape claims more than the {} elements it has", limit));
    }
    count *= length;
  }
  return count;
}

std::uint64_t ElementBits(Span bytes, const Encoding& encoding) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < encoding.type.bytes; ++i) {
    const std::size_t place = encoding.big_endian ? encoding.type.bytes - 1 - i : i;
    bits |= static_cast<std::uint64_t>(bytes[i]) << (8 * place);
  }
  return bits;
}

// Integers beyond 2^53 have no exact double, and no map of ids or depths has them.
void CheckExact(double value, const ElementType& type, const Path& path) {
  if (std::abs(value) > 9007199254740992.0) {
    throw FileError(path,
                    "wrong-type",
                    fmt::format("holds the {} value {:.0f}, which no double represents; save "
                                "smaller numbers or floats",
                                type.name,
                                value));
  }
}

std::vector<double> ReadElements(Span data,
                                 std::size_t count,
                                 const Encoding& encoding,
                                 const Path& path) {
  const std::size_t step = encoding.type.bytes;
  const bool wide = step == 8 && encoding.type.name[0] != 'f';
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = encoding.type.convert(ElementBits(data.subspan(i * step, step), encoding));
    if (wide) CheckExact(values[i], encoding.type, path);
  }
  return values;
}

// The usual types without a detour through bits; little-endian machines only.
template <class T>
std::vector<double> CopyElements(Span data, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(value);
  }
  return values;
}

std::vector<double> Elements(Span data,
                             std::size_t count,
                             const Encoding& encoding,
                             const Path& path) {
  if (std::endian::native == std::endian::little && !encoding.big_endian) {
    if (encoding.type.name == "f4") return CopyElements<float>(data, count);
    if (encoding.type.name == "f8") return CopyElements<double>(data, count);
    if (encoding.type.name == "u1") return CopyElements<std::uint8_t>(data, count);
  }
  return ReadElements(data, count, encoding, path);
}

void CheckMagic(Span bytes, const Path& path) {
  const std::size_t length = std::min(bytes.size(), kMagic.size());
  if (!std::equal(
          bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length), kMagic.begin())) {
    throw FileError(path, "wrong-format", "is not a .npy file; write it with numpy.save");
  }
  if (bytes.size() < kMagic.size() + 2) throw Truncated(path, "it ends within the first 8 bytes");
}

// Offset and length of the header's text.
std::pair<std::size_t, std::size_t> HeaderPlace(Span bytes, const Path& path) {
  const int major = bytes[6];
  if (major < 1 || major > 3 || bytes[7] != 0) {
    throw FileError(
        path,
        "wrong-format",
        fmt::format("has .npy version {}.{}; 1.0, 2.0 and 3.0 are read", major, bytes[7]));
  }
  const std::size_t field = major == 1 ? 2 : 4;
  if (bytes.size() < 8 + field) throw Truncated(path, "it ends before the header's length");
  const std::size_t length = LittleEndian(bytes.subspan(8), field);
  if (bytes.size() - 8 - field < length) {
    throw Truncated(
        path,
        fmt::format("the header needs {} bytes, {} are left", length, bytes.size() - 8 - field));
  }
  return {8 + field, length};
}

}  // namespace

Array DecodeNpy(Span bytes, const Path& path) {
  CheckMagic(bytes, path);
  const auto [start, length] = HeaderPlace(bytes, path);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + start, length);
  const Header header = HeaderParser(text, path).Parse();
  const Encoding encoding = ParseDescr(header.descr, path);
  const Span data = bytes.subspan(start + length);
  const std::size_t count = CountElements(header.shape, data.size() / encoding.type.bytes, path);
  if (const std::size_t extra = data.size() - count * encoding.type.bytes; extra != 0) {
    throw Corrupt(path, fmt::format("{} bytes follow the array", extra));
  }
  Array array = {header.shape, Elements(data, count, encoding, path)};
  if (header.fortran_order) {
    array.values = RowMajorFromColumnMajor<double>(array.values, array.shape);
  }
  return array;
}

namespace {

template <class T>
Bytes EncodeFloats(std::span<const double> values, const std::string& shape, const char* descr) {
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  // The data start at a multiple of 64 bytes, and a newline stands before them.
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  Bytes bytes;
  bytes.reserve(10 + header.size() + values.size() * sizeof(T));
  bytes.assign(kMagic.begin(), kMagic.end());
  for (const std::size_t byte :
       {std::size_t{1}, std::size_t{0}, header.size() & 0xff, header.size() >> 8}) {
    bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  for (const char letter : header) bytes.push_back(static_cast<std::uint8_t>(letter));
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  for (const double value : values) {
    const auto bits = std::bit_cast<Bits>(static_cast<T>(value));
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
    }
  }
  return bytes;
}

std::string ShapeText(const Raster<double>& map) {
  return fmt::format("{}, {}", map.height(), map.width());
}

}  // namespace

Bytes EncodeNpy(const Raster<double>& map) {
  return EncodeFloats<double>(map.Pixels(), ShapeText(map), "<f8");
}
Bytes EncodeNpyFloat32(const Raster<double>& map) {
  return EncodeFloats<float>(map.Pixels(), ShapeText(map), "<f4");
}
Bytes EncodeNpyFloat32(const Array& array) {
  // Python writes a tuple of one number with a comma.
  const std::string comma = array.shape.size() == 1 ? "," : "";
  return EncodeFloats<float>(
      array.values, fmt::format("{}{}", fmt::join(array.shape, ", "), comma), "<f4");
}

}  // namespace assay
