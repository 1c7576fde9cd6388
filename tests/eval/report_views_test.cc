// Reports as people read them.
//   - counts of pixels are integers, in JSON and in Markdown
//   - a terminal shows the ranges of distance that hold pixels, and of no other task a
//     breakdown
//   - Markdown says how a metric is come by where its name does not
#include "eval/report_views.h"

#include <gmock/gmock.h>

#include "tests/eval/runs.h"

namespace assay {
namespace {

using nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

ordered_json OracleReport(const std::string& name, std::string_view layout) {
  const test::TemporaryFolder folder;
  test::WriteSyntheticTree(layout, folder.Path() / "tree", 2);
  const Protocol protocol = LoadProtocol(test::Configs(), name);
  const auto [dataset, selection] = OpenSelected(protocol, folder.Path() / "tree", {});
  RecordStore store = RecordStore::OpenForWriting(
      folder.Path() / "records.sqlite", {name, protocol.hash, protocol.answer_hash, "{}"}, false);
  store.SetMeta("dataset", ToJson(FactsOf(dataset, protocol, selection)).dump());
  Score(protocol, dataset, selection.indices, nullptr, {}, store);
  return ordered_json::parse(BuildReport(protocol, store, {}).body);
}

TEST(ReportViews, CountsOfPixelsAreIntegers) {
  const ordered_json report = OracleReport("nyu-depth", "nyu-bts");
  std::int64_t pixels = 0;
  for (const auto& [range, values] : report["breakdown"]["distance"].items()) {
    EXPECT_EQ(values.begin().key(), "pixels");
    ASSERT_TRUE(values["pixels"].is_number_integer()) << range;
    pixels += values["pixels"].get<std::int64_t>();
    EXPECT_THAT(Markdown(report), HasSubstr("| " + range + " | " + values["pixels"].dump() + " |"));
  }
  EXPECT_EQ(pixels, report["pixels"]["scored"]);
}

TEST(ReportViews, ATerminalShowsTheRangesThatHoldPixels) {
  ordered_json report = OracleReport("nyu-depth", "nyu-bts");
  const ordered_json& ranges = report["breakdown"]["distance"];
  ASSERT_GT(ranges["2-5 m"]["pixels"], 0);
  ASSERT_EQ(ranges["80+ m"]["pixels"], 0);
  const std::string text = TerminalTable(report, false);
  EXPECT_THAT(text, HasSubstr("distance"));
  EXPECT_THAT(text, HasSubstr("2-5 m"));
  EXPECT_THAT(text, HasSubstr("  " + ranges["2-5 m"]["pixels"].dump() + "  "));
  EXPECT_THAT(text, Not(HasSubstr("80+ m")));
  for (auto& [range, values] : report["breakdown"]["distance"].items()) values["pixels"] = 0;
  EXPECT_THAT(TerminalTable(report, false), Not(HasSubstr("distance")));
}

TEST(ReportViews, ATerminalShowsNoOtherBreakdown) {
  EXPECT_THAT(TerminalTable(OracleReport("nyu-normals", "nyu-normals"), false),
              Not(HasSubstr("aggregate")));
  EXPECT_THAT(TerminalTable(OracleReport("cityscapes-val", "cityscapes"), false),
              Not(HasSubstr("sidewalk")));
}

TEST(ReportViews, MarkdownSaysHowAMetricIsComeBy) {
  const ordered_json report = OracleReport("nyu-normals", "nyu-normals");
  EXPECT_THAT(
      Markdown(report),
      HasSubstr("\n* median: " + report["metrics"]["median"]["method"].get<std::string>() + "\n"));
  EXPECT_THAT(Markdown(report), Not(HasSubstr("* mean: ")));
}

}  // namespace
}  // namespace assay
