#include "eval/answers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "datasets/io/errors.h"
#include "model/coco_answers.h"
#include "model/sam3_answers.h"
#include "model/saved.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// How answers may be called, gone through once: a dataset may have to look a name up.
struct SampleNames {
  std::vector<AnswerNames> all;
  std::vector<AnswerNames> some;  // of the samples that a model is asked, unless it is all
  bool asks_all = true;

  std::span<const AnswerNames> Asked() const { return asks_all ? all : some; }
};

SampleNames CollectNames(const AnyDataset& dataset,
                         const std::vector<std::size_t>& selection,
                         std::size_t parts,
                         const std::vector<std::string>& in_folder) {
  SampleNames names;
  std::vector<bool> absent;
  std::visit(
      [&](const auto& typed) {
        for (std::size_t i = 0; i < typed->Size(); ++i) {
          auto item = typed->Item(i);
          absent.push_back(item.known_absent);
          auto native = NativeNames(item.key, item.native_names, in_folder);
          names.all.push_back({std::move(item.key), std::move(native), parts});
        }
      },
      dataset);
  const bool any_absent = std::find(absent.begin(), absent.end(), true) != absent.end();
  names.asks_all = selection.size() == names.all.size() && !any_absent;
  if (names.asks_all) return names;
  for (const std::size_t index : selection) {
    if (!absent[index]) names.some.push_back(names.all[index]);
  }
  return names;
}

class OneFile final : public AnswerSource {
 public:
  explicit OneFile(CocoAnswers answers) : answers_(std::move(answers)) {}
  std::optional<Answer> Get(const std::string& key,
                            std::span<const AnswerName> native_names,
                            std::span<const std::string> /*extensions*/) const override {
    return answers_.Get(key, native_names);
  }
  std::vector<std::string> Unmatched(std::span<const AnswerNames> samples,
                                     std::span<const std::string> /*extensions*/) const override {
    return answers_.Unmatched(samples);
  }

 private:
  CocoAnswers answers_;
};

class AgentFolder final : public AnswerSource {
 public:
  explicit AgentFolder(Sam3Answers answers) : answers_(std::move(answers)) {}
  std::optional<Answer> Get(const std::string& key,
                            std::span<const AnswerName> /*native_names*/,
                            std::span<const std::string> /*extensions*/) const override {
    return answers_.Get(key);
  }
  std::vector<std::string> Unmatched(std::span<const AnswerNames> /*samples*/,
                                     std::span<const std::string> /*extensions*/) const override {
    return answers_.Unmatched();
  }

 private:
  Sam3Answers answers_;
};

// What a sample asks in words; tasks that ask none have no agent's answers.
std::string AskedOf(const ReferringTask::Query& query) { return query.expression; }
std::string AskedOf(const InstancesTask::Query& query) { return query.phrase; }
std::string AskedOf(const SemanticTask::Query&) { return ""; }
std::string AskedOf(const DepthTask::Query&) { return ""; }
std::string AskedOf(const NormalsTask::Query&) { return ""; }

std::vector<AgentSample> AgentSamples(const AnyDataset& dataset) {
  std::vector<AgentSample> samples;
  std::visit(
      [&](const auto& typed) {
        for (std::size_t i = 0; i < typed->Size(); ++i) {
          const auto item = typed->Item(i);
          samples.push_back(
              {item.key, fs::path(item.image).filename().string(), AskedOf(item.query)});
        }
      },
      dataset);
  return samples;
}

OpenedAnswers OpenOneFile(const fs::path& file,
                          std::span<const AnswerNames> asked,
                          const AnswerOptions& options) {
  if (options.absent_is_missing) {
    return {std::make_unique<OneFile>(CocoAnswers(file, CocoAbsent::kMissing)),
            {"coco-absent=missing"}};
  }
  if (!options.queried.empty()) {
    CocoAnswers answers(file, options.queried);
    const std::vector<std::string> strange = answers.AnsweredUnasked(asked);
    if (!strange.empty()) {
      throw ConfigError(fmt::format(
          "--queried {}: {} samples are answered in {} and not on this list, {} among them; it is "
          "the list of other answers",
          options.queried.string(),
          strange.size(),
          file.string(),
          strange.front()));
    }
    return {std::make_unique<OneFile>(std::move(answers))};
  }
  CocoAnswers answers(file);
  const std::int64_t absent = answers.AbsentAsEmpty(asked);
  // Nothing at all is no set of answers that found nothing.
  if (absent > 0 && absent == static_cast<std::int64_t>(asked.size())) {
    return {std::make_unique<OneFile>(CocoAnswers(file, CocoAbsent::kMissing)),
            {"coco-absent=missing"}};
  }
  OpenedAnswers opened{std::make_unique<OneFile>(std::move(answers))};
  if (absent > 0) opened.label.push_back(fmt::format("coco-absent=empty {}", absent));
  return opened;
}

OpenedAnswers OpenSource(const Protocol& protocol,
                         const AnyDataset& dataset,
                         std::span<const AnswerNames> asked,
                         const AnswerOptions& options) {
  const std::string codec = nlohmann::json::parse(protocol.answer).value("codec", "");
  fs::path file = options.predictions;
  if (fs::is_directory(file)) file /= protocol.name + ".json";
  if (codec == "coco-json" && fs::is_regular_file(file)) return OpenOneFile(file, asked, options);
  if (fs::is_regular_file(options.predictions)) {
    throw ConfigError(options.predictions.string() +
                      ": is a file; answers are read from a folder, or with --format coco-json "
                      "from one file");
  }
  if (options.absent_is_missing || !options.queried.empty()) {
    throw ConfigError(
        "--coco-absent and --queried are about answers in one file of --format coco-json");
  }
  if (codec == "sam3-agent") {
    return {std::make_unique<AgentFolder>(Sam3Answers(options.predictions, AgentSamples(dataset)))};
  }
  return {std::make_unique<SavedAnswers>(options.predictions)};
}

}  // namespace

std::vector<AnswerName> NativeNames(const std::string& key,
                                    const std::vector<NameRule>& rules,
                                    const std::vector<std::string>& in_folder) {
  std::vector<AnswerName> names;
  names.reserve(rules.size() + (rules.size() + 1) * in_folder.size());
  for (const NameRule& rule : rules) {
    names.push_back({rule.kind == NameRule::Kind::kPrefix, rule.text});
  }
  int level = 0;
  for (const std::string& name : in_folder) {
    const std::string tail = "/" + name;
    names.push_back({false, key + tail, ++level});
    for (const NameRule& rule : rules) {
      if (rule.kind != NameRule::Kind::kPath) continue;
      names.push_back({false, rule.text + tail, level});
    }
  }
  return names;
}

OpenedAnswers OpenAnswers(const Protocol& protocol,
                          const AnyDataset& dataset,
                          const std::vector<std::size_t>& selection,
                          const AnswerOptions& options) {
  const std::size_t parts = std::visit(
      [](const auto& evaluation) { return evaluation.decoder->Parts(); }, protocol.evaluation);
  const std::vector<std::string> in_folder =
      std::visit([](const auto& evaluation) { return evaluation.decoder->NamesInFolder(); },
                 protocol.evaluation);
  const SampleNames names = CollectNames(dataset, selection, parts, in_folder);
  OpenedAnswers opened = OpenSource(protocol, dataset, names.Asked(), options);
  const std::vector<std::string> extensions = std::visit(
      [](const auto& evaluation) { return evaluation.decoder->Extensions(); }, protocol.evaluation);
  opened.unmatched = opened.source->Unmatched(names.all, extensions);
  return opened;
}

}  // namespace assay
