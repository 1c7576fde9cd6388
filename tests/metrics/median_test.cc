// The median of many numbers is that of the sorted numbers, bit for bit: few and many of them,
// smooth, equal, wild, and in an order that misleads a look at every 64th; NaN of none and of NaN.
#include "metrics/median.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

double NaiveMedian(std::vector<double> values, Median rule) {
  std::sort(values.begin(), values.end());
  const std::size_t upper = values.size() / 2;
  if (values.size() % 2 == 1) return values[upper];
  return rule == Median::kLower ? values[upper - 1] : (values[upper - 1] + values[upper]) / 2;
}

void ExpectMedian(const std::vector<double>& values) {
  for (const Median rule : {Median::kAveraged, Median::kLower}) {
    EXPECT_EQ(MedianOf(values, rule), NaiveMedian(values, rule)) << values.size() << " numbers";
  }
}

TEST(MedianTest, OfFewNumbers) {
  EXPECT_TRUE(rc::check([] {
    const auto any = rc::gen::map(rc::gen::inRange(-50, 50), [](int x) { return x / 8.0; });
    const auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(any));
    for (const Median rule : {Median::kAveraged, Median::kLower}) {
      RC_ASSERT(MedianOf(values, rule) == NaiveMedian(values, rule));
    }
  }));
}

TEST(MedianTest, OfManyNumbers) {
  for (const std::size_t count : {16383U, 16384U, 16385U, 20000U, 65536U, 307201U}) {
    std::vector<double> smooth(count), wild(count), steps(count), sorted(count);
    std::uint64_t state = count;
    for (std::size_t i = 0; i < count; ++i) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      const auto random = static_cast<double>(state >> 33U);
      smooth[i] = 3 + std::sin(static_cast<double>(i) / 5000);
      wild[i] = std::exp(random / 1e7 - 100);
      steps[i] = static_cast<double>(state >> 61U);
      sorted[i] = static_cast<double>(i);
    }
    ExpectMedian(smooth);
    ExpectMedian(wild);
    ExpectMedian(steps);
    ExpectMedian(sorted);
    ExpectMedian({sorted.rbegin(), sorted.rend()});
    ExpectMedian(std::vector<double>(count, 2.5));
  }
}

TEST(MedianTest, WhateverStandsAtEvery64thPlace) {
  std::vector<double> values(40000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i % 64 == 0 ? 1e6 + static_cast<double>(i) : static_cast<double>(i % 977);
  }
  ExpectMedian(values);
  for (std::size_t i = 0; i < values.size(); i += 64) values[i] = -kInf;
  ExpectMedian(values);
}

TEST(MedianTest, InfinitiesAreNumbers) {
  std::vector<double> values(20001, kInf);
  ExpectMedian(values);
  std::fill(values.begin(), values.begin() + 10000, -kInf);
  ExpectMedian(values);
  values[15000] = 3;
  ExpectMedian(values);
}

TEST(MedianTest, IsNanOfNoneAndWhereOneIs) {
  EXPECT_TRUE(std::isnan(MedianOf({}, Median::kAveraged)));
  for (const std::size_t count : {1U, 100U, 20000U}) {
    for (const std::size_t place : {std::size_t{0}, count / 2, std::size_t{count - 1}}) {
      std::vector<double> values(count, 1);
      values[place] = kNan;
      EXPECT_TRUE(std::isnan(MedianOf(values, Median::kLower))) << place << " of " << count;
    }
  }
}

}  // namespace
}  // namespace assay
