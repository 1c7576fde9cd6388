// Boundaries and Boundary IoU against values of OpenCV and NumPy (tests/golden/boundary,
// written by scripts/make_boundary_samples.py):
//   every distance; every boundary pixel by pixel; the counts of every expression and the
//   means of every preset at every ratio; the counts of every class and the means of the
//   two synthetic Cityscapes frames; ratios and policies differ, so that a mix-up shows.
#include <gmock/gmock.h>

#include <cmath>
#include <set>
#include <string>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "metrics/boundary.h"
#include "metrics/referring.h"
#include "tests/golden/cityscapes_evaluation.h"
#include "tests/golden/golden_json.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-12;

std::filesystem::path Golden() { return std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden"; }

const json& Reference() {
  static const json kJson = test::ReadReference(Golden() / "boundary/expected.json");
  return kJson;
}

// One text a row: 0, 1, 2, and i for ignored.
Raster<std::uint8_t> ReadRows(const json& rows) {
  const auto texts = rows.get<std::vector<std::string>>();
  Raster<std::uint8_t> map({static_cast<int>(texts.at(0).size()), static_cast<int>(texts.size())});
  for (int y = 0; y < map.height(); ++y) {
    for (int x = 0; x < map.width(); ++x) {
      const char letter = texts.at(static_cast<std::size_t>(y)).at(static_cast<std::size_t>(x));
      map.At(x, y) = static_cast<std::uint8_t>(letter == 'i' ? 255 : letter - '0');
    }
  }
  return map;
}

ReferringMetric Preset(const std::string& name, double ratio) {
  ReferringSettings settings = FindReferringPreset(name);
  settings.frame.reset();  // the cases are compared at their own size
  settings.boundary_ratio = ratio;
  return ReferringMetric(settings);
}

ReferringScore Compare(const ReferringMetric& metric, const json& sample) {
  const ReferringTruth truth{ReadRows(sample.at("target")), sample.at("no_target").get<bool>()};
  return metric.Compare(ReadRows(sample.at("given")), truth);
}

TEST(BoundaryGoldenTest, EveryDistanceIsPythons) {
  ASSERT_EQ(Reference().at("distances").size(), 25U);
  for (const json& row : Reference().at("distances")) {
    const Size size{row.at("size").at(0).get<int>(), row.at("size").at(1).get<int>()};
    EXPECT_EQ(BoundaryDistance(size, row.at("ratio").get<double>()),
              row.at("distance").get<std::int64_t>())
        << row;
  }
}

TEST(BoundaryGoldenTest, EveryBoundaryIsOpenCvs) {
  ASSERT_EQ(Reference().at("masks").size(), 60U);
  int with_inside = 0;
  for (const json& row : Reference().at("masks")) {
    const Mask mask = ReadRows(row.at("mask"));
    const Mask expected = ReadRows(row.at("boundary"));
    const auto distance = BoundaryDistance(mask.size(), row.at("ratio").get<double>());
    EXPECT_EQ(BoundaryOf(mask, distance), expected) << row;
    with_inside += expected == mask ? 0 : 1;
  }
  EXPECT_GT(with_inside, 15);
}

TEST(BoundaryGoldenTest, EveryExpressionHasTheCounts) {
  ASSERT_EQ(Reference().at("expressions").size(), 60U);
  for (const json& sample : Reference().at("expressions")) {
    for (const char* name : {"default", "lisa", "lavt"}) {
      const ReferringScore score = Compare(Preset(name, 0.05), sample);
      ASSERT_TRUE(score.boundary.has_value());
      EXPECT_EQ(score.boundary->intersection, sample.at(name).at(0).get<std::int64_t>()) << sample;
      EXPECT_EQ(score.boundary->united, sample.at(name).at(1).get<std::int64_t>()) << sample;
    }
  }
}

TEST(BoundaryGoldenTest, EveryPresetHasTheMeanAtEveryRatio) {
  std::set<double> means;
  for (const json& row : Reference().at("means")) {
    for (const char* name : {"default", "lavt", "lisa", "rela", "xsam"}) {
      const ReferringMetric metric = Preset(name, row.at("ratio").get<double>());
      ReferringMetric::State state = metric.Start();
      for (const json& sample : Reference().at("expressions")) {
        metric.Add(Compare(metric, sample), state);
      }
      const double expected = row.at(name).get<double>();
      EXPECT_NEAR(metric.Finish(state).boundary_iou, expected, kTolerance) << name << row;
      means.insert(expected);
    }
  }
  EXPECT_GT(means.size(), 15U);
}

std::vector<std::pair<LabelMap, SemanticTruth>> Synthville() {
  std::vector<std::pair<LabelMap, SemanticTruth>> samples;
  for (const std::string stem : {"synthville_000000_000019", "synthville_000001_000019"}) {
    const auto path = Golden() / "cityscapes" / (stem + "_pred_labelIds.png");
    samples.emplace_back(DecodeGray8(ReadFile(path), path),
                         test::ReadSemanticTruth(Golden() / "cityscapes", stem));
  }
  return samples;
}

void ExpectFrames(const SemanticSettings& settings, const json& expected) {
  const auto result = test::EvaluateCityscapes(Synthville(), settings);
  EXPECT_NEAR(result.mean_boundary_iou, expected.at("boundary_IoU").get<double>(), kTolerance);
  for (const LabelClass& entry : CityscapesLabels().classes) {
    const auto counts = expected.at("classes").find(std::to_string(entry.id));
    const double score = result.class_boundary_iou[entry.id];
    if (counts == expected.at("classes").end()) {
      EXPECT_TRUE(std::isnan(score)) << entry.name;
      continue;
    }
    const double intersection = counts->at(0).get<double>();
    EXPECT_NEAR(score, intersection / counts->at(1).get<double>(), kTolerance) << entry.name;
  }
}

TEST(BoundaryGoldenTest, TheSyntheticFramesHaveTheScoreOfEveryClassAndTheMean) {
  ASSERT_EQ(Reference().at("frames").size(), 6U);
  for (const json& row : Reference().at("frames")) {
    SCOPED_TRACE(row.at("ratio").dump());
    const double ratio = row.at("ratio").get<double>();
    ExpectFrames({.policy = SemanticPolicy::kOfficial, .boundary_ratio = ratio},
                 row.at("official"));
    ExpectFrames({.policy = SemanticPolicy::kMmseg, .boundary_ratio = ratio}, row.at("official"));
    ExpectFrames({.policy = SemanticPolicy::kDetectron2, .boundary_ratio = ratio},
                 row.at("detectron2"));
    EXPECT_NE(row.at("official"), row.at("detectron2"));
  }
}

TEST(BoundaryGoldenTest, TheSyntheticFramesHaveTheCountsOfEveryClass) {
  const SemanticMetric metric(CityscapesLabels(), {.boundary_ratio = 0.02});
  SemanticMetric::State state = metric.Start();
  for (const auto& [prediction, truth] : Synthville()) {
    metric.Add(metric.Compare(prediction, truth), state);
  }
  const json& row = Reference().at("frames").at(1);
  ASSERT_EQ(row.at("ratio"), 0.02);
  ASSERT_EQ(row.at("official").at("classes").size(), 11U);
  for (const auto& [id, counts] : row.at("official").at("classes").items()) {
    const auto l = static_cast<std::size_t>(std::stoi(id));
    EXPECT_EQ(state.boundary_intersection[l], counts.at(0).get<std::int64_t>()) << id;
    EXPECT_EQ(state.boundary_united[l], counts.at(1).get<std::int64_t>()) << id;
  }
}

}  // namespace
}  // namespace assay
