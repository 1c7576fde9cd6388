#include "datasets/refer_records.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "datasets/dataset.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/pickle.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

using Path = std::filesystem::path;
using nlohmann::json;

constexpr std::int64_t kNoTarget = -1;

[[noreturn]] void Refuse(const Path& path, const std::string& what) {
  throw DatasetError(path, "", what, "use the official file, or a JSON copy of it as it is");
}

// One object of the file, and where it stands.
class Object {
 public:
  Object(const json& object, const Path& path, std::string where)
      : object_(object), path_(path), where_(std::move(where)) {
    if (!object.is_object()) Refuse(path, where_ + " is no object");
  }

  const json& Need(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end()) Refuse(path_, fmt::format("{} has no \"{}\"", where_, name));
    return *found;
  }
  std::int64_t Integer(const char* name) const { return AsInteger(Need(name), name); }
  std::string Text(const char* name) const {
    const json& value = Need(name);
    if (!value.is_string()) Refuse(path_, fmt::format("{}.{} is no text", where_, name));
    return value.get<std::string>();
  }
  std::string OptionalText(const char* name) const {
    return object_.contains(name) ? Text(name) : "";
  }
  const json& List(const char* name) const {
    const json& value = Need(name);
    if (!value.is_array()) Refuse(path_, fmt::format("{}.{} is no list", where_, name));
    return value;
  }
  // One number, or a list of them.
  std::vector<std::int64_t> Integers(const char* name) const {
    const json& value = Need(name);
    if (!value.is_array()) return {AsInteger(value, name)};
    std::vector<std::int64_t> numbers;
    for (const json& item : value) numbers.push_back(AsInteger(item, name));
    return numbers;
  }
  const std::string& Where() const { return where_; }

 private:
  std::int64_t AsInteger(const json& value, const char* name) const {
    if (!value.is_number_integer()) {
      Refuse(path_, fmt::format("{}.{} is no whole number", where_, name));
    }
    return value.get<std::int64_t>();
  }

  const json& object_;
  const Path& path_;
  std::string where_;
};

using Seen = std::unordered_set<std::int64_t>;

void AddOnce(Seen& seen, std::int64_t id, const Object& object, const Path& path) {
  if (seen.insert(id).second) return;
  Refuse(path, fmt::format("{} repeats the id {}", object.Where(), id));
}

std::vector<std::int64_t> ReadAnnotations(const Object& ref, const Path& path) {
  std::vector<std::int64_t> ids = ref.Integers("ann_id");
  if (ids == std::vector{kNoTarget}) return {};
  for (const std::int64_t id : ids) {
    if (id == kNoTarget) Refuse(path, ref.Where() + ".ann_id has -1 among other annotations");
  }
  if (ids.empty()) Refuse(path, ref.Where() + ".ann_id is empty; [-1] says that there is none");
  return ids;
}

ReferRecord ReadRecord(const Object& ref, const Path& path, Seen& sentence_ids) {
  ReferRecord record{.id = ref.Integer("ref_id"),
                     .image_id = ref.Integer("image_id"),
                     .annotations = ReadAnnotations(ref, path),
                     .split = ref.Text("split"),
                     .sentences = {}};
  const json& sentences = ref.List("sentences");
  const std::size_t ids = ref.List("sent_ids").size();
  if (ids != sentences.size()) {
    Refuse(path,
           fmt::format("{} has {} sent_ids and {} sentences", ref.Where(), ids, sentences.size()));
  }
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const Object sentence(sentences[i], path, fmt::format("{}.sentences[{}]", ref.Where(), i));
    record.sentences.push_back(
        {sentence.Integer("sent_id"), sentence.Text("sent"), sentence.OptionalText("raw")});
    AddOnce(sentence_ids, record.sentences.back().id, sentence, path);
  }
  return record;
}

json Parse(const Bytes& bytes, const Path& path) {
  if (path.extension() == ".p") {
    try {
      return DecodePickle(bytes, path);
    } catch (const FileError& e) {
      throw DatasetError(path, "", e.problem, "the same list as JSON beside it is read instead");
    }
  }
  try {
    return json::parse(bytes.begin(), bytes.end());
  } catch (const json::exception& e) {
    Refuse(path, std::string("is no JSON: ") + e.what());
  }
}

}  // namespace

ReferRecords ReadReferRecords(const Path& path) {
  const RawPart file = ReadTruthFile(path, "");
  const json list = Parse(file.bytes, path);
  if (!list.is_array()) Refuse(path, "is no list of refs");
  ReferRecords refs{.path = path, .sha256 = Sha256(file.bytes), .records = {}};
  refs.records.reserve(list.size());
  Seen ref_ids, sentence_ids;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Object ref(list[i], path, fmt::format("refs[{}]", i));
    refs.records.push_back(ReadRecord(ref, path, sentence_ids));
    AddOnce(ref_ids, refs.records.back().id, ref, path);
  }
  return refs;
}

bool IsInReferSplit(std::string_view split_of_record, std::string_view wanted) {
  if (wanted == "train" || wanted == "val") return split_of_record == wanted;
  if (wanted == "test") return split_of_record.find("test") != std::string_view::npos;
  if (wanted == "testA" || wanted == "testB" || wanted == "testC") {
    return split_of_record.find(wanted.back()) != std::string_view::npos;
  }
  return false;
}

}  // namespace assay
