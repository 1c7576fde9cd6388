// The official Cityscapes evaluation on one real validation frame (../shared):
//   every score with a rolled copy of the truth as prediction; truth as prediction.
#include <gmock/gmock.h>

#include "datasets/cityscapes_labels.h"
#include "tests/golden/cityscapes_evaluation.h"
#include "tests/golden/golden_json.h"
#include "tests/golden/shared_data.h"

namespace assay {
namespace {

using test::kShared;

const std::filesystem::path kFixtures = kShared / "fixtures/cityscapes";
constexpr const char* kStem = "frankfurt_000000_000294";
constexpr std::uint8_t kRoad = 7;

// pred[y][x] = truth[y - 1][x - 2] around the borders, ignored ids become road.
LabelMap Rolled(const LabelMap& truth) {
  LabelMap out(truth.size());
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      const int from_x = (x - 2 + truth.width()) % truth.width();
      const int from_y = (y - 1 + truth.height()) % truth.height();
      const std::uint8_t id = truth.At(from_x, from_y);
      out.At(x, y) = CityscapesLabels().classes[id].evaluated ? id : kRoad;
    }
  }
  return out;
}

TEST(CityscapesRealTest, ARolledFrankfurtFrameHasEveryScoreOfTheOfficialEvaluation) {
  const auto golden =
      kShared / "golden/cityscapes/expected_frankfurt_000000_000294_roll_dx2_dy1.json";
  ASSAY_NEEDS(kFixtures);
  ASSAY_NEEDS(golden);
  const SemanticTruth truth = test::ReadSemanticTruth(kFixtures, kStem);
  const auto result = test::EvaluateCityscapes({{Rolled(truth.labels), truth}});
  test::ExpectOfficialOutput(result, test::ReadReference(golden));
  EXPECT_EQ(result.classes_averaged, 10);
}

TEST(CityscapesRealTest, FrankfurtTruthAsPredictionIsPerfect) {
  ASSAY_NEEDS(kFixtures);
  const SemanticTruth truth = test::ReadSemanticTruth(kFixtures, kStem);
  const auto result = test::EvaluateCityscapes({{truth.labels, truth}});
  EXPECT_EQ(result.mean_iou, 1.0);
  EXPECT_EQ(result.mean_iiou, 1.0);
}

}  // namespace
}  // namespace assay
