#include "model/coco_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/io/fields.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Stage = PredictionError::Stage;

constexpr std::size_t kFindingsShown = 20;

// What an entry of this sample may have as its image_id.
std::set<std::string> NamesOf(const std::string& key, std::span<const AnswerName> native) {
  std::set<std::string> names = {key};
  for (const AnswerName& name : native) {
    if (!name.prefix) names.insert(name.text);
  }
  return names;
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

std::set<std::string> ReadQueried(const fs::path& file) {
  std::set<std::string> asked;
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

std::string ImageIdOf(const Json& entry) {
  const auto id = entry.is_object() ? entry.find("image_id") : entry.end();
  if (!entry.is_object() || id == entry.end()) return "";
  return id->is_string() ? id->get<std::string>() : id->dump();
}

}  // namespace

CocoAnswers::CocoAnswers(const fs::path& file, CocoAbsent absent) : file_(file), absent_(absent) {
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

bool CocoAnswers::WasAsked(const std::set<std::string>& names) const {
  if (!queried_) return absent_ == CocoAbsent::kEmpty;
  return std::any_of(
      names.begin(), names.end(), [&](const auto& name) { return queried_->contains(name); });
}

std::string CocoAnswers::ReadEntry(const std::string& id, const JsonPlace& place) const {
  const auto changed = [&](const std::string& how) {
    return PredictionError(Stage::kRead,
                           "changed",
                           fmt::format("{}: {} an entry of {} was at byte {}; the file was changed "
                                       "while it was in use",
                                       file_.string(),
                                       how,
                                       id,
                                       place.offset));
  };
  std::string text;
  try {
    const Bytes bytes = ReadRange(file_, place.offset, place.length);
    text.assign(bytes.begin(), bytes.end());
  } catch (const FileError& error) {
    throw changed(error.problem + ";");
  }
  if (!text.starts_with('{') || !text.ends_with('}')) throw changed("there is no object where");
  Json entry;
  try {
    entry = ParseJson(text, file_.string());
  } catch (const ConfigError& error) {
    throw PredictionError(Stage::kRead,
                          "corrupt",
                          fmt::format("{}: the entry of {} at byte {}: {}",
                                      file_.string(),
                                      id,
                                      place.offset,
                                      error.findings.front().message));
  }
  if (ImageIdOf(entry) != id) throw changed("there is another entry where");
  return entry.dump();
}

std::optional<Answer> CocoAnswers::Get(const std::string& key,
                                       std::span<const AnswerName> native_names) const {
  const std::set<std::string> names = NamesOf(key, native_names);
  const std::map<std::string, Places>::value_type* found = nullptr;
  for (const std::string& name : names) {
    const auto at = places_.find(name);
    if (at == places_.end()) continue;
    if (found != nullptr) {
      throw PredictionError(Stage::kFind,
                            "ambiguous",
                            fmt::format("{}: {} has entries under the ids {} and {}; keep one",
                                        file_.string(),
                                        key,
                                        found->first,
                                        name));
    }
    found = &*at;
  }
  Answer answer;
  answer.file = file_;
  if (found == nullptr) {
    if (!WasAsked(names)) return std::nullopt;
    answer.declared_empty = true;
    return answer;
  }
  std::string text = "[";
  for (const JsonPlace& place : found->second) {
    text += (text.size() > 1 ? "," : "") + ReadEntry(found->first, place);
  }
  text += ']';
  answer.bytes.assign(text.begin(), text.end());
  return answer;
}

bool CocoAnswers::IsAnswered(const std::set<std::string>& names) const {
  return std::any_of(
      names.begin(), names.end(), [&](const auto& name) { return places_.contains(name); });
}

std::int64_t CocoAnswers::AbsentAsEmpty(std::span<const AnswerNames> samples) const {
  return std::count_if(samples.begin(), samples.end(), [&](const AnswerNames& sample) {
    const std::set<std::string> names = NamesOf(sample.key, sample.native);
    return !IsAnswered(names) && WasAsked(names);
  });
}

std::vector<std::string> CocoAnswers::AnsweredUnasked(std::span<const AnswerNames> samples) const {
  std::vector<std::string> keys;
  for (const AnswerNames& sample : samples) {
    const std::set<std::string> names = NamesOf(sample.key, sample.native);
    if (queried_ && IsAnswered(names) && !WasAsked(names)) keys.push_back(sample.key);
  }
  return keys;
}

std::vector<std::string> CocoAnswers::Unmatched(std::span<const AnswerNames> samples) const {
  std::map<std::string, std::string> ids;
  if (queried_) {
    for (const std::string& id : *queried_) ids[id] = "asked, not answered";
  }
  for (const auto& [id, places] : places_) {
    ids[id] = fmt::format("{} {}", places.size(), places.size() == 1 ? "entry" : "entries");
  }
  for (const AnswerNames& sample : samples) {
    for (const std::string& name : NamesOf(sample.key, sample.native)) ids.erase(name);
  }
  std::vector<std::string> unmatched;
  unmatched.reserve(ids.size());
  for (const auto& [id, what] : ids) unmatched.push_back(fmt::format("image_id {} ({})", id, what));
  return unmatched;
}

}  // namespace assay
