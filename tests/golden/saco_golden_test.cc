// The official SA-Co evaluator on 19 small sets (assay's own masks; expected values
// are the output of facebookresearch/sam3@99d02f2:sam3/eval/cgf1_eval.py;
// saco_edge/cases.json was made beside the checkout, ../shared/golden):
//   every count exactly, every number to 1e-12; other settings give other counts;
//   the same counts where the truths are read from files by the dataset adapter.
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/saco.h"
#include "metrics/instances.h"
#include "metrics/polygon.h"
#include "tests/golden/golden_json.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using Json = nlohmann::json;

const Json& Cases() {
  static const Json kFile = test::ReadReference(std::filesystem::path(ASSAY_SOURCE_DIR) /
                                                "tests/golden/saco_edge/cases.json");
  return kFile.at("cases");
}

RunLengthMask ReadMask(const Json& segmentation) {
  return DecodeRuns({segmentation.at("size").at(1), segmentation.at("size").at(0)},
                    segmentation.at("counts").get<std::string>());
}

Annotation ReadAnnotation(const Json& file, const Json& id) {
  Annotation annotation;
  for (const Json& image : file.at("images")) {
    if (image.at("id") == id) annotation.exhaustive = image.at("is_instance_exhaustive") == 1;
  }
  annotation.categories.clear();
  for (const Json& category : file.at("categories")) {
    annotation.categories.push_back(category.at("id"));
  }
  for (const Json& object : file.at("annotations")) {
    if (object.at("image_id") != id) continue;
    annotation.instances.push_back({.mask = ReadMask(object.at("segmentation")),
                                    .category = object.at("category_id"),
                                    .crowd = object.at("iscrowd") == 1});
  }
  return annotation;
}

InstanceSet ReadAnswer(const Json& predictions, const Json& id, Size size) {
  InstanceSet answer{size, {}};
  for (const Json& object : predictions) {
    if (object.at("image_id") != id) continue;
    answer.instances.push_back({.mask = object.contains("segmentation")
                                            ? ReadMask(object.at("segmentation"))
                                            : DrawBox(size, object.at("bbox").get<BoxXywh>()),
                                .score = object.at("score"),
                                .category = object.at("category_id")});
  }
  return answer;
}

InstancesMetric::Result Evaluate(const Json& test_case, const InstancesSettings& settings = {}) {
  const InstancesMetric metric(settings);
  auto state = metric.Start();
  for (const Json& image : test_case.at("gts").at(0).at("images")) {
    InstancesTruth truth{{image.at("width"), image.at("height")}, {}};
    for (const Json& file : test_case.at("gts")) {
      truth.annotators.push_back(ReadAnnotation(file, image.at("id")));
    }
    const InstanceSet answer = ReadAnswer(test_case.at("preds"), image.at("id"), truth.size);
    metric.Add(metric.Compare(answer, truth), state);
  }
  return metric.Finish(state);
}

void ExpectCounts(const InstancesMetric::State& state, const Json& expected) {
  EXPECT_EQ(state.image_tp, expected.at("IL_TP"));
  EXPECT_EQ(state.image_fp, expected.at("IL_FP"));
  EXPECT_EQ(state.image_tn, expected.at("IL_TN"));
  EXPECT_EQ(state.image_fn, expected.at("IL_FN"));
  EXPECT_EQ(state.tp, expected.at("TPs").get<PerTau>());
  EXPECT_EQ(state.fp, expected.at("FPs").get<PerTau>());
  EXPECT_EQ(state.positive_fp, expected.at("positive_micro_FPs").get<PerTau>());
  EXPECT_EQ(state.fn, expected.at("FNs").get<PerTau>());
}

TEST(SacoGoldenTest, EveryCountAndNumberIsThatOfTheOfficialEvaluator) {
  ASSERT_EQ(Cases().size(), 19U);
  for (const Json& test_case : Cases()) {
    SCOPED_TRACE(test_case.at("name"));
    const auto result = Evaluate(test_case);
    ExpectCounts(result.counts, test_case.at("expected").at("counts"));
    const Json& expected = test_case.at("expected").at("metrics");
    const auto named = NamedValues(result);
    EXPECT_EQ(named.size(), 26U);
    EXPECT_EQ(expected.size(), 26U);
    for (const auto& [name, value] : named) {
      // The reference prints -1 where a mean has no entry.
      const double ours = std::isnan(value) ? -1 : value;
      EXPECT_NEAR(ours, expected.at("cgF1_eval_segm_" + name).get<double>(), 1e-12) << name;
    }
  }
}

// The case's truths as the files of a subset. A case of two annotators gets the first
// once more: it changes no choice, because the earlier one wins a tie.
std::unique_ptr<Dataset<InstancesTask>> OpenCase(const Json& test_case,
                                                 const test::TemporaryFolder& folder) {
  const Json& truths = test_case.at("gts");
  for (std::size_t k = 0; k < 3; ++k) {
    const std::string name = std::string("gold_metaclip_merged_") + "abc"[k] + "_release_test.json";
    WriteText(folder.Path() / name, truths.at(k < truths.size() ? k : 0).dump());
  }
  return OpenSaco({.root = folder.Path(), .split = "metaclip", .list = {}},
                  truths.size() == 1 ? InstanceAnnotators::kA : InstanceAnnotators::kOracle);
}

TEST(SacoGoldenTest, TruthsReadFromFilesGiveTheSameCounts) {
  for (const Json& test_case : Cases()) {
    SCOPED_TRACE(test_case.at("name"));
    const test::TemporaryFolder folder;
    const auto data = OpenCase(test_case, folder);
    const InstancesMetric metric;
    auto state = metric.Start();
    for (std::size_t i = 0; i < data->Size(); ++i) {
      const auto item = data->Item(i);
      const InstancesTruth truth = data->DecodeTruth(i, data->ReadTruth(i));
      const InstanceSet answer =
          ReadAnswer(test_case.at("preds"), Json::parse(item.key), item.query.size);
      metric.Add(metric.Compare(answer, truth), state);
    }
    ExpectCounts(state, test_case.at("expected").at("counts"));
    EXPECT_EQ(state.not_scored, 0);
    EXPECT_EQ(state.samples, static_cast<std::int64_t>(data->Size()));
  }
}

TEST(SacoGoldenTest, OtherSettingsGiveOtherCounts) {
  const auto image_outcomes = [](const char* name, const InstancesSettings& settings) {
    for (const Json& test_case : Cases()) {
      if (test_case.at("name") != name) continue;
      const auto counts = Evaluate(test_case, settings).counts;
      return std::vector{counts.image_tp, counts.image_fp, counts.image_tn, counts.image_fn};
    }
    throw std::logic_error("there is no such case");
  };
  const InstancesSettings first{.annotators = InstanceAnnotators::kA};
  EXPECT_NE(image_outcomes("oracle_true_negative_wins", first),
            image_outcomes("oracle_true_negative_wins", {}));
  EXPECT_NE(image_outcomes("not_exhaustive_in_other_annotator_excluded", first),
            image_outcomes("not_exhaustive_in_other_annotator_excluded", {}));
  const InstancesSettings above{.min_score = 0.5000001};
  EXPECT_NE(image_outcomes("score_exactly_threshold_kept", above),
            image_outcomes("score_exactly_threshold_kept", {}));
}

}  // namespace
}  // namespace assay
