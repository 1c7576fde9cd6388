// A row a sample (eval/sample_rows.h):
//   - an aligned depth answer has the fit that was used, and its metrics are those of the sample
//     alone; one without a score has nulls and the error
//   - CSV has the same, quotes what needs it, and leaves null empty
//   - a task that states nothing besides has its metrics alone
#include "eval/sample_rows.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "eval/run.h"
#include "eval/selection.h"
#include "tests/eval/runs.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> LinesOf(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Three NYU frames: the truth times 1.25, a file that is none, and nothing.
class SampleRows : public ::testing::Test {
 protected:
  SampleRows()
      : protocol_(LoadProtocol(test::Configs(),
                               "nyu-depth+align=median_ratio",
                               {.set = {}, .format = "npy", .palette = {}})) {
    test::WriteSyntheticTree("nyu-mat", folder_.Path() / "tree", 3);
    dataset_ = OpenDataset(protocol_, folder_.Path() / "tree");
    const auto& data = *std::get<std::unique_ptr<Dataset<DepthTask>>>(dataset_);
    DepthMap depth = data.DecodeTruth(0, data.ReadTruth(0)).depth_m;
    for (double& metres : depth.Pixels()) metres *= 1.25;
    const auto answers = folder_.Path() / "answers";
    WriteFile(answers / (data.Item(0).key + ".npy"), EncodeNpy(depth));
    WriteText(answers / (data.Item(1).key + ".npy"), "not, an \"array\"");
    RecordStore store = Open();
    const SavedAnswers saved(answers);
    std::vector<ScoringLane> lanes = {{&protocol_, &store}};
    ScoreTogether(lanes, dataset_, Select(dataset_, {}).indices, &saved, {});
  }
  RecordStore Open() const {
    return RecordStore::OpenForWriting(
        folder_.Path() / "records.sqlite",
        {protocol_.name, protocol_.hash, protocol_.answer_hash, "{}"},
        false);
  }

  test::TemporaryFolder folder_;
  Protocol protocol_;
  AnyDataset dataset_;
};

TEST_F(SampleRows, HaveMetricsAndFitOrTheError) {
  RecordStore store = Open();
  const auto lines = LinesOf(SampleLines(protocol_, store));
  ASSERT_EQ(lines.size(), 3U);
  const json scored = json::parse(lines[0]);
  EXPECT_EQ(scored["outcome"], "scored");
  EXPECT_TRUE(scored["error"].is_null());
  EXPECT_EQ(scored["delta1"], 1);
  EXPECT_NEAR(scored["AbsRel"], 0, 1e-12);
  EXPECT_NEAR(scored["fit_scale"], 0.8, 1e-12);
  EXPECT_EQ(scored["fit_shift"], 0);
  EXPECT_EQ(scored["excluded_from_fit"], 0);
  const json invalid = json::parse(lines[1]);
  EXPECT_EQ(invalid["outcome"], "invalid");
  EXPECT_THAT(invalid["error"].get<std::string>(), StartsWith("read/"));
  EXPECT_TRUE(invalid["delta1"].is_null());
  EXPECT_TRUE(invalid["fit_scale"].is_null());
  EXPECT_EQ(json::parse(lines[2])["outcome"], "missing");
}

TEST_F(SampleRows, AreTheSameAsCsv) {
  RecordStore store = Open();
  const auto lines = LinesOf(SampleCsv(protocol_, store));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines[0], StartsWith("key,outcome,error,delta1,"));
  EXPECT_THAT(lines[0], HasSubstr(",fit_scale,fit_shift,fit_disparity_floor,excluded_from_fit"));
  EXPECT_THAT(lines[1], HasSubstr(",scored,,1.0,"));
  EXPECT_THAT(lines[2], HasSubstr(",invalid,"));
  EXPECT_THAT(lines[3], HasSubstr(",missing,"));
}

TEST(SampleRowsOfClasses, HaveTheirMetricsAlone) {
  test::CityscapesRun run(2);
  run.Score();
  RecordStore store = run.Open("run");
  const auto lines = LinesOf(SampleLines(run.protocol, store));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(json::parse(lines[0])["outcome"], "scored");
  EXPECT_TRUE(json::parse(lines[0])["mIoU"].is_number());
}

}  // namespace
}  // namespace assay
