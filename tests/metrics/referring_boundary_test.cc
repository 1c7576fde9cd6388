// boundary_IoU of ReferringMetric (its values under random settings are compared with a
// naive version in referring_test.cc):
//   on objects with an inside it equals the naive version and differs from gIoU; what is
//   answered on ignored pixels changes nothing; empty masks and missing targets score as
//   for gIoU; the distance is that of the frame; Worst is 0 with the boundary of truth in
//   the union, Best is an upper bound; the other scores do not depend on the ratio; a
//   score without a boundary is refused where one is needed.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "metrics/boundary.h"
#include "metrics/referring.h"
#include "metrics/resize.h"
#include "tests/support/naive_referring.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnyPainting;
using test::AnySize;
using test::ReferringPair;
using Boundary = ReferringScore::Boundary;

ReferringMetric Preset(std::string_view name, double ratio = 0.02) {
  ReferringSettings settings = FindReferringPreset(name);
  settings.frame.reset();
  settings.boundary_ratio = ratio;
  return ReferringMetric(settings);
}

// Large objects: truth of background, one part, two parts and ignored pixels.
ReferringPair AnyPair() {
  const Size size = AnySize(18, 15);
  ReferringTruth truth{AnyPainting(size, 4), false};
  for (std::uint8_t& pixel : truth.target.Pixels()) pixel = pixel == 3 ? 255 : pixel;
  Mask answer = AnyPainting(size, 2);
  const int seam = *rc::gen::inRange(0, size.width + 1);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < seam; ++x) answer.At(x, y) = truth.target.At(x, y) % 255 > 0 ? 1 : 0;
  }
  return {answer, truth};
}

ReferringMetric::Result One(const ReferringMetric& metric, const ReferringScore& score) {
  ReferringMetric::State state = metric.Start();
  metric.Add(score, state);
  return metric.Finish(state);
}

TEST(ReferringBoundaryTest, EqualsRepeatedErosionsUnderEveryPreset) {
  EXPECT_TRUE(rc::check("presets", [] {
    const auto [answer, truth] = AnyPair();
    for (const ReferringPreset& preset : ReferringPresets()) {
      const ReferringMetric metric = Preset(preset.name, *rc::gen::element(0.001, 0.1, 0.2));
      const double naive = test::NaiveReferring(metric.settings(), {{answer, truth}}).boundary_iou;
      RC_ASSERT(std::abs(One(metric, metric.Compare(answer, truth)).boundary_iou - naive) <= 1e-12);
    }
  }));
}

TEST(ReferringBoundaryTest, AShiftCostsMoreAtTheBoundaryThanInTheMask) {
  Mask answer({20, 20});
  ReferringTruth truth{Raster<std::uint8_t>({20, 20})};
  for (int y = 4; y < 14; ++y) {
    for (int x = 4; x < 14; ++x) truth.target.At(x, y) = answer.At(x + 1, y) = 1;
  }
  const auto score = Preset("default").Compare(answer, truth);
  // Rings of 36 pixels that share the two sides along the shift less one pixel each.
  EXPECT_EQ(score.boundary, (Boundary{18, 54}));
  const auto result = One(Preset("default"), score);
  EXPECT_DOUBLE_EQ(result.boundary_iou, 18.0 / 54);
  EXPECT_DOUBLE_EQ(result.giou, 90.0 / 110);
}

TEST(ReferringBoundaryTest, WhatIsAnsweredOnIgnoredPixelsChangesNothing) {
  EXPECT_TRUE(rc::check("ignored", [] {
    const auto [answer, truth] = AnyPair();
    const Mask other = AnyPainting(answer.size(), 2);
    Mask changed = answer;
    for (std::size_t i = 0; i < changed.Pixels().size(); ++i) {
      if (truth.target.Pixels()[i] == 255) changed.Pixels()[i] = other.Pixels()[i];
    }
    const ReferringMetric metric = Preset("default");
    RC_ASSERT(metric.Compare(changed, truth).boundary == metric.Compare(answer, truth).boundary);
  }));
}

TEST(ReferringBoundaryTest, IgnoredPixelsAreBackgroundWhereThePresetSaysSo) {
  const ReferringTruth truth{Raster<std::uint8_t>({2, 1}, {1, 255})};
  const Mask both({2, 1}, 1);
  EXPECT_EQ(Preset("default").Compare(both, truth).boundary, (Boundary{1, 1}));
  EXPECT_EQ(Preset("lavt").Compare(both, truth).boundary, (Boundary{1, 2}));
}

TEST(ReferringBoundaryTest, EmptyMasksAndMissingTargetsScoreAsForTheMask) {
  const Mask nothing({3, 3});
  const Mask something({3, 3}, 1);
  const ReferringTruth empty{Raster<std::uint8_t>({3, 3})};
  const ReferringTruth none{Raster<std::uint8_t>({3, 3}), true};
  const ReferringTruth some{Raster<std::uint8_t>({3, 3}, 1)};
  for (const ReferringPreset& preset : ReferringPresets()) {
    const ReferringMetric metric = Preset(preset.name);
    for (const auto* truth : {&empty, &none, &some}) {
      for (const auto* answer : {&nothing, &something}) {
        const bool both_full = truth == &some && answer == &something;
        if (both_full) continue;  // the epsilon weighs otherwise
        const auto result = One(metric, metric.Compare(*answer, *truth));
        EXPECT_EQ(result.boundary_iou, result.giou) << preset.name;
      }
    }
  }
}

TEST(ReferringBoundaryTest, TheDistanceIsThatOfTheFrame) {
  ReferringSettings settings;
  settings.frame = Size{30, 40};
  settings.boundary_ratio = 0.1;  // 5 pixels there, 2 in the truth
  const ReferringTruth truth{Raster<std::uint8_t>({12, 16}, 1)};
  const Mask answer({30, 40}, 1);
  const std::int64_t ring = 30 * 40 - 20 * 30;
  EXPECT_EQ(ReferringMetric(settings).Compare(answer, truth).boundary, (Boundary{ring, ring}));
}

TEST(ReferringBoundaryTest, WorstMissesTheBoundaryOfTruthAndBestBoundsEveryAnswer) {
  EXPECT_TRUE(rc::check("bounds", [] {
    const auto [answer, truth] = AnyPair();
    for (const ReferringPreset& preset : ReferringPresets()) {
      const ReferringMetric metric = Preset(preset.name);
      const ReferringScore low = metric.Worst(truth);
      const ReferringScore high = metric.Best(truth);
      RC_ASSERT(low.boundary->intersection == 0);
      RC_ASSERT(low.boundary->united == high.boundary->united);
      RC_ASSERT(high.boundary->intersection == high.boundary->united);
      RC_ASSERT((low.boundary->united > 0) == (low.target > 0));
      const double given = One(metric, metric.Compare(answer, truth)).boundary_iou;
      RC_ASSERT(One(metric, low).boundary_iou == 0);
      RC_ASSERT(given <= One(metric, high).boundary_iou);
    }
  }));
}

TEST(ReferringBoundaryTest, WithoutARatioThereIsNothingAndWithOneTheRestIsTheSame) {
  EXPECT_TRUE(rc::check("ratio", [] {
    const auto [answer, truth] = AnyPair();
    const ReferringMetric without = Preset("default", 0);
    ReferringScore with = Preset("default").Compare(answer, truth);
    const ReferringScore plain = without.Compare(answer, truth);
    RC_ASSERT(!plain.boundary.has_value());
    RC_ASSERT(std::isnan(One(without, plain).boundary_iou));
    with.boundary.reset();
    RC_ASSERT(with == plain);
  }));
}

TEST(ReferringBoundaryTest, AScoreWithoutABoundaryIsABugWhereOneIsNeeded) {
  const ReferringMetric metric = Preset("default");
  ReferringMetric::State state = metric.Start();
  EXPECT_THROW(metric.Add(ReferringScore{}, state), std::logic_error);
}

TEST(ReferringBoundaryTest, NothingIsNan) {
  const ReferringMetric metric = Preset("lisa");
  EXPECT_TRUE(std::isnan(metric.Finish(metric.Start()).boundary_iou));
}

}  // namespace
}  // namespace assay
