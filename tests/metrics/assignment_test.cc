// One-to-one assignment (ties: tests/golden/masks_golden_test.cc, against SciPy):
//   every row or every column is used once; on 10,000 random matrices up to 7 x 7 the
//   sum is the best of all permutations; equal gains give the identity; nothing to
//   assign gives nothing; a wrong count, NaN and infinities are refused.
#include "metrics/assignment.h"

#include <gmock/gmock.h>

#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include "tests/support/naive_assignment.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Gains {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;
};

// Half of them with few different gains, so that many have ties.
Gains RandomGains(std::mt19937_64& random) {
  std::uniform_int_distribution<std::size_t> side(1, 7);
  Gains gains{side(random), side(random), {}};
  const bool coarse = std::bernoulli_distribution(0.5)(random);
  for (std::size_t i = 0; i < gains.rows * gains.columns; ++i) {
    gains.values.push_back(coarse ? std::uniform_int_distribution(-1, 3)(random) / 3.0
                                  : std::uniform_real_distribution(0.0, 1.0)(random));
  }
  return gains;
}

TEST(AssignmentTest, TenThousandRandomMatricesAreAssignedAsWellAsByTryingEveryWay) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 10000; ++i) {
    SCOPED_TRACE(i);
    const Gains gains = RandomGains(random);
    const auto pairs = BestAssignment(gains.values, gains.rows, gains.columns);
    ASSERT_EQ(pairs.size(), std::min(gains.rows, gains.columns));
    std::set<std::size_t> rows;
    std::set<std::size_t> columns;
    double sum = 0;
    for (const AssignedPair& pair : pairs) {
      ASSERT_LT(pair.row, gains.rows);
      ASSERT_LT(pair.column, gains.columns);
      ASSERT_TRUE(rows.empty() || pair.row > *rows.rbegin());
      rows.insert(pair.row);
      columns.insert(pair.column);
      sum += gains.values[pair.row * gains.columns + pair.column];
    }
    ASSERT_EQ(columns.size(), pairs.size());
    const double best = test::NaiveBestAssignment(gains.values, gains.rows, gains.columns).gain;
    ASSERT_NEAR(sum, best, 1e-12);
  }
}

TEST(AssignmentTest, EqualGainsGiveTheIdentity) {
  const std::vector<double> gains(12, 0.25);
  EXPECT_THAT(BestAssignment(gains, 3, 4),
              ElementsAre(AssignedPair{0, 0}, AssignedPair{1, 1}, AssignedPair{2, 2}));
  EXPECT_THAT(BestAssignment(gains, 4, 3),
              ElementsAre(AssignedPair{0, 0}, AssignedPair{1, 1}, AssignedPair{2, 2}));
}

TEST(AssignmentTest, TheBestSumIsFoundWhereTakingTheBestFirstFails) {
  EXPECT_THAT(BestAssignment(std::vector{0.9, 0.8, 0.8, 0.1}, 2, 2),
              ElementsAre(AssignedPair{0, 1}, AssignedPair{1, 0}));
}

TEST(AssignmentTest, NothingToAssignGivesNothing) {
  EXPECT_THAT(BestAssignment({}, 0, 5), IsEmpty());
  EXPECT_THAT(BestAssignment({}, 5, 0), IsEmpty());
}

TEST(AssignmentTest, WrongCountsAndGainsThatAreNotFiniteAreRefused) {
  EXPECT_THROW(BestAssignment(std::vector{1.0, 2.0}, 1, 1), std::invalid_argument);
  for (const double gain : {std::numeric_limits<double>::quiet_NaN(),
                            std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW(BestAssignment(std::vector{gain}, 1, 1), std::invalid_argument);
  }
}

}  // namespace
}  // namespace assay
