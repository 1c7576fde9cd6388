// SemanticMetric:
//   equals a pixel-by-pixel evaluation on random data; cells are sorted, complete
//   and counted whatever the alignment of runs; void predictions on valid truth are
//   misses; ignored truth never counts; classes absent from truth and answer are
//   NaN and leave the mean; instance weights use the class average, category hits
//   every class of the category; values without an average are refused by value;
//   ids outside the space and unequal sizes are refused; Worst and Best bound; an
//   answer that is missing lowers its classes under every policy.
#include "metrics/semantic.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/naive_semantic.h"
#include "tests/support/random_samples.h"
#include "tests/support/toy_labels.h"

namespace assay {
namespace {

using test::AnySemanticPair;
using test::NaiveSemantic;
using test::SemanticPair;
using test::ToyLabels;

const SemanticMetric& Toy() {
  static const SemanticMetric kMetric(ToyLabels());
  return kMetric;
}

LabelMap Labels(std::vector<std::uint8_t> ids) {
  const Size size{static_cast<int>(ids.size()), 1};
  return {size, std::move(ids)};
}

SemanticTruth Truth(std::vector<std::uint8_t> ids, const std::vector<std::uint16_t>& values = {}) {
  SemanticTruth truth{Labels(std::move(ids)), {}};
  if (!values.empty()) truth.instances = Raster<std::uint16_t>(truth.labels.size(), values);
  return truth;
}

SemanticMetric::Result Evaluate(const std::vector<SemanticPair>& samples) {
  SemanticMetric::State state = Toy().Start();
  for (const auto& [prediction, truth] : samples) {
    Toy().Add(Toy().Compare(prediction, truth), state);
  }
  return Toy().Finish(state);
}

bool Holds(const LabelMap& labels, std::uint8_t id) {
  return std::ranges::find(labels.Pixels(), id) != labels.Pixels().end();
}

bool Near(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-12;
}

bool Near(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!Near(a[i], b[i])) return false;
  }
  return true;
}

TEST(SemanticTest, EqualsThePixelByPixelEvaluationOnRandomData) {
  EXPECT_TRUE(rc::check("differential", [] {
    std::vector<SemanticPair> samples;
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) samples.push_back(AnySemanticPair(40, 6));
    const SemanticMetric::Result fast = Evaluate(samples);
    const SemanticMetric::Result naive = NaiveSemantic(ToyLabels(), samples);
    RC_ASSERT(fast.confusion == naive.confusion);
    RC_ASSERT(Near(fast.class_iou, naive.class_iou));
    RC_ASSERT(Near(fast.class_iiou, naive.class_iiou));
    RC_ASSERT(Near(fast.category_iou, naive.category_iou));
    RC_ASSERT(Near(fast.category_iiou, naive.category_iiou));
    RC_ASSERT(Near(fast.mean_iou, naive.mean_iou));
    RC_ASSERT(Near(fast.mean_iiou, naive.mean_iiou));
    RC_ASSERT(Near(fast.mean_category_iou, naive.mean_category_iou));
    RC_ASSERT(Near(fast.mean_category_iiou, naive.mean_category_iiou));
    RC_ASSERT(fast.classes_averaged == naive.classes_averaged);
  }));
}

TEST(SemanticTest, CellsAreSortedNonZeroAndCountEveryPixelOnce) {
  EXPECT_TRUE(rc::check("cells", [] {
    const auto [prediction, truth] = AnySemanticPair(70, 4);
    const SemanticScore score = Toy().Compare(prediction, truth);
    std::int64_t total = 0;
    for (std::size_t i = 0; i < score.cells.size(); ++i) {
      const auto& cell = score.cells[i];
      RC_ASSERT(cell.pixels > 0);
      total += cell.pixels;
      if (i == 0) continue;
      const auto& last = score.cells[i - 1];
      RC_ASSERT(std::pair(last.truth, last.prediction) < std::pair(cell.truth, cell.prediction));
    }
    RC_ASSERT(total == static_cast<std::int64_t>(prediction.size().Pixels()));
  }));
}

TEST(SemanticTest, PredictionEqualToTruthScoresOneForEveryClassPresent) {
  const SemanticTruth truth = Truth({2, 2, 4, 6, 10}, {2, 2, 4000, 6001, 10});
  const auto result = Evaluate({{truth.labels, truth}});
  for (const std::size_t id : {2U, 4U, 6U, 10U}) EXPECT_EQ(result.class_iou[id], 1.0) << id;
  EXPECT_EQ(result.mean_iou, 1.0);
  EXPECT_EQ(result.mean_iiou, 1.0);
  EXPECT_EQ(result.mean_category_iou, 1.0);
  EXPECT_EQ(result.mean_category_iiou, 1.0);
  EXPECT_EQ(result.classes_averaged, 4);
}

TEST(SemanticTest, VoidAndIgnoredPredictionsOnValidTruthAreMisses) {
  const auto result = Evaluate({{Labels({2, 0, 3, 2}), Truth({2, 2, 2, 2})}});
  EXPECT_DOUBLE_EQ(result.class_iou[2], 0.5);
  EXPECT_DOUBLE_EQ(result.mean_iou, 0.5);
}

TEST(SemanticTest, PredictionsOnIgnoredTruthNeverCount) {
  const auto result = Evaluate({{Labels({2, 4, 2, 2}), Truth({2, 3, 0, 1})}});
  EXPECT_DOUBLE_EQ(result.class_iou[2], 1.0);
  EXPECT_TRUE(std::isnan(result.class_iou[4]));
  EXPECT_EQ(result.classes_averaged, 1);
}

TEST(SemanticTest, AClassPredictedButAbsentFromTruthScoresZeroAndCounts) {
  const auto result = Evaluate({{Labels({2, 2, 2, 10}), Truth({2, 2, 2, 2})}});
  EXPECT_EQ(result.class_iou[10], 0.0);
  EXPECT_DOUBLE_EQ(result.mean_iou, (0.75 + 0) / 2);
  EXPECT_EQ(result.classes_averaged, 2);
}

TEST(SemanticTest, MeansOfNothingAreNan) {
  const auto result = Evaluate({{Labels({0, 0}), Truth({0, 1})}});
  EXPECT_TRUE(std::isnan(result.mean_iou));
  EXPECT_TRUE(std::isnan(result.mean_iiou));
  EXPECT_TRUE(std::isnan(result.mean_category_iou));
  EXPECT_TRUE(std::isnan(result.mean_category_iiou));
  EXPECT_EQ(result.classes_averaged, 0);
}

TEST(SemanticTest, IgnoredClassOfACategoryMissesForIouButHitsForInstances) {
  // A car predicted as cart (ignored, same category).
  const auto result = Evaluate({{Labels({8, 8}), Truth({6, 6}, {6000, 6000})}});
  EXPECT_EQ(result.category_iou[3], 0.0);
  EXPECT_EQ(result.category_iiou[3], 1.0);
  EXPECT_EQ(result.class_iiou[6], 0.0);
}

TEST(SemanticTest, InstancesWeighTheirClassAverageOverTheirSize) {
  // A cat of 3 pixels hit once and one of 1 pixel hit: weights 3.5/3 and 3.5/1.
  const SemanticPair sample = {Labels({4, 2, 2, 4}), Truth({4, 4, 4, 4}, {4000, 4000, 4000, 4001})};
  const double hits = 3.5 / 3 * 1 + 3.5;
  const double misses = 3.5 / 3 * 2;
  EXPECT_DOUBLE_EQ(Evaluate({sample}).class_iiou[4], hits / (hits + misses));
}

TEST(SemanticTest, FalsePositivesOfInstanceScoresAreUnweightedPixels) {
  const SemanticPair sample = {Labels({4, 4, 4}), Truth({4, 2, 2}, {4000, 2, 2})};
  EXPECT_DOUBLE_EQ(Evaluate({sample}).class_iiou[4], 3.5 / (3.5 + 2));
}

TEST(SemanticTest, CategoriesWithAClassWithoutInstancesHaveNoInstanceScore) {
  const SemanticPair sample = {Labels({9}), Truth({9}, {9000})};
  const auto result = Evaluate({sample});
  EXPECT_TRUE(std::isnan(result.category_iiou[4]));
  EXPECT_EQ(result.class_iiou[9], 1.0);
}

TEST(SemanticTest, GroupRegionsAndIgnoredObjectsAreNoInstances) {
  const auto score = Toy().Compare(Labels({4, 8, 4}), Truth({4, 8, 4}, {4, 8000, 1000}));
  EXPECT_THAT(score.instances, ::testing::IsEmpty());
}

TEST(SemanticTest, TheValueThousandIsNoInstance) {
  // Were it one, class 1 of this space would have to have an average.
  static constexpr std::array<LabelClass, 2> kClasses = {
      LabelClass{.id = 0, .name = "unlabeled"},
      LabelClass{.id = 1, .name = "wall", .evaluated = true}};
  static constexpr std::array<std::string_view, 1> kCategories = {"all"};
  static constexpr LabelSpace kSpace{"two", kClasses, kCategories};
  const SemanticMetric metric(kSpace);
  EXPECT_THAT(metric.Compare(Labels({1}), Truth({1}, {1000})).instances, ::testing::IsEmpty());
  EXPECT_THROW(metric.Compare(Labels({1}), Truth({1}, {1001})), std::invalid_argument);
}

TEST(SemanticTest, InstancesAreListedByAscendingValue) {
  const auto score = Toy().Compare(Labels({6, 5, 5, 4, 7}),
                                   Truth({6, 5, 4, 4, 6}, {6000, 5001, 4002, 4000, 6000}));
  using Instance = SemanticScore::Instance;
  EXPECT_THAT(
      score.instances,
      ::testing::ElementsAre(
          Instance{4, 1, 1, 1}, Instance{4, 1, 0, 1}, Instance{5, 1, 1, 1}, Instance{6, 2, 1, 2}));
}

void ExpectRefused(std::uint16_t value) {
  try {
    Toy().Compare(Labels({2}), Truth({2}, {value}));
    FAIL() << "value " << value << " was accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr(std::to_string(value)));
  }
}

TEST(SemanticTest, InstanceValuesOfClassesWithoutAnAverageAreRefusedByValue) {
  ExpectRefused(2000);   // evaluated, no average
  ExpectRefused(10003);  // the same
  ExpectRefused(11000);  // no such class
  ExpectRefused(65535);
}

TEST(SemanticTest, TruthWithoutAnInstanceImageHasNoInstances) {
  EXPECT_THAT(Toy().Compare(Labels({4}), Truth({4})).instances, ::testing::IsEmpty());
}

TEST(SemanticTest, IdsOutsideTheLabelSpaceAreABug) {
  EXPECT_THROW(Toy().Compare(Labels({11}), Truth({2})), std::logic_error);
  EXPECT_THROW(Toy().Compare(Labels({2}), Truth({255})), std::logic_error);
  EXPECT_NO_THROW(Toy().Compare(Labels({10}), Truth({10})));
}

TEST(SemanticTest, UnequalSizesAreABug) {
  EXPECT_THROW(Toy().Compare(Labels({2, 2}), Truth({2})), std::logic_error);
  SemanticTruth truth = Truth({2, 2});
  truth.instances = Raster<std::uint16_t>(Size{1, 1});
  EXPECT_THROW(Toy().Compare(Labels({2, 2}), truth), std::logic_error);
}

TEST(SemanticTest, WorstMissesEveryValidPixelAndBestNone) {
  EXPECT_TRUE(rc::check("bounds", [] {
    const auto [prediction, truth] = AnySemanticPair(30, 4);
    SemanticMetric::State worst = Toy().Start(), best = Toy().Start();
    Toy().Add(Toy().Worst(truth), worst);
    Toy().Add(Toy().Best(truth), best);
    const auto low = Toy().Finish(worst);
    const auto high = Toy().Finish(best);
    for (std::size_t l = 0; l < low.class_iou.size(); ++l) {
      RC_ASSERT(std::isnan(low.class_iou[l]) || low.class_iou[l] == 0);
      RC_ASSERT(std::isnan(high.class_iou[l]) || high.class_iou[l] == 1);
      RC_ASSERT(std::isnan(low.class_iiou[l]) || low.class_iiou[l] == 0);
      RC_ASSERT(std::isnan(high.class_iiou[l]) || high.class_iiou[l] == 1);
    }
  }));
}

// Answering void instead would be dropped by kDetectron2 and raise a score.
TEST(SemanticTest, AMissingAnswerLowersEveryClassItsTruthHasUnderEveryPolicy) {
  EXPECT_TRUE(rc::check("policies", [] {
    const auto [prediction, truth] = AnySemanticPair(30, 4);
    const auto [ignored, other] = AnySemanticPair(30, 4);
    for (const auto policy :
         {SemanticPolicy::kOfficial, SemanticPolicy::kMmseg, SemanticPolicy::kDetectron2}) {
      const SemanticMetric metric(ToyLabels(), {.policy = policy});
      SemanticMetric::State state = metric.Start();
      metric.Add(metric.Compare(prediction, truth), state);
      const auto without = metric.Finish(state).class_iou;
      metric.Add(metric.Worst(other), state);
      const auto with = metric.Finish(state).class_iou;
      for (const LabelClass& entry : ToyLabels().classes) {
        const bool shown = entry.evaluated && Holds(other.labels, entry.id);
        const double before = without[entry.id];
        if (!shown) {
          RC_ASSERT(Near(with[entry.id], before));
        } else if (std::isnan(before) || before == 0) {
          RC_ASSERT(with[entry.id] == 0);
        } else {
          RC_ASSERT(with[entry.id] < before);
        }
      }
    }
  }));
}

}  // namespace
}  // namespace assay
