// Several depth protocols over one image, and the settings that few of them have.
//   - CompareTogether gives bit for bit what Compare gives, whatever the protocols and their
//     order, and an error in the place of one that refuses
//   - too far answers go where above_to sends them; min_disparity replaces a fit's floor;
//     the log scale is the geometric mean of the ratios; AbsRel has its epsilon,
//     SqRel its square
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "metrics/depth.h"
#include "tests/metrics/depth_checks.h"

namespace assay {
namespace {

using test::Row;
using test::TruthRow;

DepthSettings Clipping(double low, double high, UndefinedPrediction undefined) {
  DepthSettings settings;
  settings.bounds = {.min = 0.1, .max = 20};
  settings.clip = PredictionClip{.min = low, .max = high};
  settings.undefined = undefined;
  return settings;
}

// The cost of a robust fit grows with the square of the pixels.
std::vector<DepthMetric> ManyMetrics(bool robust) {
  const auto product = UndefinedPrediction::kWorseClipEnd;
  const auto source = UndefinedPrediction::kAsSourceClips;
  std::vector<DepthSettings> all = {Clipping(0.5, 10, product),
                                    Clipping(1e-3, 8, product),
                                    Clipping(1e-3, 10, source),
                                    Clipping(0.5, 10, product)};
  all.back().bounds = {.min = 1, .min_strict = false, .max = 5, .max_strict = false};
  for (const Alignment kind :
       {Alignment::kMedianRatio, Alignment::kLsqAffine, Alignment::kMogeAffine}) {
    if (kind == Alignment::kMogeAffine && !robust) continue;
    all.push_back(Clipping(0.5, 10, product));
    all.back().align.kind = kind;
  }
  all.push_back(Clipping(0.5, 10, product));
  all.back().abs_rel_epsilon = 1e-6;
  all.push_back(Clipping(0.5, 10, product));
  all.back().boundary = DepthBoundary::kMoge;
  all.push_back(Clipping(0.5, 10, product));
  all.back().crop = Crop::kExplicit;
  all.back().crop_box = {1, 9, 3, 75};
  all.push_back(all.back());
  all.back().sq_rel_over = SqRelOver::kTruthSquared;
  all.push_back(Clipping(0.5, 10, UndefinedPrediction::kDrop));
  return {all.begin(), all.end()};
}

DepthMap AnyMap(Size size, bool hard) {
  DepthMap map(size, 0.0);
  for (double& value : map.Pixels()) {
    value = *rc::gen::inRange(1, 4000) / 256.0;
    if (hard && *rc::gen::inRange(0, 12) == 0) {
      value = *rc::gen::element(std::numeric_limits<double>::quiet_NaN(),
                                std::numeric_limits<double>::infinity(),
                                0.0,
                                -1.0);
    }
  }
  return map;
}

TEST(DepthTogether, GivesBitForBitWhatEachGivesAlone) {
  EXPECT_TRUE(rc::check([] {
    const bool wide = *rc::gen::arbitrary<bool>();
    const int width = wide ? *rc::gen::element(63, 64, 65, 130) : *rc::gen::inRange(8, 12);
    const Size size{width, *rc::gen::inRange(8, 12)};
    const DepthTruth truth{AnyMap(size, false), {}};
    const DepthValue value{.map = AnyMap(size, true)};
    const std::vector<DepthMetric> metrics = ManyMetrics(!wide);
    std::vector<const DepthMetric*> order;
    for (int i = *rc::gen::inRange(1, 12); i > 0; --i) {
      order.push_back(&metrics[*rc::gen::inRange<std::size_t>(0, metrics.size())]);
    }
    const auto together = DepthMetric::CompareTogether(order, value, truth);
    RC_ASSERT(together.size() == order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      RC_ASSERT(together[i].error == nullptr);
      RC_ASSERT(together[i].score == order[i]->Compare(value, truth));
    }
  }));
}

TEST(DepthTogether, ARefusalIsAnErrorInItsPlace) {
  DepthSettings strict = Clipping(0.5, 10, UndefinedPrediction::kWorseClipEnd);
  strict.empty_image = EmptyImage::kRaiseBelow;
  strict.empty_below = 50;
  const DepthMetric refuses(strict);
  const DepthMetric goes_on(Clipping(0.5, 10, UndefinedPrediction::kWorseClipEnd));
  const std::vector<const DepthMetric*> both = {&refuses, &goes_on};  // alike but for that
  const auto results = DepthMetric::CompareTogether(both, Row({1, 2}), TruthRow({1, 2}));
  EXPECT_THROW(std::rethrow_exception(results[0].error), std::domain_error);
  EXPECT_EQ(results[1].score, goes_on.Compare(Row({1, 2}), TruthRow({1, 2})));
  const auto wrong = DepthMetric::CompareTogether(both, Row({1, 2, 3}), TruthRow({1, 2}));
  EXPECT_THROW(std::rethrow_exception(wrong[1].error), SizeMismatch);
}

DepthErrors ErrorsFor(const DepthSettings& settings, std::vector<double> p, std::vector<double> g) {
  return ErrorsOf(DepthMetric(settings).Compare(Row(std::move(p)), TruthRow(std::move(g))).all);
}

TEST(DepthFurtherSettings, TooFarAnswersGoWhereAboveToSendsThem) {
  DepthSettings settings = Clipping(1, 10, UndefinedPrediction::kAsSourceClips);
  EXPECT_EQ(ErrorsFor(settings, {300}, {10}).abs_rel, 0);
  settings.clip->above_to = ClipEnd::kMin;
  EXPECT_EQ(ErrorsFor(settings, {300}, {10}).abs_rel, 0.9);
  EXPECT_EQ(ErrorsFor(settings, {10}, {10}).abs_rel, 0.9);
  settings.clip->above_to = ClipEnd::kKeep;
  EXPECT_EQ(ErrorsFor(settings, {15}, {10}).abs_rel, 0.5);
}

TEST(DepthFurtherSettings, AbsRelDividesByTheTruthAndItsEpsilon) {
  DepthSettings settings = Clipping(1, 10, UndefinedPrediction::kAsSourceClips);
  settings.abs_rel_epsilon = 0.5;
  EXPECT_EQ(ErrorsFor(settings, {4}, {1.5}).abs_rel, 1.25);
  EXPECT_EQ(ErrorsFor(settings, {4}, {2}).sq_rel, 2);
}

TEST(DepthFurtherSettings, SqRelDividesByTheSquaredTruthWhereTheSourceDoes) {
  DepthSettings settings = Clipping(1, 10, UndefinedPrediction::kAsSourceClips);
  settings.sq_rel_over = SqRelOver::kTruthSquared;
  EXPECT_EQ(ErrorsFor(settings, {8}, {4}).sq_rel, 1);
  EXPECT_EQ(ErrorsFor(settings, {8}, {4}).abs_rel, 1);
}

TEST(DepthFurtherSettings, MinDisparityReplacesTheFloorOfTheFit) {
  AlignmentSettings settings{.kind = Alignment::kLsqAffineDisparity};
  const std::vector<double> x = {1, 2, 3}, g = {1, 0.5, 1.0 / 3};
  EXPECT_EQ(FitAlignment(settings, DepthKind::kDisparity, x, g).disparity_floor, 1e-3);
  settings.min_disparity = 0.25;
  const AlignmentFit fit = FitAlignment(settings, DepthKind::kDisparity, x, g);
  EXPECT_EQ(ApplyAlignment(settings, DepthKind::kDisparity, fit, 1e-9), 4);
}

TEST(DepthFurtherSettings, TheLogScaleIsTheGeometricMeanOfTheRatios) {
  const AlignmentSettings settings{.kind = Alignment::kLsqLogScale};
  const std::vector<double> p = {1, 1, 2}, g = {2, 4, 16};
  EXPECT_NEAR(FitAlignment(settings, DepthKind::kDepth, p, g).scale, 4, 1e-14);
}

}  // namespace
}  // namespace assay
