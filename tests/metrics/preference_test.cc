// Win rates, Wilson's interval, Bradley-Terry strengths, the clustered bootstrap.
//   - tie rules on a table counted by hand; under "half" both sides sum to 1
//   - Wilson's ends solve (p - x)^2 = z^2 x (1 - x) / n, the equation they come from, and
//     lie in [0, 1] around the share
//   - Bradley-Terry: two models have the odds of their wins; the likelihood's gradient is 0
//     at the answer; scaling all counts changes nothing; no answer without links both ways
//   - bootstrap: half-widths agree with the normal formula for a mean of many clusters; one
//     vote a cluster agrees with Wilson; votes of one cluster moved apart narrow it; the
//     seed decides everything
#include "metrics/preference.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

#include "metrics/cluster_bootstrap.h"

namespace assay {
namespace {

constexpr double kZ95 = 1.959963984540054;

VoteCounts RandomCounts() {
  const auto count = [] { return *rc::gen::inRange(0, 40); };
  return {.wins = count(), .losses = count(), .ties = count()};
}

TEST(WinRate, TiesAreCountedByTheRule) {
  const VoteCounts counts{.wins = 6, .losses = 2, .ties = 4};
  EXPECT_DOUBLE_EQ(WinRate(ShareOf(counts, TiePolicy::kHalf)), 8.0 / 12);
  EXPECT_DOUBLE_EQ(WinRate(ShareOf(counts, TiePolicy::kDrop)), 6.0 / 8);
  EXPECT_DOUBLE_EQ(WinRate(ShareOf(counts, TiePolicy::kLoss)), 6.0 / 12);
  EXPECT_TRUE(std::isnan(WinRate(ShareOf({.ties = 3}, TiePolicy::kDrop))));
}

RC_GTEST_PROP(WinRateProperty, BothSidesSumToOneWithHalves, ()) {
  const VoteCounts counts = RandomCounts();
  const VoteCounts other{counts.losses, counts.wins, counts.ties};
  for (const TiePolicy policy : {TiePolicy::kHalf, TiePolicy::kDrop}) {
    const WinShare one = ShareOf(counts, policy);
    if (one.votes <= 0) continue;
    RC_ASSERT(std::abs(WinRate(one) + WinRate(ShareOf(other, policy)) - 1) < 1e-12);
  }
}

RC_GTEST_PROP(WilsonProperty, TheEndsSolveItsEquation, ()) {
  const double n = *rc::gen::inRange(1, 5000);
  const double wins = *rc::gen::inRange(0, static_cast<int>(n) + 1);
  const double p = wins / n;
  const Interval interval = WilsonInterval({wins, n}, kZ95);
  RC_ASSERT(interval.low <= p + 1e-12 && p <= interval.high + 1e-12);
  for (const double x : {interval.low, interval.high}) {
    RC_ASSERT(x > -1e-12 && x < 1 + 1e-12);
    RC_ASSERT(std::abs((p - x) * (p - x) - kZ95 * kZ95 * x * (1 - x) / n) < 1e-12);
  }
}

TEST(BradleyTerry, TwoModelsHaveTheOddsOfTheirWins) {
  const auto strengths = BradleyTerry({{0, 30}, {10, 0}});
  ASSERT_TRUE(strengths);
  EXPECT_NEAR((*strengths)[0] - (*strengths)[1], std::log(3.0), 1e-10);
  EXPECT_NEAR((*strengths)[0] + (*strengths)[1], 0, 1e-12);
}

TEST(BradleyTerry, ThereIsNoAnswerWithoutWinsInBothDirections) {
  EXPECT_FALSE(BradleyTerry({{0, 5}, {0, 0}}));
  EXPECT_FALSE(BradleyTerry({{0, 5, 0, 0}, {5, 0, 0, 0}, {0, 0, 0, 2}, {0, 0, 2, 0}}));
  EXPECT_FALSE(BradleyTerry({}));
  EXPECT_TRUE(BradleyTerry({{0}}));
  // A cycle is enough.
  EXPECT_TRUE(BradleyTerry({{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}));
}

std::vector<std::vector<double>> RandomWins(std::size_t models) {
  std::vector<std::vector<double>> wins(models, std::vector<double>(models));
  for (std::size_t i = 0; i < models; ++i) {
    for (std::size_t j = 0; j < models; ++j) {
      if (i != j) wins[i][j] = *rc::gen::inRange(1, 50) / 2.0;
    }
  }
  return wins;
}

RC_GTEST_PROP(BradleyTerryProperty, TheLikelihoodIsFlatAtTheAnswer, ()) {
  const std::size_t models = *rc::gen::inRange<std::size_t>(2, 7);
  auto wins = RandomWins(models);
  const std::vector<double> strengths = BradleyTerry(wins).value_or(std::vector<double>());
  RC_ASSERT(strengths.size() == models);
  for (std::size_t i = 0; i < models; ++i) {
    double slope = 0;
    for (std::size_t j = 0; j < models; ++j) {
      if (i == j) continue;
      const double beats = 1 / (1 + std::exp(strengths[j] - strengths[i]));
      slope += wins[i][j] - (wins[i][j] + wins[j][i]) * beats;
    }
    RC_ASSERT(std::abs(slope) < 1e-6);
  }
  for (auto& row : wins) {
    for (double& count : row) count *= 3;
  }
  const std::vector<double> scaled = BradleyTerry(wins).value_or(std::vector<double>(models));
  for (std::size_t i = 0; i < models; ++i) {
    RC_ASSERT(std::abs(scaled[i] - strengths[i]) < 1e-9);
  }
}

double Width(const Interval& interval) { return interval.high - interval.low; }

// `clusters` of `size` votes; those of one cluster agree where `alike`.
std::vector<ClusterSums> RandomVotes(std::size_t clusters, int size, bool alike) {
  std::mt19937_64 random(7);  // NOLINT(bugprone-random-generator-seed): the same every time
  std::vector<ClusterSums> sums(clusters);
  for (ClusterSums& cluster : sums) {
    const bool all = random() % 2 == 0;
    for (int i = 0; i < size; ++i) {
      cluster.numerator += (alike ? all : random() % 2 == 0) ? 1 : 0;
    }
    cluster.denominator = size;
  }
  return sums;
}

TEST(ClusteredInterval, AgreesWithTheNormalFormula) {
  const std::vector<ClusterSums> sums = RandomVotes(400, 5, true);
  double mean = 0;
  double square = 0;
  for (const ClusterSums& cluster : sums) mean += cluster.numerator / 5 / 400;
  for (const ClusterSums& cluster : sums) {
    square += std::pow(cluster.numerator / 5 - mean, 2);
  }
  const double error = std::sqrt(square / 400 / 400);
  const Interval interval = ClusteredInterval(sums, {});
  EXPECT_NEAR(Width(interval), 2 * kZ95 * error, 0.05 * 2 * kZ95 * error);
  EXPECT_NEAR((interval.low + interval.high) / 2, mean, 0.1 * error);
}

TEST(ClusteredInterval, VotesThatStandAloneAgreeWithWilson) {
  const std::vector<ClusterSums> sums = RandomVotes(1000, 1, true);
  double wins = 0;
  for (const ClusterSums& cluster : sums) wins += cluster.numerator;
  EXPECT_NEAR(Width(ClusteredInterval(sums, {})), Width(WilsonInterval({wins, 1000}, kZ95)), 0.003);
}

TEST(ClusteredInterval, VotesThatAgreeInAClusterWidenIt) {
  const double alike = Width(ClusteredInterval(RandomVotes(300, 8, true), {}));
  const double apart = Width(ClusteredInterval(RandomVotes(300, 8, false), {}));
  EXPECT_NEAR(alike / apart, std::sqrt(8.0), 0.35);
}

TEST(ClusteredInterval, TheSeedDecidesEverything) {
  std::vector<ClusterSums> sums = RandomVotes(37, 3, false);
  double more = 0;
  for (ClusterSums& cluster : sums) {
    more += 0.7;
    cluster.numerator += 0.001 * more * more;
  }
  const Interval one = ClusteredInterval(sums, {.seed = 5});
  const Interval same = ClusteredInterval(sums, {.seed = 5});
  const Interval other = ClusteredInterval(sums, {.seed = 6});
  EXPECT_EQ(one.low, same.low);
  EXPECT_EQ(one.high, same.high);
  EXPECT_TRUE(one.low != other.low || one.high != other.high);
}

TEST(ClusteredInterval, WithoutAValueThereIsNone) {
  EXPECT_TRUE(std::isnan(ClusteredInterval({}, {.replicates = 10}).low));
  const std::vector<ClusterSums> empty = {{0, 0}, {0, 0}};
  EXPECT_TRUE(std::isnan(ClusteredInterval(empty, {.replicates = 10}).high));
  const std::vector<ClusterSums> single = {{3, 4}};
  EXPECT_DOUBLE_EQ(ClusteredInterval(single, {.replicates = 10}).low, 0.75);
}

}  // namespace
}  // namespace assay
