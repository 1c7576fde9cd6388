// Opening the answers to a dataset, in whatever form they were saved.
//
//   a folder              one file a sample (model/saved.h); with the format
//                         sam3-agent also by image and prompt (model/sam3_answers.h)
//   a file, coco-json     all answers in one (model/coco_answers.h); of a folder,
//                         its file <protocol>.json where there is one
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "datasets/catalog.h"
#include "eval/protocol.h"
#include "model/answer_source.h"

namespace assay {

struct AnswerOptions {
  std::filesystem::path predictions;
  // coco-json in one file: a sample without an entry was not answered, instead of
  // answered with nothing.
  bool absent_is_missing = false;
  std::filesystem::path queried = {};  // what was asked; decides for each sample instead
};

struct OpenedAnswers {
  std::unique_ptr<AnswerSource> source;
  std::vector<std::string> label = {};  // what must stand beside every number
  // Answers that belong to no sample of the dataset, selected or not.
  std::vector<std::string> unmatched = {};
};

// Throws ConfigError: nothing there, a file with a format that is not coco-json,
// --coco-absent or --queried without such a file, a list of what was asked that is not
// of these answers.
OpenedAnswers OpenAnswers(const Protocol& protocol,
                          const AnyDataset& dataset,
                          const std::vector<std::size_t>& selection,
                          const AnswerOptions& options);

// A sample's names usual for its dataset, and behind them, each a level of its own, the names
// in a folder called like the sample: <key>/depth, or <image without extension>/depth.
std::vector<AnswerName> NativeNames(const std::string& key,
                                    const std::vector<NameRule>& rules,
                                    const std::vector<std::string>& in_folder);

}  // namespace assay
