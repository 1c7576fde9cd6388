#include "model/palette.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "datasets/io/did_you_mean.h"
#include "model/css_colors.h"

namespace assay {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxEntries = 255;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// False, with `value` as it was, unless `text` is a number from 0 to 255.
bool ParseByte(std::string_view text, int base, std::uint8_t& value) {
  unsigned parsed = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), parsed, base);
  const bool whole = error == std::errc() && stop == text.data() + text.size();
  if (text.empty() || !whole || parsed > 255) return false;
  value = static_cast<std::uint8_t>(parsed);
  return true;
}

std::optional<Rgb8> ParseHex(std::string_view digits) {
  Rgb8 color;
  const bool valid = digits.size() == 6 && ParseByte(digits.substr(0, 2), 16, color.r) &&
                     ParseByte(digits.substr(2, 2), 16, color.g) &&
                     ParseByte(digits.substr(4, 2), 16, color.b);
  return valid ? std::optional(color) : std::nullopt;
}

// "r, g, b"
std::optional<Rgb8> ParseTuple(std::string_view inner) {
  const std::size_t first = inner.find(',');
  const std::size_t last = inner.rfind(',');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const std::string_view green = inner.substr(first + 1, last - first - 1);
  Rgb8 color;
  const bool valid = ParseByte(Trim(inner.substr(0, first)), 10, color.r) &&
                     ParseByte(Trim(green), 10, color.g) &&
                     ParseByte(Trim(inner.substr(last + 1)), 10, color.b);
  return valid ? std::optional(color) : std::nullopt;
}

std::optional<Rgb8> ColorFromArray(const Json& json) {
  if (json.size() != 3) return std::nullopt;
  for (const Json& channel : json) {
    if (!channel.is_number_integer() || channel < 0 || channel > 255) return std::nullopt;
  }
  return Rgb8{
      json[0].get<std::uint8_t>(), json[1].get<std::uint8_t>(), json[2].get<std::uint8_t>()};
}

std::optional<Rgb8> ColorFromJson(const Json& json) {
  if (json.is_string()) return ParseColor(json.get<std::string>());
  return json.is_array() ? ColorFromArray(json) : std::nullopt;
}

std::string ColorProblem(const std::string& what, const Json& json) {
  std::string text = fmt::format(
      "{} is {}; write [r, g, b] with 0..255, \"#rrggbb\" or a CSS name", what, json.dump());
  if (json.is_string()) {
    const std::string hint = DidYouMean(json.get<std::string>(), CssColorNames());
    if (!hint.empty()) text += "; " + hint;
  }
  return text;
}

// Collects entries and what is wrong with them.
class Reader {
 public:
  void Add(const std::string& name, const Json& color) {
    if (const auto parsed = ColorFromJson(color)) {
      palette_.push_back({name, *parsed});
    } else {
      problems_.push_back(ColorProblem("the colour of '" + name + "'", color));
    }
  }

  void AddListItem(std::size_t index, const Json& item) {
    const bool shaped = item.is_object() && item.size() == 2 && item.contains("class") &&
                        item.contains("rgb") && item.at("class").is_string();
    if (shaped) {
      Add(item.at("class").get<std::string>(), item.at("rgb"));
    } else {
      problems_.push_back(fmt::format(
          "entry {} must be {{\"class\": name, \"rgb\": colour}}, found {}", index, item.dump()));
    }
  }

  void Problem(std::string text) { problems_.push_back(std::move(text)); }

  // A class or a colour that occurs twice leaves open which one is meant.
  void CheckRepeats() {
    std::map<std::string, int> names;
    std::map<std::array<int, 3>, std::string> colors;
    for (const PaletteEntry& entry : palette_) {
      if (++names[entry.name] == 2) Problem("class '" + entry.name + "' occurs twice");
      const auto [other, fresh] =
          colors.try_emplace({entry.color.r, entry.color.g, entry.color.b}, entry.name);
      if (!fresh && other->second != entry.name) {
        Problem("classes '" + other->second + "' and '" + entry.name +
                "' have the same colour: the second could never be found");
      }
    }
  }

  const Palette& palette() const { return palette_; }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  Palette palette_;
  std::vector<std::string> problems_;
};

Json ToJson(const Palette& palette) {
  Json list = Json::array();
  for (const PaletteEntry& entry : palette) {
    list.push_back({{"class", entry.name}, {"rgb", {entry.color.r, entry.color.g, entry.color.b}}});
  }
  return list;
}

void ReadEntries(const Json& json, Reader& reader) {
  if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) reader.AddListItem(i, json[i]);
  } else if (json.is_object()) {
    for (const auto& [name, color] : json.items()) reader.Add(name, color);
  } else {
    reader.Problem("must be a list of {\"class\", \"rgb\"} or an object class name -> colour");
    return;
  }
  if (json.empty() || json.size() > kMaxEntries) {
    reader.Problem(fmt::format("has {} entries; allowed: 1 to {}", json.size(), kMaxEntries));
  }
}

}  // namespace

Palette CityscapesPalette() {
  return {{"road", {128, 0, 128}},
          {"sidewalk", {255, 0, 255}},
          {"building", {128, 128, 128}},
          {"wall", {128, 128, 255}},
          {"fence", {255, 128, 128}},
          {"pole", {255, 255, 255}},
          {"traffic light", {255, 128, 0}},
          {"traffic sign", {255, 255, 0}},
          {"vegetation", {0, 128, 0}},
          {"terrain", {128, 255, 128}},
          {"sky", {0, 128, 255}},
          {"person", {255, 0, 0}},
          {"rider", {128, 0, 0}},
          {"car", {0, 0, 255}},
          {"truck", {0, 0, 128}},
          {"bus", {0, 255, 255}},
          {"train", {0, 128, 128}},
          {"motorcycle", {128, 255, 0}},
          {"bicycle", {255, 0, 128}}};
}

std::optional<Rgb8> ParseColor(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('#')) return ParseHex(text.substr(1));
  const bool round = text.starts_with('(') && text.ends_with(')');
  const bool angle = text.starts_with('<') && text.ends_with('>');
  if (round || angle) return ParseTuple(text.substr(1, text.size() - 2));
  if (text.find(',') != std::string_view::npos) return ParseTuple(text);
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return CssColor(lower);
}

Palette ReadPalette(Fields& fields) {
  Reader reader;
  ReadEntries(fields.Any("palette", ToJson(CityscapesPalette())), reader);
  reader.CheckRepeats();
  for (const std::string& problem : reader.problems()) fields.Report("palette", problem);
  return reader.problems().empty() ? reader.palette() : CityscapesPalette();
}

Rgb8 ReadColor(Fields& fields, std::string_view name, Rgb8 fallback) {
  const Json json = fields.Any(name, Json::array({fallback.r, fallback.g, fallback.b}));
  const auto color = ColorFromJson(json);
  if (!color) fields.Report(name, ColorProblem("the colour", json));
  return color.value_or(fallback);
}

std::vector<Rgb8> ReadColors(Fields& fields, std::string_view name, std::size_t most) {
  const Json json = fields.Any(name, Json::array());
  if (!json.is_array() || json.size() > most) {
    fields.Report(name, fmt::format("must be a list of at most {} colours", most));
    return {};
  }
  std::vector<Rgb8> colors;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto color = ColorFromJson(json[i]);
    if (!color) fields.Report(name, ColorProblem(fmt::format("colour {}", i + 1), json[i]));
    if (color) colors.push_back(*color);
  }
  return colors.size() == json.size() ? colors : std::vector<Rgb8>{};
}

std::string PaletteMapping(std::span<const PaletteEntry> palette) {
  std::string text;
  for (const PaletteEntry& entry : palette) {
    text += fmt::format("{}{}: <{}, {}, {}>",
                        text.empty() ? "" : ", ",
                        Json(entry.name).dump(),
                        entry.color.r,
                        entry.color.g,
                        entry.color.b);
  }
  return "{" + text + "}";
}

}  // namespace assay
