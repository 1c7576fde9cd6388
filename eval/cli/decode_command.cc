// assay decode: single answers outside any dataset.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "eval/cli/commands.h"
#include "eval/cli/decoded_values.h"
#include "model/catalog.h"

namespace assay::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// The task of a codec: the one given, or the only one it serves.
std::string TaskOf(const std::string& codec, const std::string& given) {
  std::vector<std::string> names;
  std::vector<std::string> tasks;
  for (const CodecRow& row : CodecCatalog()) {
    if (row.name == codec.substr(0, codec.find(':'))) tasks.emplace_back(row.task);
    names.emplace_back(row.name);
  }
  if (tasks.empty()) {
    const std::string hint = DidYouMean(codec, names);
    throw ConfigError("there is no codec '" + codec + "'" + (hint.empty() ? "" : "; " + hint) +
                      "\n  'assay list codecs' shows them all");
  }
  if (given.empty() && tasks.size() == 1) return tasks.front();
  if (std::find(tasks.begin(), tasks.end(), given) != tasks.end()) return given;
  throw ConfigError(fmt::format(
      "codec {} is for {}{}",
      codec,
      fmt::join(tasks, ", "),
      given.empty() ? "; say which with --task" : ", not for the task '" + given + "'"));
}

// "640x480"
Size ParseSize(const std::string& text) {
  Size size;
  const std::size_t cross = text.find('x');
  const auto parse = [](std::string_view digits, int& number) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() && number > 0;
  };
  if (cross == std::string::npos || !parse(std::string_view(text).substr(0, cross), size.width) ||
      !parse(std::string_view(text).substr(cross + 1), size.height)) {
    throw ConfigError("--size " + text + " must be WIDTHxHEIGHT in pixels, for example 640x480");
  }
  return size;
}

json AnswerSettings(const po::variables_map& given, const std::string& codec) {
  json settings = {{"codec", codec}};
  for (const auto& [name, text] : SetPairs(given)) {
    if (settings.contains(name)) {
      throw ConfigError("--set " + name + ": is given already; keep one");
    }
    const json value = json::parse(text, nullptr, false);
    settings[name] = value.is_discarded() ? json(text) : value;
  }
  return settings;
}

Answer ReadAnswer(const std::filesystem::path& file) {
  Answer answer;
  answer.file = file;
  answer.bytes = ReadFile(file);
  return answer;
}

// Painted answers are decoded at their own size; arrays ignore the frame.
Frame OwnFrame(const Answer& answer, Size stated) {
  if (stated.width > 0) return {stated, stated};
  if (answer.file.extension() == ".json") {
    throw ConfigError(answer.file.string() +
                      ": a JSON answer does not state the size of its image; give it with --size");
  }
  if (SniffFormat(answer.bytes) == ImageFormat::kOther) return {};
  const Size size = DecodeHeader(answer.bytes, answer.file).size;
  return {size, size};
}

bool IsQuantile(const std::string& name) {
  return name == "max" || (name.size() > 1 && name[0] == 'p' &&
                           name.find_first_not_of("0123456789", 1) == std::string::npos);
}

// Counts are written as whole numbers; "off_path_p50" and its like become
// "off_path": {"p50": …}.
void AddDiagnostics(const Diagnostics& diagnostics, ordered_json& out) {
  for (const auto& [name, value] : diagnostics) {
    const std::size_t last = name.rfind('_');
    const std::string tail = last == std::string::npos ? "" : name.substr(last + 1);
    if (out.contains(name)) continue;  // counted by Describe
    if (tail != "share" && !IsQuantile(tail) && value == std::floor(value)) {
      out[name] = static_cast<std::int64_t>(value);
    } else if (IsQuantile(tail)) {
      out[name.substr(0, last)][tail] = value;
    } else {
      out[name] = value;
    }
  }
}

SemanticTask::Query QueryFor(const Decoder<SemanticTask>&) { return {&CityscapesLabels()}; }
DepthTask::Query QueryFor(const Decoder<DepthTask>&) { return {}; }
ReferringTask::Query QueryFor(const Decoder<ReferringTask>&) { return {}; }
InstancesTask::Query QueryFor(const Decoder<InstancesTask>&) { return {}; }
NormalsTask::Query QueryFor(const Decoder<NormalsTask>&) { return {}; }

// Where the decoded value of a file goes, without extension.
std::filesystem::path StemIn(const std::filesystem::path& folder,
                             const std::filesystem::path& file) {
  return folder / file.stem();
}

// Two answers must not be written to one place, nor over the answers themselves.
void CheckOutputs(const std::vector<std::string>& files, const std::filesystem::path& folder) {
  if (folder.empty()) return;
  std::map<std::filesystem::path, std::string> taken;
  std::vector<Finding> findings;
  for (const std::string& file : files) {
    const auto [other, fresh] = taken.emplace(StemIn(folder, file), file);
    if (!fresh) {
      findings.push_back({file,
                          "and " + other->second + " would both be written to " +
                              other->first.string() + ".*; decode them apart"});
    }
    std::error_code failed;
    if (std::filesystem::equivalent(
            std::filesystem::absolute(file).parent_path(), folder, failed)) {
      findings.push_back({file, "lies in the output folder; -o needs another one"});
    }
  }
  if (!findings.empty()) throw ConfigError("-o " + folder.string(), std::move(findings));
}

template <class Task>
ordered_json DecodeOne(const Decoder<Task>& decoder,
                       const std::filesystem::path& file,
                       const std::filesystem::path& folder,
                       Size stated) {
  if (decoder.Parts() > 1) {
    throw ConfigError("decode reads answers of one image each, and these settings make it " +
                      std::to_string(decoder.Parts()) + " a sample");
  }
  const Answer answer = ReadAnswer(file);
  const Decoded<Task> decoded = decoder.Decode(answer, QueryFor(decoder), OwnFrame(answer, stated));
  ordered_json out = Describe(decoded);
  AddDiagnostics(decoded.diagnostics, out);
  if (!folder.empty()) Save(decoded, StemIn(folder, file));
  return out;
}

// What became of one file, for people and for the JSON line.
struct Line {
  ordered_json json;
  int code = kOk;
};

Line Faulty(const std::string& error_code, const std::string& detail, int exit_code) {
  std::cerr << "cannot be decoded: " << detail << "\n";
  return {{{"error", {{"code", error_code}, {"detail", detail}}}}, exit_code};
}

Line DecodeAny(const AnyDecoder& decoder,
               const std::string& file,
               const std::string& folder,
               Size stated) {
  try {
    return {std::visit([&](const auto& typed) { return DecodeOne(*typed, file, folder, stated); },
                       decoder)};
  } catch (const PredictionError& error) {
    return Faulty(error.code, error.detail, kUncovered);
  } catch (const FileError& error) {
    return Faulty(error.code, error.what(), kUncovered);
  }
}

AnyDecoder DecoderFor(const std::string& codec, const std::string& task, const json& settings) {
  json effective;
  std::vector<Finding> findings;
  Fields fields(settings, effective, findings);
  AnyDecoder decoder = MakeDecoder(task, fields);
  if (!findings.empty()) throw ConfigError("codec " + codec, std::move(findings));
  return decoder;
}

}  // namespace

int RunDecode(const Arguments& arguments) {
  CommandLine line(
      "decode", "FILE... --codec NAME [--task T] [--size WxH] [--set key=value] [-o DIR] [--json]");
  line.arguments.add_options()("file", po::value<std::vector<std::string>>()->required());
  line.options.add_options()(
      "codec", po::value<std::string>()->required()->value_name("NAME"), "see 'assay list codecs'")(
      "set",
      po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "a setting of the codec; see 'assay explain CODEC'")(
      "task",
      po::value<std::string>()->value_name("TASK"),
      "what the answers say, where a codec serves several tasks")(
      "size",
      po::value<std::string>()->value_name("WxH"),
      "of the image that was asked about (default: the answer's own)")(
      "output,o", po::value<std::string>()->value_name("DIR"), "write the decoded values there")(
      "json", po::bool_switch(), "JSON Lines on standard output");
  line.positional.add("file", -1);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const std::string codec = Text(*given, "codec");
  const std::string folder = Text(*given, "output");
  const auto files = (*given)["file"].as<std::vector<std::string>>();
  CheckOutputs(files, folder);
  const AnyDecoder decoder =
      DecoderFor(codec, TaskOf(codec, Text(*given, "task")), AnswerSettings(*given, codec));
  const std::string size = Text(*given, "size");
  const Size stated = size.empty() ? Size{} : ParseSize(size);
  const bool as_lines = (*given)["json"].as<bool>();
  int code = kOk;
  for (const std::string& file : files) {
    const Line decoded = DecodeAny(decoder, file, folder, stated);
    ordered_json out = {{"file", file}, {"codec", codec}};
    out.update(decoded.json);
    if (as_lines || decoded.code == kOk) std::cout << out.dump(as_lines ? -1 : 2) << "\n";
    code = std::max(code, decoded.code);
  }
  return code;
}

}  // namespace assay::cli
