#include "datasets/io/canonical_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace assay {
namespace {

namespace dom = simdjson::dom;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Write(dom::element value) {
    switch (value.type()) {
      case dom::element_type::ARRAY:
        return WriteArray(dom::array(value));
      case dom::element_type::OBJECT:
        return WriteObject(dom::object(value));
      case dom::element_type::INT64:
        return WriteNumber(std::int64_t{value});
      case dom::element_type::UINT64:
        return WriteNumber(std::uint64_t{value});
      case dom::element_type::DOUBLE:
        return WriteNumber(double{value});
      case dom::element_type::STRING:
        return WriteString(std::string_view(value));
      case dom::element_type::BOOL:
        out_ += bool{value} ? "true" : "false";
        return;
      case dom::element_type::NULL_VALUE:
        out_ += "null";
        return;
    }
  }

 private:
  void WriteArray(dom::array list) {
    out_ += '[';
    bool first = true;
    for (const dom::element entry : list) {
      if (!std::exchange(first, false)) out_ += ',';
      Write(entry);
    }
    out_ += ']';
  }

  void WriteObject(dom::object object) {
    using Field = std::pair<std::string_view, dom::element>;
    std::vector<Field> fields;
    fields.reserve(object.size());
    for (const dom::key_value_pair field : object) fields.emplace_back(field.key, field.value);
    const auto by_name = [](const Field& a, const Field& b) { return a.first < b.first; };
    std::sort(fields.begin(), fields.end(), by_name);
    out_ += '{';
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0 && fields[i - 1].first == fields[i].first) {
        throw std::invalid_argument("an object states \"" + std::string(fields[i].first) +
                                    "\" twice");
      }
      if (i > 0) out_ += ',';
      WriteString(fields[i].first);
      out_ += ':';
      Write(fields[i].second);
    }
    out_ += '}';
  }

  template <class Number>
  void WriteNumber(Number number) {
    std::array<char, 32> digits{};
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    out_ += text;
    // 1.0 does not become 1: only the former may stand for a length or a score.
    if (std::is_floating_point_v<Number> && text.find_first_of(".e") == text.npos) out_ += ".0";
  }

  static bool MustBeEscaped(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  }
  void WriteString(std::string_view text) {
    out_ += '"';
    while (!text.empty()) {
      const auto plain = static_cast<std::size_t>(
          std::find_if(text.begin(), text.end(), MustBeEscaped) - text.begin());
      out_ += text.substr(0, plain);
      if (plain == text.size()) break;
      WriteEscaped(text[plain]);
      text.remove_prefix(plain + 1);
    }
    out_ += '"';
  }
  void WriteEscaped(char c) {
    static constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
    static constexpr std::string_view kLetters = "\"\\bfnrt";
    out_ += '\\';
    if (const std::size_t at = kPlain.find(c); at != std::string_view::npos) {
      out_ += kLetters[at];
      return;
    }
    static constexpr std::string_view kDigits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    out_ += "u00";
    out_ += kDigits[code >> 4];
    out_ += kDigits[code & 15];
  }

  std::string& out_;
};

}  // namespace

void AppendCanonicalJson(const dom::element& value, std::string& out) {
  const std::size_t before = out.size();
  try {
    Writer(out).Write(value);
  } catch (const std::invalid_argument&) {
    out.resize(before);
    throw;
  }
}

std::optional<std::string> RepeatedName(const dom::element& value) {
  if (value.is_array()) {
    for (const dom::element entry : dom::array(value)) {
      if (auto name = RepeatedName(entry)) return name;
    }
  }
  if (!value.is_object()) return std::nullopt;
  std::vector<std::string_view> names;
  for (const dom::key_value_pair field : dom::object(value)) {
    names.push_back(field.key);
    if (auto name = RepeatedName(field.value)) return name;
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return std::nullopt;
  return std::string(*twice);
}

}  // namespace assay
