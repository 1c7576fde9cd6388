#include "datasets/io/coco_results.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

namespace od = simdjson::ondemand;
using Path = std::filesystem::path;

class Reader {
 public:
  Reader(const Path& path, const simdjson::padded_string& text) : path_(path), text_(text) {}

  std::vector<CocoResult> Read() {
    od::parser parser;
    od::document document;
    Check(parser.iterate(text_).get(document), "the file");
    od::json_type type = od::json_type::null;
    Check(document.type().get(type), "the file");
    if (type != od::json_type::array) {
      throw FileError(path_,
                      "wrong-format",
                      "is no list: COCO results are [{\"image_id\", …}, …] (an object with "
                      "\"annotations\" is a truth file)");
    }
    od::array list;
    Check(document.get_array().get(list), "the file");
    std::vector<CocoResult> results;
    for (auto result : list) {
      const std::string where = fmt::format("entry {}", results.size() + 1);
      od::object object;
      Check(std::move(result).get_object().get(object), where);
      results.push_back(ReadEntry(object, where));
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      throw FileError(path_, "corrupt", "has more behind its list");
    }
    return results;
  }

 private:
  void Check(simdjson::error_code error, const std::string& where) const {
    if (error == simdjson::SUCCESS) return;
    ThrowJsonFault(path_, error, where, "write it again");
  }

  CocoResult ReadEntry(od::object& object, const std::string& where) const {
    CocoResult entry;
    std::string_view raw;
    Check(object.raw_json().get(raw), where);
    entry.place = PlaceOfObject(raw, text_.data());
    bool ignored = false;
    Check(object.reset().get(ignored), where);
    for (auto result : object) {
      od::field field;
      Check(std::move(result).get(field), where);
      std::string_view name;
      Check(field.unescaped_key().get(name), where);
      if (name == "image_id") entry.image_id = Id(field.value(), where);
    }
    if (entry.image_id.empty()) {
      throw FileError(path_, "wrong-format", where + " has no \"image_id\"");
    }
    return entry;
  }

  std::string Id(od::value value, const std::string& where) const {
    const std::string field = where + ": image_id";
    od::json_type type = od::json_type::null;
    Check(value.type().get(type), field);
    if (type == od::json_type::string) {
      std::string_view text;
      Check(value.get_string().get(text), field);
      if (text.empty()) throw FileError(path_, "wrong-format", field + " is empty");
      return std::string(text);
    }
    std::int64_t number = 0;
    Check(value.get_int64().get(number), field);
    return std::to_string(number);
  }

  const Path& path_;
  const simdjson::padded_string& text_;
};

}  // namespace

std::vector<CocoResult> ReadCocoResults(const Path& path) {
  if (ReadPrefix(path, 1).empty()) {  // says what is wrong with a path that is no file
    throw FileError(path, "truncated", "is empty; a file without answers holds []");
  }
  simdjson::padded_string text;
  if (simdjson::padded_string::load(path.string()).get(text) != simdjson::SUCCESS) {
    throw FileError(path, "unreadable", "cannot be read; check the disk and the memory left");
  }
  return Reader(path, text).Read();
}

}  // namespace assay
