// Opening a dataset and choosing samples.
//   - a data root with the usual folder name works as well as the root itself;
//   - so does a synthetic world with a folder per layout, and a synthetic tree of another
//     dataset does not stand in the way of the dataset's own;
//   - --limit and --samples are part of a run's identity and make it partial;
//   - a subset is drawn by seed and key, whatever else is in the dataset;
//   - unknown keys are all named, with suggestions;
//   - a synthetic tree is complete only with all its samples.
#include "eval/selection.h"

#include <gmock/gmock.h>

#include <algorithm>

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

TEST(Selection, TheDataRootMayHoldTheTreeUnderTheNameOfALayout) {
  const test::TemporaryFolder folder;
  test::WriteSyntheticTree("nyu-normals", folder.Path() / "nyu-normals", 2);
  test::WriteSyntheticTree("scannet-normals", folder.Path() / "scannet-normals", 3);
  const auto size = [&](const std::string& protocol) {
    return Select(OpenDataset(LoadProtocol(test::Configs(), protocol), folder.Path()), {})
        .indices.size();
  };
  EXPECT_EQ(size("nyu-normals"), 2);
  EXPECT_EQ(size("scannet-normals"), 3);
}

TEST(Selection, AFolderInATreeThatIsCalledLikeItsLayoutIsNotItsRoot) {
  const test::TemporaryFolder folder;
  test::WriteSyntheticTree("refcocog", folder.Path(), 2);
  ASSERT_TRUE(std::filesystem::is_directory(folder.Path() / "refcocog"));
  const Protocol protocol = LoadProtocol(test::Configs(), "refcocog-umd-val");
  const AnyDataset dataset = OpenDataset(protocol, folder.Path());
  EXPECT_TRUE(FactsOf(dataset, protocol, Select(dataset, {})).synthetic);
}

TEST(Selection, ATreeOfAnotherDatasetDoesNotStandInTheWay) {
  const test::TemporaryFolder folder;
  const Protocol indoor = LoadProtocol(test::Configs(), "diode-indoor-depth");
  const auto size = [&] { return Select(OpenDataset(indoor, folder.Path()), {}).indices.size(); };
  test::WriteSyntheticTree("diode", folder.Path() / "diode", 4);
  const std::size_t indoor_of_all = size();
  EXPECT_LT(indoor_of_all, 4);  // nothing better is there
  test::WriteSyntheticTree("diode-indoor", folder.Path() / "diode-indoor", 4);
  EXPECT_EQ(size(), 4);
  // A real tree says nothing of itself, and its name is the usual one.
  std::filesystem::remove(folder.Path() / "diode" / "assay-synthetic.json");
  EXPECT_EQ(size(), indoor_of_all);
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

TEST(Selection, ASubsetIsDrawnByKeyAndALargerOneHoldsIt) {
  const CityscapesRun run(8);
  const AnyDataset dataset = OpenDataset(run.protocol, run.Root());
  const auto drawn = [&](std::int64_t n, std::int64_t seed) {
    return Select(dataset, {.subset = n, .seed = seed});
  };
  const Selection three = drawn(3, 1);
  EXPECT_EQ(three.indices.size(), 3U);
  EXPECT_TRUE(std::is_sorted(three.indices.begin(), three.indices.end()));
  const Selection five = drawn(5, 1);
  EXPECT_TRUE(std::includes(
      five.indices.begin(), five.indices.end(), three.indices.begin(), three.indices.end()));
  EXPECT_EQ(drawn(3, 1).identity, three.identity);
  EXPECT_NE(drawn(3, 2).identity, three.identity);
  EXPECT_EQ(drawn(100, 1).indices.size(), 8U);
  EXPECT_FALSE(FactsOf(dataset, run.protocol, drawn(100, 1)).complete);
}

// The draw by hand: `printf 'assay subset 7 KEY' | sha256sum`, smallest first.
TEST(Selection, ASubsetIsTheSmallestHashesOfSeedAndKey) {
  const CityscapesRun run(6);
  const AnyDataset dataset = OpenDataset(run.protocol, run.Root());
  const std::vector<std::size_t> drawn = Select(dataset, {.subset = 2, .seed = 7}).indices;
  std::string largest_in;
  std::string smallest_out = "~";
  for (std::size_t i = 0; i < 6; ++i) {
    const std::string hash = Sha256("assay subset 7 " + run.Key(i));
    const bool in = std::find(drawn.begin(), drawn.end(), i) != drawn.end();
    if (in) largest_in = std::max(largest_in, hash);
    if (!in) smallest_out = std::min(smallest_out, hash);
  }
  EXPECT_LT(largest_in, smallest_out);
}

TEST(Selection, ASubsetAndAFileOfKeysContradictEachOther) {
  const CityscapesRun run(2);
  const auto file = run.folder.Path() / "keys.txt";
  WriteText(file, run.Key(0));
  EXPECT_THROW(Select(OpenDataset(run.protocol, run.Root()), {.samples = file, .subset = 1}),
               ConfigError);
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
