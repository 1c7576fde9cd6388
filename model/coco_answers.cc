#include "model/coco_answers.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <unordered_set>
#include <utility>

#include "datasets/io/canonical_json.h"
#include "datasets/io/errors.h"
#include "datasets/io/fields.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
namespace dom = simdjson::dom;
using Json = nlohmann::json;
using Stage = PredictionError::Stage;

constexpr std::size_t kFindingsShown = 20;
constexpr std::uint64_t kSkipped = 64;  // bytes between two entries that are cheaper to read too

// What an entry of this sample may have as its image_id, in byte order, each once. Lives
// as long as what it is made from.
using Names = std::vector<std::string_view>;
Names NamesOf(const std::string& key, std::span<const AnswerName> native) {
  Names names = {key};
  for (const AnswerName& name : native) {
    if (!name.prefix) names.emplace_back(name.text);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

FileParts Open(const fs::path& file) {
  try {
    return FileParts(file);
  } catch (const FileError& error) {
    throw ConfigError(error.what());
  }
}

std::string KeyOfLine(const std::string& line, const std::string& where) {
  if (!line.starts_with('{')) return line;
  const Json json = ParseJson(line, where);
  if (json.contains("key") && json.at("key").is_string()) return json.at("key").get<std::string>();
  throw ConfigError(where, {{"/key", "is needed: which sample was asked"}});
}

void AddCut(std::vector<Finding>& findings) {
  if (findings.size() <= kFindingsShown) return;
  const std::size_t more = findings.size() - kFindingsShown;
  findings.resize(kFindingsShown);
  findings.push_back({"", fmt::format("and {} more", more)});
}

std::set<std::string, std::less<>> ReadQueried(const fs::path& file) {
  std::set<std::string, std::less<>> asked;
  std::vector<Finding> findings;
  std::istringstream lines(ReadText(file));
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) continue;
    const std::string where = fmt::format("line {}", number);
    try {
      asked.insert(KeyOfLine(line, where));
    } catch (const ConfigError& error) {
      for (const Finding& f : error.findings) findings.push_back({where + f.pointer, f.message});
    }
  }
  AddCut(findings);
  if (!findings.empty()) throw ConfigError(file.string(), std::move(findings));
  return asked;
}

std::string ImageIdOf(dom::element entry) {
  std::string_view text;
  if (entry["image_id"].get(text) == simdjson::SUCCESS) return std::string(text);
  std::int64_t number = 0;
  return entry["image_id"].get(number) == simdjson::SUCCESS ? std::to_string(number) : "";
}

}  // namespace

CocoAnswers::CocoAnswers(const fs::path& file, CocoAbsent absent)
    : file_(Open(file)), absent_(absent) {
  try {
    for (CocoResult& result : ReadCocoResults(file)) {
      places_[std::move(result.image_id)].push_back(result.place);
      ++entries_;
    }
  } catch (const FileError& error) {
    throw ConfigError(error.what());
  }
}

CocoAnswers::CocoAnswers(const fs::path& file, const fs::path& queried) : CocoAnswers(file) {
  try {
    queried_ = ReadQueried(queried);
  } catch (const FileError& error) {
    throw ConfigError(error.what());
  }
}

bool CocoAnswers::WasAsked(std::span<const std::string_view> names) const {
  if (!queried_) return absent_ == CocoAbsent::kEmpty;
  return std::any_of(
      names.begin(), names.end(), [&](const auto& name) { return queried_->contains(name); });
}

PredictionError CocoAnswers::Changed(const std::string& id,
                                     const JsonPlace& place,
                                     const std::string& how) const {
  return PredictionError(Stage::kRead,
                         "changed",
                         fmt::format("{}: {} an entry of {} was at byte {}; the file was changed "
                                     "while it was in use",
                                     file_.Path().string(),
                                     how,
                                     id,
                                     place.offset));
}

Bytes CocoAnswers::Read(const std::string& id, const JsonPlace& place) const {
  try {
    return file_.Read(place.offset, place.length);
  } catch (const FileError& error) {
    throw Changed(id, place, error.problem + ";");
  }
}

void CocoAnswers::AppendEntry(const std::string& id,
                              const JsonPlace& place,
                              std::string_view text,
                              std::string& out) const {
  const auto corrupt = [&](const char* why) {
    return PredictionError(Stage::kRead,
                           "corrupt",
                           fmt::format("{}: the entry of {} at byte {}: is not valid JSON: {}",
                                       file_.Path().string(),
                                       id,
                                       place.offset,
                                       why));
  };
  if (!text.starts_with('{') || !text.ends_with('}')) {
    throw Changed(id, place, "there is no object where");
  }
  thread_local dom::parser parser;  // keeps its memory
  dom::element entry;
  if (const auto error = parser.parse(text.data(), text.size()).get(entry)) {
    throw corrupt(simdjson::error_message(error));
  }
  if (ImageIdOf(entry) != id) throw Changed(id, place, "there is another entry where");
  try {
    AppendCanonicalJson(entry, out);
  } catch (const std::invalid_argument& error) {
    throw corrupt(error.what());
  }
}

// Entries that follow each other, as they mostly do, are read at once.
std::string CocoAnswers::TextOf(const std::string& id, const Places& places) const {
  const std::uint64_t begin = places.front().offset;
  const std::uint64_t length = places.back().offset + places.back().length - begin;
  std::uint64_t needed = 0;
  for (const JsonPlace& place : places) needed += place.length + kSkipped;
  const bool together = length <= needed;
  const Bytes all = together ? Read(id, {begin, length}) : Bytes();
  std::string text = "[";
  for (const JsonPlace& place : places) {
    if (text.size() > 1) text += ',';
    const Bytes one = together ? Bytes() : Read(id, place);
    const std::uint8_t* const from = together ? all.data() + (place.offset - begin) : one.data();
    AppendEntry(id, place, {reinterpret_cast<const char*>(from), place.length}, text);
  }
  return text += ']';
}

std::optional<Answer> CocoAnswers::Get(const std::string& key,
                                       std::span<const AnswerName> native_names) const {
  const Names names = NamesOf(key, native_names);
  const PlacesById::value_type* found = nullptr;
  for (const std::string_view name : names) {
    const auto at = places_.find(name);
    if (at == places_.end()) continue;
    if (found != nullptr) {
      throw PredictionError(Stage::kFind,
                            "ambiguous",
                            fmt::format("{}: {} has entries under the ids {} and {}; keep one",
                                        file_.Path().string(),
                                        key,
                                        found->first,
                                        name));
    }
    found = &*at;
  }
  Answer answer;
  answer.file = file_.Path();
  if (found == nullptr) {
    if (!WasAsked(names)) return std::nullopt;
    answer.declared_empty = true;
    return answer;
  }
  const std::string text = TextOf(found->first, found->second);
  answer.bytes.assign(text.begin(), text.end());
  return answer;
}

bool CocoAnswers::IsAnswered(std::span<const std::string_view> names) const {
  return std::any_of(
      names.begin(), names.end(), [&](const auto& name) { return places_.contains(name); });
}

std::int64_t CocoAnswers::AbsentAsEmpty(std::span<const AnswerNames> samples) const {
  return std::count_if(samples.begin(), samples.end(), [&](const AnswerNames& sample) {
    const Names names = NamesOf(sample.key, sample.native);
    return !IsAnswered(names) && WasAsked(names);
  });
}

std::vector<std::string> CocoAnswers::AnsweredUnasked(std::span<const AnswerNames> samples) const {
  std::vector<std::string> keys;
  for (const AnswerNames& sample : samples) {
    const Names names = NamesOf(sample.key, sample.native);
    if (queried_ && IsAnswered(names) && !WasAsked(names)) keys.push_back(sample.key);
  }
  return keys;
}

std::vector<std::string> CocoAnswers::Unmatched(std::span<const AnswerNames> samples) const {
  std::unordered_set<std::string_view> known;  // of the names in the file and on the list
  for (const AnswerNames& sample : samples) {
    for (const std::string_view name : NamesOf(sample.key, sample.native)) {
      if (places_.contains(name) || (queried_ && queried_->contains(name))) known.insert(name);
    }
  }
  std::map<std::string_view, std::string> strange;  // in byte order
  if (queried_) {
    for (const std::string& id : *queried_) {
      if (!known.contains(id)) strange[id] = "asked, not answered";
    }
  }
  for (const auto& [id, places] : places_) {
    if (known.contains(id)) continue;
    strange[id] = fmt::format("{} {}", places.size(), places.size() == 1 ? "entry" : "entries");
  }
  std::vector<std::string> unmatched;
  unmatched.reserve(strange.size());
  for (const auto& [id, what] : strange) {
    unmatched.push_back(fmt::format("image_id {} ({})", id, what));
  }
  return unmatched;
}

}  // namespace assay
