#include "datasets/saco_file.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>
#include <string>

#include "datasets/dataset.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
namespace od = simdjson::ondemand;

constexpr const char* kUnpackAgain = "unpack it again from the official archive";
constexpr const char* kCompare = "compare it with the official archive";

// An annotation before it is known which pair it belongs to.
struct Loose {
  std::int64_t id = 0;
  std::int64_t pair = 0;
  std::int64_t category = 0;
  SacoPlace place;
};

std::uint64_t HashOf(std::string_view file_name, std::string_view phrase) {
  const std::hash<std::string_view> hash;
  return hash(file_name) * 31 + hash(phrase);
}

bool LeadsOutside(std::string_view name) {
  if (name.starts_with('/')) return true;
  if (name.find("..") == std::string_view::npos) return false;
  const fs::path path(name);
  return std::find(path.begin(), path.end(), "..") != path.end();
}

// The first value that occurs twice; sorts.
std::optional<std::int64_t> FirstTwice(std::vector<std::int64_t> ids) {
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  return twice == ids.end() ? std::nullopt : std::optional(*twice);
}

}  // namespace

struct SacoFile::Text {
  simdjson::padded_string json;
};

// Goes through the text once and fills a SacoFile.
class SacoFileReader {
 public:
  explicit SacoFileReader(SacoFile& file) : file_(file), json_(file.text_->json) {}

  void Read() {
    ReadLists();
    IndexPairs();
    Group();
  }

 private:
  [[noreturn]] void Fail(const std::string& problem,
                         const char* remedy = kCompare,
                         const std::string& key = "") const {
    throw DatasetError(file_.path_, key, problem, remedy);
  }

  // `where` makes the text that says where; it is called in the event of an error only.
  template <class Where>
  void Check(simdjson::error_code error, const Where& where) const {
    if (error == simdjson::SUCCESS) return;
    const std::string reason = simdjson::error_message(error);
    switch (error) {
      case simdjson::CAPACITY:
      case simdjson::MEMALLOC:
        Fail("cannot be read in one piece: " + reason, "free some memory; files have below 4 GiB");
      case simdjson::INCORRECT_TYPE:
      case simdjson::NUMBER_OUT_OF_RANGE:
        Fail(where() + " has another type or range than in the official files");
      default:
        Fail(fmt::format("{} is cut off or no JSON ({} bytes): {}", where(), json_.size(), reason),
             kUnpackAgain);
    }
  }

  void ReadLists() {
    const auto whole = [] { return std::string("the file"); };
    od::parser parser;
    Check(parser.iterate(json_).get(document_), whole);
    od::object top;
    Check(document_.get_object().get(top), whole);
    unsigned found = 0;
    for (auto result : top) {
      od::field field;
      Check(std::move(result).get(field), whole);
      const std::string_view name = NameOf(field, whole);
      const unsigned list = ReadList(name, field.value());
      if ((found & list) != 0) Fail(fmt::format("the list \"{}\" occurs twice", name));
      found |= list;
    }
    Need(std::to_array<std::string_view>({"images", "annotations", "categories"}), found, whole);
    if (document_.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      Fail("has more behind its JSON object", kUnpackAgain);
    }
    if (file_.pairs_.empty()) Fail("the list \"images\" is empty");
    if (file_.categories_.empty()) {
      Fail("the list \"categories\" is empty, so that no annotation would count");
    }
  }

  // Returns the bit of the list it read, 0 for others.
  unsigned ReadList(std::string_view name, od::value value) {
    if (name == "images") return ReadEntries(value, "images", &SacoFileReader::ReadPair), 1U;
    if (name == "annotations") {
      return ReadEntries(value, "annotations", &SacoFileReader::ReadAnnotation), 2U;
    }
    if (name != "categories") return 0U;
    return ReadEntries(value, "categories", &SacoFileReader::ReadCategory), 4U;
  }

  // A place within a list, turned into text in the event of an error.
  struct Where {
    std::string_view list;
    std::size_t index = 0;
    std::string_view field = {};
    std::string operator()() const {
      return fmt::format("{}[{}]{}{}", list, index, field.empty() ? "" : ".", field);
    }
  };

  void ReadEntries(od::value value,
                   std::string_view name,
                   void (SacoFileReader::*read)(od::value, Where)) {
    od::array list;
    Check(value.get_array().get(list), [&] { return std::string(name); });
    Where where{.list = name};
    for (auto result : list) {
      od::value entry;
      Check(std::move(result).get(entry), where);
      (this->*read)(entry, where);
      ++where.index;
    }
  }

  // A name as it stands, unless something in it is escaped.
  template <class AnyWhere>
  std::string_view NameOf(od::field& field, const AnyWhere& where) const {
    const char* const raw = field.key().raw();
    const std::size_t left = json_.size() - static_cast<std::size_t>(raw - json_.data());
    const std::string_view rest(raw, left);
    std::string_view name = rest.substr(0, rest.find('"'));
    if (name.find('\\') != std::string_view::npos) Check(field.unescaped_key().get(name), where);
    return name;
  }

  // Calls take(name, value, where) for each field, which returns the field's bit; then
  // every one of `names` must have been there, bit i being that of names[i]. Returns the
  // object's place.
  template <std::size_t kCount, class Take>
  SacoPlace ReadFields(od::value entry,
                       Where where,
                       const std::array<std::string_view, kCount>& names,
                       const Take& take) {
    const char* const begin = entry.raw_json_token().data();
    od::object object;
    Check(entry.get_object().get(object), where);
    unsigned found = 0;
    for (auto result : object) {
      od::field field;
      Check(std::move(result).get(field), where);
      const std::string_view name = NameOf(field, where);
      const unsigned bit = take(name, field.value(), Where{where.list, where.index, name});
      if ((found & bit) != 0) Fail(fmt::format("{} states \"{}\" twice", where(), name));
      found |= bit;
    }
    Need(names, found, where);
    return PlaceFrom(begin, where);
  }

  // Of the object that begins there and has been gone through to its end.
  SacoPlace PlaceFrom(const char* begin, const Where& where) const {
    const char* end = nullptr;
    Check(document_.current_location().get(end), where);
    while (end > begin && end[-1] != '}') --end;  // blanks and the comma may follow the brace
    return {static_cast<std::uint32_t>(begin - json_.data()),
            static_cast<std::uint32_t>(end - begin)};
  }

  template <std::size_t kCount, class AnyWhere>
  void Need(const std::array<std::string_view, kCount>& names,
            unsigned found,
            const AnyWhere& where) const {
    for (std::size_t i = 0; i < kCount; ++i) {
      if ((found >> i & 1U) == 0) Fail(fmt::format("{} has no \"{}\"", where(), names.at(i)));
    }
  }

  std::int64_t Integer(od::value value, const Where& where) const {
    std::int64_t number = 0;
    Check(value.get_int64().get(number), where);
    return number;
  }
  int Side(od::value value, const Where& where) const {
    const std::int64_t side = Integer(value, where);
    if (side < 1 || side > std::numeric_limits<int>::max()) {
      Fail(fmt::format("{} is {}", where(), side));
    }
    return static_cast<int>(side);
  }
  // With its place in the file; as it stands there unless something in it is escaped.
  std::string_view String(od::value value, const Where& where, SacoPlace& place) const {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && token.back() != '"') token.remove_suffix(1);  // blanks may follow
    place = {static_cast<std::uint32_t>(token.data() - json_.data()),
             static_cast<std::uint32_t>(token.size())};
    std::string_view text;
    if (token.size() >= 2 && token.front() == '"' && token.find('\\') == std::string_view::npos) {
      text = token.substr(1, token.size() - 2);
    } else {
      Check(value.get_string().get(text), where);
    }
    if (text.empty()) Fail(where() + " is empty");
    return text;
  }
  // The files write 0 and 1, their description speaks of a Boolean.
  bool Truth(od::value value, const Where& where) const {
    od::json_type type = od::json_type::null;
    Check(value.type().get(type), where);
    if (type == od::json_type::boolean) {
      bool flag = false;
      Check(value.get_bool().get(flag), where);
      return flag;
    }
    const std::int64_t number = Integer(value, where);
    if (number != 0 && number != 1) Fail(fmt::format("{} is {}, not 0 or 1", where(), number));
    return number == 1;
  }

  void ReadPair(od::value entry, Where where) {
    static constexpr std::array<std::string_view, 6> kNames = {
        "id", "width", "height", "is_instance_exhaustive", "file_name", "text_input"};
    SacoPair pair;
    std::string_view file_name;
    std::string_view phrase;
    const auto take = [&](std::string_view name, od::value value, Where at) {
      if (name == kNames[0]) return pair.id = Integer(value, at), 1U;
      if (name == kNames[1]) return pair.size.width = Side(value, at), 2U;
      if (name == kNames[2]) return pair.size.height = Side(value, at), 4U;
      if (name == kNames[3]) return pair.exhaustive = Truth(value, at), 8U;
      if (name == kNames[4]) return file_name = String(value, at, pair.file_name), 16U;
      return name == kNames[5] ? (phrase = String(value, at, pair.phrase), 32U) : 0U;
    };
    ReadFields(entry, where, kNames, take);
    if (pair.size.Pixels() > kMaxPixels) {
      Fail(fmt::format("{} claims {} x {} pixels; at most {} are read",
                       where(),
                       pair.size.width,
                       pair.size.height,
                       kMaxPixels),
           kCompare,
           std::to_string(pair.id));
    }
    if (LeadsOutside(file_name)) {
      Fail(fmt::format("{} has the file_name \"{}\", which leads out of the images' folder",
                       where(),
                       file_name),
           kCompare,
           std::to_string(pair.id));
    }
    pair.question_hash = HashOf(file_name, phrase);
    file_.pairs_.push_back(pair);
  }

  void ReadAnnotation(od::value entry, Where where) {
    static constexpr std::array<std::string_view, 4> kNames = {
        "id", "image_id", "category_id", "segmentation"};
    Loose annotation;
    const auto take = [&](std::string_view name, od::value value, Where at) {
      if (name == kNames[0]) return annotation.id = Integer(value, at), 1U;
      if (name == kNames[1]) return annotation.pair = Integer(value, at), 2U;
      if (name == kNames[2]) return annotation.category = Integer(value, at), 4U;
      return name == kNames[3] ? 8U : 0U;
    };
    annotation.place = ReadFields(entry, where, kNames, take);
    annotations_.push_back(annotation);
  }

  void ReadCategory(od::value entry, Where where) {
    ReadFields(entry,
               where,
               std::to_array<std::string_view>({"id"}),
               [&](std::string_view name, od::value value, Where at) {
                 if (name != "id") return 0U;
                 return file_.categories_.push_back(Integer(value, at)), 1U;
               });
  }

  void IndexPairs() {
    file_.by_id_.reserve(file_.pairs_.size());
    for (const SacoPair& pair : file_.pairs_) {
      file_.by_id_.emplace_back(pair.id, static_cast<std::uint32_t>(file_.by_id_.size()));
    }
    std::sort(file_.by_id_.begin(), file_.by_id_.end());
    const auto twice = std::adjacent_find(file_.by_id_.begin(),
                                          file_.by_id_.end(),
                                          [](auto& a, auto& b) { return a.first == b.first; });
    if (twice != file_.by_id_.end()) {
      Fail(fmt::format(
               "images[{}] and images[{}] have the same id", twice->second, (twice + 1)->second),
           "an id stands for one pair: compare it with the official archive",
           std::to_string(twice->first));
    }
  }

  // Brings annotations together pair by pair; within a pair the order stays.
  void Group() {
    std::vector<std::int64_t> ids;
    std::vector<std::uint32_t> owners;
    ids.reserve(annotations_.size());
    owners.reserve(annotations_.size());
    for (const Loose& annotation : annotations_) {
      const auto owner = file_.Find(annotation.pair, owners.empty() ? 0 : owners.back());
      if (!owner) {
        Fail(fmt::format("annotation {} belongs to the pair {}, which the file does not have",
                         annotation.id,
                         annotation.pair),
             kCompare,
             std::to_string(annotation.pair));
      }
      ids.push_back(annotation.id);
      owners.push_back(static_cast<std::uint32_t>(*owner));
      ++file_.pairs_[*owner].annotations;
      file_.foreign_ +=
          std::count(file_.categories_.begin(), file_.categories_.end(), annotation.category) == 0
              ? 1
              : 0;
    }
    if (const auto twice = FirstTwice(std::move(ids))) {
      Fail(fmt::format("the annotation id {} occurs twice", *twice),
           "the official evaluator would count one of the two twice: compare it with the official "
           "archive");
    }
    PlaceAnnotations(owners);
  }

  void PlaceAnnotations(const std::vector<std::uint32_t>& owners) {
    std::uint32_t next = 0;
    std::vector<std::uint32_t> free(file_.pairs_.size());
    for (std::size_t i = 0; i < file_.pairs_.size(); ++i) {
      file_.pairs_[i].first_annotation = free[i] = next;
      next += file_.pairs_[i].annotations;
    }
    file_.places_.resize(annotations_.size());
    for (std::size_t i = 0; i < annotations_.size(); ++i) {
      file_.places_[free[owners[i]]++] = annotations_[i].place;
    }
  }

  SacoFile& file_;
  const simdjson::padded_string& json_;
  mutable od::document document_;  // asking it where it is changes nothing
  std::vector<Loose> annotations_;
};

SacoFile::SacoFile(fs::path path) : path_(std::move(path)) {
  try {
    // Says what is wrong with a path that is no file.
    if (ReadPrefix(path_, 1).empty()) throw FileError(path_, "truncated", "is empty");
  } catch (const FileError& e) {
    throw AsDatasetError(e, "");
  }
  auto text = std::make_unique<Text>();
  if (simdjson::padded_string::load(path_.string()).get(text->json) != simdjson::SUCCESS) {
    throw DatasetError(
        path_, "", "cannot be read to its end", "check the disk and the memory that is left");
  }
  text_ = std::move(text);
  SacoFileReader(*this).Read();
}

SacoFile::~SacoFile() = default;
SacoFile::SacoFile(SacoFile&&) noexcept = default;
SacoFile& SacoFile::operator=(SacoFile&&) noexcept = default;

std::optional<std::size_t> SacoFile::Find(std::int64_t id, std::size_t guess) const {
  for (const std::size_t index : {guess, guess + 1}) {
    if (index < pairs_.size() && pairs_[index].id == id) return index;
  }
  const auto at = std::lower_bound(by_id_.begin(), by_id_.end(), std::pair(id, std::uint32_t{0}));
  if (at == by_id_.end() || at->first != id) return std::nullopt;
  return at->second;
}

std::string_view SacoFile::TextAt(const SacoPlace& place) const {
  return {text_->json.data() + place.offset, place.length};
}

std::string_view SacoFile::AnnotationText(const SacoPair& pair, std::uint32_t index) const {
  return TextAt(places_.at(pair.first_annotation + index));
}

}  // namespace assay
