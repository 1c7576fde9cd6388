// What a model is shown of a sample, and with which codec it is asked.
#pragma once

#include <string>

#include "datasets/dataset.h"
#include "datasets/io/errors.h"
#include "eval/tasks.h"
#include "model/answer_source.h"

namespace assay {

// Throws ConfigError for a format that cannot be asked for.
template <class Task>
const Codec<Task>& PainterOf(const Evaluation<Task>& evaluation) {
  const auto* codec = dynamic_cast<const Codec<Task>*>(evaluation.decoder.get());
  if (codec == nullptr) {
    throw ConfigError(
        "this answer format has no prompt; leave out --format to ask for painted answers");
  }
  return *codec;
}

// The image, or the window of it that the protocol asks about.
template <class Task>
RgbImage ShownImage(const Dataset<Task>& dataset,
                    const Evaluation<Task>& evaluation,
                    std::size_t index) {
  RgbImage image = dataset.Image(index);
  if (evaluation.FrameOf(image.size()).shown == image.size()) return image;
  return Cut(image, KbCrop(image.size()));
}

// Whether the file is exactly the frame.
inline bool IsOnDisk(const std::string& image, Size frame) {
  return !image.empty() && ReadHeader(image).size == frame;
}

inline std::string AnswerFileName(const std::string& key) { return key + ".png"; }
// Of the answer to one of `parts` prompts.
inline std::string AnswerFileName(const std::string& key, std::size_t part, std::size_t parts) {
  return AnswerFileName(parts > 1 ? PartKey(key, part) : key);
}

}  // namespace assay
