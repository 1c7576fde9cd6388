// Boundary IoU through records and reports.
//   - the report has what the metric gives for the files, in the mean and by class;
//   - scores of both tasks come back from their JSON, which without a ratio has no word
//     of boundaries, as the report has none;
//   - a missing answer gives bounds that hold the complete value, and the worse one counts
//     with --allow-missing.
#include <gmock/gmock.h>

#include <set>

#include "datasets/cityscapes_labels.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using test::CityscapesRun;
using test::Configs;

class BoundaryRun : public CityscapesRun {
 public:
  explicit BoundaryRun(int samples) : CityscapesRun(samples) {
    protocol = LoadProtocol(
        Configs(), "cityscapes-val@boundary", {.set = {}, .format = "label-ids", .palette = {}});
  }
};

// The metric over the files, without records.
SemanticMetric::Result ResultOf(const BoundaryRun& run) {
  const SemanticMetric metric(CityscapesLabels(), {.boundary_ratio = 0.02});
  SemanticMetric::State state = metric.Start();
  for (std::size_t i = 0; i < run.Data().Size(); ++i) {
    const auto answer = DecodeGray8(ReadFile(run.AnswerFile(i)), run.AnswerFile(i));
    const auto truth = run.Data().DecodeTruth(i, run.Data().ReadTruth(i));
    metric.Add(metric.Compare(answer, truth), state);
  }
  return metric.Finish(state);
}

TEST(BoundaryRun, TheReportHasWhatTheMetricGivesForTheFiles) {
  BoundaryRun run(3);
  run.Score();
  const auto report = run.Report();
  const auto expected = ResultOf(run);
  EXPECT_EQ(report["metrics"]["boundary_IoU"]["value"], expected.mean_boundary_iou);
  EXPECT_EQ(report["metrics"]["boundary_IoU"]["n"], report["metrics"]["mIoU"]["n"]);
  EXPECT_LT(expected.mean_boundary_iou, 1);
  EXPECT_GT(expected.mean_boundary_iou, 0);
  for (const char* name : {"road", "car", "sky"}) {
    const auto& row = report["breakdown"]["class"][name];
    for (const LabelClass& entry : CityscapesLabels().classes) {
      if (entry.name == name) {
        EXPECT_EQ(row["boundary_IoU"], expected.class_boundary_iou[entry.id]) << name;
      }
    }
  }
}

TEST(BoundaryRun, WithoutARatioNeitherRecordNorReportHasABoundary) {
  CityscapesRun run(2);
  run.Score();
  const auto report = run.Report();
  EXPECT_FALSE(report["metrics"].contains("boundary_IoU"));
  EXPECT_FALSE(report["breakdown"]["class"]["road"].contains("boundary_IoU"));
  for (const Record& record : run.Records()) {
    EXPECT_EQ(record.score.find("boundar"), std::string::npos) << record.score;
  }
}

TEST(BoundaryRun, AMissingAnswerGivesBoundsThatHoldTheCompleteValue) {
  BoundaryRun run(3);
  run.Score();
  const double complete = run.Report()["metrics"]["boundary_IoU"]["value"];
  std::filesystem::remove(run.AnswerFile(1));
  run.Score();
  const auto metric = run.Report()["metrics"]["boundary_IoU"];
  EXPECT_TRUE(metric["value"].is_null());
  EXPECT_LT(metric["bounds"]["worst"].get<double>(), complete);
  EXPECT_GT(metric["bounds"]["best"].get<double>(), complete);
  const auto allowed = run.Report({.allow_missing = true});
  EXPECT_EQ(allowed["metrics"]["boundary_IoU"]["value"], metric["bounds"]["worst"]);
}

std::set<std::string> NamesOf(const nlohmann::json& json) {
  std::set<std::string> names;
  for (const auto& [name, value] : json.items()) names.insert(name);
  return names;
}

TEST(BoundaryRecords, ScoresComeBackFromTheirJsonAndHaveNoNewFieldWithoutARatio) {
  SemanticScore semantic{.cells = {{7, 8, 5}}, .instances = {{26, 4, 2, 3}}};
  using Semantic = Evaluation<SemanticTask>;
  EXPECT_EQ(NamesOf(nlohmann::json::parse(Semantic::ScoreToText(semantic))),
            (std::set<std::string>{"cells", "instances"}));
  EXPECT_EQ(Semantic::ScoreFromText(Semantic::ScoreToText(semantic)), semantic);
  semantic.boundaries = {{7, 3, 9}, {8, 0, 2}};
  semantic.worst = true;
  EXPECT_EQ(Semantic::ScoreFromText(Semantic::ScoreToText(semantic)), semantic);

  ReferringScore referring{.intersection = 3, .prediction = 5, .target = 4, .says_nothing = true};
  using Referring = Evaluation<ReferringTask>;
  EXPECT_EQ(NamesOf(nlohmann::json::parse(Referring::ScoreToText(referring))),
            (std::set<std::string>{
                "intersection", "prediction", "target", "no_target", "says_nothing", "worst"}));
  EXPECT_EQ(Referring::ScoreFromText(Referring::ScoreToText(referring)), referring);
  for (const std::int64_t united : {0, 5}) {
    referring.boundary = {2, united};
    EXPECT_EQ(Referring::ScoreFromText(Referring::ScoreToText(referring)), referring);
  }
}

}  // namespace
}  // namespace assay
