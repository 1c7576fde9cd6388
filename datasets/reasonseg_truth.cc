#include "datasets/reasonseg_truth.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "datasets/expression_text.h"
#include "datasets/io/text_encoding.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr std::uint8_t kTarget = 1;
constexpr std::uint8_t kIgnored = 255;

const json& Need(const json& object, const char* name, const std::string& where) {
  if (!object.is_object()) throw std::invalid_argument(where + " is no object");
  const auto found = object.find(name);
  if (found == object.end()) throw std::invalid_argument(where + " has no \"" + name + "\"");
  return *found;
}

std::int32_t Coordinate(const json& value, const std::string& where) {
  if (!value.is_number()) throw std::invalid_argument(where + " has a point that is no number");
  const double whole = std::trunc(value.get<double>());
  if (!(std::abs(whole) <= kMaxPaintCoordinate)) {
    throw std::invalid_argument(where + " has a point far outside any image: " + value.dump());
  }
  return static_cast<std::int32_t>(whole);
}

ReasonShape ParseShape(const json& shape, const std::string& where) {
  const json& label = Need(shape, "label", where);
  const json& points = Need(shape, "points", where);
  if (!label.is_string() || !points.is_array()) {
    throw std::invalid_argument(where + " has a label that is no text, or points that are no list");
  }
  ReasonShape parsed{.label = LowerAscii(label.get<std::string>()), .points = {}};
  if (parsed.label == "flag") return parsed;
  for (const json& point : points) {
    if (!point.is_array() || point.size() != 2) {
      throw std::invalid_argument(where + " has a point that is not [x, y]");
    }
    parsed.points.push_back({Coordinate(point[0], where), Coordinate(point[1], where)});
  }
  if (parsed.points.empty()) throw std::invalid_argument(where + " has no points");
  return parsed;
}

std::string Decode(std::span<const std::uint8_t> bytes) {
  const std::string_view raw(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (IsUtf8(raw)) return std::string(raw);
  const std::optional<std::string> text = FromCp1252(raw);
  if (!text) throw std::invalid_argument("is neither UTF-8 nor Windows-1252");
  return *text;
}

json Parse(std::span<const std::uint8_t> bytes) {
  try {
    return json::parse(Decode(bytes));
  } catch (const json::exception& e) {
    throw std::invalid_argument(std::string("is no JSON: ") + e.what());
  }
}

struct Painted {
  const ReasonShape* shape = nullptr;
  std::ptrdiff_t area = 0;
};

}  // namespace

ReasonFile ParseReasonFile(std::span<const std::uint8_t> bytes) {
  const json top = Parse(bytes);
  const json& text = Need(top, "text", "the file");
  const json& is_sentence = Need(top, "is_sentence", "the file");
  const json& shapes = Need(top, "shapes", "the file");
  if (!text.is_array() || text.empty() || !text[0].is_string()) {
    throw std::invalid_argument("\"text\" is no list that begins with a text");
  }
  if (!is_sentence.is_boolean()) throw std::invalid_argument("\"is_sentence\" is no true or false");
  if (!shapes.is_array()) throw std::invalid_argument("\"shapes\" is no list");
  ReasonFile file{
      .text = text[0].get<std::string>(), .is_sentence = is_sentence.get<bool>(), .shapes = {}};
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    ReasonShape shape = ParseShape(shapes[i], "shapes[" + std::to_string(i) + "]");
    if (shape.label != "flag") file.shapes.push_back(std::move(shape));
  }
  return file;
}

ReferringTruth PaintReasonTruth(const std::vector<ReasonShape>& shapes, Size size) {
  std::vector<Painted> order;
  for (const ReasonShape& shape : shapes) {
    Raster<std::uint8_t> alone(size);
    PaintShape(alone, shape.points, 1);
    order.push_back({&shape, std::count(alone.Pixels().begin(), alone.Pixels().end(), 1)});
  }
  std::stable_sort(order.begin(), order.end(), [](const Painted& a, const Painted& b) {
    return a.area < b.area;
  });
  std::reverse(order.begin(), order.end());
  ReferringTruth truth{Raster<std::uint8_t>(size), true};
  for (const Painted& painted : order) {
    const bool ignored = painted.shape->label.find("ignore") != std::string::npos;
    PaintShape(truth.target, painted.shape->points, ignored ? kIgnored : kTarget);
    truth.no_target &= ignored;
  }
  return truth;
}

}  // namespace assay
