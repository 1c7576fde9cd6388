// What holds for every dataset of the catalog on every layout that assay writes:
//   - both tables are sorted, and each refers to rows that exist
//   - a synthetic tree opens, is complete, and says that it is synthetic
//   - keys are unique and in the promised order; keys are safe file names
//   - Item, Truth and Image agree in size
//   - reading twice gives equal bytes and equal truth
//   - the same seed gives the same bytes, another seed gives others
//   - a wrong root names the layout, the paths tried and what lies there
//   - a misspelt dataset name gets a suggestion
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::HasSubstr;

template <class Task>
assay::Size TruthSize(const typename Task::Truth& truth);
template <>
assay::Size TruthSize<SemanticTask>(const SemanticTruth& truth) {
  return truth.labels.size();
}
template <>
assay::Size TruthSize<DepthTask>(const DepthTruth& truth) {
  return truth.depth_m.size();
}

template <>
assay::Size TruthSize<ReferringTask>(const ReferringTruth& truth) {
  return truth.target.size();
}
template <>
assay::Size TruthSize<InstancesTask>(const InstancesTruth& truth) {
  return truth.size;
}

template <>
assay::Size TruthSize<NormalsTask>(const NormalsTruth& truth) {
  return truth.normals.size();
}

class EveryLayout : public ::testing::TestWithParam<LayoutRow> {
 protected:
  // Written once for all tests of a layout.
  static const fs::path& Tree() {
    static std::map<std::string, SyntheticTree> trees;
    return trees.try_emplace(std::string(GetParam().name), GetParam().name, 4).first->second.Root();
  }
  static AnyDataset Open() { return OpenTree(GetParam().dataset, Tree()); }
};

std::string LayoutName(const ::testing::TestParamInfo<LayoutRow>& info) {
  std::string name(info.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryLayout, ::testing::ValuesIn(LayoutCatalog()), LayoutName);

TEST_P(EveryLayout, IsCompleteAndSaysThatItIsSynthetic) {
  const AnyDataset data = Open();
  EXPECT_TRUE(InfoOf(data).synthetic);
  EXPECT_EQ(InfoOf(data).official, 4);
  EXPECT_EQ(SizeOf(data), 4U);
  EXPECT_FALSE(InfoOf(data).layout.empty());
  EXPECT_FALSE(InfoOf(data).split.empty());
}

TEST_P(EveryLayout, KeysAreUniqueAndInOrder) {
  std::visit(
      [](const auto& data) {
        const std::vector<std::string> keys = KeysOf(*data);
        EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
        // A list file gives the order where there is one.
        if (data->Info().list_sha256.empty()) {
          EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
        }
        for (const std::string& key : keys) {
          EXPECT_EQ(key.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/"),
                    std::string::npos)
              << key;
          EXPECT_EQ(key.find("//"), std::string::npos) << key;
        }
      },
      Open());
}

TEST_P(EveryLayout, EverySampleHasAClusterAndItsImageOnDisk) {
  std::visit(
      [](const auto& data) {
        for (std::size_t i = 0; i < data->Size(); ++i) {
          const auto item = data->Item(i);
          EXPECT_FALSE(item.cluster.empty());
          EXPECT_FALSE(item.native_names.empty());
          EXPECT_TRUE(item.image.empty() || fs::exists(item.image)) << item.image;
        }
      },
      Open());
}

template <class Task>
void ExpectSizesAgree(const Dataset<Task>& data) {
  for (std::size_t i = 0; i < data.Size(); ++i) {
    const assay::Size size = TruthSize<Task>(TruthOf(data, i));
    EXPECT_GT(size.Pixels(), 0U);
    EXPECT_EQ(data.Image(i).size(), size);
    if constexpr (std::is_same_v<Task, DepthTask>) {
      EXPECT_EQ(data.Item(i).query.frame, size);
      const std::string& name = data.Info().name;
      EXPECT_EQ(data.Item(i).query.camera.has_value(),
                name != "scannet" && !name.starts_with("folder-"));
    }
    if constexpr (std::is_same_v<Task, NormalsTask>) {
      EXPECT_EQ(data.Item(i).query.frame, size);
    }
    if constexpr (std::is_same_v<Task, InstancesTask>) {
      EXPECT_EQ(data.Item(i).query.size, size);
      EXPECT_FALSE(data.Item(i).query.phrase.empty());
    }
  }
}

TEST_P(EveryLayout, ItemTruthAndImageAgreeInSize) {
  std::visit([](const auto& data) { ExpectSizesAgree(*data); }, Open());
}

template <class Task>
void ExpectSameReads(const Dataset<Task>& one, const Dataset<Task>& two) {
  for (std::size_t i = 0; i < one.Size(); ++i) {
    const RawTruth a = one.ReadTruth(i);
    const RawTruth b = two.ReadTruth(i);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t part = 0; part < a.size(); ++part) {
      EXPECT_FALSE(a[part].bytes.empty());
      EXPECT_EQ(a[part].path, b[part].path);
      EXPECT_EQ(Sha256(a[part].bytes), Sha256(b[part].bytes));
    }
    EXPECT_EQ(one.Image(i), two.Image(i));
    EXPECT_EQ(one.Item(i).key, two.Item(i).key);
  }
}

TEST_P(EveryLayout, TwoReadsGiveTheSame) {
  const AnyDataset one = Open();
  const AnyDataset two = Open();
  std::visit(
      [&](const auto& data) {
        ExpectSameReads(*data, *std::get<std::decay_t<decltype(data)>>(two));
      },
      one);
}

// Sentences about one target ("<ref>/<sentence>") share its truth.
template <class Task>
std::string UnitOf(const Dataset<Task>& data, std::size_t i) {
  std::string key = data.Item(i).key;
  const bool by_ref =
      std::is_same_v<Task, ReferringTask> && !data.Info().name.starts_with("folder-");
  if (by_ref) key = key.substr(0, key.find('/'));
  return key;
}

TEST_P(EveryLayout, DifferentSamplesHaveDifferentTruth) {
  std::visit(
      [](const auto& data) {
        std::set<std::string> hashes;
        std::set<std::string> units;
        for (std::size_t i = 0; i < data->Size(); ++i) {
          std::string parts;
          for (const RawPart& part : data->ReadTruth(i)) parts += Sha256(part.bytes);
          hashes.insert(parts);
          units.insert(UnitOf(*data, i));
        }
        EXPECT_EQ(hashes.size(), units.size());
      },
      Open());
}

// Relative path -> hash of every file of a tree.
std::map<std::string, std::string> Digest(const fs::path& root) {
  std::map<std::string, std::string> digest;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    digest[fs::relative(entry.path(), root).string()] = Sha256(ReadFile(entry.path()));
  }
  return digest;
}

TEST_P(EveryLayout, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  const SyntheticTree one(GetParam().name, 2, 5);
  // HDF5 and MATLAB headers keep the time in seconds where they keep it at all.
  const bool has_clock = GetParam().name == "nyu-mat";
  std::this_thread::sleep_for(std::chrono::milliseconds(has_clock ? 1100 : 0));
  const SyntheticTree again(GetParam().name, 2, 5);
  const SyntheticTree other(GetParam().name, 2, 6);
  EXPECT_EQ(Digest(one.Root()), Digest(again.Root()));
  EXPECT_NE(Digest(one.Root()), Digest(other.Root()));
}

TEST_P(EveryLayout, AnImpossibleNumberOfSamplesIsRefused) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(GetParam().Write(folder.Path(), {0, 1}), ConfigError);
  EXPECT_THROW(GetParam().Write(folder.Path(), {1000000, 1}), ConfigError);
  EXPECT_TRUE(fs::is_empty(folder.Path()));
}

TEST(Catalogs, AreSortedAndReferToRowsThatExist) {
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  EXPECT_TRUE(std::is_sorted(DatasetCatalog().begin(), DatasetCatalog().end(), by_name));
  EXPECT_TRUE(std::is_sorted(LayoutCatalog().begin(), LayoutCatalog().end(), by_name));
  for (const LayoutRow& row : LayoutCatalog()) EXPECT_NO_THROW(FindDataset(row.dataset));
}

template <class Task>
std::string_view TaskName(const Dataset<Task>& /*data*/) {
  return Task::kName;
}

TEST(Catalogs, TheTaskOfARowIsThatOfTheDatasetItOpens) {
  for (const LayoutRow& layout : LayoutCatalog()) {
    const SyntheticTree tree(layout.name, 1);
    const AnyDataset data = OpenTree(layout.dataset, tree.Root());
    const std::string_view task =
        std::visit([](const auto& typed) { return TaskName(*typed); }, data);
    EXPECT_EQ(FindDataset(layout.dataset).task, task) << layout.name;
  }
}

TEST(Catalogs, AMisspeltNameGetsASuggestion) {
  try {
    FindDataset("cityscape");
    FAIL() << "no ConfigError";
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), HasSubstr("cityscapes"));
  }
}

class EveryDataset : public ::testing::TestWithParam<DatasetRow> {};
INSTANTIATE_TEST_SUITE_P(Catalog,
                         EveryDataset,
                         ::testing::ValuesIn(DatasetCatalog()),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           std::replace(name.begin(), name.end(), '+', 'p');
                           return name;
                         });

TEST_P(EveryDataset, AFolderWithSomethingElseSaysWhatWasLookedForAndWhatIsThere) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.Path() / "holiday_pictures");
  WriteText(folder.Path() / "readme.txt", "nothing here");
  const std::string text = ErrorOf([&] { OpenTree(GetParam().name, folder.Path()); });
  EXPECT_THAT(text, HasSubstr("looked for"));
  EXPECT_THAT(text, HasSubstr("tried " + folder.Path().string()));
  EXPECT_THAT(text, HasSubstr("holiday_pictures"));
  EXPECT_THAT(text, HasSubstr("readme.txt"));
}

TEST_P(EveryDataset, ARootThatDoesNotExistSaysSo) {
  const test::TemporaryFolder folder;
  const fs::path root = folder.Path() / "absent";
  const std::string text = ErrorOf([&] { OpenTree(GetParam().name, root); });
  EXPECT_THAT(text, HasSubstr(root.string()));
  EXPECT_THAT(text, HasSubstr("does not exist"));
}

TEST_P(EveryDataset, AnEmptyFolderSaysSo) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(ErrorOf([&] { OpenTree(GetParam().name, folder.Path()); }), HasSubstr("empty"));
}

}  // namespace
}  // namespace assay
