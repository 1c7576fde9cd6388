// Pairwise preference: who wins how often, and how sure that is.
//
// A vote names the better of two answers, or neither (a tie). From counts of votes:
//
//   win rate   half  (wins + ties / 2) / (wins + losses + ties)
//              drop  wins / (wins + losses)
//              loss  wins / (wins + losses + ties)
//   "half" keeps the rates of both sides summing to 1; with "loss" they need not.
//
//   Wilson interval (E. B. Wilson 1927, JASA 22): for a share p of n votes
//     (p + z^2 / 2n  -+  z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
//   It takes votes as independent. Several votes on one prompt or of one rater are not:
//   metrics/cluster_bootstrap.h.
//
//   Bradley-Terry (1952, Biometrika 39): P(i beats j) = s_i / (s_i + s_j), by Hunter's
//   minorisation (2004, Annals of Statistics 32, 384-406): s_i <- W_i / sum_j n_ij / (s_i +
//   s_j), W_i the wins of i with half of its ties. The likelihood has a maximum only where
//   every model is linked to every other by wins in both directions (Ford 1957); else
//   there is no answer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace assay {

enum class TiePolicy { kHalf, kDrop, kLoss };

struct VoteCounts {
  std::int64_t wins = 0, losses = 0, ties = 0;
};

// What a win rate is a ratio of.
struct WinShare {
  double wins = 0;
  double votes = 0;
};
WinShare ShareOf(const VoteCounts& counts, TiePolicy policy);

// wins / votes; NaN without votes.
double WinRate(const WinShare& share);

struct Interval {
  double low = 0, high = 0;
};

// z: the quantile of the normal distribution, 1.96 for 95 %. NaN without votes.
Interval WilsonInterval(const WinShare& share, double z);

// wins[i][j]: how often i beat j, ties as one half to each. Natural logarithms of the
// strengths, their mean 0, to 1e-12; nullopt where no maximum exists.
std::optional<std::vector<double>> BradleyTerry(const std::vector<std::vector<double>>& wins);

}  // namespace assay
