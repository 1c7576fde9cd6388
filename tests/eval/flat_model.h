// A model that paints everything in one colour, and fails where it is told to.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model/image_model.h"

namespace assay::test {

class FlatModel : public ImageModel {
 public:
  std::vector<ModelAnswer> Generate(std::span<const ModelRequest> given) override {
    const std::scoped_lock lock(mutex_);
    std::vector<ModelAnswer> answers;
    for (const ModelRequest& request : given) {
      ++asked;
      sizes.push_back(request.image->size());
      images.push_back(request.image);
      seeds.push_back(request.seed);
      if (asked == fail_at) {
        answers.push_back({.status = ModelAnswer::Status::kFailed, .detail = "out of ideas"});
      } else {
        answers.push_back({.image = RgbImage(Size{64, 32}, Rgb8{128, 0, 128})});
      }
    }
    return answers;
  }
  std::string Identity() const override { return identity; }
  std::size_t RequestsPerCall() const override { return requests; }
  int Workers() const override { return workers; }

  int asked = 0;
  int fail_at = -1;
  std::string identity = "flat 1";
  std::size_t requests = 1;
  int workers = 1;
  std::vector<Size> sizes;
  std::vector<std::shared_ptr<const RgbImage>> images;
  std::vector<std::uint64_t> seeds;

 private:
  std::mutex mutex_;
};

}  // namespace assay::test
