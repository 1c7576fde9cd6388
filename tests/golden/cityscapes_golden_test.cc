// The official Cityscapes evaluation on two synthetic frames (assay's own data, in
// the repository; expected_synthville.json is the official program's output):
//   every score of both frames together, and of two other evaluators' rules; truth as prediction is
//   perfect; a shifted prediction is not (the comparison can fail); bare NaN is read, strings are
//   kept.
#include <gmock/gmock.h>

#include <cmath>
#include <string>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "tests/golden/cityscapes_evaluation.h"
#include "tests/golden/golden_json.h"

namespace assay {
namespace {

using test::EvaluateCityscapes;
using test::ReadSemanticTruth;

const std::filesystem::path kFolder =
    std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/cityscapes";
constexpr const char* kStems[] = {"synthville_000000_000019", "synthville_000001_000019"};

std::vector<std::pair<LabelMap, SemanticTruth>> Synthville() {
  std::vector<std::pair<LabelMap, SemanticTruth>> samples;
  for (const std::string stem : kStems) {
    const auto path = kFolder / (stem + "_pred_labelIds.png");
    samples.emplace_back(DecodeGray8(ReadFile(path), path), ReadSemanticTruth(kFolder, stem));
  }
  return samples;
}

TEST(CityscapesGoldenTest, SynthvilleHasEveryScoreOfTheOfficialEvaluation) {
  const auto result = EvaluateCityscapes(Synthville());
  test::ExpectOfficialOutput(result, test::ReadReference(kFolder / "expected_synthville.json"));
  EXPECT_EQ(result.classes_averaged, 11);
}

// expected_policies.json: scripts/make_semantic_samples.py, a NumPy transcription.
class OtherEvaluators : public ::testing::TestWithParam<std::pair<const char*, SemanticPolicy>> {};

TEST_P(OtherEvaluators, HaveTheTranscribedNumbers) {
  const auto& [name, policy] = GetParam();
  const auto all = nlohmann::json::parse(ReadText(kFolder / "expected_policies.json"));
  const auto& expected = all.at(name);
  const auto result = EvaluateCityscapes(Synthville(), {.policy = policy});
  const auto ids = all.at("classes").get<std::vector<std::size_t>>();
  for (std::size_t k = 0; k < ids.size(); ++k) {
    const double iou = test::NumberOrNan(expected.at("IoU").at(k));
    if (std::isnan(iou)) {
      EXPECT_TRUE(std::isnan(result.class_iou[ids[k]])) << ids[k];
    } else {
      EXPECT_NEAR(result.class_iou[ids[k]], iou, 1e-12) << ids[k];
    }
  }
  EXPECT_NEAR(result.mean_iou, expected.at("mIoU").get<double>(), 1e-12);
  EXPECT_NEAR(result.mean_accuracy, expected.at("mACC").get<double>(), 1e-12);
  EXPECT_NEAR(result.pixel_accuracy, expected.at("pACC").get<double>(), 1e-12);
  if (expected.contains("fwIoU")) {
    EXPECT_NEAR(result.frequency_weighted_iou, expected.at("fwIoU").get<double>(), 1e-12);
  }
  EXPECT_TRUE(std::isnan(result.mean_iiou));
}
INSTANTIATE_TEST_SUITE_P(Named,
                         OtherEvaluators,
                         ::testing::Values(std::pair{"mmseg", SemanticPolicy::kMmseg},
                                           std::pair{"detectron2", SemanticPolicy::kDetectron2}),
                         [](const auto& test) { return std::string(test.param.first); });

TEST(CityscapesGoldenTest, MmsegHasTheOfficialClassMeanAndDetectron2HasNot) {
  const double official = EvaluateCityscapes(Synthville()).mean_iou;
  EXPECT_EQ(EvaluateCityscapes(Synthville(), {.policy = SemanticPolicy::kMmseg}).mean_iou,
            official);
  EXPECT_GT(EvaluateCityscapes(Synthville(), {.policy = SemanticPolicy::kDetectron2}).mean_iou,
            official);
}

TEST(CityscapesGoldenTest, TruthAsPredictionIsPerfectForEveryClassPresent) {
  auto samples = Synthville();
  for (auto& [prediction, truth] : samples) prediction = truth.labels;
  const auto result = EvaluateCityscapes(samples);
  EXPECT_EQ(result.mean_iou, 1.0);
  EXPECT_EQ(result.mean_iiou, 1.0);
  EXPECT_EQ(result.mean_category_iou, 1.0);
  EXPECT_EQ(result.mean_category_iiou, 1.0);
}

TEST(CityscapesGoldenTest, SwappedPredictionsOfTheTwoFramesScoreOtherwise) {
  const auto whole = EvaluateCityscapes(Synthville());
  auto samples = Synthville();
  std::swap(samples[0].first, samples[1].first);
  EXPECT_NE(EvaluateCityscapes(samples).confusion, whole.confusion);
}

TEST(CityscapesGoldenTest, BareNanBecomesNullOutsideStringsOnly) {
  EXPECT_EQ(test::WithoutBareNan(R"({"NaN": NaN, "a\"NaN": [NaN]})"),
            R"({"NaN": null, "a\"NaN": [null]})");
}

}  // namespace
}  // namespace assay
