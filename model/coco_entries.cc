#include "model/coco_entries.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "datasets/io/canonical_json.h"
#include "metrics/polygon.h"

namespace assay {
namespace {

namespace dom = simdjson::dom;
using Stage = PredictionError::Stage;

// Valid until this thread parses the next one.
dom::array Parse(const Answer& answer) {
  thread_local dom::parser parser;  // keeps its memory
  const auto corrupt = [&](const std::string& problem) {
    return PredictionError(
        Stage::kRead, "corrupt", answer.file.string() + ": is not valid JSON: " + problem);
  };
  dom::element json;
  // simdjson copies from the pointer, which must not be null, not even for no bytes.
  const auto* const text =
      answer.bytes.empty() ? "" : reinterpret_cast<const char*>(answer.bytes.data());
  if (const auto error = parser.parse(text, answer.bytes.size()).get(json)) {
    throw corrupt(simdjson::error_message(error));
  }
  if (const auto name = RepeatedName(json)) {
    throw corrupt(fmt::format("an object states \"{}\" twice", *name));
  }
  dom::array list;
  if (json.get(list) == simdjson::SUCCESS) return list;
  throw PredictionError(
      Stage::kRead, "bad-entry", answer.file.string() + ": must be a list of COCO results");
}

std::optional<dom::element> Find(dom::element object, std::string_view name) {
  dom::element found;
  if (object[name].get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

std::optional<std::int64_t> WholeNumber(dom::element json) {
  std::int64_t number = 0;
  if (json.get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

// The numbers of a list; none where it is no list or holds something else.
template <class Number>
std::optional<std::vector<Number>> Numbers(dom::element json) {
  dom::array list;
  if (json.get(list) != simdjson::SUCCESS) return std::nullopt;
  std::vector<Number> numbers;
  numbers.reserve(list.size());
  for (const dom::element item : list) {
    Number number{};
    if (item.get(number) != simdjson::SUCCESS) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

std::string Shown(dom::element json) {
  constexpr std::size_t kShown = 60;
  const std::string text = simdjson::minify(json);
  return text.size() <= kShown ? text : text.substr(0, kShown) + "…";
}

// Reads one entry; knows where it is.
class EntryReader {
 public:
  EntryReader(const Answer& answer, std::size_t index, dom::element entry, Size grid)
      : answer_(answer), index_(index), entry_(entry), grid_(grid) {
    if (!entry.is_object()) throw Bad("must be an object, found " + Shown(entry));
  }

  CocoEntry Read() const {
    CocoEntry read;
    read.place = Place();
    read.category = Whole("category_id");
    read.score = Number("score");
    if (Find(entry_, "presence")) read.presence = Number("presence");
    read.box_xywh = Box();
    read.mask = HasSegmentation() ? Segmentation() : BoxMask(read.box_xywh);
    return read;
  }

  bool HasSegmentation() const { return Find(entry_, "segmentation").has_value(); }
  bool HasBox() const {
    const auto box = Find(entry_, "bbox");
    return box && !(box->is_array() && box->get_array().size() == 0);
  }
  std::string ImageId() const {
    const auto id = Find(entry_, "image_id");
    if (!id) throw Bad("has no \"image_id\"");
    return Shown(*id);
  }

  PredictionError Bad(const std::string& problem) const { return Error("bad-entry", problem); }

 private:
  PredictionError Error(const char* code, const std::string& problem) const {
    return {Stage::kDecode, code, Place() + " " + problem};
  }

  // Entries are counted within their image_id: the file may hold those of a whole set.
  std::string Place() const {
    const auto id = Find(entry_, "image_id");
    const std::string of = id ? " of image_id " + Shown(*id) : "";
    return fmt::format("{}: entry {}{}", answer_.file.string(), index_ + 1, of);
  }

  dom::element Need(std::string_view name) const {
    const auto found = Find(entry_, name);
    if (!found) throw Bad(fmt::format("has no \"{}\"", name));
    return *found;
  }
  std::int64_t Whole(std::string_view name) const {
    const dom::element json = Need(name);
    if (const auto number = WholeNumber(json)) return *number;
    throw Bad(fmt::format("{}: must be a whole number, found {}", name, Shown(json)));
  }
  double Number(std::string_view name) const {
    const dom::element json = Need(name);
    double number = 0;
    if (json.get(number) == simdjson::SUCCESS) return number;
    throw Bad(fmt::format("{}: must be a number, found {}", name, Shown(json)));
  }

  std::optional<BoxXywh> Box() const {
    if (!HasBox()) return std::nullopt;
    const dom::element json = Need("bbox");
    const auto numbers = Numbers<double>(json);
    if (!numbers || numbers->size() != 4 || (*numbers)[2] < 0 || (*numbers)[3] < 0) {
      throw Bad("bbox: must be [x, y, width, height], found " + Shown(json));
    }
    return BoxXywh{(*numbers)[0], (*numbers)[1], (*numbers)[2], (*numbers)[3]};
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
    const dom::element json = Need("segmentation");
    if (json.is_object()) return Runs(json);
    if (json.is_array() && json.get_array().size() > 0) return Polygons(json);
    throw Bad("segmentation: must be {\"size\", \"counts\"} or a list of polygons, found " +
              Shown(json));
  }

  RunLengthMask Runs(dom::element json) const {
    const auto size = Find(json, "size");
    const auto counts = Find(json, "counts");
    const auto sides = size ? Numbers<std::int64_t>(*size) : std::nullopt;
    if (!sides || sides->size() != 2 || !counts) {
      throw Bad("segmentation: must have \"size\": [height, width] and \"counts\", found " +
                Shown(json));
    }
    if ((*sides)[0] != grid_.height || (*sides)[1] != grid_.width) {
      throw Error("wrong-size",
                  fmt::format("segmentation: is {} wide and {} high (size states [height, width]); "
                              "the truth is {} wide and {} high",
                              (*sides)[1],
                              (*sides)[0],
                              grid_.width,
                              grid_.height));
    }
    std::string_view text;
    if (counts->get(text) == simdjson::SUCCESS) {
      return Drawn("counts", [&] { return DecodeRuns(grid_, text); });
    }
    const auto runs = Numbers<std::int64_t>(*counts);
    if (!runs) {
      throw Bad("counts: must be text or a list of whole numbers, found " + Shown(*counts));
    }
    return Drawn("counts", [&] { return MakeRuns(grid_, *runs); });
  }

  RunLengthMask Polygons(dom::element json) const {
    std::vector<RunLengthMask> parts;
    for (const dom::element polygon : json.get_array()) {
      const std::string which = fmt::format("polygon {}", parts.size() + 1);
      const auto corners = Numbers<double>(polygon);
      if (!corners) {
        throw Bad(fmt::format(
            "segmentation: {} must be [x0, y0, x1, y1, …], found {}", which, Shown(polygon)));
      }
      parts.push_back(Drawn(which, [&] { return DrawPolygon(grid_, *corners); }));
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
  dom::element entry_;
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
                              first.ImageId()));
}

}  // namespace

std::vector<CocoEntry> ReadCocoEntries(const Answer& answer, Size grid) {
  const dom::array list = Parse(answer);
  std::vector<CocoEntry> entries;
  entries.reserve(list.size());
  std::optional<EntryReader> first;
  for (const dom::element entry : list) {
    const EntryReader reader(answer, entries.size(), entry, grid);
    if (!first) first.emplace(reader);
    CheckForms(*first, reader);
    entries.push_back(reader.Read());
  }
  return entries;
}

}  // namespace assay
