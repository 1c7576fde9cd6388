// What depth sets of single files have in common (datasets/depth_set.h, depth_list.h):
//   - without a list samples are sorted by key, with one they have its order, whatever follows
//     the first word; listed samples that are absent and others on disk are notes
//   - the official list is known by its hash or by its keys; another one, and as many other
//     samples, cannot be complete
//   - the lists that are shipped are the official ones, and name complete sets
//   - a set that needs a list is refused without one; a split nobody knows is refused
//   - lines of a list that say nothing, or a sample twice, are errors with their number; no kind
//     of list may name a sample twice
//   - a manifest above the root counts for the inner folder of a tree of that layout only
//   - depths that are no depths: 0 where the mask says so, an error elsewhere
#include "datasets/depth_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "datasets/io/errors.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// printf 'a/1\nb/2\n' | sha256sum; printf 'b/2.png b/2.npy\na/1.png a/1.npy' | sha256sum
constexpr DepthSet kTwo = {
    .dataset = "two",
    .split = "test",
    .layout = "<folder>/<name>.npy",
    .official = 2,
    .keys_sha256 = "sha256:c0f86c4c050d9545bde31b3667ec1ed12ae1025f8d7d5fefa0383313267f3715",
    .list = "two.txt",
    .list_sha256 = "sha256:d669ded005e6209096c9bbffb57d3c16b8bb07b8d72861c307638d3900e39333"};
constexpr const char* kOfficialList = "b/2.png b/2.npy\na/1.png a/1.npy";

DepthSample SampleOf(const std::string& key) {
  return {.key = key,
          .cluster = "c",
          .image = {},
          .truth = {},
          .native_names = {},
          .size = {},
          .camera = {}};
}

DepthScan ScanOf(const fs::path& root, const std::vector<std::string>& keys) {
  DepthScan scan{.root = root, .list_folders = {root}, .manifest = {}, .samples = {}, .alone = {}};
  for (const std::string& key : keys) scan.samples.push_back(SampleOf(key));
  return scan;
}

struct Described {
  DatasetInfo info;
  std::vector<std::string> keys;
};

Described Describe(const DepthSet& set, DepthScan scan, const DatasetOptions& options = {}) {
  Described described{.info = DescribeDepth(set, options, scan), .keys = {}};
  for (const DepthSample& sample : scan.samples) described.keys.push_back(sample.key);
  return described;
}

TEST(DepthSet, WithoutAListSamplesAreSortedAndTheOfficialKeysAreComplete) {
  const test::TemporaryFolder folder;
  const Described found = Describe(kTwo, ScanOf(folder.Path(), {"b/2", "a/1"}));
  EXPECT_THAT(found.keys, ElementsAre("a/1", "b/2"));
  EXPECT_TRUE(found.info.can_be_complete);
  EXPECT_EQ(found.info.official, 2);
  EXPECT_THAT(found.info.notes, IsEmpty());
  EXPECT_EQ(found.info.list_sha256, "");
}

TEST(DepthSet, AsManyOtherSamplesOrMoreCannotBeComplete) {
  const test::TemporaryFolder folder;
  const Described others = Describe(kTwo, ScanOf(folder.Path(), {"a/1", "b/3"}));
  EXPECT_FALSE(others.info.can_be_complete);
  EXPECT_THAT(others.info.notes, Contains(HasSubstr("as many as the official ones, but not")));
  const Described more = Describe(kTwo, ScanOf(folder.Path(), {"a/1", "b/2", "b/3"}));
  EXPECT_FALSE(more.info.can_be_complete);
  EXPECT_THAT(more.info.notes, Contains(HasSubstr("not the official 2")));
  EXPECT_TRUE(Describe(kTwo, ScanOf(folder.Path(), {"b/3"})).info.can_be_complete);
}

TEST(DepthSet, AListGivesTheOrderAndNamesWhatIsAbsent) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "two.txt", kOfficialList);
  const Described whole = Describe(kTwo, ScanOf(folder.Path(), {"a/1", "b/2", "c/9"}));
  EXPECT_THAT(whole.keys, ElementsAre("b/2", "a/1"));
  EXPECT_TRUE(whole.info.can_be_complete);
  EXPECT_THAT(whole.info.notes, ElementsAre(HasSubstr("1 samples on disk are not in the list")));
  const Described part = Describe(kTwo, ScanOf(folder.Path(), {"a/1"}));
  EXPECT_THAT(part.info.notes, ElementsAre(HasSubstr("missing b/2.npy")));
  EXPECT_EQ(part.info.list_sha256, Sha256(std::string(kOfficialList)));
}

TEST(DepthSet, LineEndsAndOrderDoNotMakeAListAnother) {
  const test::TemporaryFolder folder;
  for (const char* text : {"b/2.png b/2.npy\r\n\r\na/1.png a/1.npy\r\n",
                           "./a/1.jpg a/1.npy more words\nval/b/2.jpg b/2.npy\n"}) {
    WriteText(folder.Path() / "two.txt", text);
    const Described found = Describe(kTwo, ScanOf(folder.Path(), {"a/1", "b/2"}));
    EXPECT_TRUE(found.info.can_be_complete) << text;
    EXPECT_EQ(found.keys.size(), 2U) << text;
  }
}

TEST(DepthSet, AnotherListIsANoteAndNeverComplete) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "mine.txt", "c/9.png c/9.npy\n");
  const Described found =
      Describe(kTwo,
               ScanOf(folder.Path(), {"a/1", "c/9"}),
               {.root = {}, .split = "test", .list = folder.Path() / "mine.txt"});
  EXPECT_THAT(found.keys, ElementsAre("c/9"));
  EXPECT_FALSE(found.info.can_be_complete);
  EXPECT_THAT(found.info.notes, Contains(HasSubstr("mine.txt is not the official list (1 of 2")));
}

TEST(DepthSet, AListOfOtherSamplesOrNoneIsAnError) {
  const test::TemporaryFolder folder;
  const auto read = [&](const std::string& text) {
    WriteText(folder.Path() / "two.txt", text);
    return ErrorOf([&] { Describe(kTwo, ScanOf(folder.Path(), {"a/1"})); });
  };
  EXPECT_THAT(read("x/7.png x/7.npy\n"), HasSubstr("the first one looked for is x/7.npy"));
  EXPECT_THAT(read("\n\n"), HasSubstr("names no sample"));
  EXPECT_THAT(read("a/1.png a/1.npy\nb/2.png\n"), HasSubstr("line 2: one word"));
  EXPECT_THAT(read("a/1.png a/1.npy\n\na/1.jpg a/1.npy\n"),
              HasSubstr("line 3: a/1 is listed twice"));
}

TEST(DepthSet, NoKindOfListMayNameASampleTwice) {
  const test::TemporaryFolder folder;
  DepthSet set = kTwo;
  set.read_list = [](const fs::path& path) {
    return DepthList{.path = path,
                     .sha256 = {},
                     .text_sha256 = {},
                     .entries = {{"a/1", "a/1.npy"}, {"b/2", "b/2.npy"}, {"a/1", "a/1.npy"}}};
  };
  WriteText(folder.Path() / "two.txt", "");
  EXPECT_THAT(ErrorOf([&] { Describe(set, ScanOf(folder.Path(), {"a/1", "b/2"})); }),
              AllOf(HasSubstr("two.txt"), HasSubstr("a/1"), HasSubstr("is listed twice")));
}

TEST(DepthSet, AManifestAboveCountsOnlyForTheFolderOfItsLayout) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.Path() / "training");
  fs::create_directories(folder.Path() / "else");
  WriteManifest(folder.Path(), {.layout = "sintel", .samples = 3, .seed = 1, .size = {4, 4}});
  const auto found = [&](const char* name, const char* layout) {
    return FindManifest(folder.Path() / name, "training", layout).has_value();
  };
  EXPECT_TRUE(found("training", "sintel"));
  EXPECT_FALSE(found("else", "sintel"));
  EXPECT_FALSE(found("training", "diode"));
  EXPECT_TRUE(found("", "sintel"));
}

TEST(DepthSet, AManifestOfNoSizeMeansTheOfficialOne) {
  DepthScan scan = ScanOf("root", {});
  EXPECT_EQ(FrameOf(scan, {7, 5}), (assay::Size{7, 5}));
  scan.manifest = SyntheticManifest{.layout = "two", .samples = 1, .seed = 1, .size = {0, 0}};
  EXPECT_EQ(FrameOf(scan, {7, 5}), (assay::Size{7, 5}));
  scan.manifest->size = {4, 3};
  EXPECT_EQ(FrameOf(scan, {7, 5}), (assay::Size{4, 3}));
}

TEST(DepthSet, ASetThatNeedsAListIsRefusedWithoutOne) {
  const test::TemporaryFolder folder;
  DepthSet set = kTwo;
  set.needs_list = true;
  const std::string text = ErrorOf([&] { Describe(set, ScanOf(folder.Path(), {"a/1", "b/2"})); });
  EXPECT_THAT(text, HasSubstr("no two.txt found"));
  EXPECT_THAT(text, HasSubstr("--set list=FILE"));
}

TEST(DepthSet, ASplitNobodyKnowsIsRefused) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(
      Describe(kTwo, ScanOf(folder.Path(), {"a/1"}), {.root = {}, .split = "train", .list = {}}),
      ConfigError);
}

struct Shipped {
  const char* dataset;
  const char* list;
  std::size_t samples;
};

// A tree with an empty truth file for every line.
TEST(DepthSet, ShippedListsAreTheOfficialOnesAndNameACompleteSet) {
  for (const auto& [dataset, file, samples] :
       {Shipped{"diode", "diode_val_all_filename_list.txt", 771},
        {"diode-indoor", "diode_val_indoor_filename_list.txt", 325},
        {"diode-outdoor", "diode_val_outdoor_filename_list.txt", 446},
        {"eth3d", "eth3d_filename_list.txt", 454},
        {"scannet", "scannet_val_sampled_list_800_1.txt", 800}}) {
    SCOPED_TRACE(dataset);
    const fs::path list = fs::path(ASSAY_SOURCE_DIR) / "configs/lists" / file;
    const test::TemporaryFolder folder;
    std::vector<std::string> keys;
    for (const DepthListEntry& entry : ReadDepthList(list).entries) {
      WriteText(folder.Path() / entry.truth, "");
      keys.push_back(entry.key);
    }
    const auto open = [&](const fs::path& named) {
      return std::get<std::unique_ptr<Dataset<DepthTask>>>(
          FindDataset(dataset).Open({.root = folder.Path(), .split = "", .list = named}));
    };
    const auto listed = open(list);
    EXPECT_EQ(KeysOf(*listed), keys);
    EXPECT_EQ(listed->Info().official, static_cast<std::int64_t>(samples));
    EXPECT_EQ(listed->Size(), samples);
    EXPECT_TRUE(listed->Info().can_be_complete);
    EXPECT_THAT(listed->Info().notes, IsEmpty());
    // The keys say it without a list.
    const auto found = open("");
    EXPECT_EQ(found->Size(), samples);
    EXPECT_TRUE(found->Info().can_be_complete);
    EXPECT_THAT(found->Info().notes, IsEmpty());
  }
}

TEST(DepthSet, ImagesWithoutTruthAreANote) {
  const test::TemporaryFolder folder;
  DepthScan scan = ScanOf(folder.Path(), {"a/1"});
  scan.alone = {"b/2.npy"};
  EXPECT_THAT(Describe(kTwo, std::move(scan)).info.notes,
              ElementsAre(HasSubstr("1 images without ground truth: missing b/2.npy")));
}

TEST(DepthSet, NoDepthIsZeroWhereTheMaskSaysSoAndAnErrorElsewhere) {
  const RawPart part{"depth.npy", {}};
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1.0}) {
    DepthTruth truth{.depth_m = DepthMap({2, 1}, 3), .file_mask = Mask({2, 1}, 1)};
    truth.depth_m.At(1, 0) = bad;
    const std::string text = ErrorOf([&] { CleanDepth(part, "key", truth); });
    EXPECT_THAT(text, AllOf(HasSubstr("depth.npy"), HasSubstr("key"), HasSubstr("pixel (1, 0)")));
    truth.file_mask.At(1, 0) = 0;
    CleanDepth(part, "key", truth);
    EXPECT_EQ(truth.depth_m.At(0, 0), 3);
    EXPECT_EQ(truth.depth_m.At(1, 0), 0);
    truth.file_mask = {};
    truth.depth_m.At(0, 0) = bad;
    EXPECT_THAT(ErrorOf([&] { CleanDepth(part, "key", truth); }), HasSubstr("pixel (0, 0)"));
  }
}

}  // namespace
}  // namespace assay
