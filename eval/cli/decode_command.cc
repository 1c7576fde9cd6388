// assay decode: single answers outside any dataset.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/array.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "eval/cli/commands.h"
#include "model/catalog.h"

namespace assay::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

const CodecRow& FindCodec(const std::string& codec) {
  std::vector<std::string> names;
  for (const CodecRow& row : CodecCatalog()) {
    if (row.name == codec.substr(0, codec.find(':'))) return row;
    names.emplace_back(row.name);
  }
  const std::string hint = DidYouMean(codec, names);
  throw ConfigError("there is no codec '" + codec + "'" + (hint.empty() ? "" : "; " + hint) +
                    "\n  'assay list codecs' shows them all");
}

json AnswerSettings(const po::variables_map& given, const std::string& codec) {
  json settings = {{"codec", codec}};
  if (!given.contains("set")) return settings;
  for (const std::string& text : given["set"].as<std::vector<std::string>>()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) throw ConfigError("--set " + text + " must be KEY=VALUE");
    const json value = json::parse(text.substr(equals + 1), nullptr, false);
    settings[text.substr(0, equals)] = value.is_discarded() ? json(text.substr(equals + 1)) : value;
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
Frame OwnFrame(const Answer& answer) {
  if (SniffFormat(answer.bytes) == ImageFormat::kOther) return {};
  const Size size = DecodeHeader(answer.bytes, answer.file).size;
  return {size, size};
}

ordered_json Describe(const Decoded<SemanticTask>& decoded) {
  std::array<std::int64_t, 256> pixels{};
  for (const std::uint8_t id : decoded.value.Pixels()) ++pixels[id];
  ordered_json classes = ordered_json::object();
  for (const LabelClass& label : CityscapesLabels().classes) {
    if (pixels[label.id] > 0) classes[std::string(label.name)] = pixels[label.id];
  }
  return {{"size", {decoded.value.width(), decoded.value.height()}}, {"classes", classes}};
}

ordered_json Describe(const Decoded<DepthTask>& decoded) {
  std::vector<double> finite;
  for (const double depth : decoded.value.map.Pixels()) {
    if (std::isfinite(depth)) finite.push_back(depth);
  }
  std::sort(finite.begin(), finite.end());
  ordered_json depth = {{"min", nullptr}, {"median", nullptr}, {"max", nullptr}};
  if (!finite.empty()) {
    depth = {{"min", finite.front()},
             {"median", finite[(finite.size() - 1) / 2]},
             {"max", finite.back()}};
  }
  const Size size = decoded.value.map.size();
  return {{"size", {size.width, size.height}},
          {"depth_m", depth},
          {"not_finite", static_cast<std::int64_t>(size.Pixels() - finite.size())}};
}

// "off_path_p50" and its like become "off_path": {"p50": …}.
void AddDiagnostics(const Diagnostics& diagnostics, ordered_json& out) {
  for (const auto& [name, value] : diagnostics) {
    if (const std::size_t p = name.rfind("_p");
        p != std::string::npos && p + 2 < name.size() &&
        std::isdigit(static_cast<unsigned char>(name[p + 2])) != 0) {
      out[name.substr(0, p)][name.substr(p + 1)] = value;
    } else {
      out[name] = value;
    }
  }
}

void Save(const LabelMap& labels, const std::filesystem::path& stem) {
  WriteFile(stem.string() + ".png", EncodePng(labels));
}
void Save(const DepthValue& depth, const std::filesystem::path& stem) {
  WriteFile(stem.string() + ".npy", EncodeNpyFloat32(depth.map));
}

SemanticTask::Query QueryFor(const Decoder<SemanticTask>&) { return {&CityscapesLabels()}; }
DepthTask::Query QueryFor(const Decoder<DepthTask>&) { return {}; }

template <class Task>
ordered_json DecodeOne(const Decoder<Task>& decoder,
                       const std::string& codec,
                       const std::filesystem::path& file,
                       const std::filesystem::path& folder) {
  const Answer answer = ReadAnswer(file);
  const Decoded<Task> decoded = decoder.Decode(answer, QueryFor(decoder), OwnFrame(answer));
  ordered_json out = {{"file", file.string()}, {"codec", codec}};
  out.update(Describe(decoded));
  AddDiagnostics(decoded.diagnostics, out);
  if (!folder.empty()) Save(decoded.value, folder / file.stem());
  return out;
}

}  // namespace

int RunDecode(const Arguments& arguments) {
  CommandLine line("decode", "FILE... --codec NAME [--set key=value] [-o DIR] [--json]");
  line.options.add_options()("file", po::value<std::vector<std::string>>()->required(), "answers")(
      "codec", po::value<std::string>()->required()->value_name("NAME"), "see 'assay list codecs'")(
      "set",
      po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "a setting of the codec; see 'assay explain CODEC'")(
      "output,o", po::value<std::string>()->value_name("DIR"), "write the decoded values there")(
      "json", po::bool_switch(), "JSON Lines on standard output");
  line.positional.add("file", -1);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const std::string codec = Text(*given, "codec");
  const json settings = AnswerSettings(*given, codec);
  json effective;
  std::vector<Finding> findings;
  Fields fields(settings, effective, findings);
  const AnyDecoder decoder = MakeDecoder(FindCodec(codec).task, fields);
  if (!findings.empty()) throw ConfigError("codec " + codec, std::move(findings));

  int code = kOk;
  for (const std::string& file : (*given)["file"].as<std::vector<std::string>>()) {
    try {
      const ordered_json result = std::visit(
          [&](const auto& typed) { return DecodeOne(*typed, codec, file, Text(*given, "output")); },
          decoder);
      std::cout << result.dump((*given)["json"].as<bool>() ? -1 : 2) << "\n";
    } catch (const PredictionError& error) {
      std::cerr << "cannot be decoded: " << error.what() << "\n";
      code = kUncovered;
    }
  }
  return code;
}

}  // namespace assay::cli
