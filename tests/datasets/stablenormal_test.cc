// StableNormal's folder (datasets/stablenormal.h):
//   - keys are the names before "_gt.png", clusters their scans; answers of its own naming
//     are looked for
//   - colours are vectors in frame lub; black is no normal
//   - without a manifest the truth has any size, and the tree is never called complete
//   - a note says where pairing by sorted position differs from pairing by name
//   - images without truth are a note; other splits are refused; the folder is found deeper
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kDataset = "diode-indoor-normals-stablenormal";
constexpr const char* kFirst = "scan_00900_00090_00900_indoors_000_000";

void WriteTruth(const fs::path& root, const std::string& name, Size size = {2, 1}) {
  WriteFile(root / (name + "_gt.png"), EncodePng(RgbImage(size, Rgb8{255, 128, 0})));
}

TEST(StableNormal, KeysAreTheNamesAndClustersTheScans) {
  const SyntheticTree tree(kDataset);
  const auto data = OpenNormals(kDataset, tree.Root());
  EXPECT_EQ(data->Item(0).key, kFirst);
  EXPECT_EQ(data->Item(0).cluster, "scan_00900");
  EXPECT_EQ(data->Item(2).cluster, "scan_00901");
  EXPECT_EQ(data->Item(0).image, tree.Root() / (std::string(kFirst) + "_ref.png"));
  const auto item = data->Item(0);
  std::vector<std::string> names;
  names.reserve(item.native_names.size());
  for (const NameRule& rule : item.native_names) names.push_back(rule.text);
  EXPECT_THAT(names, Contains(std::string(kFirst) + "_step0"));
  EXPECT_THAT(names, Contains(std::string(kFirst) + "_step3"));
}

TEST(StableNormal, ColoursAreVectorsInFrameLub) {
  const test::TemporaryFolder folder;
  RgbImage image(Size{2, 1});
  image.At(0, 0) = {255, 128, 0};
  WriteFile(folder.Path() / "a_gt.png", EncodePng(image));
  const auto data = OpenNormals(kDataset, folder.Path());
  EXPECT_EQ(data->Item(0).cluster, "a");
  const NormalMap map = TruthOf(*data, 0).normals;
  EXPECT_DOUBLE_EQ(map.At(0, 0).x, -1);
  EXPECT_NEAR(map.At(0, 0).y, 1 / 255.0, 1e-15);
  EXPECT_DOUBLE_EQ(map.At(0, 0).z, -1);
  EXPECT_EQ(map.At(1, 0), Vector3{});
}

TEST(StableNormal, NoCountCallsAFolderComplete) {
  const test::TemporaryFolder folder;
  WriteTruth(folder.Path(), "a");
  WriteTruth(folder.Path(), "b", {5, 4});
  const auto data = OpenNormals(kDataset, folder.Path());
  EXPECT_EQ(data->Info().official, 0);
  EXPECT_FALSE(data->Info().can_be_complete);
  EXPECT_EQ(TruthOf(*data, 0).normals.size(), (Size{2, 1}));
  EXPECT_EQ(TruthOf(*data, 1).normals.size(), (Size{5, 4}));
  EXPECT_THAT(data->Info().notes, IsEmpty());
}

TEST(StableNormal, WherePositionsPairOtherFilesANoteSaysSo) {
  const test::TemporaryFolder folder;
  WriteTruth(folder.Path(), "a");
  WriteTruth(folder.Path(), "a_h");  // a_gt < a_h_gt, but a_h_step0 < a_step0
  const auto data = OpenNormals(kDataset, folder.Path());
  EXPECT_THAT(KeysOf(*data), ElementsAre("a", "a_h"));
  EXPECT_THAT(data->Info().notes,
              ElementsAre(HasSubstr("would score a_h_step0.png against a_gt.png")));
}

TEST(StableNormal, AnImageWithoutTruthIsANote) {
  const SyntheticTree tree(kDataset);
  fs::remove(tree.Root() / (std::string(kFirst) + "_gt.png"));
  const auto data = OpenNormals(kDataset, tree.Root());
  EXPECT_EQ(data->Size(), 2U);
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr(std::string(kFirst) + "_gt.png")));
}

TEST(StableNormal, AFolderAboveSaysWhichToPass) {
  const test::TemporaryFolder folder;
  WriteTruth(folder.Path() / "results/step", "a");
  EXPECT_THAT(ErrorOf([&] { OpenNormals(kDataset, folder.Path()); }),
              HasSubstr("pass " + (folder.Path() / "results/step").string()));
}

TEST(StableNormal, AnotherSplitIsRefused) {
  const SyntheticTree tree(kDataset, 1);
  EXPECT_THROW(OpenNormals(kDataset, tree.Root(), "test"), ConfigError);
}

}  // namespace
}  // namespace assay
