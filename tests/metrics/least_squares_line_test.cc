// The least-squares line against centred normal equations in long double: any points and any
// number of them, an offset far larger than their spread, outliers at the places of the pivot,
// inverses, pairs left out; equal p; too few points; NaN.
#include "metrics/least_squares_line.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

struct Pairs {
  std::vector<double> p, g;
};

// Not of equal p.
Line NaiveLine(const Pairs& pairs, const LinePoints& points) {
  std::vector<long double> p, g;
  for (std::size_t i = 0; i < pairs.p.size(); ++i) {
    const long double x = points.invert_p ? 1 / pairs.p[i] : pairs.p[i];
    if (points.positive_only && !(x > 0 && pairs.g[i] > 0)) continue;
    p.push_back(x);
    g.push_back(points.invert_g ? 1 / pairs.g[i] : pairs.g[i]);
  }
  long double mean_p = 0, mean_g = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    mean_p += p[i] / p.size();
    mean_g += g[i] / g.size();
  }
  long double spread = 0, joint = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    spread += (p[i] - mean_p) * (p[i] - mean_p);
    joint += (p[i] - mean_p) * (g[i] - mean_g);
  }
  const long double scale = joint / spread;
  return {static_cast<double>(scale), static_cast<double>(mean_g - scale * mean_p)};
}

void ExpectNear(const Line& line, const Line& expected, double relative) {
  EXPECT_NEAR(line.scale, expected.scale, relative * std::abs(expected.scale));
  EXPECT_NEAR(line.shift, expected.shift, relative * (std::abs(expected.shift) + 1));
}

// About g = (p - 1) / 2, in steps of 1/1024.
Pairs AnyPairs(std::size_t count) {
  Pairs pairs;
  std::uint64_t state = count + 1;
  for (std::size_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    pairs.p.push_back(1.5 + static_cast<double>(state >> 51U) / 1024);
    pairs.g.push_back((pairs.p.back() - 1) / 2 + static_cast<double>(state >> 20U & 255U) / 1024);
  }
  return pairs;
}

TEST(LeastSquaresLine, IsTheLineOfAnyNumberOfPoints) {
  for (const std::size_t count : {2, 3, 7, 8, 9, 63, 64, 65, 255, 256, 257, 511, 5000, 300007}) {
    const Pairs pairs = AnyPairs(count);
    for (const LinePoints& points : {LinePoints{},
                                     LinePoints{.invert_p = true},
                                     LinePoints{.invert_g = true},
                                     LinePoints{true, true, true}}) {
      SCOPED_TRACE(count);
      ExpectNear(LeastSquaresLine(pairs.p, pairs.g, points), NaiveLine(pairs, points), 1e-11);
    }
  }
}

TEST(LeastSquaresLine, OfPointsFarFromZero) {
  Pairs pairs = AnyPairs(10000);
  for (double& p : pairs.p) p += 0x1p40;
  const Line line = LeastSquaresLine(pairs.p, pairs.g);
  const Line expected = NaiveLine(pairs, {});
  EXPECT_NEAR(line.scale, expected.scale, 1e-12);
  EXPECT_NEAR(line.shift, expected.shift, 1e-12 * std::abs(expected.shift));
}

TEST(LeastSquaresLine, WhateverStandsAtThePlacesOfThePivot) {
  for (const double far : {1e3, 1e6, -1e6}) {
    Pairs pairs = AnyPairs(20000);
    for (std::size_t i = 0; i < pairs.p.size(); i += 64) pairs.p[i] += far;
    SCOPED_TRACE(far);
    ExpectNear(LeastSquaresLine(pairs.p, pairs.g), NaiveLine(pairs, {}), 1e-10);
  }
}

TEST(LeastSquaresLine, LeavesOutPairsThatAreNotPositive) {
  const LinePoints points{.invert_p = true, .invert_g = true, .positive_only = true};
  Pairs pairs = AnyPairs(700);
  const Line expected = LeastSquaresLine(pairs.p, pairs.g, points);
  for (const double p : {0.0, -1.0, kNan}) {
    pairs.p.push_back(p == 0 ? -0.0 : p);
    pairs.g.push_back(2);
    pairs.p.push_back(2);
    pairs.g.push_back(p);
  }
  const Line line = LeastSquaresLine(pairs.p, pairs.g, points);
  ExpectNear(line, expected, 1e-12);
  const LinePoints as_they_are{.positive_only = true};
  EXPECT_EQ(LeastSquaresLine(
                std::vector<double>{0, 1, 2, -5}, std::vector<double>{9, 3, 5, 9}, as_they_are)
                .scale,
            2);
}

TEST(LeastSquaresLine, OfEqualPredictionsIsTheShortest) {
  const std::vector<double> p(300, 2);
  std::vector<double> g(300, 10);
  for (std::size_t i = 0; i < g.size(); i += 2) g[i] = 20;
  const Line line = LeastSquaresLine(p, g);  // 2 s + t = 15, s = 2 t
  EXPECT_NEAR(line.scale, 6, 1e-14);
  EXPECT_NEAR(line.shift, 3, 1e-14);
}

TEST(LeastSquaresLine, IsNanOfFewerThanTwoPointsAndOfNan) {
  const std::vector<double> one = {1}, two = {1, 2}, nan = {kNan, 2}, inf = {kInf, 2};
  EXPECT_TRUE(std::isnan(LeastSquaresLine({}, {}).scale));
  EXPECT_TRUE(std::isnan(LeastSquaresLine(one, one).scale));
  EXPECT_TRUE(std::isnan(LeastSquaresLine(nan, two, {.positive_only = true}).shift));
  EXPECT_TRUE(std::isnan(LeastSquaresLine(nan, two).scale));
  EXPECT_TRUE(std::isnan(LeastSquaresLine(two, nan).scale));
  EXPECT_TRUE(std::isnan(LeastSquaresLine(inf, two).scale));
}

}  // namespace
}  // namespace assay
