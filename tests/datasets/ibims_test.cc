// iBims-1's depth (datasets/ibims.h):
//   - both official forms hold the same samples, masks and cameras, and depth to what 16 bits
//     leave of it; found in their folder and above it
//   - masks: both together, whatever is not 0
//   - a tree without manifest is measured against 100 names; imagelist.txt gives the order
//   - re-packs without masks, broken calibrations and fields of another shape are errors; so are
//   colours
//     that are no bytes
//   - a list or manifest above counts for the set's own folders only; of two forms the unused one
//   is
//     a note
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/mat_writer.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kHalfUnit = 0.5 * 50 / 65535;

TEST(Ibims, BothFormsHoldTheSame) {
  const SyntheticTree mat_tree("ibims-mat", 2);
  const SyntheticTree raw_tree("ibims-raw", 2);
  const auto mat = OpenDepth("ibims", mat_tree.Root());
  const auto raw = OpenDepth("ibims", raw_tree.Root());
  EXPECT_THAT(KeysOf(*mat), ElementsAre("attic_01", "attic_02"));
  EXPECT_EQ(KeysOf(*mat), KeysOf(*raw));
  for (std::size_t i = 0; i < mat->Size(); ++i) {
    const DepthTruth a = TruthOf(*mat, i);
    const DepthTruth b = TruthOf(*raw, i);
    EXPECT_EQ(a.file_mask, b.file_mask);
    for (std::size_t p = 0; p < a.depth_m.Pixels().size(); ++p) {
      EXPECT_NEAR(a.depth_m.Pixels()[p], b.depth_m.Pixels()[p], kHalfUnit * 1.0001);
    }
    EXPECT_EQ(mat->Image(i), raw->Image(i));
    EXPECT_EQ(mat->Item(i).cluster, "attic");
    EXPECT_EQ(mat->Item(i).query.camera.value().cx, raw->Item(i).query.camera.value().cx);
    EXPECT_EQ(mat->Item(i).query.camera.value().fy, 146);
  }
  EXPECT_EQ(mat->Item(0).image, "");
  EXPECT_TRUE(mat->SerialReads());
}

TEST(Ibims, AFormIsFoundInItsFolderAndAboveIt) {
  const SyntheticTree mat("ibims-mat", 1);
  EXPECT_EQ(OpenDepth("ibims", mat.Root() / "ibims1_core_mat")->Size(), 1U);
  const SyntheticTree raw("ibims-raw", 1);
  EXPECT_EQ(OpenDepth("ibims", raw.Root() / "ibims1_core_raw")->Size(), 1U);
  EXPECT_THAT(OpenDepth("ibims", raw.Root())->Info().layout, HasSubstr("ibims1_core_raw"));
}

TEST(Ibims, APixelIsUsableWhereBothMasksSaySo) {
  const SyntheticTree tree("ibims-raw", 1);
  const DepthTruth truth = TruthOf(*OpenDepth("ibims", tree.Root()), 0);
  EXPECT_EQ(truth.file_mask.At(2, 100), 0);   // not usable
  EXPECT_EQ(truth.file_mask.At(80, 60), 0);   // glass
  EXPECT_EQ(truth.file_mask.At(80, 100), 1);  // neither
}

TEST(Ibims, WithoutManifestThereAreAHundred) {
  for (const char* layout : {"ibims-mat", "ibims-raw"}) {
    const SyntheticTree tree(layout, 2);
    fs::remove(tree.Root() / "assay-synthetic.json");
    WriteText(tree.Root() / "imagelist.txt", "attic_02.mat\nattic_01\n");
    const auto data = OpenDepth("ibims", tree.Root());
    EXPECT_EQ(data->Info().official, 100);
    EXPECT_FALSE(data->Info().can_be_complete);
    EXPECT_THAT(KeysOf(*data), ElementsAre("attic_02", "attic_01"));
    EXPECT_EQ(data->Item(0).query.frame, (assay::Size{640, 480}));
    EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("expected 640x480"));
    WriteText(tree.Root() / "imagelist.txt", "\n");
    EXPECT_THAT(ErrorOf([&] { OpenDepth("ibims", tree.Root()); }), HasSubstr("names no image"));
  }
}

TEST(Ibims, AListThatNamesAnImageTwiceIsRefused) {
  for (const char* layout : {"ibims-mat", "ibims-raw"}) {
    const SyntheticTree tree(layout, 2);
    WriteText(tree.Root() / "imagelist.txt", "attic_02.mat\nattic_02\n");
    EXPECT_THAT(ErrorOf([&] { OpenDepth("ibims", tree.Root()); }),
                AllOf(HasSubstr("attic_02"), HasSubstr("is listed twice")));
  }
}

TEST(Ibims, WhatLiesAboveCountsOnlyForTheFoldersOfTheSet) {
  const SyntheticTree tree("ibims-mat", 2);
  WriteText(tree.Root() / "imagelist.txt", "attic_02\n");
  const auto inner = OpenDepth("ibims", tree.Root() / "ibims1_core_mat");
  EXPECT_TRUE(inner->Info().synthetic);
  EXPECT_THAT(KeysOf(*inner), ElementsAre("attic_02"));
  fs::rename(tree.Root() / "ibims1_core_mat", tree.Root() / "mine");
  const auto mine = OpenDepth("ibims", tree.Root() / "mine");
  EXPECT_FALSE(mine->Info().synthetic);
  EXPECT_THAT(KeysOf(*mine), ElementsAre("attic_01", "attic_02"));
}

TEST(Ibims, OfTwoFormsTheOtherIsNamed) {
  const SyntheticTree tree("ibims-mat", 1);
  FindLayout("ibims-raw").Write(tree.Root(), {1, 5});
  const auto data = OpenDepth("ibims", tree.Root());
  EXPECT_THAT(data->Info().layout, HasSubstr("ibims1_core_mat"));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("ibims1_core_raw is there too")));
}

// An image of 2 x 1 without a depth, as MATLAB would store it.
std::string ErrorOfColours(const std::vector<double>& rgb) {
  const test::TemporaryFolder folder;
  WriteManifest(folder.Path(), {.layout = "ibims-mat", .samples = 1, .seed = 1, .size = {2, 1}});
  WriteMatStruct(folder.Path() / "attic_01.mat", "data", {{"rgb", {1, 2, 3}, rgb}});
  const auto data = OpenDepth("ibims", folder.Path());
  return ErrorOf([&] { data->Image(0); });
}

TEST(Ibims, ColoursAreWholeNumbersOfAByte) {
  for (const double bad : {-1.0, 256.0, 0.5, std::nan(""), 1e300}) {
    EXPECT_THAT(ErrorOfColours({0, 255, 7, bad, 1, 2}),
                AllOf(HasSubstr("attic_01.mat"), HasSubstr("whole numbers from 0 to 255")));
  }
}

TEST(Ibims, AStructThatCannotBeReadIsAnErrorAndNotACameraLess) {
  const SyntheticTree tree("ibims-mat", 1);
  const fs::path file = tree.Root() / "ibims1_core_mat/attic_01.mat";
  WriteText(file, "MATLAB 5.0 MAT-file, or not");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("ibims", tree.Root()); }), HasSubstr("attic_01.mat"));
}

TEST(Ibims, ARepackWithoutMasksIsRefused) {
  const SyntheticTree tree("ibims-raw", 1);
  fs::remove_all(tree.Root() / "ibims1_core_raw/mask_transp");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("ibims", tree.Root()); }),
              AllOf(HasSubstr("mask_transp"), HasSubstr("another scale")));
}

TEST(Ibims, AMaskOfSeveralChannelsIsRefused) {
  const SyntheticTree tree("ibims-raw", 1);
  const auto data = OpenDepth("ibims", tree.Root());
  WriteFile(tree.Root() / "ibims1_core_raw/mask_invalid/attic_01.png",
            EncodePng(RgbImage({160, 120})));
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("not one channel"));
}

TEST(Ibims, ACalibrationHasFourNumbers) {
  const SyntheticTree tree("ibims-raw", 1);
  const fs::path file = tree.Root() / "ibims1_core_raw/calib/attic_01.txt";
  for (const char* text : {"1,2,3", "1,2,3,4,5", "fx,2,3,4"}) {
    WriteText(file, text);
    EXPECT_THAT(ErrorOf([&] { OpenDepth("ibims", tree.Root()); }), HasSubstr("four numbers"))
        << text;
  }
  fs::remove(file);
  EXPECT_FALSE(OpenDepth("ibims", tree.Root())->Item(0).query.camera.has_value());
}

TEST(Ibims, AStructWithoutTheFieldsSaysWhichItHas) {
  const SyntheticTree tree("ibims-mat", 1);
  const fs::path file = tree.Root() / "ibims1_core_mat/attic_01.mat";
  fs::remove(file);
  WriteMatStruct(file, "data", {{"depth", {120, 160}, std::vector<double>(120 * 160, 1.0)}});
  const auto data = OpenDepth("ibims", tree.Root());
  EXPECT_THAT(
      ErrorOf([&] { TruthOf(*data, 0); }),
      AllOf(HasSubstr("attic_01.mat"), HasSubstr("no field 'mask_invalid'; it has: depth")));
  EXPECT_THAT(ErrorOf([&] { data->Image(0); }), HasSubstr("no field 'rgb'"));
}

TEST(Ibims, AnotherSplitIsRefused) {
  const SyntheticTree tree("ibims-mat", 1);
  EXPECT_THROW(OpenDepth("ibims", tree.Root(), "val"), ConfigError);
}

}  // namespace
}  // namespace assay
