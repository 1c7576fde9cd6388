// assay score --all-variants from the command line.
//   - every RUN/<variant>/report.json and report.md is that of a run of the variant alone,
//     but for run_info, and records.sqlite goes on where the same command is given again
//   - suite.json is what is printed, and report shows it as text, Markdown and CSV
//   - a suite has no variants
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "tests/cli/program.h"

namespace assay {
namespace {

using nlohmann::json;
using test::Assay;
using test::Finished;
using ::testing::HasSubstr;

class VariantsTest : public ::testing::Test {
 protected:
  std::string In(const std::string& name) const { return (folder_.Path() / name).string(); }
  void Synth(const std::string& layout, int samples) const {
    const Finished made = Assay("synth --layout " + layout + " --samples " +
                                std::to_string(samples) + " -o " + In("data"));
    ASSERT_EQ(made.code, 0) << made.err;
  }
  Finished All(const std::string& protocol, const std::string& options) const {
    return Assay("run --all-variants --protocol " + protocol + " --data " + In("data") + " -o " +
                 In("run") + " --quiet " + options);
  }
  // Without run_info, and report.md.
  std::pair<json, std::string> Written(const std::string& run) const {
    json report = json::parse(ReadText(In(run) + "/report.json"));
    report.erase("run_info");
    return {report, ReadText(In(run) + "/report.md")};
  }
  void ExpectEqualToRunsOfTheirOwn(const std::string& protocol) const {
    const Finished done = All(protocol, "--oracle --json");
    ASSERT_EQ(done.code, 0) << done.err;
    const json report = json::parse(done.out);
    EXPECT_EQ(report, json::parse(ReadText(In("run/suite.json"))));
    ASSERT_GE(report["members"].size(), 2);
    for (const json& member : report["members"]) {
      const std::string name = member["protocol"];
      const Finished alone = Assay("run --protocol " + name + " --data " + In("data") + " -o " +
                                   In("alone/" + name) + " --quiet --oracle");
      ASSERT_EQ(alone.code, 0) << alone.err;
      EXPECT_EQ(Written("run/" + name), Written("alone/" + name)) << name;
    }
  }

  test::TemporaryFolder folder_;
};

TEST_F(VariantsTest, DepthVariantsEqualRunsOfTheirOwn) {
  Synth("nyu-mat", 3);
  ExpectEqualToRunsOfTheirOwn("nyu-depth");
  const Finished again = All("nyu-depth", "--oracle");
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("spread"));
  EXPECT_EQ(json::parse(ReadText(In("run/nyu-depth@bts/report.json")))["run_info"]["reused"], 3);
  const std::string before = ReadText(In("run/suite.json"));
  EXPECT_EQ(Assay("report --json " + In("run")).out, before);
  EXPECT_EQ(Assay("report " + In("run")).out, again.out);
  EXPECT_THAT(Assay("report --format markdown " + In("run")).out, HasSubstr("| nyu-depth@zoe |"));
  EXPECT_THAT(Assay("report --format csv " + In("run")).out, HasSubstr(",nyu-depth@zoe,"));
}

TEST_F(VariantsTest, SegmentationVariantsEqualRunsOfTheirOwn) {
  Synth("cityscapes", 2);
  ExpectEqualToRunsOfTheirOwn("cityscapes-val");
}

TEST_F(VariantsTest, ReferringVariantsOfSeveralSizesEqualRunsOfTheirOwn) {
  Synth("refcocog", 2);
  ExpectEqualToRunsOfTheirOwn("refcocog-umd-val");
}

TEST_F(VariantsTest, LeftOutVariantsAreNamed) {
  Synth("kitti", 2);
  const Finished done = All("kitti-depth", "--oracle");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("kitti-depth@dav2 is left out: its pred_frame is"));
  EXPECT_FALSE(std::filesystem::exists(In("run/kitti-depth@dav2")));
}

TEST_F(VariantsTest, ASuiteHasNone) {
  const Finished done = Assay("run --suite saco-gold --all-variants --oracle --data x -o y");
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("--all-variants"));
}

}  // namespace
}  // namespace assay
