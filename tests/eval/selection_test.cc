// Opening a dataset and choosing samples.
//   - a data root with the usual folder name works as well as the root itself;
//   - --limit and --samples are part of a run's identity and make it partial;
//   - unknown keys are all named, with suggestions;
//   - a synthetic tree is complete only with all its samples.
#include "eval/selection.h"

#include <gmock/gmock.h>

#include "tests/eval/runs.h"

namespace assay {
namespace {

using test::CityscapesRun;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Selection, TheDataRootMayHoldTheTreeUnderItsUsualName) {
  const CityscapesRun run(2);
  const AnyDataset direct = OpenDataset(run.protocol, run.Root());
  const AnyDataset below = OpenDataset(run.protocol, run.folder.Path());
  EXPECT_EQ(Select(direct, {}).indices, Select(below, {}).indices);
}

TEST(Selection, AMissingFolderSaysWhatDataTakes) {
  const CityscapesRun run(1);
  try {
    OpenDataset(run.protocol, run.folder.Path() / "nowhere");
    FAIL() << "opened nothing";
  } catch (const DatasetError& error) {
    EXPECT_THAT(error.what(), HasSubstr("nowhere"));
    EXPECT_THAT(error.what(), HasSubstr("cityscapes/"));
  }
}

TEST(Selection, ALimitIsPartOfTheIdentityAndIsNeverComplete) {
  const CityscapesRun run(4);
  const AnyDataset dataset = OpenDataset(run.protocol, run.Root());
  const Selection all = Select(dataset, {});
  const Selection some = Select(dataset, {.limit = 2, .samples = {}});
  EXPECT_THAT(some.indices, ElementsAre(0, 1));
  EXPECT_EQ(all.identity, "{}");
  EXPECT_EQ(some.identity, R"({"limit":2})");
  EXPECT_TRUE(FactsOf(dataset, run.protocol, all).complete);
  EXPECT_FALSE(FactsOf(dataset, run.protocol, some).complete);
}

TEST(Selection, AFileOfKeysSelectsThemInDatasetOrderOnce) {
  const CityscapesRun run(4);
  const auto file = run.folder.Path() / "keys.txt";
  WriteText(file, run.Key(3) + "\r\n\n" + run.Key(1) + "\n" + run.Key(3));
  const Selection chosen =
      Select(OpenDataset(run.protocol, run.Root()), {.limit = 0, .samples = file});
  EXPECT_THAT(chosen.indices, ElementsAre(1, 3));
  WriteText(file, run.Key(1) + "\n" + run.Key(3) + "\n");
  EXPECT_EQ(Select(OpenDataset(run.protocol, run.Root()), {.limit = 0, .samples = file}).identity,
            chosen.identity);
}

TEST(Selection, EveryUnknownKeyIsNamedWithASuggestion) {
  const CityscapesRun run(2);
  const auto file = run.folder.Path() / "keys.txt";
  WriteText(file, run.Key(0) + "9\nwholly/different\n");
  try {
    Select(OpenDataset(run.protocol, run.Root()), {.limit = 0, .samples = file});
    FAIL() << "selected unknown keys";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.findings.size(), 2U);
    EXPECT_THAT(error.what(), HasSubstr("did you mean '" + run.Key(0) + "'"));
    EXPECT_THAT(error.what(), HasSubstr("wholly/different"));
  }
}

}  // namespace
}  // namespace assay
