// What the pixels of a strip add to a depth score, against the formulas in long double:
//   every term of ordinary depths within a few units in the last place, and e exactly 0 where
//   both depths are equal
//   delta is decided by the rounded quotient max(g/p, p/g), next to a threshold too
//   no depth at all, infinite, tiny and huge predictions
//   a pixel adds the same alone as among others; sets add up; the two settings of formulas
#include "metrics/depth_terms.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace assay {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::array<double, 3> kDeltas = {1.25, 1.5625, 1.953125};

constexpr std::array kSlots = {
    kAbs, kAbsRel, kSqRel, kSq, kSqLog, kAbsLog, kSqInverse, kLog, kSqLogUndefined};

struct Exact {
  std::array<std::int64_t, 3> inliers{};
  std::array<long double, kDepthSlots> reals{};
};

Exact ExactOf(double p, double g) {
  const long double e =
      std::log(static_cast<long double>(p)) - std::log(static_cast<long double>(g));
  const long double difference = std::abs(static_cast<long double>(p) - g);
  const long double inverse =
      std::abs(1 / static_cast<long double>(p) - 1 / static_cast<long double>(g));
  Exact exact;
  const double ratio = std::max(g / p, p / g);
  for (std::size_t k = 0; k < kDeltas.size(); ++k) exact.inliers[k] = ratio < kDeltas[k] ? 1 : 0;
  exact.reals[kAbs] = difference;
  exact.reals[kAbsRel] = difference / g;
  exact.reals[kSqRel] = difference * difference / g;
  exact.reals[kSq] = difference * difference;
  exact.reals[kSqLog] = e * e;
  exact.reals[kAbsLog] = std::abs(e);
  exact.reals[kSqInverse] = inverse * inverse;
  exact.reals[kLog] = e;
  return exact;
}

// `exact` may come of a difference of two logarithms, or of two quotients.
bool IsClose(double value, long double exact, long double rounding) {
  return std::abs(value - exact) <= 16 * kEpsilon * std::abs(exact) + rounding;
}

void AssertExact(const DepthPart& part, double p, double g) {
  const Exact exact = ExactOf(p, g);
  RC_ASSERT(part.pixels == 1);
  RC_ASSERT(part.inliers == exact.inliers);
  const long double ulp = std::numeric_limits<long double>::epsilon();
  const long double of_log = 2 * ulp * (std::abs(std::log(p)) + std::abs(std::log(g)));
  const long double of_inverse = 2 * ulp * (1 / p + 1 / g);
  for (const DepthSlot slot : {kAbs, kAbsRel, kSqRel, kSq}) {
    RC_ASSERT(IsClose(part.reals[slot], exact.reals[slot], 0));
  }
  RC_ASSERT(IsClose(part.reals[kLog], exact.reals[kLog], of_log));
  RC_ASSERT(IsClose(part.reals[kAbsLog], exact.reals[kAbsLog], of_log));
  RC_ASSERT(IsClose(std::sqrt(part.reals[kSqLog]), exact.reals[kAbsLog], of_log));
  RC_ASSERT(
      IsClose(std::sqrt(part.reals[kSqInverse]), std::sqrt(exact.reals[kSqInverse]), of_inverse));
}

double AnyDepth() {
  const double fraction = 1 + *rc::gen::inRange(0, 1 << 30) / double{1 << 30};
  return std::ldexp(fraction, *rc::gen::element(-200, -12, -3, -1, 0, 1, 2, 7, 40, 200));
}

// A prediction of a depth: anything, close by, or next to a threshold.
double AnyPrediction(double g) {
  const double delta = kDeltas[*rc::gen::inRange<std::size_t>(0, 3)];
  double next = *rc::gen::arbitrary<bool>() ? g * delta : g / delta;
  for (int i = *rc::gen::inRange(-6, 7); i != 0; i += i < 0 ? 1 : -1) {
    next = std::nextafter(next, i < 0 ? 0 : kInf);
  }
  const double close =
      g * (1 + *rc::gen::inRange(-1000, 1000) * *rc::gen::element(1e-3, 1e-9, 1e-16));
  return *rc::gen::element(AnyDepth(), next, std::max(close, 0x1p-240), g);
}

TEST(DepthTerms, AreTheFormulasOfOrdinaryDepths) {
  EXPECT_TRUE(rc::check([] {
    const double g = AnyDepth();
    const double p = AnyPrediction(g);
    AssertExact(PartOf(p, g, {}), p, g);
    RC_ASSERT((p == g) == (PartOf(p, g, {}).reals[kLog] == 0));
  }));
}

TEST(DepthTerms, DeltaGoesByTheRoundedQuotient) {
  for (const double delta : kDeltas) {
    for (int millimetres = 100; millimetres < 10000; ++millimetres) {
      const double g = millimetres / 1000.0;
      for (double p = std::nextafter(std::nextafter(g * delta, 0), 0);
           p < g * delta * (1 + 2 * kEpsilon);
           p = std::nextafter(p, kInf)) {
        const Exact exact = ExactOf(p, g);
        ASSERT_EQ(PartOf(p, g, {}).inliers, exact.inliers) << p << ' ' << g;
        ASSERT_EQ(PartOf(g, p, {}).inliers, exact.inliers) << p << ' ' << g;
      }
    }
  }
}

TEST(DepthTerms, OfNoDepthAreWhatTheFormulasGive) {
  const DepthPart none = PartOf(0, 2, {});
  EXPECT_EQ(none.inliers, (std::array<std::int64_t, 3>{}));
  EXPECT_EQ(none.reals[kAbsRel], 1);
  EXPECT_EQ(none.reals[kLog], -kInf);
  EXPECT_EQ(none.reals[kSqInverse], kInf);
  const DepthPart negative = PartOf(-2, 2, {});
  EXPECT_EQ(negative.inliers, none.inliers);
  EXPECT_EQ(negative.reals[kAbs], 4);
  EXPECT_TRUE(std::isnan(negative.reals[kLog]));
  const DepthPart endless = PartOf(kInf, 2, {});
  EXPECT_EQ(endless.inliers, none.inliers);
  EXPECT_EQ(endless.reals[kLog], kInf);
  EXPECT_EQ(endless.reals[kSqInverse], 0.25);
  const DepthPart missing = PartOf(kNan, 2, {});
  EXPECT_EQ(missing.inliers, none.inliers);
  EXPECT_TRUE(std::isnan(missing.reals[kAbs]));
  EXPECT_TRUE(std::isnan(missing.reals[kLog]));
}

TEST(DepthTerms, OfTinyAndHugePredictionsAreFiniteWhereTheyCanBe) {
  for (const double p : {0x1p-300, 1e-310, 0x1p300, std::numeric_limits<double>::max()}) {
    const DepthPart part = PartOf(p, 2, {});
    EXPECT_EQ(part.inliers, (std::array<std::int64_t, 3>{}));
    EXPECT_NEAR(part.reals[kLog], std::log(p) - std::log(2), 1e-12) << p;
    EXPECT_EQ(part.reals[kAbs], std::abs(p - 2)) << p;
  }
}

TEST(DepthTerms, OfAPixelAreTheSameAmongOthers) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, kStripPixels + 1);
    std::vector<double> p(count), g(count);
    PixelSet measured = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const bool is_hole = *rc::gen::inRange(0, 5) == 0;
      g[i] = is_hole ? *rc::gen::element(0.0, kNan, kInf, -1.0) : AnyDepth();
      measured |= is_hole ? 0 : kStripPixelSets[i];
      p[i] =
          *rc::gen::element(kNan, kInf, 0.0, -3.0, AnyDepth(), AnyDepth(), AnyDepth(), AnyDepth());
    }
    const DepthFormulas formulas{*rc::gen::element(0.0, 0.5),
                                 *rc::gen::element(SqRelOver::kTruth, SqRelOver::kTruthSquared)};
    StripTerms terms;
    terms.Set(p, g, measured, formulas);
    const PixelSet some = measured & *rc::gen::arbitrary<PixelSet>();
    std::array<std::int64_t, 3> inliers{};
    std::array<double, kDepthSlots> largest{}, sums{};
    ForEachPixel(some, [&](std::size_t i) {
      const DepthPart alone = PartOf(p[i], g[i], formulas);
      const DepthPart among = terms.Sum(kStripPixelSets[i]);
      RC_ASSERT(among.inliers == alone.inliers);
      for (const DepthSlot slot : kSlots) {
        const double value = alone.reals[slot];
        RC_ASSERT(among.reals[slot] == value ||
                  (std::isnan(among.reals[slot]) && std::isnan(value)));
        sums[slot] += value;
        largest[slot] = std::max(largest[slot], std::abs(value));
      }
      for (std::size_t k = 0; k < inliers.size(); ++k) inliers[k] += alone.inliers[k];
    });
    const DepthPart sum = terms.Sum(some);
    RC_ASSERT(sum.pixels == std::popcount(some));
    RC_ASSERT(sum.inliers == inliers);
    for (const DepthSlot slot : kSlots) {
      const bool same = sum.reals[slot] == sums[slot] ||
                        std::abs(sum.reals[slot] - sums[slot]) <= 64 * kEpsilon * largest[slot];
      RC_ASSERT(same || std::isnan(sums[slot]));
    }
  }));
}

TEST(DepthTerms, FollowTheFormulasOfTheProtocol) {
  EXPECT_EQ(PartOf(5, 1.5, {.abs_rel_epsilon = 0.5}).reals[kAbsRel], 1.75);
  EXPECT_EQ(PartOf(8, 4, {.sq_rel_over = SqRelOver::kTruthSquared}).reals[kSqRel], 1);
  EXPECT_EQ(PartOf(8, 4, {}).reals[kSqRel], 4);
}

}  // namespace
}  // namespace assay
