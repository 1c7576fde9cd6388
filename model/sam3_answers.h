// A folder of SAM 3 agent files (model/sam3_agent.h), matched to samples.
//
// The agent names its files <image>_<prompt>_agent_<llm>_pred.json with parts cut off and
// letters replaced, so that names prove nothing. Look-up order for a sample: the
// folder's manifest.jsonl and <key>.json (model/saved.h); then the one file whose
// image_path has the base name of the sample's image and whose text_prompt is what the
// sample asks. Two such files, or two samples with that image and prompt, are an error.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/prediction.h"
#include "model/saved.h"

namespace assay {

struct AgentSample {
  std::string key;
  std::string image;   // base name, with its extension
  std::string prompt;  // noun phrase or expression
};

class Sam3Answers {
 public:
  // Reads every .json file that no key and no manifest names. Throws ConfigError as
  // SavedAnswers does.
  Sam3Answers(const std::filesystem::path& folder, std::span<const AgentSample> samples);

  // nullopt = missing. Throws PredictionError as SavedAnswers::Get does, ambiguous also
  // for two files or two samples of one image and prompt; std::logic_error for a key
  // that is none of the samples'.
  std::optional<Answer> Get(const std::string& key) const;

  // Files that belong to none of the samples, in byte order, with the reason.
  std::vector<std::string> Unmatched() const;

 private:
  using Question = std::pair<std::string, std::string>;  // image, prompt

  void ReadQuestion(const std::string& file);

  std::filesystem::path folder_;
  SavedAnswers saved_;
  std::map<std::string, Question> samples_;            // by key
  std::map<Question, std::vector<std::string>> keys_;  // of the samples
  // Paths below the folder that no key or manifest names, in byte order.
  std::map<Question, std::vector<std::string>> files_;
  std::vector<std::string> strays_;  // what cannot be matched, with the reason
};

}  // namespace assay
