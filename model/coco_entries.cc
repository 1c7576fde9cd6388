#include "model/coco_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "datasets/io/fields.h"
#include "metrics/polygon.h"

namespace assay {
namespace {

using Json = nlohmann::json;
using Stage = PredictionError::Stage;

Json Parse(const Answer& answer) {
  try {
    return ParseJson(std::string(answer.bytes.begin(), answer.bytes.end()), answer.file.string());
  } catch (const ConfigError& error) {
    throw PredictionError(Stage::kRead, "corrupt", error.what());
  }
}

// nullptr where there is none.
const Json* Find(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

bool IsWhole(const Json& json) {
  return json.is_number_integer() &&
         (!json.is_number_unsigned() || json.get<std::uint64_t>() <= INT64_MAX);
}

// Reads one entry; knows where it is.
class EntryReader {
 public:
  EntryReader(const Answer& answer, std::size_t index, const Json& entry, Size grid)
      : answer_(answer), index_(index), entry_(entry), grid_(grid) {
    if (!entry.is_object()) throw Bad("must be an object, found " + Shown(entry));
  }

  CocoEntry Read() const {
    CocoEntry read;
    read.place = Place();
    read.category = Whole("category_id");
    read.score = Number("score");
    if (Find(entry_, "presence") != nullptr) read.presence = Number("presence");
    read.box_xywh = Box();
    read.mask = HasSegmentation() ? Segmentation() : BoxMask(read.box_xywh);
    return read;
  }

  bool HasSegmentation() const { return Find(entry_, "segmentation") != nullptr; }
  bool HasBox() const {
    const Json* const box = Find(entry_, "bbox");
    return box != nullptr && !(box->is_array() && box->empty());
  }
  Json ImageId() const {
    const Json* const id = Find(entry_, "image_id");
    if (id == nullptr) throw Bad("has no \"image_id\"");
    return *id;
  }

  PredictionError Bad(const std::string& problem) const { return Error("bad-entry", problem); }

 private:
  PredictionError Error(const char* code, const std::string& problem) const {
    return {Stage::kDecode, code, Place() + " " + problem};
  }

  // Entries are counted within their image_id: the file may hold those of a whole set.
  std::string Place() const {
    const Json* const id = entry_.is_object() ? Find(entry_, "image_id") : nullptr;
    const std::string of = id == nullptr ? "" : " of image_id " + Shown(*id);
    return fmt::format("{}: entry {}{}", answer_.file.string(), index_ + 1, of);
  }

  static std::string Shown(const Json& json) {
    constexpr std::size_t kShown = 60;
    const std::string text = json.dump();
    return text.size() <= kShown ? text : text.substr(0, kShown) + "…";
  }

  const Json& Need(std::string_view name) const {
    const Json* const found = Find(entry_, name);
    if (found == nullptr) throw Bad(fmt::format("has no \"{}\"", name));
    return *found;
  }
  std::int64_t Whole(std::string_view name) const {
    const Json& json = Need(name);
    if (!IsWhole(json)) {
      throw Bad(fmt::format("{}: must be a whole number, found {}", name, Shown(json)));
    }
    return json.get<std::int64_t>();
  }
  double Number(std::string_view name) const {
    const Json& json = Need(name);
    if (!json.is_number()) {
      throw Bad(fmt::format("{}: must be a number, found {}", name, Shown(json)));
    }
    return json.get<double>();
  }

  std::optional<BoxXywh> Box() const {
    if (!HasBox()) return std::nullopt;
    const Json& json = entry_.at("bbox");
    const bool numbers =
        json.is_array() && json.size() == 4 &&
        std::all_of(json.begin(), json.end(), [](const Json& j) { return j.is_number(); });
    if (!numbers || json[2].get<double>() < 0 || json[3].get<double>() < 0) {
      throw Bad("bbox: must be [x, y, width, height], found " + Shown(json));
    }
    return json.get<BoxXywh>();
  }

  RunLengthMask BoxMask(const std::optional<BoxXywh>& box) const {
    if (!box) throw Bad("has neither segmentation nor bbox");
    if (std::all_of(box->begin(), box->end(), [](double v) { return v <= 1; })) {
      throw Bad(
          "has no segmentation, and a bbox within 0..1: a mask is needed, or a box in pixels");
    }
    return Drawn("bbox", [&] { return DrawBox(grid_, *box); });
  }

  RunLengthMask Segmentation() const {
    const Json& json = entry_.at("segmentation");
    if (json.is_object()) return Runs(json);
    if (json.is_array() && !json.empty()) return Polygons(json);
    throw Bad("segmentation: must be {\"size\", \"counts\"} or a list of polygons, found " +
              Shown(json));
  }

  RunLengthMask Runs(const Json& json) const {
    const Json* const size = Find(json, "size");
    const Json* const counts = Find(json, "counts");
    const bool sized = size != nullptr && size->is_array() && size->size() == 2 &&
                       IsWhole((*size)[0]) && IsWhole((*size)[1]);
    if (!sized || counts == nullptr) {
      throw Bad("segmentation: must have \"size\": [height, width] and \"counts\", found " +
                Shown(json));
    }
    const auto height = (*size)[0].get<std::int64_t>();
    const auto width = (*size)[1].get<std::int64_t>();
    if (height != grid_.height || width != grid_.width) {
      throw Error("wrong-size",
                  fmt::format("segmentation: is {} wide and {} high (size states [height, width]); "
                              "the truth is {} wide and {} high",
                              width,
                              height,
                              grid_.width,
                              grid_.height));
    }
    if (counts->is_string()) {
      return Drawn("counts", [&] { return DecodeRuns(grid_, counts->get<std::string>()); });
    }
    if (!counts->is_array() || !std::all_of(counts->begin(), counts->end(), IsWhole)) {
      throw Bad("counts: must be text or a list of whole numbers, found " + Shown(*counts));
    }
    return Drawn("counts",
                 [&] { return MakeRuns(grid_, counts->get<std::vector<std::int64_t>>()); });
  }

  RunLengthMask Polygons(const Json& json) const {
    std::vector<RunLengthMask> parts;
    for (std::size_t i = 0; i < json.size(); ++i) {
      const std::string which = fmt::format("polygon {}", i + 1);
      const bool numbers =
          json[i].is_array() &&
          std::all_of(json[i].begin(), json[i].end(), [](const Json& j) { return j.is_number(); });
      if (!numbers) {
        throw Bad(fmt::format(
            "segmentation: {} must be [x0, y0, x1, y1, …], found {}", which, Shown(json[i])));
      }
      parts.push_back(
          Drawn(which, [&] { return DrawPolygon(grid_, json[i].get<std::vector<double>>()); }));
    }
    return Merge(parts, MergeRule::kOr);
  }

  template <class Draw>
  RunLengthMask Drawn(const std::string& what, Draw draw) const {
    try {
      return draw();
    } catch (const std::invalid_argument& error) {
      throw Error("bad-mask", what + ": " + error.what());
    }
  }

  const Answer& answer_;
  std::size_t index_;
  const Json& entry_;
  Size grid_;
};

// Every entry is written as the first one is.
void CheckForms(const EntryReader& first, const EntryReader& entry) {
  const auto compare = [&](bool one, bool other, std::string_view name) {
    if (one == other) return;
    throw entry.Bad(fmt::format("has {} {}, entry 1 has {}; write all entries of a sample alike",
                                other ? "a" : "no",
                                name,
                                one ? "one" : "none"));
  };
  compare(first.HasSegmentation(), entry.HasSegmentation(), "segmentation");
  compare(first.HasBox(), entry.HasBox(), "bbox");
  if (first.ImageId() == entry.ImageId()) return;
  throw entry.Bad(fmt::format("stands beside entry 1 of image_id {}; this answers one sample",
                              first.ImageId().dump()));
}

}  // namespace

std::vector<CocoEntry> ReadCocoEntries(const Answer& answer, Size grid) {
  const Json json = Parse(answer);
  if (!json.is_array()) {
    throw PredictionError(
        Stage::kRead, "bad-entry", answer.file.string() + ": must be a list of COCO results");
  }
  std::vector<CocoEntry> entries;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const EntryReader reader(answer, i, json[i], grid);
    CheckForms({answer, 0, json[0], grid}, reader);
    entries.push_back(reader.Read());
  }
  return entries;
}

}  // namespace assay
