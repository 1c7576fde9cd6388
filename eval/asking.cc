#include "eval/asking.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// What a query asks in words; null for tasks that ask none.
std::string* WordsOf(ReferringTask::Query& query) { return &query.expression; }
std::string* WordsOf(InstancesTask::Query& query) { return &query.phrase; }
std::string* WordsOf(SemanticTask::Query&) { return nullptr; }
std::string* WordsOf(DepthTask::Query&) { return nullptr; }
std::string* WordsOf(NormalsTask::Query&) { return nullptr; }

template <class Value>
using ByKey = std::unordered_map<std::string, Value>;

std::optional<bool> AsPresence(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value == "yes") return true;
  if (value == "no") return false;
  return std::nullopt;
}

std::optional<std::string> AsExpression(const json& value) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) return std::nullopt;
  return value.get<std::string>();
}

template <class Value>
ByKey<Value> ReadByKey(const fs::path& file,
                       std::optional<Value> (*parse)(const json&),
                       const char* expected) {
  const json content = ParseJson(ReadText(file), file.string());
  if (!content.is_object()) {
    throw ConfigError(file.string(),
                      {{"", "must be an object: key of a sample to " + std::string(expected)}});
  }
  ByKey<Value> values;
  std::vector<Finding> findings;
  for (const auto& [key, value] : content.items()) {
    if (std::optional<Value> parsed = parse(value)) {
      values.emplace(key, *std::move(parsed));
    } else {
      findings.push_back({"/" + key, "is " + value.dump() + "; must be " + expected});
    }
  }
  if (!findings.empty()) throw ConfigError(file.string(), std::move(findings));
  return values;
}

template <class Task, class Value>
void RequireAll(const Dataset<Task>& dataset,
                const std::vector<std::size_t>& selection,
                const ByKey<Value>& values,
                const fs::path& file) {
  std::size_t lacking = 0;
  std::string first;
  for (const std::size_t index : selection) {
    const std::string key = dataset.Item(index).key;
    if (values.contains(key)) continue;
    if (lacking++ == 0) first = key;
  }
  if (lacking == 0) return;
  throw ConfigError(
      fmt::format("{}: {} of {} samples have no entry, {} among them\n"
                  "  add them, or choose others with --samples or --subset",
                  file.string(),
                  lacking,
                  selection.size(),
                  first));
}

struct Asked {
  std::optional<ByKey<bool>> presence;
  std::optional<ByKey<std::string>> rewrites;
};

template <class Task>
Asked ReadAsked(const Protocol& protocol,
                const Dataset<Task>& dataset,
                const std::vector<std::size_t>& selection) {
  Asked asked;
  if (!protocol.presence.empty()) {
    asked.presence = ReadByKey<bool>(protocol.presence, AsPresence, "\"yes\" or \"no\"");
    RequireAll(dataset, selection, *asked.presence, protocol.presence);
  }
  if (!protocol.rewrites.empty()) {
    asked.rewrites = ReadByKey<std::string>(protocol.rewrites, AsExpression, "an expression");
    RequireAll(dataset, selection, *asked.rewrites, protocol.rewrites);
  }
  return asked;
}

template <class Task>
class AskedDataset final : public Dataset<Task> {
 public:
  AskedDataset(std::unique_ptr<Dataset<Task>> dataset, Asked asked)
      : dataset_(std::move(dataset)), asked_(std::move(asked)) {}

  const DatasetInfo& Info() const override { return dataset_->Info(); }
  std::size_t Size() const override { return dataset_->Size(); }
  assay::Item<Task> Item(std::size_t index) const override {
    assay::Item<Task> item = dataset_->Item(index);
    if (asked_.presence) {
      const auto found = asked_.presence->find(item.key);
      item.known_absent = found != asked_.presence->end() && !found->second;
    }
    std::string* words = WordsOf(item.query);
    if (asked_.rewrites && words != nullptr) {
      const auto found = asked_.rewrites->find(item.key);
      if (found != asked_.rewrites->end()) *words = found->second;
    }
    return item;
  }
  RawTruth ReadTruth(std::size_t index) const override { return dataset_->ReadTruth(index); }
  typename Task::Truth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    return dataset_->DecodeTruth(index, raw);
  }
  RgbImage Image(std::size_t index) const override { return dataset_->Image(index); }
  bool SerialReads() const override { return dataset_->SerialReads(); }

 private:
  std::unique_ptr<Dataset<Task>> dataset_;
  Asked asked_;
};

}  // namespace

AnyDataset AskAs(const Protocol& protocol,
                 AnyDataset dataset,
                 const std::vector<std::size_t>& selection) {
  if (protocol.presence.empty() && protocol.rewrites.empty()) return dataset;
  return std::visit(
      [&]<class Task>(std::unique_ptr<Dataset<Task>>&& typed) -> AnyDataset {
        typename Task::Query query;
        if (WordsOf(query) == nullptr) {
          throw ConfigError(std::string("--presence and --rewrites are about what is asked in "
                                        "words; the task ")
                                .append(Task::kName)
                                .append(" asks none"));
        }
        Asked asked = ReadAsked(protocol, *typed, selection);
        return std::make_unique<AskedDataset<Task>>(std::move(typed), std::move(asked));
      },
      std::move(dataset));
}

std::vector<std::string> AskingLabel(const Protocol& protocol, bool oracle) {
  const json answer = json::parse(protocol.answer);
  std::vector<std::string> label;
  if (answer.contains("presence")) label.emplace_back("presence-gate");
  if (!oracle && answer.value("rewrites", "") == "none") label.emplace_back("no-rewrite");
  return label;
}

}  // namespace assay
