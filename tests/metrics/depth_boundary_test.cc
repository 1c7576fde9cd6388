// Boundary F1 in its two definitions.
//   - both equal their naive versions on random maps with holes and undefined pixels
//   - a perfect answer has the most in any unit: 1 for MoGe, for Depth Pro the share of
//     directions with edges; a flat one has 0
//   - an undefined pixel is never better than any finite depth in its place
//   - only pairs of scored pixels count
#include "metrics/depth_boundary.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstddef>
#include <limits>

#include "metrics/depth.h"
#include "tests/metrics/depth_checks.h"
#include "tests/support/naive_robust.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr DepthBoundary kKinds[] = {DepthBoundary::kDepthPro, DepthBoundary::kMoge};

struct Maps {
  Raster<double> prediction, truth;
};

Maps AnyMaps(bool undefined) {
  const Size size{*rc::gen::inRange(7, 14), *rc::gen::inRange(7, 12)};
  Maps maps{Raster<double>(size, 0), Raster<double>(size, 0)};
  for (std::size_t i = 0; i < maps.truth.Pixels().size(); ++i) {
    const int hole = *rc::gen::inRange(0, 8);
    maps.truth.Pixels()[i] = hole == 0 ? 0 : 1 + *rc::gen::inRange(0, 60) / 64.0;
    const double depth = 1 + *rc::gen::inRange(0, 60) / 64.0;
    maps.prediction.Pixels()[i] = undefined && *rc::gen::inRange(0, 6) == 0 ? kNan : depth;
  }
  return maps;
}

TEST(DepthBoundary, EqualsTheNaiveVersion) {
  EXPECT_TRUE(rc::check([] {
    const Maps maps = AnyMaps(true);
    for (const DepthBoundary kind : kKinds) {
      const auto found = BoundaryF1(kind, maps.prediction, maps.truth);
      const auto naive = test::NaiveBoundaryF1(kind, maps.prediction, maps.truth);
      RC_ASSERT(found.size() == naive.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        RC_ASSERT(std::abs(found[i] - naive[i]) <= 1e-12);
      }
    }
  }));
}

TEST(DepthBoundary, AnUndefinedPixelIsNeverBetter) {
  EXPECT_TRUE(rc::check([] {
    Maps maps = AnyMaps(false);
    const auto x = *rc::gen::inRange(0, maps.truth.width());
    const auto y = *rc::gen::inRange(0, maps.truth.height());
    for (const DepthBoundary kind : kKinds) {
      const auto finite = BoundaryF1(kind, maps.prediction, maps.truth);
      Raster<double> without = maps.prediction;
      without.At(x, y) = kNan;
      const auto undefined = BoundaryF1(kind, without, maps.truth);
      for (std::size_t i = 0; i < finite.size(); ++i) RC_ASSERT(undefined[i] <= finite[i] + 1e-12);
    }
  }));
}

TEST(DepthBoundary, APerfectAnswerIsBestInAnyUnitAndAFlatOneHasZero) {
  Raster<double> truth(Size{9, 9}, 2.0);
  for (int y = 0; y < 9; ++y) {
    for (int x = 4; x < 9; ++x) truth.At(x, y) = 3.0;
  }
  Raster<double> scaled = truth;
  for (double& depth : scaled.Pixels()) depth *= 0.125;
  for (const DepthBoundary kind : kKinds) {
    // Of Depth Pro's four directions only one has edges, and the others count as missed.
    const double best = kind == DepthBoundary::kMoge ? 1 : 0.25;
    for (const double f1 : BoundaryF1(kind, scaled, truth)) EXPECT_DOUBLE_EQ(f1, best);
    const Raster<double> flat(Size{9, 9}, 1.0);
    for (const double f1 : BoundaryF1(kind, flat, truth)) EXPECT_EQ(f1, 0);
  }
}

// The unscored pixel hides the only edge.
TEST(DepthBoundary, OnlyPairsOfScoredPixelsCount) {
  const auto truth = test::RowMap({1, 1, 0, 2, 2});
  EXPECT_EQ(BoundaryF1(DepthBoundary::kDepthPro, truth, truth), std::vector<double>{0});
}

TEST(DepthBoundary, TheMetricAveragesItOverImages) {
  DepthSettings settings;
  settings.boundary = DepthBoundary::kDepthPro;
  settings.undefined = UndefinedPrediction::kAsSourceClips;
  const DepthMetric metric(settings);
  DepthMetric::State state = metric.Start();
  const DepthTruth truth = test::TruthRow({1, 2, 2});
  metric.Add(metric.Compare(test::Row({1, 2, 2}), truth), state);
  metric.Add(metric.Compare(test::Row({2, 2, 2}), truth), state);
  metric.Add(metric.Worst(truth), state);
  metric.Add(metric.Best(truth), state);
  const double perfect = metric.Compare(test::Row({1, 2, 2}), truth).boundary.at(0);
  EXPECT_EQ(perfect, 0.25);  // one direction of four has edges
  EXPECT_EQ(metric.Finish(state).boundary, std::vector<double>{(perfect + 0 + 0 + 1) / 4});
}

}  // namespace
}  // namespace assay
