#include "model/label_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/io/image.h"
#include "model/native.h"
#include "model/reading.h"

namespace assay {
namespace {

using Stage = PredictionError::Stage;

constexpr std::uint8_t kLargestTrainId = 18;
constexpr std::uint8_t kNoTrainId = 255;

// What a value in the file means; -1 = nothing.
using Meaning = std::array<int, 256>;

Meaning LabelIdMeaning(const LabelSpace& space) {
  Meaning meaning;
  meaning.fill(-1);
  for (const LabelClass& c : space.classes) meaning[c.id] = c.id;
  return meaning;
}

Meaning TrainIdMeaning(const LabelSpace& space) {
  Meaning meaning;
  meaning.fill(-1);
  for (const LabelClass& c : space.classes) {
    if (c.train_id != kNoTrainId) meaning[c.train_id] = c.id;
  }
  meaning[kNoTrainId] = 0;
  return meaning;
}

struct IdFormat {
  std::string_view name;
  Meaning (*meaning)(const LabelSpace&);
  std::string_view allowed;
};

constexpr IdFormat kLabelIds = {
    "label-ids", LabelIdMeaning, "the ids of the label space; pixels without a class are 0"};
constexpr IdFormat kTrainIds = {
    "train-ids", TrainIdMeaning, "train ids of evaluated classes; pixels without a class are 255"};

std::string_view Hint(std::string_view code) {
  if (code == "wrong-depth") return " (is this an instanceIds file? label images have 8 bits)";
  if (code == "wrong-channels") return " (a colour image? those are read as rgb-semantic)";
  return "";
}

LabelMap ReadIds(const Answer& answer) {
  if (SniffFormat(answer.bytes) == ImageFormat::kJpeg) {
    throw PredictionError(
        Stage::kRead, "lossy", answer.file.string() + ": is a JPEG, which changes ids; save a PNG");
  }
  try {
    return DecodeGray8(answer.bytes, answer.file);
  } catch (const FileError& error) {
    throw PredictionError(Stage::kRead, error.code, error.what() + std::string(Hint(error.code)));
  }
}

[[noreturn]] void ThrowBadId(const Answer& answer,
                             const IdFormat& format,
                             const LabelMap& map,
                             std::size_t index) {
  const auto width = static_cast<std::size_t>(map.width());
  throw PredictionError(Stage::kDecode,
                        "bad-id",
                        fmt::format("{}: pixel (x {}, y {}) is {}; {} takes {}",
                                    answer.file.string(),
                                    index % width,
                                    index / width,
                                    map.Pixels()[index],
                                    format.name,
                                    format.allowed));
}

// In place: values of the file become label ids.
void Translate(const Answer& answer,
               const IdFormat& format,
               const LabelSpace& space,
               LabelMap& map) {
  const Meaning meaning = format.meaning(space);
  const auto pixels = map.Pixels();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const int id = meaning[pixels[i]];
    if (id < 0) ThrowBadId(answer, format, map, i);
    pixels[i] = static_cast<std::uint8_t>(id);
  }
}

Diagnostics Describe(const LabelMap& map) {
  std::uint8_t largest = 0;
  std::int64_t above = 0;
  for (const std::uint8_t id : map.Pixels()) {
    largest = std::max(largest, id);
    above += id > kLargestTrainId ? 1 : 0;
  }
  return {{"max_id", largest}, {"ids_above_18", static_cast<double>(above)}};
}

class IdImage final : public Decoder<SemanticTask> {
 public:
  explicit IdImage(const IdFormat& format) : format_(format) {}

  std::vector<std::string> Extensions() const override { return {"png"}; }
  Decoded<SemanticTask> Decode(const Answer& answer,
                               const SemanticTask::Query& query,
                               const Frame& frame) const override;

 private:
  IdFormat format_;
};

Decoded<SemanticTask> IdImage::Decode(const Answer& answer,
                                      const SemanticTask::Query& query,
                                      const Frame& frame) const {
  Decoded<SemanticTask> decoded{ReadIds(answer), {}};
  RequireTruthSize(answer, decoded.value.size(), frame, "ids");
  Translate(answer, format_, *query.space, decoded.value);
  decoded.diagnostics = Describe(decoded.value);
  ResampleAsStated(answer, frame, decoded.value, decoded.diagnostics);
  return decoded;
}

}  // namespace

std::unique_ptr<Decoder<SemanticTask>> MakeLabelIds() {
  return std::make_unique<IdImage>(kLabelIds);
}

std::unique_ptr<Decoder<SemanticTask>> MakeTrainIds() {
  return std::make_unique<IdImage>(kTrainIds);
}

}  // namespace assay
