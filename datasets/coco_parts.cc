#include "datasets/coco_parts.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "metrics/polygon.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr std::size_t kBoxNumbers = 4;
constexpr std::size_t kSmallestPolygon = 6;

std::vector<double> Numbers(const json& list) {
  std::vector<double> numbers;
  numbers.reserve(list.size());
  for (const json& item : list) {
    if (!item.is_number()) {
      throw std::invalid_argument("a polygon holds something that is no number");
    }
    numbers.push_back(item.get<double>());
  }
  return numbers;
}

RunLengthMask DecodeRle(const json& rle, Size size) {
  const auto stated = rle.find("size");
  const auto counts = rle.find("counts");
  if (stated == rle.end() || counts == rle.end()) {
    throw std::invalid_argument("a run-length mask lacks \"size\" or \"counts\"");
  }
  if (*stated != json::array({size.height, size.width})) {
    throw std::invalid_argument("a run-length mask has the size " + stated->dump() +
                                " (height, width), its image " + std::to_string(size.height) +
                                " and " + std::to_string(size.width));
  }
  if (counts->is_string()) return DecodeRuns(size, counts->get_ref<const std::string&>());
  std::vector<std::int64_t> runs;
  if (!counts->is_array()) throw std::invalid_argument("\"counts\" is neither text nor a list");
  for (const json& run : *counts) {
    if (!run.is_number_integer()) throw std::invalid_argument("a run is no whole number");
    runs.push_back(run.get<std::int64_t>());
  }
  return MakeRuns(size, runs);
}

bool IsDropped(const json& polygon, PolygonRule rule) {
  return rule == PolygonRule::kRela &&
         (polygon.size() % 2 != 0 || polygon.size() < kSmallestPolygon);
}

std::vector<RunLengthMask> DecodePolygons(const json& list, Size size, PolygonRule rule) {
  const bool boxes = rule == PolygonRule::kPycocotools && list[0].size() == kBoxNumbers;
  std::vector<RunLengthMask> parts;
  for (const json& polygon : list) {
    if (!polygon.is_array()) throw std::invalid_argument("a polygon is no list of numbers");
    if (IsDropped(polygon, rule)) continue;
    const std::vector<double> xy = Numbers(polygon);
    if (!boxes) {
      parts.push_back(DrawPolygon(size, xy));
    } else if (xy.size() == kBoxNumbers) {
      parts.push_back(DrawBox(size, {xy[0], xy[1], xy[2], xy[3]}));
    } else {
      throw std::invalid_argument("a list of boxes holds " + std::to_string(xy.size()) +
                                  " numbers in one of them");
    }
  }
  return parts;
}

}  // namespace

std::vector<RunLengthMask> DecodeParts(const json& segmentation, Size size, PolygonRule rule) {
  if (segmentation.is_object()) return {DecodeRle(segmentation, size)};
  if (!segmentation.is_array()) {
    throw std::invalid_argument("\"segmentation\" is neither a list nor an object");
  }
  if (segmentation.empty()) return {};
  if (!segmentation[0].is_object()) return DecodePolygons(segmentation, size, rule);
  std::vector<RunLengthMask> parts;
  for (const json& rle : segmentation) parts.push_back(DecodeRle(rle, size));
  return parts;
}

void AddPart(const RunLengthMask& part, Raster<std::uint8_t>& target) {
  std::size_t position = 0;  // down the columns
  const auto height = static_cast<std::size_t>(part.size.height);
  for (std::size_t i = 0; i < part.runs.size(); ++i) {
    const std::size_t end = position + part.runs[i];
    for (; i % 2 == 1 && position < end; ++position) {
      std::uint8_t& pixel =
          target.At(static_cast<int>(position / height), static_cast<int>(position % height));
      if (pixel < 2) ++pixel;
    }
    position = end;
  }
}

}  // namespace assay
