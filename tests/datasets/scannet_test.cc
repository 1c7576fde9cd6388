// ScanNet's depth (datasets/scannet.h):
//   - keys, clusters and the list's order; metres are thousandths, 0 stays 0
//   - a tree without manifest is measured against 800 frames
//   - photos without truth are a note; other roots say what they are
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Scannet, KeysAreThePathsOfTheImagesInTheListsOrder) {
  const SyntheticTree tree("scannet", 3);
  const auto data = OpenDepth("scannet", tree.Root());
  EXPECT_THAT(
      KeysOf(*data),
      ElementsAre(
          "scene9001_00/color/000200", "scene9000_00/color/000100", "scene9000_00/color/000000"));
  EXPECT_EQ(data->Item(1).cluster, "scene9000_00");
  std::vector<std::string> names;
  for (const NameRule& rule : data->Item(0).native_names) names.push_back(rule.text);
  EXPECT_THAT(names, Contains("scene9001_00/color/pred_000200"));
}

TEST(Scannet, MetresAreThousandths) {
  const SyntheticTree tree("scannet", 1);
  Raster<std::uint16_t> png({160, 120}, 1234);
  png.At(3, 5) = 0;
  WriteFile(tree.Root() / "scene9000_00/depth/000000.png", EncodePng(png));
  const DepthMap depth = TruthOf(*OpenDepth("scannet", tree.Root()), 0).depth_m;
  EXPECT_EQ(depth.At(3, 5), 0);
  EXPECT_EQ(depth.At(4, 5), 1.234);
}

TEST(Scannet, WithoutManifestThereAreEightHundred) {
  const SyntheticTree tree("scannet", 2);
  fs::remove(tree.Root() / "assay-synthetic.json");
  const auto data = OpenDepth("scannet", tree.Root());
  EXPECT_EQ(data->Info().official, 800);
  EXPECT_FALSE(data->Info().can_be_complete);  // the list is another one
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("expected 640x480"));
}

TEST(Scannet, PhotosWithoutTruthAreANote) {
  const SyntheticTree tree("scannet", 3);
  fs::remove(tree.Root() / "scannet_val_sampled_list_800_1.txt");
  fs::remove(tree.Root() / "scene9000_00/depth/000100.png");
  const auto data = OpenDepth("scannet", tree.Root());
  EXPECT_EQ(data->Size(), 2U);
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("scene9000_00/depth/000100.png")));
}

TEST(Scannet, StreamsOfScanNetItselfAreNotTheSample) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "scans/scene0000_00/scene0000_00.sens", "");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("scannet", folder.Path()); }),
              HasSubstr("a stream of ScanNet itself"));
}

TEST(Scannet, AnotherSplitIsRefused) {
  const SyntheticTree tree("scannet", 1);
  EXPECT_THROW(OpenDepth("scannet", tree.Root(), "test"), ConfigError);
}

}  // namespace
}  // namespace assay
