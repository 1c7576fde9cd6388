// Virtual KITTI 2, depth (datasets/vkitti.h):
//   - both folder forms hold the same samples; metres are hundredths, 65535 is 655.35
//   - split val takes Scene01 in six variations, split all every scene: their counts, and that
//     the keys made by the rule are the official ones
//   - frames without truth are a note; another split is refused
#include <fmt/format.h>
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
using ::testing::IsEmpty;

constexpr const char* kFirst = "rgb/Scene01/clone/frames/rgb/Camera_0/rgb_00000";
constexpr const char* kSecond = "rgb/Scene01/sunset/frames/rgb/Camera_1/rgb_00001";

TEST(Vkitti, BothFolderFormsHoldTheSame) {
  const SyntheticTree tree("vkitti", 2);
  const auto packed = OpenDepth("vkitti", tree.Root());
  EXPECT_THAT(KeysOf(*packed), ElementsAre(kFirst, kSecond));
  EXPECT_EQ(packed->Item(0).cluster, "Scene01");
  const DepthMap depth = TruthOf(*packed, 0).depth_m;
  fs::copy(tree.Root() / "rgb", tree.Root(), fs::copy_options::recursive);
  fs::copy(tree.Root() / "depth", tree.Root(), fs::copy_options::recursive);
  fs::remove_all(tree.Root() / "depth");
  fs::remove_all(tree.Root() / "rgb");
  const auto flat = OpenDepth("vkitti", tree.Root());
  EXPECT_THAT(KeysOf(*flat), ElementsAre(kFirst, kSecond));
  EXPECT_EQ(TruthOf(*flat, 0).depth_m, depth);
  EXPECT_TRUE(fs::exists(flat->Item(1).image));
}

TEST(Vkitti, MetresAreHundredthsAndTheSkyLiesAtTheEnd) {
  const SyntheticTree tree("vkitti", 1);
  Raster<std::uint16_t> png({1242, 375}, 65535);
  png.At(3, 5) = 1234;
  WriteFile(tree.Root() / "depth/Scene01/clone/frames/depth/Camera_0/depth_00000.png",
            EncodePng(png));
  const DepthMap depth = TruthOf(*OpenDepth("vkitti", tree.Root()), 0).depth_m;
  EXPECT_EQ(depth.At(3, 5), 12.34);
  EXPECT_EQ(depth.At(4, 5), 655.35);
}

void WriteFrames(const fs::path& root, const char* scene, const char* variation, int frames) {
  for (int camera = 0; camera < 2; ++camera) {
    const fs::path folder =
        root / scene / variation / "frames/depth" / fmt::format("Camera_{}", camera);
    for (int i = 0; i < frames; ++i) WriteText(folder / fmt::format("depth_{:05}.png", i), "");
  }
}

TEST(Vkitti, TheRuleForValGivesTheOfficialKeys) {
  const test::TemporaryFolder folder;
  for (const char* variation : {"15-deg-left",
                                "15-deg-right",
                                "30-deg-left",
                                "clone",
                                "fog",
                                "morning",
                                "overcast",
                                "sunset"}) {
    WriteFrames(folder.Path(), "Scene01", variation, 447);
  }
  WriteFrames(folder.Path(), "Scene02", "clone", 2);
  const auto val = OpenDepth("vkitti", folder.Path());
  EXPECT_EQ(val->Size(), 5364U);
  EXPECT_EQ(val->Info().official, 5364);
  EXPECT_TRUE(val->Info().can_be_complete);
  EXPECT_THAT(val->Info().notes, IsEmpty());
  const auto all = OpenDepth("vkitti", folder.Path(), "all");
  EXPECT_EQ(all->Size(), 2U * 447 * 8 + 4);
  EXPECT_EQ(all->Info().official, 42520);
}

TEST(Vkitti, FramesWithoutTruthAreANote) {
  const SyntheticTree tree("vkitti", 2);
  fs::remove(tree.Root() / "depth/Scene01/sunset/frames/depth/Camera_1/depth_00001.png");
  EXPECT_THAT(OpenDepth("vkitti", tree.Root())->Info().notes,
              Contains(HasSubstr("depth/Scene01/sunset/frames/depth/Camera_1/depth_00001.png")));
}

TEST(Vkitti, AnotherSplitIsRefused) {
  const SyntheticTree tree("vkitti", 1);
  EXPECT_THROW(OpenDepth("vkitti", tree.Root(), "test"), ConfigError);
}

}  // namespace
}  // namespace assay
