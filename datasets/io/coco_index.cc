#include "datasets/io/coco_index.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"

namespace assay {
namespace {

namespace od = simdjson::ondemand;
using Path = std::filesystem::path;

class Reader {
 public:
  Reader(const Path& path, const simdjson::padded_string& text) : path_(path), text_(text) {}

  CocoIndex Read() {
    od::parser parser;
    od::document document;
    Check(parser.iterate(text_).get(document), "the file");
    od::object top;
    Check(document.get_object().get(top), "the file");
    CocoIndex index;
    bool images = false;
    bool annotations = false;
    for (auto result : top) {
      od::field field;
      Check(std::move(result).get(field), "the file");
      std::string_view name;
      Check(field.unescaped_key().get(name), "the file");
      if (name == "images") {
        index.images = ReadList<CocoImage>(field.value(), "images");
        images = true;
      } else if (name == "annotations") {
        index.annotations = ReadList<CocoAnnotation>(field.value(), "annotations");
        annotations = true;
      }
    }
    const bool ended = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    if (!images || !annotations || !ended) throw Malformed(images, annotations);
    return index;
  }

 private:
  FileError Malformed(bool images, bool annotations) const {
    if (images && annotations) return {path_, "corrupt", "has more behind its JSON object"};
    return {path_,
            "wrong-format",
            fmt::format("holds no list \"{}\": it is no COCO annotation file",
                        images ? "annotations" : "images")};
  }

  void Check(simdjson::error_code error, const std::string& where) const {
    if (error == simdjson::SUCCESS) return;
    ThrowJsonFault(path_, error, where, "copy it again");
  }

  template <class Entry>
  std::vector<Entry> ReadList(od::value value, const std::string& name) const {
    od::array list;
    Check(value.get_array().get(list), name);
    std::vector<Entry> entries;
    for (auto result : list) {
      const std::string where = fmt::format("{}[{}]", name, entries.size());
      od::object object;
      Check(std::move(result).get_object().get(object), where);
      entries.push_back(ReadEntry<Entry>(object, where));
    }
    Sort(entries, name);
    return entries;
  }

  JsonPlace PlaceOf(od::object& object, const std::string& where) const {
    std::string_view raw;
    Check(object.raw_json().get(raw), where);
    bool ignored = false;
    Check(object.reset().get(ignored), where);
    return PlaceOfObject(raw, text_.data());
  }

  template <class Entry>
  Entry ReadEntry(od::object& object, const std::string& where) const {
    Entry entry;
    entry.place = PlaceOf(object, where);
    unsigned found = 0;
    for (auto result : object) {
      od::field field;
      Check(std::move(result).get(field), where);
      std::string_view name;
      Check(field.unescaped_key().get(name), where);
      found |= Take(entry, name, field.value(), where);
    }
    Finish(entry, found, where);
    return entry;
  }

  std::int64_t Integer(od::value value, const std::string& where, std::string_view name) const {
    std::int64_t number = 0;
    Check(value.get_int64().get(number), fmt::format("{}.{}", where, name));
    return number;
  }
  int Side(od::value value, const std::string& where, std::string_view name) const {
    const std::int64_t side = Integer(value, where, name);
    if (side < 1 || side > std::numeric_limits<int>::max()) {
      throw FileError(path_, "wrong-format", fmt::format("{}.{} is {}", where, name, side));
    }
    return static_cast<int>(side);
  }

  // Each returns the bit of the field it took, 0 for others.
  unsigned Take(CocoImage& image,
                std::string_view name,
                od::value value,
                const std::string& where) const {
    if (name == "id") return image.id = Integer(value, where, name), 1U;
    if (name == "height") return image.size.height = Side(value, where, name), 2U;
    if (name == "width") return image.size.width = Side(value, where, name), 4U;
    if (name != "file_name") return 0U;
    std::string_view text;
    Check(value.get_string().get(text), where + ".file_name");
    image.file_name = text;
    return 8U;
  }
  unsigned Take(CocoAnnotation& annotation,
                std::string_view name,
                od::value value,
                const std::string& where) const {
    if (name == "id") return annotation.id = Integer(value, where, name), 1U;
    if (name == "image_id") return annotation.image_id = Integer(value, where, name), 2U;
    if (name == "iscrowd") return annotation.crowd = Integer(value, where, name) != 0, 0U;
    return name == "segmentation" ? 4U : 0U;
  }

  void Finish(const CocoImage& image, unsigned found, const std::string& where) const {
    constexpr std::array<std::string_view, 4> kNames = {"id", "height", "width", "file_name"};
    Need(kNames, found, where);
    if (image.size.Pixels() > kMaxPixels) {
      throw FileError(path_,
                      "too-large",
                      fmt::format("{} claims {} x {} pixels; at most {} are read",
                                  where,
                                  image.size.width,
                                  image.size.height,
                                  kMaxPixels));
    }
  }
  void Finish(const CocoAnnotation& /*annotation*/,
              unsigned found,
              const std::string& where) const {
    constexpr std::array<std::string_view, 3> kNames = {"id", "image_id", "segmentation"};
    Need(kNames, found, where);
  }

  template <std::size_t kCount>
  void Need(const std::array<std::string_view, kCount>& names,
            unsigned found,
            const std::string& where) const {
    for (std::size_t i = 0; i < kCount; ++i) {
      if ((found >> i & 1U) != 0) continue;
      throw FileError(path_, "wrong-format", fmt::format("{} has no \"{}\"", where, names.at(i)));
    }
  }

  template <class Entry>
  void Sort(std::vector<Entry>& entries, const std::string& name) const {
    const auto by_id = [](const Entry& a, const Entry& b) { return a.id < b.id; };
    std::sort(entries.begin(), entries.end(), by_id);
    for (std::size_t i = 1; i < entries.size(); ++i) {
      if (entries[i - 1].id != entries[i].id) continue;
      throw FileError(
          path_, "corrupt", fmt::format("{} holds the id {} twice", name, entries[i].id));
    }
  }

  const Path& path_;
  const simdjson::padded_string& text_;
};

template <class Entry>
const Entry* Find(const std::vector<Entry>& entries, std::int64_t id) {
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), id, [](const Entry& entry, std::int64_t wanted) {
        return entry.id < wanted;
      });
  return at != entries.end() && at->id == id ? &*at : nullptr;
}

}  // namespace

const CocoImage* CocoIndex::FindImage(std::int64_t id) const { return Find(images, id); }
const CocoAnnotation* CocoIndex::FindAnnotation(std::int64_t id) const {
  return Find(annotations, id);
}

CocoIndex ReadCocoIndex(const Path& path) {
  if (ReadPrefix(path, 1).empty()) {  // says what is wrong with a path that is no file
    throw FileError(path, "truncated", "is empty; copy it again");
  }
  simdjson::padded_string text;
  if (simdjson::padded_string::load(path.string()).get(text) != simdjson::SUCCESS) {
    throw FileError(path, "unreadable", "cannot be read; check the disk and the memory left");
  }
  return Reader(path, text).Read();
}

}  // namespace assay
