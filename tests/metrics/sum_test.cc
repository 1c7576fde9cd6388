// CompensatedSum:
//   keeps what a plain sum loses; passes NaN and infinities on; is exact on
//   integers in any order.
#include "metrics/sum.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <vector>

namespace assay {
namespace {

double SumOf(const std::vector<double>& terms) {
  CompensatedSum sum;
  for (const double term : terms) sum.Add(term);
  return sum.Value();
}

TEST(CompensatedSumTest, KeepsSmallTermsBesideLargeOnes) {
  EXPECT_EQ(SumOf({1.0, 1e100, 1.0, -1e100}), 2.0);
}

TEST(CompensatedSumTest, AddsATenthTenMillionTimesWithinOneUnitInTheLastPlace) {
  CompensatedSum sum;
  for (int i = 0; i < 10'000'000; ++i) sum.Add(0.1);
  EXPECT_DOUBLE_EQ(sum.Value(), 1e6);
}

TEST(CompensatedSumTest, PassesNanAndInfinityOn) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(SumOf({1, kInf, 2}), kInf);
  EXPECT_TRUE(std::isnan(SumOf({kInf, -kInf})));
  EXPECT_TRUE(std::isnan(SumOf({std::nan(""), 1})));
}

TEST(CompensatedSumTest, EqualsTheExactSumOfIntegers) {
  EXPECT_TRUE(rc::check("integers", [](const std::vector<int>& terms) {
    CompensatedSum sum;
    std::int64_t exact = 0;
    for (const int term : terms) {
      sum.Add(term);
      exact += term;
    }
    RC_ASSERT(sum.Value() == static_cast<double>(exact));
  }));
}

}  // namespace
}  // namespace assay
