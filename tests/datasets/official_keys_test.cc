// Which samples are a set's official ones (datasets/official_keys.h):
//   - the hashes of the tables are those of the published lists
//   - a tree of the official samples is complete; one of as many others is not, and says so;
//     fewer are a part
//   - the list that is shipped is used where a tree has none and one of its samples, and only there
//   - a dataset that takes no list refuses one
#include "datasets/official_keys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "datasets/catalog.h"
#include "datasets/dsine_sets.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> OfficialKeys(const std::string& name) {
  std::istringstream text(
      ReadText(fs::path(ASSAY_SOURCE_DIR) / "tests/golden/official_keys" / (name + ".txt")));
  std::vector<std::string> keys;
  for (std::string key; std::getline(text, key);) keys.push_back(key);
  return keys;
}

TEST(OfficialKeys, OfNormalsAreThoseOfThePublishedLists) {
  for (const char* set : {"ibims-normals",
                          "scannet-normals",
                          "sintel-normals",
                          "sintel-normals-marigold",
                          "vkitti-normals"}) {
    const std::vector<std::string> keys = OfficialKeys(set);
    EXPECT_EQ(FindDsineSet(set).keys_sha256, HashOfKeys(keys)) << set;
    EXPECT_EQ(FindDsineSet(set).official, static_cast<std::int64_t>(keys.size())) << set;
  }
  for (const char* set : {"nyu-normals", "nyu-normals-marigold", "nyu-normals-metric3d"}) {
    EXPECT_EQ(FindDsineSet(set).keys_sha256, HashOfKeys(OfficialKeys("nyu-test"))) << set;
  }
}

// Marigold's list is DSINE's but for val/114665_DT_img.
TEST(OfficialKeys, OfOasisAreOneFewerInMarigoldsPack) {
  EXPECT_EQ(FindDsineSet("oasis-normals").official, 10000);
  EXPECT_EQ(FindDsineSet("oasis-normals-marigold").official, 9999);
  EXPECT_NE(FindDsineSet("oasis-normals").keys_sha256,
            FindDsineSet("oasis-normals-marigold").keys_sha256);
}

// Empty truth files: which they are is known by their names.
void WriteNyu(const fs::path& root,
              const std::string& split,
              const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const fs::path scene = root / "official_splits" / split / "room";
    WriteText(scene / fmt::format("sync_depth_0{}.png", key), "");
  }
}

TEST(OfficialKeys, OfNyuMakeATreeComplete) {
  for (const std::string split : {"test", "train"}) {
    const test::TemporaryFolder folder;
    WriteNyu(folder.Path(), split, OfficialKeys("nyu-" + split));
    const auto info = std::get<std::unique_ptr<Dataset<DepthTask>>>(
                          FindDataset("nyu").Open({.root = folder.Path(), .split = split}))
                          ->Info();
    EXPECT_TRUE(info.can_be_complete) << split;
    EXPECT_THAT(info.notes, IsEmpty()) << split;
  }
}

TEST(OfficialKeys, AsManyOthersAreNotComplete) {
  const test::TemporaryFolder folder;
  std::vector<std::string> keys = OfficialKeys("nyu-test");
  keys[0] = "0002";  // of the training set
  WriteNyu(folder.Path(), "test", keys);
  const auto nyu = OpenDepth("nyu", folder.Path());
  EXPECT_FALSE(nyu->Info().can_be_complete);
  EXPECT_THAT(nyu->Info().notes, ElementsAre(HasSubstr("654 samples on disk, as many as")));

  const fs::path ibims = folder.Path() / "pack" / "ibims" / "ibims";
  for (int i = 0; i < 100; ++i) WriteText(ibims / fmt::format("bogus_{:03}_normal.exr", i), "");
  const auto normals = OpenNormals("ibims-normals", folder.Path() / "pack");
  EXPECT_FALSE(normals->Info().can_be_complete);
  EXPECT_THAT(normals->Info().notes, ElementsAre(HasSubstr("100 samples on disk, as many as")));
}

TEST(OfficialKeys, FewerAreAPart) {
  const test::TemporaryFolder folder;
  WriteNyu(folder.Path(), "test", {"0000", "0001"});
  const auto nyu = OpenDepth("nyu", folder.Path());
  EXPECT_TRUE(nyu->Info().can_be_complete);
  EXPECT_EQ(nyu->Info().official, 654);
  EXPECT_THAT(nyu->Info().notes, IsEmpty());
}

std::unique_ptr<Dataset<DepthTask>> OpenWithShipped(const char* dataset, const fs::path& root) {
  return std::get<std::unique_ptr<Dataset<DepthTask>>>(FindDataset(dataset).Open(
      {.root = root, .shipped_lists = fs::path(ASSAY_SOURCE_DIR) / "configs/lists"}));
}

TEST(ShippedLists, ChooseTheSamplesOfATreeThatHasSomeOfTheirs) {
  const test::TemporaryFolder folder;
  const std::string list =
      ReadText(fs::path(ASSAY_SOURCE_DIR) / "configs/lists/scannet_val_sampled_list_800_1.txt");
  std::istringstream text(list);
  std::string image, listed;
  text >> image >> listed;
  WriteText(folder.Path() / listed, "");
  WriteText(folder.Path() / fs::path(listed).parent_path() / "999999.png", "");
  const auto data = OpenWithShipped("scannet", folder.Path());
  EXPECT_EQ(data->Size(), 1U);
  EXPECT_EQ(data->Info().official, 800);
  EXPECT_NE(data->Info().list_sha256, "");
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("799 of 800 listed samples")));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("1 samples on disk are not in the list")));
}

TEST(ShippedLists, SayNothingOfATreeWithNoneOfTheirSamples) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "scene9999_00/depth/000000.png", "");
  const auto data = OpenWithShipped("scannet", folder.Path());
  EXPECT_EQ(data->Size(), 1U);
  EXPECT_EQ(data->Info().list_sha256, "");
}

TEST(ShippedLists, MakeKittisEigenFramesTheSet) {
  const test::TemporaryFolder folder;
  const fs::path drive = folder.Path() / "2011_09_26_drive_0002_sync";
  for (const char* frame : {"0000000005", "0000000069", "0000000070"}) {
    WriteText(drive / "proj_depth/groundtruth/image_02" / (std::string(frame) + ".png"), "");
  }
  const auto data = OpenWithShipped("kitti", folder.Path());
  EXPECT_EQ(data->Size(), 1U);  // the official list has 0000000069 of these
  EXPECT_EQ(data->Item(0).key, "2011_09_26_drive_0002_sync/0000000069");
  EXPECT_EQ(data->Info().official, 652);
  EXPECT_TRUE(data->Info().can_be_complete);
}

TEST(Lists, AreRefusedByADatasetThatTakesNone) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "list.txt", "a\n");
  for (const char* name : {"cityscapes", "nyu", "diode-normals", "refcoco-unc", "folder-depth"}) {
    try {
      FindDataset(name).Open({.root = folder.Path(), .list = folder.Path() / "list.txt"});
      ADD_FAILURE() << name << " took a list";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("takes no list")) << name;
    }
  }
}

}  // namespace
}  // namespace assay
