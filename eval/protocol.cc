#include "eval/protocol.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "datasets/catalog.h"
#include "datasets/folder_description.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/file.h"
#include "model/catalog.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr std::string_view kAlignSuffix = "+align=";
constexpr int kMaxExtends = 8;

// What a file says about itself; never taken from what it extends.
constexpr std::array kOwnWords = {"title", "source", "verified"};

json ParseFile(const std::filesystem::path& path) {
  return ParseJson(ReadText(path), path.string());
}

std::filesystem::path PathOf(const ConfigRoot& configs, const std::string& name) {
  return configs.folder() / "protocols" / (name + ".json");
}

// The file's content with everything it extends merged below it.
json ReadExtended(const ConfigRoot& configs, const std::string& name, int depth) {
  const bool own = IsProtocolFile(name);
  const std::filesystem::path path = own ? std::filesystem::path(name) : PathOf(configs, name);
  if (!own && (name.find('/') != std::string::npos || !std::filesystem::exists(path))) {
    const std::string hint = DidYouMean(name, configs.ProtocolNames());
    throw ConfigError(
        "protocol '" + name + "' does not exist in " + (configs.folder() / "protocols").string() +
        (hint.empty() ? "" : "; " + hint) + "\n  'assay list protocols' shows them all");
  }
  json content = ParseFile(path);
  if (!content.is_object()) throw ConfigError(path.string(), {{"", "must be an object"}});
  const auto base = content.find("extends");
  if (base == content.end()) return content;
  if (!base->is_string() || depth >= kMaxExtends) {
    throw ConfigError(path.string(),
                      {{"/extends", "must name another protocol, without a circle"}});
  }
  json merged = ReadExtended(configs, base->get<std::string>(), depth + 1);
  content.erase("extends");
  for (const char* word : kOwnWords) merged.erase(word);
  merged.merge_patch(content);
  return merged;
}

// A --set value is JSON where it parses as such, and a text otherwise.
json OverrideValue(const std::string& text) {
  json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? json(text) : value;
}

void ApplyOverride(json& content, const std::string& dotted, const json& value) {
  json* node = &content;
  std::size_t begin = 0;
  while (true) {
    const std::size_t dot = dotted.find('.', begin);
    json& child = (*node)[dotted.substr(begin, dot - begin)];
    if (dot == std::string::npos) {
      child = value;
      return;
    }
    if (!child.is_object()) child = json::object();
    node = &child;
    begin = dot + 1;
  }
}

// Of two values for one field, or for a field and a part of it, one would be
// dropped without a word.
void CheckOverrides(const ProtocolOverrides& overrides) {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < overrides.set.size(); ++i) {
    const std::string& field = overrides.set[i].first;
    for (std::size_t j = 0; j < i; ++j) {
      const std::string& other = overrides.set[j].first;
      if (field == other) {
        findings.push_back({field, "is given twice; keep one"});
      } else if (field.starts_with(other + ".") || other.starts_with(field + ".")) {
        findings.push_back({field, "and " + other + " overlap; keep one"});
      }
    }
  }
  if (!findings.empty()) throw ConfigError("--set", std::move(findings));
}

// Settings of what is asked, whatever the answer is written in.
constexpr std::array<std::string_view, 2> kAnswerFiles = {"presence", "rewrites"};

void ApplyOverrides(json& content, const ProtocolOverrides& overrides) {
  CheckOverrides(overrides);
  for (const auto& [field, value] : overrides.set) {
    ApplyOverride(content, field, OverrideValue(value));
  }
  if (!overrides.format.empty()) {
    // A native format has none of the painted codec's settings; those that were
    // given on the command line stay.
    json answer = {{"codec", overrides.format}};
    const json before = content.value("answer", json::object());
    for (const std::string_view name : kAnswerFiles) {
      if (before.contains(name)) answer[std::string(name)] = before.at(name);
    }
    for (const auto& [field, value] : overrides.set) {
      if (field.starts_with("answer.")) {
        ApplyOverride(answer, field.substr(7), OverrideValue(value));
      }
    }
    content["answer"] = std::move(answer);
  }
  if (!overrides.palette.empty()) content["answer"]["palette"] = ParseFile(overrides.palette);
  if (!overrides.presence.empty()) content["answer"]["presence"] = overrides.presence.string();
  if (!overrides.rewrites.empty()) content["answer"]["rewrites"] = overrides.rewrites.string();
}

// Fields that describe a protocol without changing any number.
void ReadAbout(Fields& fields, Protocol& protocol) {
  protocol.title = fields.Text("title", "");
  protocol.source = fields.Text("source", "");
  protocol.verified = fields.Flag("verified", false);
  protocol.coverage_floor = fields.Number("coverage_floor", 1, {.min = 0, .max = 1});
}

// A field "name" that is the path of a file, with its hash beside it as
// "name_sha256": so a report can be made again where the file is not, and paths stay
// out of hash and report.
constexpr std::string_view kPinSuffix = "_sha256";
constexpr std::string_view kNoFile = "none";

void PinFile(json& object, std::string_view name, const std::string& pointer) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string() || *field == "" || *field == kNoFile) return;
  const std::filesystem::path path = field->get<std::string>();
  if (!std::filesystem::is_regular_file(path)) {
    throw ConfigError("protocol", {{pointer, path.string() + " is no file"}});
  }
  const std::string pin = std::string(name).append(kPinSuffix);
  const std::string found = Sha256(ReadFile(path));
  const std::string stated = object.value(pin, found);
  if (stated != found) {
    throw ConfigError("protocol",
                      {{pointer + std::string(kPinSuffix),
                        "is " + stated + ", " + path.string() + " has " + found}});
  }
  object[pin] = found;
}

void PinFiles(json& content) {
  PinFile(content, "list", "/list");
  if (const auto answer = content.find("answer"); answer != content.end() && answer->is_object()) {
    for (const std::string_view name : kAnswerFiles) {
      PinFile(*answer, name, "/answer/" + std::string(name));
    }
  }
}

// In settings and hashes the file stands as its hash.
void ReplaceByPin(json& effective, std::string_view name) {
  const std::string pin = std::string(name).append(kPinSuffix);
  if (const auto pinned = effective.find(pin); pinned != effective.end()) {
    effective[std::string(name)] = *pinned;
    effective.erase(pin);
  }
}

// A folder of one's own is what its description says, defaults expanded.
void ReadFolder(Fields& fields,
                Protocol& protocol,
                std::string_view task,
                json& effective,
                std::vector<Finding>& findings) {
  if (!protocol.dataset.starts_with("folder-")) return;
  const json given = fields.Any("folder", json::object());
  ReadFolderDescription(given, task, "/folder", effective, findings);
  protocol.folder = given.dump();
}

// Colours for classes that the answer part gives none.
void AddFolderPalette(json& content) {
  const auto folder = content.find("folder");
  if (folder == content.end() || !folder->is_object() || !folder->contains("classes")) return;
  json& answer = content["answer"];
  if (answer.is_null()) answer = json::object();
  if (!answer.is_object()) return;
  if (!IsPainted(answer.value("codec", "rgb")) || answer.contains("palette")) return;
  for (const json& one : folder->at("classes")) {
    if (one.is_object() && one.contains("name") && one.at("name").is_string() &&
        one.contains("color")) {
      answer["palette"][one.at("name").get<std::string>()] = one.at("color");
    }
  }
}

// The dataset row decides the task.
const DatasetRow* ReadDataset(Fields& fields, Protocol& protocol) {
  protocol.dataset = fields.Text("dataset", "");
  protocol.split = fields.Text("split", "");
  protocol.list = fields.Text("list", "");
  if (fields.Has("list_sha256")) fields.Text("list_sha256", "");
  protocol.expected_count = fields.Integer("expected_count", 0, 0);
  try {
    return &FindDataset(protocol.dataset);
  } catch (const ConfigError& error) {
    fields.Report("dataset", error.what());
    return nullptr;
  }
}

// Files of the answer part, whatever the codec; a field that is not given stays out of
// the settings.
std::filesystem::path ReadAnswerFile(Fields& answer, std::string_view name) {
  const std::string pin = std::string(name).append(kPinSuffix);
  if (answer.Has(pin)) answer.Text(pin, "");
  const std::string path = answer.Has(name) ? answer.Text(name, "") : "";
  return path == kNoFile ? "" : path;
}

template <class Task>
void CheckHeadline(const Evaluation<Task>& evaluation,
                   const std::vector<std::string>& headline,
                   Fields& fields) {
  std::vector<std::string> names;
  const auto& metric = evaluation.metric;
  for (const MetricValue& value : evaluation.Summarise(metric.Finish(metric.Start())).metrics) {
    names.push_back(value.name);
  }
  for (const std::string& name : headline) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string hint = DidYouMean(name, names);
    fields.Report(
        "headline",
        "'" + name + "' is no metric of this protocol" + (hint.empty() ? "" : "; " + hint));
  }
}

template <class Task>
AnyEvaluation ReadEvaluation(Fields& fields, Protocol& protocol, Fields& answer) {
  using E = Evaluation<Task>;
  auto metric = E::ReadSettings(fields);
  protocol.headline = fields.Names("headline", E::DefaultHeadline());
  protocol.scorer_version = E::kScorerVersion;
  protocol.presence = ReadAnswerFile(answer, "presence");
  protocol.rewrites = ReadAnswerFile(answer, "rewrites");
  AnyDecoder decoder = MakeDecoder(Task::kName, answer);
  auto* typed = std::get_if<std::unique_ptr<Decoder<Task>>>(&decoder);
  E evaluation{std::move(metric), typed == nullptr ? nullptr : std::move(*typed)};
  CheckHeadline(evaluation, protocol.headline, fields);
  return evaluation;
}

struct TaskRow {
  std::string_view name;
  AnyEvaluation (*read)(Fields& fields, Protocol& protocol, Fields& answer);
};
constexpr TaskRow kTasks[] = {{DepthTask::kName, ReadEvaluation<DepthTask>},
                              {InstancesTask::kName, ReadEvaluation<InstancesTask>},
                              {NormalsTask::kName, ReadEvaluation<NormalsTask>},
                              {ReferringTask::kName, ReadEvaluation<ReferringTask>},
                              {SemanticTask::kName, ReadEvaluation<SemanticTask>}};

// Descriptive fields are cut out before hashing, and a list is known by its hash.
std::string Canonical(json effective, int scorer_version) {
  effective["scorer_version"] = scorer_version;
  for (const char* name : kOwnWords) effective.erase(name);
  effective.erase("answer");
  ReplaceByPin(effective, "list");
  return effective.dump();
}

// Everything after the files are read: a function of the content alone.
Protocol FromContent(const std::string& name, json content) {
  Protocol protocol;
  protocol.name = name;
  protocol.requested = json{{"name", name}, {"content", content}}.dump();
  AddFolderPalette(content);
  std::vector<Finding> findings;
  json effective;
  json folder;
  Fields fields(content, effective, findings);
  ReadAbout(fields, protocol);
  const DatasetRow* row = ReadDataset(fields, protocol);
  Fields answer = fields.Object("answer");
  if (row != nullptr) {
    protocol.task = row->task;
    ReadFolder(fields, protocol, row->task, folder, findings);
    for (const TaskRow& task : kTasks) {
      if (task.name == row->task) protocol.evaluation = task.read(fields, protocol, answer);
    }
    fields.Finish();
  }
  if (!findings.empty()) throw ConfigError("protocol " + name, std::move(findings));

  if (!folder.is_null()) {
    // Neither changes a number.
    folder.erase("licence");
    folder.erase("slices");
    effective["folder"] = folder;
  }
  protocol.settings = Canonical(effective, protocol.scorer_version);
  for (const std::string_view file : kAnswerFiles) ReplaceByPin(effective["answer"], file);
  protocol.answer = effective["answer"].dump();
  protocol.hash = Sha256(protocol.settings);
  protocol.answer_hash = Sha256(protocol.answer);
  return protocol;
}

}  // namespace

bool IsProtocolFile(std::string_view name) { return name.ends_with(".json"); }

ConfigRoot::ConfigRoot(std::filesystem::path folder) : folder_(std::move(folder)) {
  if (!std::filesystem::is_directory(folder_ / "protocols")) {
    throw ConfigError("there is no folder protocols/ in '" + folder_.string() +
                      "'; set ASSAY_CONFIGS to assay's configs folder");
  }
}

std::vector<std::string> ConfigRoot::ProtocolNames() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "protocols")) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

namespace {

// What a protocol's own file calls it; its file name, where it does not say.
std::string TakeName(const std::string& path, json& content) {
  const json stated = content.value("name", json(std::filesystem::path(path).stem().string()));
  content.erase("name");
  if (!stated.is_string()) throw ConfigError(path, {{"/name", "must be text"}});
  return stated.get<std::string>();
}

}  // namespace

Protocol LoadProtocol(const ConfigRoot& configs,
                      const std::string& name,
                      const ProtocolOverrides& overrides) {
  const std::size_t suffix = name.find(kAlignSuffix);
  json content = ReadExtended(configs, name.substr(0, suffix), 0);
  if (suffix != std::string::npos) {
    content["align"] = {{"name", name.substr(suffix + kAlignSuffix.size())}};
  }
  ApplyOverrides(content, overrides);
  // What a test holds is the protocol as shipped.
  const bool as_shipped =
      suffix == std::string::npos &&
      std::all_of(overrides.set.begin(), overrides.set.end(), [](const auto& field) {
        return field.first == "list" || field.first.starts_with("answer.");
      });
  if (!as_shipped) content["verified"] = false;
  PinFiles(content);
  std::string stated = name;
  if (IsProtocolFile(name)) stated = TakeName(name, content);
  Protocol protocol = FromContent(stated, content);
  protocol.shipped_lists = configs.folder() / "lists";
  return protocol;
}

Protocol LoadRequested(const std::string& requested) {
  const json text = json::parse(requested);
  return FromContent(text.at("name").get<std::string>(), text.at("content"));
}

std::string ShortHash(const std::string& hash) {
  constexpr std::string_view kScheme = "sha256:";
  return "#" + (hash.starts_with(kScheme) ? hash.substr(kScheme.size(), 8) : hash.substr(0, 8));
}

}  // namespace assay
