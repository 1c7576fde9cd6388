#include "model/sam3_agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/io/fields.h"

namespace assay {
namespace {

using Json = nlohmann::json;
using Stage = PredictionError::Stage;

struct AgentAnswer {
  std::string text_prompt;
  std::vector<Instance> instances;
};

// Reads the object of one file; knows its name.
class AgentReader {
 public:
  AgentReader(const Answer& answer, Size grid) : file_(answer.file.string()), grid_(grid) {
    try {
      json_ = ParseJson(std::string(answer.bytes.begin(), answer.bytes.end()), file_);
    } catch (const ConfigError& error) {
      throw PredictionError(Stage::kRead, "corrupt", error.what());
    }
    if (!json_.is_object()) throw Bad("must hold an object");
  }

  AgentAnswer Read() const {
    CheckSize();
    const Json& masks = List("pred_masks");
    const Json& boxes = List("pred_boxes");
    const Json& scores = List("pred_scores");
    if (boxes.size() != masks.size() || scores.size() != masks.size()) {
      throw Bad(
          fmt::format("has {} pred_masks, {} pred_boxes and {} pred_scores; they belong "
                      "together one by one",
                      masks.size(),
                      boxes.size(),
                      scores.size()));
    }
    AgentAnswer read;
    read.text_prompt = Text();
    for (std::size_t i = 0; i < masks.size(); ++i) {
      read.instances.push_back({MaskOf(masks[i], i), BoxOf(boxes[i], i), ScoreOf(scores[i], i)});
    }
    return read;
  }

 private:
  PredictionError Error(const char* code, const std::string& problem) const {
    return {Stage::kDecode, code, file_ + ": " + problem};
  }
  PredictionError Bad(const std::string& problem) const { return Error("bad-entry", problem); }

  const Json& Need(std::string_view name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) throw Bad(fmt::format("has no \"{}\"", name));
    return *found;
  }
  std::string Text() const {
    const Json& text = Need("text_prompt");
    if (!text.is_string()) throw Bad("text_prompt: must be text");
    return text.get<std::string>();
  }
  const Json& List(std::string_view name) const {
    const Json& list = Need(name);
    if (!list.is_array()) throw Bad(fmt::format("{}: must be a list", name));
    return list;
  }

  void CheckSize() const {
    const Json& height = Need("orig_img_h");
    const Json& width = Need("orig_img_w");
    if (!height.is_number_integer() || !width.is_number_integer()) {
      throw Bad("orig_img_h and orig_img_w: must be whole numbers");
    }
    if (height == grid_.height && width == grid_.width) return;
    throw Error("wrong-size",
                fmt::format("is {} wide and {} high, the truth is {} wide and {} high",
                            width.dump(),
                            height.dump(),
                            grid_.width,
                            grid_.height));
  }

  RunLengthMask MaskOf(const Json& json, std::size_t i) const {
    if (!json.is_string()) throw Bad(fmt::format("pred_masks: entry {} must be text", i + 1));
    try {
      return DecodeRuns(grid_, json.get<std::string>());
    } catch (const std::invalid_argument& error) {
      throw Error("bad-mask", fmt::format("pred_masks: entry {}: {}", i + 1, error.what()));
    }
  }
  BoxXywh BoxOf(const Json& json, std::size_t i) const {
    const bool numbers =
        json.is_array() && json.size() == 4 &&
        std::all_of(json.begin(), json.end(), [](const Json& j) { return j.is_number(); });
    if (!numbers) {
      throw Bad(fmt::format("pred_boxes: entry {} must be [x, y, width, height]", i + 1));
    }
    return json.get<BoxXywh>();
  }
  double ScoreOf(const Json& json, std::size_t i) const {
    if (!json.is_number()) throw Bad(fmt::format("pred_scores: entry {} must be a number", i + 1));
    return json.get<double>();
  }

  std::string file_;
  Size grid_;
  Json json_;
};

Diagnostics Describe(const AgentAnswer& read, bool as_asked) {
  return {{"entries", static_cast<double>(read.instances.size())},
          {"other_prompt", as_asked ? 0 : 1}};
}

class Sam3Instances final : public Decoder<InstancesTask> {
 public:
  std::vector<std::string> Extensions() const override { return {"json"}; }
  Decoded<InstancesTask> Decode(const Answer& answer,
                                const InstancesTask::Query& query,
                                const Frame& frame) const override {
    AgentAnswer read = AgentReader(answer, frame.grid).Read();
    Decoded<InstancesTask> decoded{{}, Describe(read, read.text_prompt == query.phrase)};
    decoded.value = {frame.grid, std::move(read.instances)};
    return decoded;
  }
};

class Sam3Mask final : public Decoder<ReferringTask> {
 public:
  std::vector<std::string> Extensions() const override { return {"json"}; }
  Decoded<ReferringTask> Decode(const Answer& answer,
                                const ReferringTask::Query& query,
                                const Frame& frame) const override {
    const AgentAnswer read = AgentReader(answer, frame.grid).Read();
    const bool as_asked = read.text_prompt == query.expression || read.text_prompt == query.raw;
    std::vector<RunLengthMask> masks;
    masks.reserve(read.instances.size());
    for (const Instance& instance : read.instances) masks.push_back(instance.mask);
    Decoded<ReferringTask> decoded{Mask(frame.grid), Describe(read, as_asked)};
    if (!masks.empty()) decoded.value = ToMask(Merge(masks, MergeRule::kOr));
    return decoded;
  }
};

}  // namespace

std::unique_ptr<Decoder<InstancesTask>> MakeSam3Instances() {
  return std::make_unique<Sam3Instances>();
}

std::unique_ptr<Decoder<ReferringTask>> MakeSam3Mask() { return std::make_unique<Sam3Mask>(); }

}  // namespace assay
