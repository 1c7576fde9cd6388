#include "model/network_model.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "datasets/io/errors.h"
#include "model/fit_input.h"
#include "model/prediction.h"

namespace assay {
namespace {

using Status = ModelAnswer::Status;
using Clock = CallTimes::Clock;

// Images that are in memory together so that equal sizes are found among them.
constexpr std::size_t kWindow = 8;

// Numbers of requests whose images are of one size, in the order of the first of each size.
std::vector<std::vector<std::size_t>> BySize(std::span<const ModelRequest> requests) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& members) {
      return requests[members.front()].image->size() == requests[i].image->size();
    });
    if (group != groups.end()) {
      group->push_back(i);
    } else {
      groups.push_back({i});
    }
  }
  return groups;
}

class NetworkModel final : public ImageModel {
 public:
  NetworkModel(std::unique_ptr<Network> network, Sidecar sidecar, NetworkFacts facts)
      : network_(std::move(network)),
        sidecar_(std::move(sidecar)),
        facts_(std::move(facts)),
        largest_(static_cast<std::size_t>(std::max(1, facts_.batch))) {
    if (sidecar_.input_size) Try(*sidecar_.input_size);
  }

  std::vector<ModelAnswer> Generate(std::span<const ModelRequest> requests) override {
    const std::scoped_lock lock(mutex_);
    std::vector<ModelRequest> fitted(requests.begin(), requests.end());
    for (ModelRequest& request : fitted) Fit(request);
    std::vector<ModelAnswer> answers(fitted.size());
    for (const std::vector<std::size_t>& group : BySize(fitted)) {
      for (std::size_t at = 0; at < group.size();) {
        const std::size_t count = std::min(largest_, group.size() - at);
        Answer(fitted, std::span(group).subspan(at, count), answers);
        at += count;
      }
    }
    return answers;
  }

  std::string Identity() const override { return facts_.identity; }
  std::optional<assay::Fit> AnswerFit() const override { return sidecar_.fit; }
  std::size_t RequestsPerCall() const override {
    const auto batch = static_cast<std::size_t>(std::max(1, facts_.batch));
    // A multiple of the batch, so that only the last call of a run is smaller.
    return sidecar_.input_size ? batch : (kWindow + batch - 1) / batch * batch;
  }
  std::vector<std::string> Notes() const override { return facts_.notes; }
  ModelStatistics Statistics() const override {
    ModelStatistics statistics = times_.Statistics();
    const std::scoped_lock lock(mutex_);
    statistics.facts = {{"name", sidecar_.name},
                        {"revision", sidecar_.revision},
                        {"device", facts_.device},
                        {"batch", std::to_string(facts_.batch)},
                        {"largest_batch_that_fits", std::to_string(largest_)}};
    return statistics;
  }

 private:
  void Try(Size size) {
    const auto black = std::make_shared<const RgbImage>(size);
    const std::vector<ModelRequest> requests(largest_, ModelRequest{.image = black});
    try {
      Run(requests);
    } catch (const PredictionError& error) {
      throw ConfigError("the network fails on " + std::to_string(largest_) + " images of " +
                        std::to_string(size.width) + "x" + std::to_string(size.height) +
                        ", as its sidecar and --batch want it: " + error.detail);
    } catch (const OutOfMemory&) {
      return;  // found again, and answered, with the first images
    }
  }

  void Fit(ModelRequest& request) const {
    const std::optional<Size>& size = sidecar_.input_size;
    if (!size || request.image->size() == *size) return;
    const assay::Fit fit = sidecar_.fit.value_or(assay::Fit::kStretch);  // ReadSidecar has one
    request.image = std::make_shared<const RgbImage>(FitInput(*request.image, *size, fit));
  }

  std::vector<RgbImage> Run(std::span<const ModelRequest> requests) {
    const auto start = Clock::now();
    std::vector<RgbImage> images = network_->Run(requests);
    const auto end = Clock::now();
    if (std::exchange(is_warm_, true)) {
      times_.Add(static_cast<std::int64_t>(requests.size()), start, end);
    } else {
      times_.AddWarmUp(start, end);
    }
    return images;
  }

  void Answer(const std::vector<ModelRequest>& requests,
              std::span<const std::size_t> members,
              std::vector<ModelAnswer>& answers) {
    std::vector<ModelRequest> batch;
    batch.reserve(largest_);
    for (const std::size_t i : members) batch.push_back(requests[i]);
    const std::size_t whole = sidecar_.static_count ? static_cast<std::size_t>(facts_.batch) : 0;
    while (batch.size() < whole) batch.push_back(batch.back());
    try {
      std::vector<RgbImage> images = Run(batch);
      for (std::size_t i = 0; i < members.size(); ++i) {
        answers[members[i]].image = std::move(images.at(i));
      }
    } catch (const OutOfMemory& error) {
      Halve(requests, members, answers, error);
    } catch (const PredictionError& error) {
      OneByOne(requests, members, answers, error);
    }
  }

  void Halve(const std::vector<ModelRequest>& requests,
             std::span<const std::size_t> members,
             std::vector<ModelAnswer>& answers,
             const OutOfMemory& error) {
    if (members.size() == 1 || sidecar_.static_count) {
      const std::string why = sidecar_.static_count ? "out of memory, and the batch is static: "
                                                    : "out of memory for one image: ";
      for (const std::size_t i : members) {
        answers[i] = {.status = Status::kFailed, .detail = why + error.what()};
      }
      return;
    }
    largest_ = std::min(largest_, members.size() / 2);
    for (std::size_t at = 0; at < members.size();) {
      const std::size_t count = std::min(largest_, members.size() - at);
      Answer(requests, members.subspan(at, count), answers);
      at += count;
    }
  }

  void OneByOne(const std::vector<ModelRequest>& requests,
                std::span<const std::size_t> members,
                std::vector<ModelAnswer>& answers,
                const PredictionError& error) {
    if (members.size() == 1) {
      answers[members.front()] = {.status = Status::kFailed, .detail = error.detail};
      return;
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      Answer(requests, members.subspan(i, 1), answers);
    }
  }

  mutable std::mutex mutex_;
  std::unique_ptr<Network> network_;
  Sidecar sidecar_;
  NetworkFacts facts_;
  std::size_t largest_;  // batch that has not run out of memory
  bool is_warm_ = false;
  CallTimes times_;
};

}  // namespace

std::unique_ptr<ImageModel> MakeNetworkModel(std::unique_ptr<Network> network,
                                             const Sidecar& sidecar,
                                             const NetworkFacts& facts) {
  return std::make_unique<NetworkModel>(std::move(network), sidecar, facts);
}

}  // namespace assay
