#include "model/call_times.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay {
namespace {

double Seconds(CallTimes::Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

double ModelStatistics::LatencyPercentile(double percent) const {
  if (latencies_ms.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double rank = std::ceil(percent / 100 * static_cast<double>(latencies_ms.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return latencies_ms[std::min(index, latencies_ms.size() - 1)];
}

void CallTimes::Add(std::int64_t images, Clock::time_point start, Clock::time_point end) {
  const std::scoped_lock lock(mutex_);
  first_ = std::min(first_, start);
  ++statistics_.calls;
  statistics_.images += images;
  statistics_.busy_s += Seconds(end - start);
  statistics_.wall_s = std::max(statistics_.wall_s, Seconds(end - first_));
  statistics_.latencies_ms.push_back(1000 * Seconds(end - start));
}

void CallTimes::AddWarmUp(Clock::time_point start, Clock::time_point end) {
  const std::scoped_lock lock(mutex_);
  first_ = std::min(first_, end);
  statistics_.warm_up_s = std::max(statistics_.warm_up_s, Seconds(end - start));
}

ModelStatistics CallTimes::Statistics() const {
  const std::scoped_lock lock(mutex_);
  ModelStatistics statistics = statistics_;
  std::sort(statistics.latencies_ms.begin(), statistics.latencies_ms.end());
  return statistics;
}

}  // namespace assay
