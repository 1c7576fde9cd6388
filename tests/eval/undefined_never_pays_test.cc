// Every shipped depth protocol that is assay's own, found by its rule for undefined answers
// (UndefinedPrediction::kWorseClipEnd), with its own bounds, crop, clip and resizing:
//   - NaN in place of any numbers never improves a metric, whatever its direction, at the
//     truth's size and at another; neither does NaN in place of the worst pixels
//   - none of them aligns: a fit leaves undefined pixels out, and the law does not hold then
//   - with an alignment appended it indeed does not hold: outliers left undefined pay
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tests/eval/runs.h"

namespace assay {
namespace {

using ::testing::IsSupersetOf;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const Evaluation<DepthTask>& DepthOf(const Protocol& protocol) {
  return std::get<Evaluation<DepthTask>>(protocol.evaluation);
}

Protocol Load(const std::string& name) {
  return LoadProtocol(test::Configs(), name, {.set = {}, .format = "npy", .palette = {}});
}

std::vector<std::string> OwnProtocols() {
  std::vector<std::string> names;
  for (const std::string& name : test::Configs().ProtocolNames()) {
    const Protocol protocol = LoadProtocol(test::Configs(), name);
    if (protocol.task != DepthTask::kName) continue;
    if (DepthOf(protocol).metric.settings().undefined != UndefinedPrediction::kWorseClipEnd)
      continue;
    names.push_back(name);
  }
  return names;
}

// Crops are of the frames of one dataset; everything else is scored on small ones.
Size SizeFor(const DepthSettings& settings) {
  const bool is_kitti =
      settings.prediction_frame == PredictionFrame::kKb || settings.crop_frame != CropFrame::kFull;
  if (is_kitti) return {1242, 375};
  return settings.crop == Crop::kNone ? Size{23, 17} : Size{640, 480};
}

// Metres up to somewhat more than `most`.
DepthMap AnyMap(Size size, double most, std::mt19937_64& random) {
  std::uniform_real_distribution<double> log(std::log(most / 1000), std::log(1.2 * most));
  DepthMap map(size);
  for (double& pixel : map.Pixels()) pixel = std::exp(log(random));
  return map;
}

Summary Score(const Evaluation<DepthTask>& evaluation, DepthMap answer, const DepthTruth& truth) {
  auto state = evaluation.metric.Start();
  evaluation.metric.Add(evaluation.metric.Compare({.map = std::move(answer)}, truth), state);
  return evaluation.Summarise(evaluation.metric.Finish(state));
}

void ExpectNeverBetter(const Summary& undefined, const Summary& given) {
  ASSERT_EQ(undefined.metrics.size(), given.metrics.size());
  for (std::size_t i = 0; i < given.metrics.size(); ++i) {
    const double before = given.metrics[i].value;
    const double after = undefined.metrics[i].value;
    const double slack = 1e-9 * (1 + std::abs(before));
    ASSERT_TRUE(std::isfinite(before)) << given.metrics[i].name;
    if (given.metrics[i].higher_is_better) {
      EXPECT_LE(after, before + slack) << given.metrics[i].name;
    } else {
      EXPECT_GE(after, before - slack) << given.metrics[i].name;
    }
  }
}

// What the frame of the answer asks for: of KITTI the crop, of others the whole image.
struct Case {
  DepthTruth truth;
  DepthMap answer;
};

Case MakeCase(const Evaluation<DepthTask>& evaluation, bool other_size, std::mt19937_64& random) {
  const DepthSettings& settings = evaluation.metric.settings();
  const double most = settings.bounds.max.value_or(100);
  const Size size = SizeFor(settings);
  Case made{{AnyMap(size, most, random), {}}, {}};
  if (settings.truth_mask != TruthMask::kBounds) made.truth.file_mask = Mask(size, 1);
  Size shown = evaluation.FrameOf(size).shown;
  if (other_size) shown = {shown.width / 2 + 1, shown.height / 2 + 1};
  made.answer = AnyMap(shown, most, random);
  return made;
}

// A few, half, or nearly all pixels.
DepthMap Holed(DepthMap map, int tenths, std::mt19937_64& random) {
  std::uniform_int_distribution<int> any(0, 9);
  for (double& pixel : map.Pixels()) {
    if (any(random) < tenths) pixel = kNan;
  }
  return map;
}

// NaN where the answer is off by more than a factor of 2: what a model would leave out.
DepthMap WithoutOutliers(DepthMap map, const DepthMap& truth) {
  if (map.size() != truth.size()) return map;
  for (std::size_t i = 0; i < map.size().Pixels(); ++i) {
    double& pixel = map.Pixels()[i];
    if (std::abs(std::log(pixel / truth.Pixels()[i])) > std::log(2)) pixel = kNan;
  }
  return map;
}

class OwnProtocol : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Shipped,
                         OwnProtocol,
                         ::testing::ValuesIn(OwnProtocols()),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& c : name) {
                             if (c == '-' || c == '@') c = '_';
                           }
                           return name;
                         });

TEST_P(OwnProtocol, LeavingPixelsUndefinedNeverImprovesAMetric) {
  const Protocol protocol = Load(GetParam());
  const auto& evaluation = DepthOf(protocol);
  std::mt19937_64 random(11);
  const bool resizes = evaluation.metric.settings().resize != DepthResize::kNone;
  const int rounds = SizeFor(evaluation.metric.settings()).Pixels() > 1000 ? 1 : 20;
  for (int round = 0; round < rounds; ++round) {
    for (const bool other_size : {false, true}) {
      if (other_size && !resizes) continue;
      const Case made = MakeCase(evaluation, other_size, random);
      const Summary given = Score(evaluation, made.answer, made.truth);
      for (const int tenths : {1, 5, 9}) {
        SCOPED_TRACE(::testing::Message() << round << " " << other_size << " " << tenths);
        ExpectNeverBetter(Score(evaluation, Holed(made.answer, tenths, random), made.truth), given);
      }
      ExpectNeverBetter(
          Score(evaluation, WithoutOutliers(made.answer, made.truth.depth_m), made.truth), given);
    }
  }
}

TEST_P(OwnProtocol, AlignsNothing) {
  EXPECT_EQ(DepthOf(Load(GetParam())).metric.settings().align.kind, Alignment::kNone);
}

TEST(OwnProtocols, AreTheOnesWithoutAnEmulation) {
  EXPECT_THAT(OwnProtocols(),
              IsSupersetOf({"diode-depth",
                            "diode-indoor-depth",
                            "diode-outdoor-depth",
                            "eth3d-depth",
                            "ibims-depth",
                            "kitti-depth",
                            "nuscenes-depth",
                            "nyu-depth",
                            "scannet-depth",
                            "sintel-depth",
                            "vkitti-depth"}));
}

// Why the README says that an appended alignment is not protected.
TEST(OwnProtocols, WithAnAlignmentOutliersLeftUndefinedPay) {
  const Protocol protocol = Load("vkitti-depth+align=lsq_scale");
  const auto& evaluation = DepthOf(protocol);
  std::mt19937_64 random(5);
  const DepthTruth truth{AnyMap({23, 17}, 40, random), {}};
  DepthMap answer = truth.depth_m;
  for (std::size_t i = 0; i < answer.size().Pixels(); i += 10) answer.Pixels()[i] = 2000;
  const Summary given = Score(evaluation, answer, truth);
  const Summary undefined = Score(evaluation, WithoutOutliers(answer, truth.depth_m), truth);
  ASSERT_EQ(given.metrics.front().name, "delta1");
  EXPECT_LT(given.metrics.front().value, 0.2);
  EXPECT_GT(undefined.metrics.front().value, 0.8);
}

}  // namespace
}  // namespace assay
