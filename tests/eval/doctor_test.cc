// doctor.
//   - a sound tree has no error and every image, whatever the layout, also where images lie in
//     another file or are a view made from one;
//   - every damaged truth is a finding of its own, and the examination goes on;
//   - an image that does not match its truth is a note;
//   - the fingerprint is the report's.
#include "eval/doctor.h"

#include <gmock/gmock.h>

#include "datasets/synthetic/layouts.h"
#include "tests/datasets/trees.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using test::CityscapesRun;
using ::testing::HasSubstr;

DoctorReport ExamineAll(const AnyDataset& dataset) {
  std::int64_t calls = 0;
  const Selection all = Select(dataset, {});
  DoctorReport report =
      Examine(dataset, all.indices, [&](std::int64_t done) { EXPECT_EQ(done, ++calls); });
  EXPECT_EQ(calls, report.samples);
  return report;
}

std::int64_t Errors(const DoctorReport& report) {
  std::int64_t errors = 0;
  for (const DoctorFinding& finding : report.findings) errors += finding.fatal ? 1 : 0;
  return errors;
}

TEST(Doctor, FindsNoErrorInASoundTreeOfAnyLayout) {
  for (const LayoutRow& row : LayoutCatalog()) {
    const test::TemporaryFolder folder;
    row.Write(folder.Path() / "tree", {.samples = 2, .seed = 4});
    const AnyDataset dataset =
        FindDataset(row.dataset).Open({.root = folder.Path() / "tree", .split = "", .list = {}});
    const DoctorReport report = ExamineAll(dataset);
    EXPECT_EQ(report.samples, 2) << row.name;
    EXPECT_EQ(report.images, 2) << row.name;
    EXPECT_EQ(Errors(report), 0) << row.name << ": "
                                 << (report.findings.empty() ? "" : report.findings[0].problem);
    EXPECT_FALSE(report.facts.empty()) << row.name;
  }
}

TEST(Doctor, CountsTheImagesThatAViewIsMadeFrom) {
  const SyntheticTree tree("moge", 2);
  const Protocol protocol = LoadProtocol(test::Configs(), "nyu-depth@moge", {});
  EXPECT_EQ(ExamineAll(OpenSelected(protocol, tree.Root(), {}).dataset).images, 2);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.Root())) {
    if (entry.path().filename() != "image.jpg") continue;
    std::filesystem::remove(entry.path());
    break;
  }
  const DoctorReport report = ExamineAll(OpenSelected(protocol, tree.Root(), {}).dataset);
  EXPECT_EQ(report.images, 1);
  EXPECT_TRUE(report.findings.empty());
}

TEST(Doctor, NotesADamagedImageThatAViewIsMadeFrom) {
  const SyntheticTree tree("moge", 2);
  const Protocol protocol = LoadProtocol(test::Configs(), "nyu-depth@moge", {});
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.Root())) {
    if (entry.path().filename() == "image.jpg") WriteText(entry.path(), "no image");
  }
  const DoctorReport report = ExamineAll(OpenSelected(protocol, tree.Root(), {}).dataset);
  EXPECT_EQ(report.images, 0);
  EXPECT_EQ(Errors(report), 0);
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_THAT(report.findings[0].path, HasSubstr("image.jpg"));
}

TEST(Doctor, ListsEveryDamagedTruthAndGoesOn) {
  const CityscapesRun run(4);
  for (const std::size_t index : {1U, 3U}) {
    const RawTruth raw = run.Data().ReadTruth(index);
    WriteText(raw.at(0).path, "no image");
  }
  const DoctorReport report = ExamineAll(OpenDataset(run.protocol, run.Root()));
  EXPECT_EQ(report.samples, 4);
  ASSERT_EQ(Errors(report), 2);
  EXPECT_THAT(report.findings[0].path, HasSubstr("labelIds"));
  EXPECT_FALSE(report.findings[0].remedy.empty());
}

TEST(Doctor, NotesAnImageOfAnotherSizeThanItsTruth) {
  const CityscapesRun run(2);
  const auto image = run.Data().Item(0).image;
  ASSERT_TRUE(std::filesystem::exists(image));
  WriteFile(image, EncodePng(RgbImage(Size{31, 17})));
  const DoctorReport report = ExamineAll(OpenDataset(run.protocol, run.Root()));
  EXPECT_EQ(Errors(report), 0);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_THAT(report.findings[0].problem, HasSubstr("31x17"));
}

TEST(Doctor, TheFingerprintIsTheReports) {
  CityscapesRun run(3);
  run.Score();
  const DoctorReport report = ExamineAll(OpenDataset(run.protocol, run.Root()));
  EXPECT_EQ(report.fingerprint, run.Report()["dataset"]["fingerprint"]);
}

}  // namespace
}  // namespace assay
