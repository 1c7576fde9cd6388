#include "tests/golden/cityscapes_evaluation.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstddef>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "tests/golden/golden_json.h"

namespace assay::test {
namespace {

void ExpectScore(double found, const nlohmann::json& official, const std::string& what) {
  const double expected = NumberOrNan(official);
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(found)) << what;
  } else {
    EXPECT_NEAR(found, expected, 1e-12) << what;
  }
}

void ExpectClassScores(const SemanticMetric::Result& result, const nlohmann::json& official) {
  for (const LabelClass& entry : CityscapesLabels().classes) {
    const std::string name(entry.name);
    ExpectScore(result.class_iou[entry.id], official.at("classScores").at(name), name);
    ExpectScore(
        result.class_iiou[entry.id], official.at("classInstScores").at(name), name + " iIoU");
  }
}

void ExpectCategoryScores(const SemanticMetric::Result& result, const nlohmann::json& official) {
  const auto& categories = CityscapesLabels().categories;
  for (std::size_t c = 0; c < categories.size(); ++c) {
    const std::string name(categories[c]);
    ExpectScore(result.category_iou[c], official.at("categoryScores").at(name), name);
    ExpectScore(
        result.category_iiou[c], official.at("categoryInstScores").at(name), name + " iIoU");
  }
}

}  // namespace

SemanticTruth ReadSemanticTruth(const std::filesystem::path& folder, const std::string& stem) {
  const auto labels = folder / (stem + "_gtFine_labelIds.png");
  const auto instances = folder / (stem + "_gtFine_instanceIds.png");
  return {DecodeGray8(ReadFile(labels), labels), DecodeGray16(ReadFile(instances), instances)};
}

SemanticMetric::Result EvaluateCityscapes(
    const std::vector<std::pair<LabelMap, SemanticTruth>>& samples,
    const SemanticSettings& settings) {
  const SemanticMetric metric(CityscapesLabels(), settings);
  SemanticMetric::State state = metric.Start();
  for (const auto& [prediction, truth] : samples) {
    metric.Add(metric.Compare(prediction, truth), state);
  }
  return metric.Finish(state);
}

void ExpectOfficialOutput(const SemanticMetric::Result& result, const nlohmann::json& official) {
  std::vector<std::int64_t> matrix;
  for (const auto& row : official.at("confMatrix")) {
    for (const auto& cell : row) matrix.push_back(cell.get<std::int64_t>());
  }
  EXPECT_EQ(result.confusion, matrix);
  ExpectClassScores(result, official);
  ExpectCategoryScores(result, official);
  ExpectScore(result.mean_iou, official.at("averageScoreClasses"), "mIoU");
  ExpectScore(result.mean_iiou, official.at("averageScoreInstClasses"), "iIoU");
  ExpectScore(result.mean_category_iou, official.at("averageScoreCategories"), "category IoU");
  ExpectScore(
      result.mean_category_iiou, official.at("averageScoreInstCategories"), "category iIoU");
}

}  // namespace assay::test
