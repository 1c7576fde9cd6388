// Boundary IoU of SemanticMetric:
//   equals the evaluation class by class with repeated erosions, under every policy; what
//   is predicted on truth that is not evaluated changes nothing; a prediction of void on a
//   boundary is a miss, for detectron2 dropped; the mean has the classes of mIoU; Worst
//   matches nothing of any boundary of truth, Best all; the other scores do not depend on
//   the ratio, and without one there is nothing; ratios that cannot be meant are refused.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>

#include "metrics/semantic.h"
#include "tests/support/naive_boundary.h"
#include "tests/support/random_samples.h"
#include "tests/support/toy_labels.h"

namespace assay {
namespace {

using test::AnyPainting;
using test::AnySize;
using test::ToyLabels;
using Boundary = SemanticScore::Boundary;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr SemanticPolicy kPolicies[] = {
    SemanticPolicy::kOfficial, SemanticPolicy::kMmseg, SemanticPolicy::kDetectron2};

SemanticMetric Toy(SemanticPolicy policy = SemanticPolicy::kOfficial, double ratio = 0.02) {
  return SemanticMetric(ToyLabels(), {.policy = policy, .boundary_ratio = ratio});
}

struct Pair {
  LabelMap prediction;
  SemanticTruth truth;
};

// The prediction is the truth in most of the image.
Pair AnyPair() {
  const int classes = static_cast<int>(ToyLabels().classes.size());
  const Size size = AnySize(18, 15);
  Pair pair{AnyPainting(size, classes), {AnyPainting(size, classes), {}}};
  const int seam = *rc::gen::inRange(0, size.width + 1);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < seam; ++x) pair.prediction.At(x, y) = pair.truth.labels.At(x, y);
  }
  return pair;
}

SemanticMetric::Result Evaluate(const SemanticMetric& metric, const SemanticScore& score) {
  SemanticMetric::State state = metric.Start();
  metric.Add(score, state);
  return metric.Finish(state);
}

TEST(SemanticBoundaryTest, EqualsTheEvaluationClassByClassUnderEveryPolicy) {
  EXPECT_TRUE(rc::check("differential", [] {
    const auto [prediction, truth] = AnyPair();
    for (const SemanticPolicy policy : kPolicies) {
      const SemanticMetric metric = Toy(policy, *rc::gen::element(0.001, 0.1, 0.2));
      RC_ASSERT(
          metric.Compare(prediction, truth).boundaries ==
          test::NaiveSemanticBoundaries(ToyLabels(), metric.settings(), prediction, truth.labels));
    }
  }));
}

TEST(SemanticBoundaryTest, WhatIsPredictedOnTruthThatIsNotEvaluatedChangesNothing) {
  EXPECT_TRUE(rc::check("void", [] {
    auto [prediction, truth] = AnyPair();
    const LabelMap other = AnyPainting(prediction.size(), 11);
    LabelMap changed = prediction;
    for (std::size_t i = 0; i < changed.Pixels().size(); ++i) {
      const bool valid = ToyLabels().classes[truth.labels.Pixels()[i]].evaluated;
      if (!valid) changed.Pixels()[i] = other.Pixels()[i];
    }
    for (const SemanticPolicy policy : kPolicies) {
      const SemanticMetric metric = Toy(policy);
      RC_ASSERT(metric.Compare(changed, truth).boundaries ==
                metric.Compare(prediction, truth).boundaries);
    }
  }));
}

// A floor (2) of 3 x 3 pixels and d = 1: the boundary is its ring of eight.
Pair FloorWithOnePixel(std::uint8_t predicted) {
  Pair pair{LabelMap({3, 3}, 2), {LabelMap({3, 3}, 2), {}}};
  pair.prediction.At(0, 0) = predicted;
  return pair;
}

TEST(SemanticBoundaryTest, APredictionOfVoidOnABoundaryIsAMissAndForDetectron2Dropped) {
  for (const std::uint8_t nothing : std::to_array<std::uint8_t>({0, 3})) {
    const auto [prediction, truth] = FloorWithOnePixel(nothing);
    // The hole makes the middle a boundary of the answer.
    EXPECT_THAT(Toy(SemanticPolicy::kOfficial).Compare(prediction, truth).boundaries,
                ElementsAre(Boundary{2, 7, 9}));
    EXPECT_THAT(Toy(SemanticPolicy::kMmseg).Compare(prediction, truth).boundaries,
                ElementsAre(Boundary{2, 7, 9}));
    EXPECT_THAT(Toy(SemanticPolicy::kDetectron2).Compare(prediction, truth).boundaries,
                ElementsAre(Boundary{2, 7, 8}));
  }
}

TEST(SemanticBoundaryTest, AnotherClassOnABoundaryCountsInBothUnions) {
  const auto [prediction, truth] = FloorWithOnePixel(4);
  EXPECT_THAT(Toy().Compare(prediction, truth).boundaries,
              ElementsAre(Boundary{2, 7, 9}, Boundary{4, 0, 1}));
  const auto result = Evaluate(Toy(), Toy().Compare(prediction, truth));
  EXPECT_DOUBLE_EQ(result.class_boundary_iou[2], 7.0 / 9);
  EXPECT_EQ(result.class_boundary_iou[4], 0);
  EXPECT_DOUBLE_EQ(result.mean_boundary_iou, 7.0 / 18);
}

TEST(SemanticBoundaryTest, CountsOfImagesAreSummedBeforeTheyAreDivided) {
  const SemanticMetric metric = Toy();
  SemanticMetric::State state = metric.Start();
  for (const std::uint8_t id : std::to_array<std::uint8_t>({2, 0})) {
    const auto [prediction, truth] = FloorWithOnePixel(id);
    metric.Add(metric.Compare(prediction, truth), state);
  }
  EXPECT_DOUBLE_EQ(metric.Finish(state).class_boundary_iou[2], (8.0 + 7) / (8 + 9));
}

TEST(SemanticBoundaryTest, TheMeanHasTheClassesOfTheMeanIoU) {
  EXPECT_TRUE(rc::check("classes", [] {
    const auto [prediction, truth] = AnyPair();
    for (const SemanticPolicy policy : kPolicies) {
      const SemanticMetric metric = Toy(policy);
      const auto result = Evaluate(metric, metric.Compare(prediction, truth));
      double sum = 0;
      for (std::size_t l = 0; l < result.class_iou.size(); ++l) {
        const double score = result.class_boundary_iou[l];
        RC_ASSERT(std::isnan(score) == std::isnan(result.class_iou[l]));
        if (!std::isnan(score)) sum += score;
      }
      const int n = result.classes_averaged;
      RC_ASSERT(std::isnan(result.mean_boundary_iou) == (n == 0));
      RC_ASSERT(n == 0 || std::abs(result.mean_boundary_iou - sum / n) < 1e-12);
    }
  }));
}

// The floor's ring is dropped and its middle called a cat: no boundary of it is left.
TEST(SemanticBoundaryTest, AClassWhoseBoundaryDetectron2DropsScoresZero) {
  Pair pair{LabelMap({3, 3}, 0), {LabelMap({3, 3}, 2), {}}};
  pair.prediction.At(1, 1) = 4;
  const SemanticMetric metric = Toy(SemanticPolicy::kDetectron2);
  const auto score = metric.Compare(pair.prediction, pair.truth);
  EXPECT_THAT(score.boundaries, ElementsAre(Boundary{4, 0, 1}));
  const auto result = Evaluate(metric, score);
  EXPECT_EQ(result.class_iou[2], 0);
  EXPECT_EQ(result.class_boundary_iou[2], 0);
  EXPECT_TRUE(std::isnan(result.class_boundary_iou[4]));  // cats are nowhere in truth
}

TEST(SemanticBoundaryTest, WorstMatchesNothingOfTheBoundariesOfTruthAndBestAll) {
  EXPECT_TRUE(rc::check("bounds", [] {
    const SemanticTruth truth{AnyPainting(AnySize(18, 15), 11), {}};
    const auto all =
        test::NaiveSemanticBoundaries(ToyLabels(), Toy().settings(), truth.labels, truth.labels);
    for (const SemanticPolicy policy : kPolicies) {
      const auto best = Toy(policy).Best(truth).boundaries;
      const auto worst = Toy(policy).Worst(truth).boundaries;
      RC_ASSERT(best == all);
      RC_ASSERT(worst.size() == all.size());
      for (std::size_t i = 0; i < all.size(); ++i) {
        RC_ASSERT(best[i].intersection == best[i].united);
        RC_ASSERT(worst[i] == (Boundary{all[i].class_id, 0, all[i].united}));
      }
    }
  }));
}

TEST(SemanticBoundaryTest, WithoutARatioThereIsNothingAndWithOneTheRestIsTheSame) {
  EXPECT_TRUE(rc::check("ratio", [] {
    const auto [prediction, truth] = AnyPair();
    const SemanticMetric without(ToyLabels());
    SemanticScore with = Toy().Compare(prediction, truth);
    const SemanticScore plain = without.Compare(prediction, truth);
    RC_ASSERT(plain.boundaries.empty());
    const auto result = Evaluate(without, plain);
    RC_ASSERT(std::isnan(result.mean_boundary_iou));
    RC_ASSERT(std::isnan(result.class_boundary_iou[2]));
    with.boundaries.clear();
    RC_ASSERT(with == plain);
  }));
  EXPECT_THAT(SemanticMetric(ToyLabels()).Worst({LabelMap({3, 3}, 2), {}}).boundaries, IsEmpty());
}

TEST(SemanticBoundaryTest, RatiosThatCannotBeMeantAreRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {-0.02, 1.02, nan}) {
    EXPECT_THROW(Toy(SemanticPolicy::kOfficial, bad), std::invalid_argument);
  }
  EXPECT_NO_THROW(Toy(SemanticPolicy::kOfficial, 1));
}

}  // namespace
}  // namespace assay
