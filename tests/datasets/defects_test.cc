// Every (layout, defect) pair of the two tables, so that a new row is tested by
// being there:
//   - the undamaged tree reads without error
//   - the damaged one ends in a DatasetError that names the damaged file, or, for
//     a missing file of an NYU, KITTI or normals tree, in a note that names it and in a
//     tree that counts as partial
//   - every layout but those of one's own folders has a file that can be missing or empty
//   - the sentence a defect returns names the file it damaged
//   - only the tree it was given is touched, and other samples still read
#include "datasets/synthetic/defects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::HasSubstr;

struct Pair {
  LayoutRow layout;
  DefectRow defect;
};

std::vector<Pair> Pairs() {
  std::vector<Pair> pairs;
  for (const LayoutRow& layout : LayoutCatalog()) {
    for (const DefectRow& defect : DefectCatalog()) {
      if (AppliesTo(defect, layout.name)) pairs.push_back({layout, defect});
    }
  }
  return pairs;
}

std::string PairName(const ::testing::TestParamInfo<Pair>& info) {
  std::string name =
      std::string(info.param.layout.name) + "_" + std::string(info.param.defect.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// Opens the tree and decodes every truth; the error's text, if there is one.
std::optional<std::string> FirstProblem(const Pair& pair, const fs::path& root) {
  try {
    std::visit(
        [](const auto& data) {
          for (std::size_t i = 0; i < data->Size(); ++i) TruthOf(*data, i);
        },
        OpenTree(pair.layout.dataset, root));
  } catch (const DatasetError& e) {
    return e.what();
  }
  return std::nullopt;
}

// The last word of the sentence is the damaged file.
std::string DamagedFile(const std::string& sentence) {
  return sentence.substr(sentence.rfind(' ') + 1);
}

void ExpectPartialWithNote(const AnyDataset& data, const std::string& file) {
  EXPECT_LT(static_cast<std::int64_t>(SizeOf(data)), InfoOf(data).official);
  EXPECT_THAT(InfoOf(data).notes, ::testing::Contains(HasSubstr(file)));
}

class EveryDefect : public ::testing::TestWithParam<Pair> {};
INSTANTIATE_TEST_SUITE_P(Catalog, EveryDefect, ::testing::ValuesIn(Pairs()), PairName);

TEST_P(EveryDefect, IsFoundAndTheFileIsNamed) {
  const SyntheticTree tree(GetParam().layout.name, 2);
  ASSERT_EQ(FirstProblem(GetParam(), tree.Root()), std::nullopt);
  const std::string sentence = GetParam().defect.apply(tree.Root(), GetParam().layout.name);
  const auto problem = FirstProblem(GetParam(), tree.Root());
  if (problem) {
    EXPECT_THAT(*problem, HasSubstr(DamagedFile(sentence)));
    EXPECT_THAT(*problem, HasSubstr("\n  ")) << "no remedy";
    return;
  }
  EXPECT_EQ(GetParam().defect.name, "missing-file") << "undetected: " << sentence;
  ExpectPartialWithNote(OpenTree(GetParam().layout.dataset, tree.Root()), DamagedFile(sentence));
}

TEST(Defects, AreSortedAndEachAppliesToLayoutsThatExist) {
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  EXPECT_TRUE(std::is_sorted(DefectCatalog().begin(), DefectCatalog().end(), by_name));
  for (const DefectRow& row : DefectCatalog()) {
    const auto applies = [&](const LayoutRow& layout) { return AppliesTo(row, layout.name); };
    const auto layouts = std::count_if(LayoutCatalog().begin(), LayoutCatalog().end(), applies);
    EXPECT_EQ(layouts, 1 + std::count(row.layouts.begin(), row.layouts.end(), ' ')) << row.name;
    EXPECT_FALSE(row.summary.empty());
  }
}

TEST(Defects, OfAnyFileApplyToEveryLayoutButOnesOwnFolders) {
  for (const DefectRow& row : DefectCatalog()) {
    if (row.name != "missing-file" && row.name != "unreadable") continue;
    for (const LayoutRow& layout : LayoutCatalog()) {
      EXPECT_EQ(AppliesTo(row, layout.name), !layout.name.starts_with("folder-")) << layout.name;
    }
  }
}

TEST(Defects, AreRefusedOutsideAGeneratedTree) {
  const test::TemporaryFolder folder;
  for (const DefectRow& row : DefectCatalog()) {
    EXPECT_THROW(row.apply(folder.Path(), "cityscapes"), DatasetError) << row.name;
  }
}

TEST(Defects, LeaveTheOtherSamplesReadable) {
  const SyntheticTree tree("nyu-bts", 3);
  for (const DefectRow& row : DefectCatalog()) {
    if (row.name == "truncated-png") row.apply(tree.Root(), "nyu-bts");
  }
  const auto data = OpenDepth("nyu", tree.Root());
  EXPECT_THROW(TruthOf(*data, 0), DatasetError);
  EXPECT_NO_THROW(TruthOf(*data, 1));
  EXPECT_NO_THROW(TruthOf(*data, 2));
}

}  // namespace
}  // namespace assay
