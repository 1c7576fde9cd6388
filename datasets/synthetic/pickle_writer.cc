#include "datasets/synthetic/pickle_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace assay {
namespace {

using nlohmann::json;

// raw-unicode-escape of text in ASCII.
std::string Escaped(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) >= 0x80) {
      throw std::invalid_argument("WritePickle: text outside ASCII");
    }
    const bool plain = letter != '\\' && letter != '\n' && letter != '\r';
    out += plain ? std::string(1, letter) : fmt::format("\\u{:04x}", static_cast<int>(letter));
  }
  return out;
}

void Append(const json& value, std::string& out) {
  switch (value.type()) {
    case json::value_t::null:
      out += 'N';
      return;
    case json::value_t::boolean:
      out += value.get<bool>() ? "I01\n" : "I00\n";
      return;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      out += "I" + value.dump() + "\n";
      return;
    case json::value_t::string:
      out += "V" + Escaped(value.get_ref<const std::string&>()) + "\n";
      return;
    case json::value_t::array:
      out += "(l";
      for (const json& item : value) {
        Append(item, out);
        out += 'a';
      }
      return;
    case json::value_t::object:
      out += "(d";
      for (const auto& [key, item] : value.items()) {
        Append(key, out);
        Append(item, out);
        out += 's';
      }
      return;
    default:
      throw std::invalid_argument("WritePickle: a number with a fraction");
  }
}

}  // namespace

std::string WritePickle(const json& value) {
  std::string out;
  Append(value, out);
  return out + ".";
}

}  // namespace assay
