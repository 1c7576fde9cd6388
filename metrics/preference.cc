#include "metrics/preference.h"

#include <cmath>
#include <limits>

namespace assay {
namespace {

using Matrix = std::vector<std::vector<double>>;

constexpr double kTolerance = 1e-12;  // of a logarithm of a strength
constexpr int kMostSteps = 1000000;   // linear convergence: far more than any table needs

// How many models the first one reaches by wins, or is reached from.
std::size_t Reached(const Matrix& wins, bool backwards) {
  std::vector<bool> seen(wins.size());
  std::vector<std::size_t> open = {0};
  seen[0] = true;
  std::size_t count = 1;
  while (!open.empty()) {
    const std::size_t from = open.back();
    open.pop_back();
    for (std::size_t to = 0; to < wins.size(); ++to) {
      if (seen[to] || (backwards ? wins[to][from] : wins[from][to]) <= 0) continue;
      seen[to] = true;
      ++count;
      open.push_back(to);
    }
  }
  return count;
}

std::vector<double> Centred(const std::vector<double>& strengths) {
  std::vector<double> logs;
  logs.reserve(strengths.size());
  double sum = 0;
  for (const double strength : strengths) {
    logs.push_back(std::log(strength));
    sum += logs.back();
  }
  for (double& value : logs) value -= sum / static_cast<double>(strengths.size());
  return logs;
}

std::vector<double> Improved(const Matrix& wins, const std::vector<double>& strengths) {
  std::vector<double> next(strengths.size());
  for (std::size_t i = 0; i < strengths.size(); ++i) {
    double won = 0;
    double expected = 0;
    for (std::size_t j = 0; j < strengths.size(); ++j) {
      if (i == j) continue;
      won += wins[i][j];
      expected += (wins[i][j] + wins[j][i]) / (strengths[i] + strengths[j]);
    }
    next[i] = won / expected;
  }
  return next;
}

}  // namespace

WinShare ShareOf(const VoteCounts& counts, TiePolicy policy) {
  const auto wins = static_cast<double>(counts.wins);
  const auto decided = static_cast<double>(counts.wins + counts.losses);
  const auto ties = static_cast<double>(counts.ties);
  switch (policy) {
    case TiePolicy::kDrop:
      return {wins, decided};
    case TiePolicy::kLoss:
      return {wins, decided + ties};
    case TiePolicy::kHalf:
      break;
  }
  return {wins + ties / 2, decided + ties};
}

double WinRate(const WinShare& share) {
  return share.votes > 0 ? share.wins / share.votes : std::numeric_limits<double>::quiet_NaN();
}

Interval WilsonInterval(const WinShare& share, double z) {
  const double p = WinRate(share);
  const double n = share.votes;
  const double centre = p + z * z / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {(centre - reach) / scale, (centre + reach) / scale};
}

std::optional<std::vector<double>> BradleyTerry(const Matrix& wins) {
  if (wins.empty() || Reached(wins, false) < wins.size() || Reached(wins, true) < wins.size()) {
    return std::nullopt;
  }
  std::vector<double> logs(wins.size(), 0);
  std::vector<double> strengths(wins.size(), 1);
  if (wins.size() == 1) return logs;
  for (int step = 0; step < kMostSteps; ++step) {
    const std::vector<double> next = Centred(Improved(wins, strengths));
    double change = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
      change = std::max(change, std::abs(next[i] - logs[i]));
      strengths[i] = std::exp(next[i]);
    }
    logs = next;
    if (change < kTolerance) break;
  }
  return logs;
}

}  // namespace assay
