// Instances of a phrase (the official evaluator: tests/golden/saco_golden_test.cc):
//   random sets have the numbers of a naive evaluation for every setting; the truth
//   as answer is the best there is; the order of an answer's instances does not
//   matter without ties; the worst answer is never a right "nothing there" and misses
//   all masks; no answer beats the best; who counts among annotators; who is left
//   out; the paper's formulas; what is undefined; what is refused.
#include "metrics/instances.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "metrics/polygon.h"
#include "tests/support/naive_instances.h"
#include "tests/support/random_instances.h"

namespace assay {
namespace {

using test::InstancesPair;
using test::RandomInstances;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Counts = InstancesScore::Counts;

constexpr Size kSize{20, 10};

// A mask of whole columns.
RunLengthMask Columns(int first, int count) {
  return DrawBox(kSize, {double(first), 0, double(count), double(kSize.height)});
}

Annotation Drawn(const std::vector<RunLengthMask>& masks) {
  Annotation annotation;
  for (const RunLengthMask& mask : masks) annotation.instances.push_back({.mask = mask});
  return annotation;
}

InstanceSet Answer(const std::vector<RunLengthMask>& masks) {
  InstanceSet answer{kSize, {}};
  for (const RunLengthMask& mask : masks) answer.instances.push_back({.mask = mask});
  return answer;
}

InstancesTruth Truth(const std::vector<Annotation>& annotators) { return {kSize, annotators}; }

std::vector<InstancesSettings> EverySetting() {
  std::vector<InstancesSettings> all;
  for (const auto formula : {InstanceFormula::kReference, InstanceFormula::kPaper}) {
    for (const auto annotators : {InstanceAnnotators::kOracle,
                                  InstanceAnnotators::kA,
                                  InstanceAnnotators::kB,
                                  InstanceAnnotators::kC}) {
      for (const auto overlap : {InstanceOverlap::kMask, InstanceOverlap::kBox}) {
        all.push_back({.formula = formula, .annotators = annotators, .overlap = overlap});
      }
    }
  }
  return all;
}

InstancesMetric::State Fold(const InstancesMetric& metric,
                            const std::vector<InstancesScore>& scores) {
  auto state = metric.Start();
  for (const InstancesScore& score : scores) metric.Add(score, state);
  return state;
}

std::map<std::string, double> Numbers(const InstancesMetric::Result& result) {
  std::map<std::string, double> all;
  for (const auto& [name, value] : NamedValues(result)) all[name] = value;
  const auto& counts = result.counts;
  all["IL_TP"] = static_cast<double>(counts.image_tp);
  all["IL_FP"] = static_cast<double>(counts.image_fp);
  all["IL_TN"] = static_cast<double>(counts.image_tn);
  all["IL_FN"] = static_cast<double>(counts.image_fn);
  for (std::size_t t = 0; t < kInstanceTaus; ++t) {
    const std::string index = "@" + std::to_string(t);
    all["TP" + index] = static_cast<double>(counts.tp[t]);
    all["FP" + index] = static_cast<double>(counts.fp[t]);
    all["pmFP" + index] = static_cast<double>(counts.positive_fp[t]);
    all["FN" + index] = static_cast<double>(counts.fn[t]);
  }
  return all;
}

void ExpectSame(const std::map<std::string, double>& ours,
                const std::map<std::string, double>& naive) {
  ASSERT_EQ(ours.size(), naive.size());
  for (const auto& [name, value] : naive) {
    ASSERT_EQ(std::isnan(ours.at(name)), std::isnan(value)) << name;
    if (std::isnan(value)) continue;
    ASSERT_NEAR(ours.at(name), value, 1e-12) << name;
  }
}

InstancesPair WithoutTies(const InstancesSettings& settings, std::mt19937_64& random) {
  InstancesPair pair = RandomInstances(4, random);
  while (test::HasTies(settings, pair)) pair = RandomInstances(4, random);
  return pair;
}

TEST(InstancesTest, RandomSetsHaveTheNumbersOfANaiveEvaluationForEverySetting) {
  std::mt19937_64 random(6);
  std::int64_t hits = 0;
  for (const InstancesSettings& settings : EverySetting()) {
    const InstancesMetric metric(settings);
    for (int i = 0; i < 60; ++i) {
      SCOPED_TRACE(i);
      std::vector<InstancesPair> pairs;
      std::vector<InstancesScore> scores;
      for (int n = i % 12; n > 0; --n) {
        pairs.push_back(WithoutTies(settings, random));
        scores.push_back(metric.Compare(pairs.back().value, pairs.back().truth));
      }
      const auto result = metric.Finish(Fold(metric, scores));
      ASSERT_NO_FATAL_FAILURE(ExpectSame(Numbers(result), test::NaiveInstances(settings, pairs)));
      hits += result.counts.tp.back();
    }
  }
  EXPECT_GT(hits, 500);  // of the highest threshold: the sets are no empty exercise
}

// Instances without a pixel match nothing, so they are taken out.
TEST(InstancesTest, TheTruthAsAnswerIsTheBestThereIs) {
  std::mt19937_64 random(7);
  int compared = 0;
  for (int i = 0; i < 500; ++i) {
    SCOPED_TRACE(i);
    InstancesPair pair = RandomInstances(4, random);
    for (Annotation& annotation : pair.truth.annotators) {
      std::erase_if(annotation.instances,
                    [](const TrueInstance& instance) { return Area(instance.mask) == 0; });
    }
    const InstancesMetric metric({.annotators = InstanceAnnotators::kB});
    const Annotation& b = pair.truth.annotators[1];
    InstancesScore best = metric.Best(pair.truth);
    const auto score = metric.Compare(test::AsAnswer(b, pair.truth.size), pair.truth);
    ASSERT_EQ(score.annotators.size(), b.exhaustive ? 1U : 0U);
    if (!b.exhaustive) continue;
    best.annotators[0].foreign = score.annotators[0].foreign;
    ASSERT_EQ(score, best);
    compared += best.annotators[0].truths > 0 ? 1 : 0;
  }
  EXPECT_GT(compared, 100);
}

TEST(InstancesTest, TheOrderOfInstancesDoesNotMatterWhereThereIsNoTie) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 500; ++i) {
    SCOPED_TRACE(i);
    const InstancesMetric metric;
    InstancesPair pair = WithoutTies(metric.settings(), random);
    const InstancesScore score = metric.Compare(pair.value, pair.truth);
    std::shuffle(pair.value.instances.begin(), pair.value.instances.end(), random);
    for (Annotation& annotation : pair.truth.annotators) {
      std::shuffle(annotation.instances.begin(), annotation.instances.end(), random);
    }
    ASSERT_EQ(metric.Compare(pair.value, pair.truth), score);
  }
}

TEST(InstancesTest, AMissingAnswerIsNeverARightNothingThere) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 500; ++i) {
    SCOPED_TRACE(i);
    const InstancesMetric metric;
    const InstancesPair pair = RandomInstances(4, random);
    const auto counts = Fold(metric, {metric.Worst(pair.truth)});
    if (!metric.Evaluates(pair.truth)) {
      ASSERT_EQ(counts.not_scored, 1);
      continue;
    }
    std::int64_t most = 0;
    for (const Counts& truth : metric.Compare(InstanceSet{}, pair.truth).annotators) {
      most = std::max(most, truth.truths);
    }
    ASSERT_EQ(counts.image_tp + counts.image_tn, 0);
    ASSERT_EQ(counts.image_fn, most > 0 ? 1 : 0);
    ASSERT_EQ(counts.image_fp, most > 0 ? 0 : 1);
    ASSERT_THAT(counts.tp, Each(0));
    ASSERT_THAT(counts.fn, Each(most));
    ASSERT_THAT(counts.fp, Each(most > 0 ? 0 : 1));
  }
}

TEST(InstancesTest, NoAnswerBeatsTheBestAndNoneThatIsMissingBeatsAnAnswer) {
  std::mt19937_64 random(10);
  for (int i = 0; i < 500; ++i) {
    SCOPED_TRACE(i);
    const InstancesMetric metric;
    std::vector<InstancesScore> scores;
    for (int n = 0; n < 5; ++n) {
      const InstancesPair other = RandomInstances(4, random);
      scores.push_back(metric.Compare(other.value, other.truth));
    }
    const InstancesPair pair = RandomInstances(4, random);
    const auto with = [&](const InstancesScore& score) {
      std::vector<InstancesScore> all = scores;
      all.push_back(score);
      return metric.Finish(Fold(metric, all)).mean.positive_micro_f1;
    };
    const InstancesScore score = metric.Compare(pair.value, pair.truth);
    ASSERT_LE(with(score), with(metric.Best(pair.truth)) + 1e-15);
    ASSERT_LE(with(metric.Worst(pair.truth)), with(metric.Best(pair.truth)));
    if (!score.annotators.empty() && !std::isnan(metric.PairF1(score))) {
      ASSERT_GE(metric.PairF1(score), 0);
      ASSERT_LE(metric.PairF1(score), 1);
    }
  }
}

TEST(InstancesTest, ThePairCountsAgainstTheAnnotatorItSuitsBest) {
  const InstancesMetric metric;
  const auto selected = [&](const InstanceSet& answer, const std::vector<Annotation>& drawn) {
    return metric.Selected(metric.Compare(answer, Truth(drawn)));
  };
  const Annotation none;
  const Annotation left = Drawn({Columns(0, 4)});
  const Annotation right = Drawn({Columns(10, 4)});
  EXPECT_EQ(selected(Answer({Columns(10, 4)}), {left, right, none}), 1U);
  EXPECT_EQ(selected(Answer({Columns(6, 2)}), {none, left, right}), 0U);  // a tie at 0
  EXPECT_EQ(selected(Answer({Columns(0, 4)}), {left, left, right}), 0U);  // a tie at 1
  EXPECT_EQ(selected(Answer({}), {left, none, right}), 1U);               // nothing there
  EXPECT_EQ(selected(Answer({}), {none, left, none}), 2U);                // the last of these
  EXPECT_EQ(selected(Answer({}), {left, right, left}), 0U);
  EXPECT_THROW(metric.Selected(InstancesScore{}), std::invalid_argument);
}

TEST(InstancesTest, OnePairIsShownByItsBestAnnotator) {
  const InstancesMetric metric;
  const Annotation left = Drawn({Columns(0, 4)});
  const auto pair_f1 = [&](const InstanceSet& answer, const std::vector<Annotation>& drawn) {
    return metric.PairF1(metric.Compare(answer, Truth(drawn)));
  };
  EXPECT_NEAR(pair_f1(Answer({Columns(0, 4)}), {Annotation(), left}), 1, 2e-4);
  // IoU 3/4: the first six of ten thresholds.
  EXPECT_NEAR(pair_f1(Answer({Columns(0, 3)}), {left}), 0.6, 1e-4);
  EXPECT_EQ(pair_f1(Answer({}), {left}), 0);
  EXPECT_TRUE(std::isnan(pair_f1(Answer({}), {Annotation()})));
  EXPECT_TRUE(std::isnan(metric.PairF1(InstancesScore{})));
}

TEST(InstancesTest, OnlyPairsDrawnInFullByEveryAnnotatorUsedAreScored) {
  Annotation partial = Drawn({Columns(0, 4)});
  partial.exhaustive = false;
  const InstancesTruth truth = Truth({Drawn({Columns(0, 4)}), partial});
  const InstanceSet answer = Answer({Columns(0, 4)});
  EXPECT_FALSE(InstancesMetric().Evaluates(truth));
  EXPECT_EQ(InstancesMetric().Compare(answer, truth), InstancesScore{});
  EXPECT_EQ(InstancesMetric().Best(truth), InstancesScore{});
  EXPECT_EQ(InstancesMetric().Worst(truth), InstancesScore{});
  const InstancesMetric first({.annotators = InstanceAnnotators::kA});
  EXPECT_TRUE(first.Evaluates(truth));
  EXPECT_EQ(first.Compare(answer, truth), first.Best(truth));
}

TEST(InstancesTest, InstancesOfCategoriesNotListedAreLeftOutAndCounted) {
  InstanceSet answer = Answer({Columns(0, 4), Columns(5, 4), Columns(10, 4)});
  answer.instances[1].category = 7;
  answer.instances[2].category = 7;
  answer.instances[2].score = 0.4;  // not asked about at all
  Annotation annotation = Drawn({Columns(0, 4), Columns(5, 4)});
  annotation.instances[1].category = 7;
  const InstancesMetric metric;
  const auto score = metric.Compare(answer, Truth({annotation}));
  Counts expected{.truths = 1, .predictions = 1, .foreign = 1};
  expected.hits.fill(1);
  EXPECT_THAT(score.annotators, ElementsAre(expected));
  EXPECT_EQ(Fold(metric, {score, score}).foreign, 2);
}

TEST(InstancesTest, BoxesAreComparedInsteadOfMasksWhereAskedFor) {
  InstanceSet answer = Answer({Columns(0, 4)});
  answer.instances[0].box_xywh = {0.5, 0.0, 0.2, 1.0};
  Annotation annotation = Drawn({Columns(12, 4)});
  annotation.instances[0].box_xywh = {0.5, 0.0, 0.2, 1.0};
  const auto hits = [&](InstanceOverlap overlap) {
    return InstancesMetric({.overlap = overlap})
        .Compare(answer, Truth({annotation}))
        .annotators.front()
        .hits;
  };
  EXPECT_THAT(hits(InstanceOverlap::kBox), Each(1));
  EXPECT_THAT(hits(InstanceOverlap::kMask), Each(0));
}

TEST(InstancesTest, ThePaperHasNoEpsilons) {
  const InstancesMetric metric({.formula = InstanceFormula::kPaper});
  const Annotation left = Drawn({Columns(0, 4)});
  const auto found = metric.Compare(Answer({Columns(0, 4), Columns(9, 4)}), Truth({left}));
  const auto nothing = metric.Compare(Answer({}), Truth({Annotation()}));
  const auto result = metric.Finish(Fold(metric, {found, nothing}));
  EXPECT_EQ(result.at_50.positive_micro_f1, 2.0 / 3);
  EXPECT_EQ(result.at_50.precision, 0.5);
  EXPECT_EQ(result.at_50.recall, 1);
  EXPECT_EQ(result.il_mcc, 1);
  EXPECT_EQ(result.at_50.cgf1, 2.0 / 3);
  EXPECT_EQ(result.positives, 1);
  EXPECT_EQ(result.negatives, 1);
}

TEST(InstancesTest, ASetOfNothingIsZeroAndItsMacroMeanUndefined) {
  for (const auto formula : {InstanceFormula::kReference, InstanceFormula::kPaper}) {
    const InstancesMetric metric({.formula = formula});
    for (const auto& [name, value] : NamedValues(metric.Finish(metric.Start()))) {
      const bool macro = name.starts_with("positive_macro_F1");
      EXPECT_EQ(std::isnan(value), macro) << name;
      EXPECT_TRUE(macro || value == 0) << name;
    }
  }
}

TEST(InstancesTest, AThresholdTheSettingsDoNotHaveIsUndefined) {
  InstancesSettings settings;
  settings.taus[5] = 0.76;
  const InstancesMetric metric(settings);
  const auto result = metric.Finish(metric.Start());
  EXPECT_TRUE(std::isnan(result.at_75.recall));
  EXPECT_EQ(result.at_50.recall, 0);
}

TEST(InstancesTest, WhatCannotBeMeantIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](const InstancesSettings& settings) {
    EXPECT_THROW(InstancesMetric{settings}, std::invalid_argument);
  };
  refused({.min_score = nan});
  refused({.box_epsilon = -1});
  refused({.image_epsilon = nan});
  InstancesSettings taus;
  taus.taus[3] = taus.taus[2];
  refused(taus);
  taus.taus[3] = nan;
  refused(taus);
  const InstancesTruth truth = Truth({Drawn({Columns(0, 4)})});
  InstanceSet answer = Answer({Columns(0, 4)});
  const InstancesMetric second({.annotators = InstanceAnnotators::kB});
  EXPECT_THROW(second.Compare(answer, truth), std::invalid_argument);
  EXPECT_THROW(second.Worst(truth), std::invalid_argument);
  EXPECT_THROW(InstancesMetric().Evaluates(Truth({})), std::invalid_argument);
  const InstancesMetric boxes({.overlap = InstanceOverlap::kBox});
  EXPECT_THROW(boxes.Compare(answer, truth), std::invalid_argument);
  answer.instances[0].score = nan;
  EXPECT_THROW(InstancesMetric().Compare(answer, truth), std::invalid_argument);
}

}  // namespace
}  // namespace assay
