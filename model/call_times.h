// How long a model takes, without what it does once: the first call of every worker
// (compiling, loading weights, filling caches) is its warm-up and counted apart.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace assay {

struct ModelStatistics {
  std::int64_t calls = 0;  // warm-ups not among them, nor in anything below
  std::int64_t images = 0;
  double wall_s = 0;     // from the end of the first warm-up to the end of the last call
  double busy_s = 0;     // the calls' own times, summed
  double warm_up_s = 0;  // the longest first call of a worker; 0 before any
  std::vector<double> latencies_ms = {};  // of every call, ascending
  // Facts of one kind of model, in a fixed order: device, batch, restarts, …
  std::vector<std::pair<std::string, std::string>> facts = {};

  // Nearest rank: the smallest latency that at least `percent` of the calls do not exceed;
  // NaN without calls.
  double LatencyPercentile(double percent) const;
};

// Safe to use from several threads.
class CallTimes {
 public:
  using Clock = std::chrono::steady_clock;

  void Add(std::int64_t images, Clock::time_point start, Clock::time_point end);
  void AddWarmUp(Clock::time_point start, Clock::time_point end);
  ModelStatistics Statistics() const;

 private:
  mutable std::mutex mutex_;
  ModelStatistics statistics_;
  Clock::time_point first_{Clock::time_point::max()};
};

}  // namespace assay
