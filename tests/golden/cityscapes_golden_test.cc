// The official Cityscapes evaluation on two synthetic frames (assay's own data, in
// the repository; expected_synthville.json is the official program's output):
//   every score of both frames together; truth as prediction is perfect; a shifted
//   prediction is not (the comparison can fail); bare NaN is read, strings are kept.
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
