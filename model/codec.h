// Decoders turn raw answers into task space; codecs can also ask and paint.
//
// Both are immutable after construction and safe to share between threads.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "datasets/io/image.h"
#include "metrics/tasks.h"
#include "model/prediction.h"

namespace assay {

template <class Task>
struct Decoded {
  typename Task::Value value;
  Diagnostics diagnostics;
};

// The grid an answer is brought to.
struct Frame {
  Size shown;  // size of the image the model was shown
  Size grid;   // size of the truth of that image; usually equal to `shown`
};

template <class Task>
class Decoder {
 public:
  virtual ~Decoder() = default;
  // Of how many images an answer consists: one for each prompt. More than one stand in
  // Answer::parts, and one that is declared empty has no image.
  virtual std::size_t Parts() const { return 1; }
  // File name extensions an answer may have, in order of preference, no dot.
  virtual std::vector<std::string> Extensions() const = 0;
  // What the answer is called, without its extension, in a folder that a program makes for
  // every image; in order of preference, as the same answer may lie there in several forms.
  virtual std::vector<std::string> NamesInFolder() const { return {}; }
  // What a user should know before any work: classes that can never be answered,
  // ... Throws ConfigError where the settings cannot serve such a query.
  virtual std::vector<std::string> Notes(const typename Task::Query&) const { return {}; }
  // Throws PredictionError.
  virtual Decoded<Task> Decode(const Answer& answer,
                               const typename Task::Query& query,
                               const Frame& frame) const = 0;
};

template <class Task>
class Codec : public Decoder<Task> {
 public:
  // The prompts for one sample, Parts() many.
  virtual std::vector<std::string> Ask(const typename Task::Query& query) const = 0;
  // The truth painted as a perfect model would. Undefined truth pixels get a
  // colour that decodes to something, because a model cannot leave a pixel out.
  virtual RgbImage Encode(const typename Task::Truth& truth,
                          const typename Task::Query& query) const = 0;
  // The same for each prompt; Encode is the first of them.
  virtual std::vector<RgbImage> EncodeParts(const typename Task::Truth& truth,
                                            const typename Task::Query& query) const {
    std::vector<RgbImage> parts;
    parts.push_back(Encode(truth, query));
    return parts;
  }
};

}  // namespace assay
