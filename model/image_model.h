// ImageModel: an image and a prompt in, an image out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "model/call_times.h"
#include "model/fit.h"

namespace assay {

struct ModelRequest {
  std::string key = {};                        // of the sample
  std::shared_ptr<const RgbImage> image = {};  // the frame to show; never null
  std::string prompt = {};
  std::filesystem::path file = {};  // holds exactly this frame; empty = no file does
  std::uint64_t seed = 0;           // of what the model draws; SeedOf
};

// What became of one request. Whatever goes wrong with it is a status, not an exception.
struct ModelAnswer {
  enum class Status { kPainted, kEmpty, kFailed, kInvalid };
  Status status = Status::kPainted;
  RgbImage image = {};      // kPainted, at the model's own size
  Bytes png = {};           // kPainted, in place of `image`: the file that the model itself wrote
  std::string detail = {};  // kFailed (there is no answer), kInvalid (it cannot be used): why
};

// The seed of one sample for one purpose: the first eight bytes (the lowest first) of the
// SHA-256 of "<seed> <purpose> <key>", less the highest bit, so that it is a valid seed in every
// language. No sample's seed depends on which others are asked.
std::uint64_t SeedOf(std::int64_t seed, const std::string& key, const std::string& purpose);

class ImageModel {
 public:
  virtual ~ImageModel() = default;
  // One answer per request, in order. Sizes may differ. Safe to call from Workers() threads
  // at once.
  virtual std::vector<ModelAnswer> Generate(std::span<const ModelRequest> requests) = 0;
  // What identifies the model in a report: "torchscript sha256:…".
  virtual std::string Identity() const = 0;

  // How an answer lies over the image shown; none = as the protocol says.
  virtual std::optional<Fit> AnswerFit() const { return std::nullopt; }
  // Requests that one call should have: those of equal size among them go together.
  virtual std::size_t RequestsPerCall() const { return 1; }
  // Calls that can be answered at the same time.
  virtual int Workers() const { return 1; }
  // What a user should know before it runs.
  virtual std::vector<std::string> Notes() const { return {}; }
  virtual ModelStatistics Statistics() const { return {}; }
};

}  // namespace assay
