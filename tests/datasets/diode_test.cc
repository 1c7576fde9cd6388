// DIODE's depth (datasets/diode.h):
//   - the three sets share one tree, found with and without val/; keys, clusters, names of saved
//     answers, camera
//   - the mask is that of the file; no depth where it says so
//   - the counts and keys of a complete set, 771 = 325 + 446 and 612 = 220 + 392
//   - the kit's diode_meta.json is a list, in its order; the subset is refused without it
//   - a root that holds the other half says so; a missing mask is an error
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/diode_meta.h"
#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kIndoor = "indoors/scene_00090/scan_00900/00090_00900_indoors_000_000";
constexpr const char* kOutdoor = "outdoor/scene_00091/scan_00900/00091_00900_outdoor_010_000";

TEST(Diode, ThreeSetsShareOneTree) {
  const SyntheticTree tree("diode", 2);
  EXPECT_THAT(KeysOf(*OpenDepth("diode", tree.Root())), ElementsAre(kIndoor, kOutdoor));
  EXPECT_THAT(KeysOf(*OpenDepth("diode-indoor", tree.Root())), ElementsAre(kIndoor));
  EXPECT_THAT(KeysOf(*OpenDepth("diode-outdoor", tree.Root())), ElementsAre(kOutdoor));
  EXPECT_THAT(KeysOf(*OpenDepth("diode", tree.Root() / "val")), ElementsAre(kIndoor, kOutdoor));
}

TEST(Diode, AnItemHasItsScanCameraAndTheNamesOfSavedAnswers) {
  const SyntheticTree tree("diode-indoor", 1);
  const auto item = OpenDepth("diode-indoor", tree.Root())->Item(0);
  EXPECT_EQ(item.cluster, "indoors/scene_00090/scan_00900");
  EXPECT_DOUBLE_EQ(item.query.camera.value().fx, 886.81 * 160 / 1024);
  EXPECT_DOUBLE_EQ(item.query.camera.value().cy, 60);
  std::vector<std::string> names;
  for (const NameRule& rule : item.native_names) names.push_back(rule.text);
  EXPECT_THAT(names, Contains("indoors/scene_00090/scan_00900/pred_00090_00900_indoors_000_000"));
}

TEST(Diode, TheMaskIsThatOfTheFile) {
  const SyntheticTree tree("diode-outdoor", 1);
  const auto data = OpenDepth("diode-outdoor", tree.Root());
  const DepthTruth truth = TruthOf(*data, 0);
  const RawTruth raw = data->ReadTruth(0);
  const Raster<double> mask = AsRaster(DecodeNpy(raw.at(1).bytes, raw[1].path), raw[1].path);
  ASSERT_EQ(truth.file_mask.size(), mask.size());
  std::int64_t usable = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      EXPECT_EQ(truth.file_mask.At(x, y), mask.At(x, y) != 0 ? 1 : 0);
      EXPECT_EQ(truth.file_mask.At(x, y) == 1, truth.depth_m.At(x, y) > 0);
      usable += truth.file_mask.At(x, y);
    }
  }
  EXPECT_GT(usable, 0);
  EXPECT_LT(usable, static_cast<std::int64_t>(mask.size().Pixels()));
}

TEST(Diode, AMaskOfAnyNumberTypeIsUsableWhereItIsNotZero) {
  const SyntheticTree tree("diode-indoor", 1);
  const auto data = OpenDepth("diode-indoor", tree.Root());
  const DepthTruth before = TruthOf(*data, 0);
  const fs::path path = tree.Root() / "val" / (std::string(kIndoor) + "_depth_mask.npy");
  Raster<double> mask = AsRaster(DecodeNpy(ReadFile(path), path), path);
  for (double& value : mask.Pixels()) value *= -0.5;
  WriteFile(path, EncodeNpyFloat32(mask));
  EXPECT_EQ(TruthOf(*data, 0).file_mask, before.file_mask);
}

// Empty files are enough for keys and counts.
void WriteKeys(const fs::path& root, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) WriteText(root / (key + "_depth.npy"), "");
}

TEST(Diode, ATreeWithoutManifestIsMeasuredAgainstTheOfficialCounts) {
  const test::TemporaryFolder folder;
  WriteKeys(folder.Path() / "val", {kIndoor, kOutdoor});
  const auto official = [&](const char* dataset) {
    return OpenDepth(dataset, folder.Path())->Info().official;
  };
  EXPECT_EQ(official("diode"), 771);
  EXPECT_EQ(official("diode-indoor"), 325);
  EXPECT_EQ(official("diode-outdoor"), 446);
}

constexpr const char* kMeta =
    R"({"train": {"indoors": {"scene_00001": {"scan_00001": ["ignored"]}}},
        "val": {"outdoor": {"scene_00091": {"scan_00900": ["00091_00900_outdoor_010_000"]}},
                "indoors": {"scene_00090": {"scan_00900": ["00090_00900_indoors_000_000"]}}}})";

TEST(Diode, TheKitsMetaFileIsAList) {
  const test::TemporaryFolder folder;
  WriteKeys(folder.Path(), {kIndoor, kOutdoor, std::string(kIndoor) + "_other"});
  WriteText(folder.Path() / "diode_meta.json", kMeta);
  const auto both = OpenDepth("diode", folder.Path(), "val-612");
  EXPECT_THAT(KeysOf(*both), ElementsAre(kOutdoor, kIndoor));
  EXPECT_EQ(both->Info().official, 612);
  EXPECT_EQ(both->Info().split, "val-612");
  const auto indoor = OpenDepth("diode-indoor", folder.Path(), "val-612");
  EXPECT_THAT(KeysOf(*indoor), ElementsAre(kIndoor));
  EXPECT_EQ(indoor->Info().official, 220);
  EXPECT_EQ(OpenDepth("diode-outdoor", folder.Path(), "val-612")->Info().official, 392);
  // Beside the full set the file means nothing.
  EXPECT_EQ(OpenDepth("diode", folder.Path())->Size(), 3U);
}

TEST(Diode, TheSubsetIsRefusedWithoutItsListAndWithABrokenOne) {
  const test::TemporaryFolder folder;
  WriteKeys(folder.Path(), {kIndoor});
  EXPECT_THAT(ErrorOf([&] { OpenDepth("diode-indoor", folder.Path(), "val-612"); }),
              HasSubstr("no diode_meta.json found"));
  WriteText(folder.Path() / "diode_meta.json", "{\"val\": 3");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("diode-indoor", folder.Path(), "val-612"); }),
              HasSubstr("is no diode_meta.json"));
  WriteText(folder.Path() / "diode_meta.json", R"({"val": {"outdoor": {}}})");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("diode-indoor", folder.Path(), "val-612"); }),
              HasSubstr("names no sample"));
}

TEST(Diode, AMetaFileThatNamesASampleTwiceIsRefused) {
  const test::TemporaryFolder folder;
  WriteKeys(folder.Path(), {kIndoor});
  WriteText(folder.Path() / "diode_meta.json",
            R"({"val": {"indoors": {"scene_00090": {"scan_00900":
               ["00090_00900_indoors_000_000", "00090_00900_indoors_000_000"]}}}})");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("diode-indoor", folder.Path(), "val-612"); }),
              AllOf(HasSubstr(kIndoor), HasSubstr("is listed twice")));
}

TEST(Diode, AnotherTreeAboveDoesNotMakeASetSynthetic) {
  const SyntheticTree above("sintel", 1);
  for (const char* name : {"val", "mine"}) {
    WriteKeys(above.Root() / name, {kIndoor});
    const auto data = OpenDepth("diode", above.Root() / name);
    EXPECT_FALSE(data->Info().synthetic) << name;
    EXPECT_EQ(data->Info().official, 771) << name;
  }
  const SyntheticTree tree("diode", 2);
  EXPECT_TRUE(OpenDepth("diode", tree.Root() / "val")->Info().synthetic);
}

TEST(Diode, ARootWithTheOtherHalfSaysSo) {
  const SyntheticTree tree("diode-outdoor", 1);
  const std::string text = ErrorOf([&] { OpenDepth("diode-indoor", tree.Root()); });
  EXPECT_THAT(text, HasSubstr("the other half"));
  EXPECT_THAT(ErrorOf([&] { OpenDepth("diode", tree.Root() / "val" / "outdoor"); }),
              HasSubstr("the folder outdoor above"));
}

TEST(Diode, AnotherSplitIsRefused) {
  const SyntheticTree tree("diode", 1);
  EXPECT_THAT([&] { OpenDepth("diode", tree.Root(), "train"); },
              ThrowsMessage<ConfigError>(HasSubstr("val and val-612, not 'train'")));
}

TEST(Diode, TwoSizesOfDepthAndMaskAreAnError) {
  const SyntheticTree tree("diode-indoor", 1);
  const auto data = OpenDepth("diode-indoor", tree.Root());
  WriteFile(tree.Root() / "val" / (std::string(kIndoor) + "_depth_mask.npy"),
            EncodeNpy(Raster<double>({160, 119}, 1)));
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("_depth_mask.npy"));
}

}  // namespace
}  // namespace assay
