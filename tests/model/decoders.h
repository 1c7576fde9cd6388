// Decoders and answers for the tests of this folder.
#pragma once

#include <fmt/format.h>

#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "datasets/io/fields.h"
#include "datasets/io/image.h"
#include "model/catalog.h"

namespace assay {

inline void PrintTo(const Rgb8& color, std::ostream* out) {
  *out << fmt::format("({}, {}, {})", color.r, color.g, color.b);
}
inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << finding.pointer << ": " << finding.message;
}

namespace test {

struct Made {
  AnyDecoder decoder;
  std::vector<Finding> findings;
  nlohmann::json effective;
};

inline Made Make(std::string_view task, const nlohmann::json& answer) {
  Made made;
  Fields fields(answer, made.effective, made.findings, "/answer");
  made.decoder = MakeDecoder(task, fields);
  return made;
}

// Empty where the findings are not.
template <class Task>
std::unique_ptr<Decoder<Task>> MakeFor(const nlohmann::json& answer) {
  Made made = Make(Task::kName, answer);
  if (!made.findings.empty()) {
    throw ConfigError("answer", std::move(made.findings));
  }
  return std::get<std::unique_ptr<Decoder<Task>>>(std::move(made.decoder));
}

template <class Task>
std::unique_ptr<Codec<Task>> MakeCodec(const nlohmann::json& answer) {
  auto decoder = MakeFor<Task>(answer);
  auto* codec = dynamic_cast<Codec<Task>*>(decoder.release());
  return std::unique_ptr<Codec<Task>>(codec);
}

// What a format's own Make function says of its settings.
template <class Make>
std::vector<Finding> FindingsOf(Make&& make, const nlohmann::json& settings) {
  nlohmann::json effective;
  std::vector<Finding> findings;
  Fields fields(settings, effective, findings, "/answer");
  std::forward<Make>(make)(fields);
  fields.Finish();
  return findings;
}

// Throws ConfigError with every finding.
template <class Make>
auto MakeWith(Make&& make, const nlohmann::json& settings) {
  nlohmann::json effective;
  std::vector<Finding> findings;
  Fields fields(settings, effective, findings, "/answer");
  auto made = std::forward<Make>(make)(fields);
  fields.Finish();
  if (!findings.empty()) throw ConfigError("answer", std::move(findings));
  return made;
}

inline Answer AnswerOf(Bytes bytes, std::string name = "answer.png") {
  Answer answer;
  answer.file = std::move(name);
  answer.bytes = std::move(bytes);
  return answer;
}

// Squared, in RGB.
inline int Distance2(Rgb8 a, Rgb8 b) {
  return (a.r - b.r) * (a.r - b.r) + (a.g - b.g) * (a.g - b.g) + (a.b - b.b) * (a.b - b.b);
}

inline Frame FrameOf(Size size) { return {size, size}; }

// NaN where there is no diagnostic of this name.
inline double Find(const Diagnostics& diagnostics, std::string_view name) {
  for (const auto& [key, value] : diagnostics) {
    if (key == name) return value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// The PredictionError that `run` throws; a test failure elsewhere if it throws none.
template <class Run>
PredictionError ErrorOf(Run&& run) {
  try {
    std::forward<Run>(run)();
  } catch (const PredictionError& error) {
    return error;
  }
  return {PredictionError::Stage::kDecode, "nothing thrown", ""};
}

}  // namespace test
}  // namespace assay
