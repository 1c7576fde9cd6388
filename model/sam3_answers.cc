#include "model/sam3_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "datasets/io/errors.h"
#include "datasets/io/fields.h"
#include "datasets/io/file.h"
#include "model/reading.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Stage = PredictionError::Stage;

constexpr std::string_view kManifestRow = "manifest.jsonl: ";  // how SavedAnswers lists a row

// Paths may come from another system.
std::string BaseName(std::string_view path) {
  return std::string(path.substr(path.find_last_of("/\\") + 1));  // npos + 1 == 0
}

std::string TextOf(const Json& json, const char* name) {
  if (json.is_object() && json.contains(name) && json.at(name).is_string()) {
    return json.at(name).get<std::string>();
  }
  throw ConfigError("", {{std::string("/") + name, "is needed, as text"}});
}

std::vector<std::string> Extensions() { return {"json"}; }

std::string Joined(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Sam3Answers::Sam3Answers(const fs::path& folder, std::span<const AgentSample> samples)
    : folder_(folder), saved_(folder) {
  for (const AgentSample& sample : samples) {
    const Question question{sample.image, sample.prompt};
    samples_[sample.key] = question;
    keys_[question].push_back(sample.key);
  }
  std::vector<AnswerNames> names;
  for (const AgentSample& sample : samples) names.push_back({sample.key, {}});
  for (const std::string& name : saved_.Unmatched(names, Extensions())) ReadQuestion(name);
}

void Sam3Answers::ReadQuestion(const std::string& file) {
  if (file.starts_with(kManifestRow)) {
    strays_.push_back(file);
    return;
  }
  try {
    const Json json = ParseJson(ReadText(folder_ / file), "");
    files_[{BaseName(TextOf(json, "image_path")), TextOf(json, "text_prompt")}].push_back(file);
  } catch (const FileError& error) {
    strays_.push_back(file + ": " + error.problem);
  } catch (const ConfigError& error) {
    const Finding& finding = error.findings.front();
    const std::string gap = finding.pointer.empty() ? "" : " ";
    strays_.push_back(file + ": " + finding.pointer + gap + finding.message);
  }
}

std::optional<Answer> Sam3Answers::Get(const std::string& key) const {
  const auto sample = samples_.find(key);
  if (sample == samples_.end()) throw std::logic_error("Sam3Answers: no sample " + key);
  if (auto named = saved_.Get(key, {}, Extensions())) return named;

  const auto& [image, prompt] = sample->second;
  const auto found = files_.find(sample->second);
  if (found == files_.end()) return std::nullopt;
  const std::vector<std::string>& files = found->second;
  const std::vector<std::string>& keys = keys_.at(sample->second);
  if (files.size() > 1 || keys.size() > 1) {
    throw PredictionError(Stage::kFind,
                          "ambiguous",
                          fmt::format("{} of image {} and prompt '{}' could answer {}; name files "
                                      "in manifest.jsonl",
                                      Joined(files),
                                      image,
                                      prompt,
                                      Joined(keys)));
  }
  Answer answer;
  answer.file = folder_ / files.front();
  answer.bytes = ReadAnswer([&] { return ReadFile(answer.file); });
  return answer;
}

std::vector<std::string> Sam3Answers::Unmatched() const {
  std::vector<std::string> unmatched = strays_;
  for (const auto& [question, files] : files_) {
    if (keys_.contains(question)) continue;
    for (const std::string& file : files) {
      unmatched.push_back(
          fmt::format("{}: image {}, prompt '{}'", file, question.first, question.second));
    }
  }
  std::sort(unmatched.begin(), unmatched.end());
  return unmatched;
}

}  // namespace assay
