// Sintel's depth (datasets/sintel.h):
//   - found with and without training/; images of the final pass, or of the clean one
//   - a tree without manifest is measured against 1064 frames, whose keys follow from the
//     number of frames of each sequence
//   - a camera where its file is; one of another length or tag is an error
//   - frames without truth are a note; the stereo set is another one
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "datasets/io/errors.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Sintel, IsFoundWithAndWithoutTheFolderTraining) {
  const SyntheticTree tree("sintel", 3);
  const auto data = OpenDepth("sintel", tree.Root());
  EXPECT_THAT(
      KeysOf(*data),
      ElementsAre(
          "final/plaza_1/frame_0001", "final/plaza_1/frame_0002", "final/plaza_2/frame_0001"));
  EXPECT_EQ(data->Item(2).cluster, "plaza_2");
  EXPECT_EQ(KeysOf(*OpenDepth("sintel", tree.Root() / "training")), KeysOf(*data));
}

TEST(Sintel, ImagesAreOfTheFinalPassOrElseOfTheCleanOne) {
  const SyntheticTree tree("sintel", 1);
  EXPECT_THAT(OpenDepth("sintel", tree.Root())->Item(0).image, HasSubstr("/final/"));
  fs::rename(tree.Root() / "training/final", tree.Root() / "training/clean");
  const auto data = OpenDepth("sintel", tree.Root());
  EXPECT_THAT(data->Item(0).image, HasSubstr("/clean/"));
  EXPECT_EQ(data->Item(0).key, "final/plaza_1/frame_0001");
}

TEST(Sintel, TheNumbersOfFramesGiveTheOfficialKeys) {
  const std::map<std::string, int> sequences = {
      {"alley_1", 50},    {"alley_2", 50},   {"ambush_2", 21},  {"ambush_4", 33},
      {"ambush_5", 50},   {"ambush_6", 20},  {"ambush_7", 50},  {"bamboo_1", 50},
      {"bamboo_2", 50},   {"bandage_1", 50}, {"bandage_2", 50}, {"cave_2", 50},
      {"cave_4", 50},     {"market_2", 50},  {"market_5", 50},  {"market_6", 40},
      {"mountain_1", 50}, {"shaman_2", 50},  {"shaman_3", 50},  {"sleeping_1", 50},
      {"sleeping_2", 50}, {"temple_2", 50},  {"temple_3", 50}};
  const test::TemporaryFolder folder;
  for (const auto& [sequence, frames] : sequences) {
    for (int i = 1; i <= frames; ++i) {
      WriteText(folder.Path() / "depth" / sequence / fmt::format("frame_{:04}.dpt", i), "");
    }
  }
  const auto data = OpenDepth("sintel", folder.Path());
  EXPECT_EQ(data->Size(), 1064U);
  EXPECT_EQ(data->Info().official, 1064);
  EXPECT_TRUE(data->Info().can_be_complete);
  EXPECT_THAT(data->Info().notes, IsEmpty());
  EXPECT_FALSE(data->Item(0).query.camera.has_value());
}

TEST(Sintel, ACameraFileHasItsLengthAndTag) {
  const SyntheticTree tree("sintel", 1);
  const fs::path file = tree.Root() / "training/camdata_left/plaza_1/frame_0001.cam";
  EXPECT_EQ(OpenDepth("sintel", tree.Root())->Item(0).query.camera.value().cy, 28);
  Bytes bytes = ReadFile(file);
  EXPECT_EQ(bytes.size(), 172U);
  bytes[0] ^= 1;
  WriteFile(file, bytes);
  EXPECT_THAT(ErrorOf([&] { OpenDepth("sintel", tree.Root()); }),
              AllOf(HasSubstr("frame_0001.cam"), HasSubstr("is no .cam file")));
  bytes[0] ^= 1;
  bytes.pop_back();
  WriteFile(file, bytes);
  EXPECT_THAT(ErrorOf([&] { OpenDepth("sintel", tree.Root()); }), HasSubstr("171 bytes"));
}

TEST(Sintel, AnotherTreeAboveDoesNotMakeASetSynthetic) {
  const SyntheticTree above("diode", 1);
  WriteText(above.Root() / "training/depth/alley_1/frame_0001.dpt", "");
  EXPECT_FALSE(OpenDepth("sintel", above.Root() / "training")->Info().synthetic);
  const SyntheticTree tree("sintel", 1);
  EXPECT_TRUE(OpenDepth("sintel", tree.Root() / "training")->Info().synthetic);
}

TEST(Sintel, FramesWithoutTruthAreANote) {
  const SyntheticTree tree("sintel", 2);
  fs::remove(tree.Root() / "training/depth/plaza_2/frame_0001.dpt");
  EXPECT_THAT(OpenDepth("sintel", tree.Root())->Info().notes,
              Contains(HasSubstr("training/depth/plaza_2/frame_0001.dpt")));
}

TEST(Sintel, TheStereoSetIsAnotherOne) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.Path() / "training/disparities/alley_1");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("sintel", folder.Path()); }), HasSubstr("the stereo set"));
}

TEST(Sintel, AnotherSplitIsRefused) {
  const SyntheticTree tree("sintel", 1);
  EXPECT_THROW(OpenDepth("sintel", tree.Root(), "test"), ConfigError);
}

}  // namespace
}  // namespace assay
