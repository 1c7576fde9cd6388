// NYU Depth v2:
//   - the same image has the same key in every form; numbers from 0 and from 1
//   - the names of one image are never the names of another, for any pair of ids
//   - splits and official counts; train and all
//   - official trees have 640 x 480 pixels, synthetic ones what they state
//   - depth is value / 1000; the extraction truncates; filled_ is never read
//   - two forms below one root, a number twice, a bad number are errors
//   - without splits.mat the message says what to do; split=all needs none
//   - the mat form gives its own bytes, both fields, images, and is read serially
//   - axes reversed, indices outside the file, NaN are errors
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/nyu_forms.h"
#include "datasets/synthetic/mat_writer.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr Size kOfficial = {.width = 640, .height = 480};

void WriteDepth(const fs::path& path, Size size = kOfficial, std::uint16_t value = 1234) {
  WriteFile(path, EncodePng(Raster<std::uint16_t>(size, value)));
}

// ---- PNG forms -----------------------------------------------------------------

TEST(NyuPng, BtsNumbersCountFromZeroAndMarigoldNumbersFromOne) {
  const test::TemporaryFolder bts;
  WriteDepth(bts.Path() / "official_splits/test/office_0001/sync_depth_00014.png");
  WriteDepth(bts.Path() / "official_splits/test/kitchen_0004/sync_depth_00000.png");
  const test::TemporaryFolder marigold;
  WriteDepth(marigold.Path() / "test/office_0001/depth_0015.png");
  WriteDepth(marigold.Path() / "test/kitchen_0004/depth_0001.png");
  const std::vector<std::string> keys = {"0000", "0014"};
  EXPECT_EQ(KeysOf(*OpenDepth("nyu", bts.Path())), keys);
  EXPECT_EQ(KeysOf(*OpenDepth("nyu", marigold.Path())), keys);
  EXPECT_EQ(OpenDepth("nyu", bts.Path())->Item(0).cluster, "kitchen_0004");
  EXPECT_EQ(OpenDepth("nyu", bts.Path() / "official_splits")->Item(1).image,
            bts.Path() / "official_splits/test/office_0001/rgb_00014.jpg");
  EXPECT_EQ(OpenDepth("nyu", marigold.Path())->Item(1).image,
            marigold.Path() / "test/office_0001/rgb_0015.png");
}

TEST(NyuPng, DepthIsMillimetresAndZeroStaysZero) {
  const test::TemporaryFolder folder;
  Raster<std::uint16_t> png(kOfficial, 1001);
  png.At(5, 7) = 0;
  png.At(639, 479) = 65535;
  WriteFile(folder.Path() / "test/a/depth_0001.png", EncodePng(png));
  WriteDepth(folder.Path() / "test/a/filled_0001.png");
  const DepthTruth truth = TruthOf(*OpenDepth("nyu", folder.Path()), 0);
  EXPECT_EQ(truth.depth_m.At(0, 0), 1.001);
  EXPECT_EQ(truth.depth_m.At(5, 7), 0.0);
  EXPECT_EQ(truth.depth_m.At(639, 479), 65.535);
  EXPECT_TRUE(truth.file_mask.empty());
}

TEST(NyuPng, SplitsHaveTheirOfficialCountsAndAllIsBoth) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "official_splits/test/a/sync_depth_00000.png");
  WriteDepth(folder.Path() / "official_splits/train/b/sync_depth_00002.png");
  EXPECT_EQ(OpenDepth("nyu", folder.Path())->Info().official, 654);
  EXPECT_EQ(OpenDepth("nyu", folder.Path(), "train")->Info().official, 795);
  EXPECT_EQ(OpenDepth("nyu", folder.Path(), "all")->Info().official, 1449);
  EXPECT_EQ(KeysOf(*OpenDepth("nyu", folder.Path(), "train")), std::vector<std::string>{"0002"});
  EXPECT_EQ(KeysOf(*OpenDepth("nyu", folder.Path(), "all")),
            (std::vector<std::string>{"0000", "0002"}));
  EXPECT_THROW(OpenDepth("nyu", folder.Path(), "val"), ConfigError);
}

TEST(NyuPng, AnOfficialTreeOfAnotherSizeIsAnError) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "test/a/depth_0001.png", Size{561, 427});
  const auto data = OpenDepth("nyu", folder.Path());
  EXPECT_EQ(data->Item(0).query.frame, kOfficial);
  const std::string text = ErrorOf([&] { TruthOf(*data, 0); });
  EXPECT_THAT(text, HasSubstr("depth_0001.png (sample 0000)"));
  EXPECT_THAT(text, HasSubstr("561x427"));
  EXPECT_THAT(text, HasSubstr("640x480"));
}

TEST(NyuPng, BadAndDoubledNumbersAreErrors) {
  for (const char* name : {"depth_1450.png",
                           "depth_0000.png",
                           "depth_00012.png",
                           "depth_12.png",
                           "depth_00x1.png",
                           "depth_-001.png"}) {
    const test::TemporaryFolder folder;
    WriteDepth(folder.Path() / "test/a" / name);
    EXPECT_THAT(ErrorOf([&] { OpenDepth("nyu", folder.Path()); }), HasSubstr(name));
  }
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "test/a/depth_0003.png");
  WriteDepth(folder.Path() / "test/b/depth_0003.png");
  const std::string text = ErrorOf([&] { OpenDepth("nyu", folder.Path()); });
  EXPECT_THAT(text, HasSubstr("test/a/depth_0003.png (sample 0002)"));
  EXPECT_THAT(text, HasSubstr("also lies in test/b"));
}

TEST(NyuPng, AnImageWithoutDepthIsANote) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "test/a/depth_0003.png");
  WriteText(folder.Path() / "test/a/rgb_0005.png", "");
  EXPECT_THAT(OpenDepth("nyu", folder.Path())->Info().notes,
              Contains(HasSubstr("missing a/depth_0005.png")));
}

TEST(Nyu, TwoFormsBelowOneRootMustBeToldApart) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "test/a/depth_0003.png");
  WriteDepth(folder.Path() / "official_splits/test/a/sync_depth_00002.png");
  const std::string text = ErrorOf([&] { OpenDepth("nyu", folder.Path()); });
  EXPECT_THAT(text, HasSubstr("more than one form"));
  EXPECT_THAT(text, HasSubstr((folder.Path() / "official_splits").string()));
  EXPECT_NO_THROW(OpenDepth("nyu", folder.Path() / "official_splits"));
}

TEST(Nyu, AWrongRootNamesTheNearestThing) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "x/nyu/official_splits/test/a/sync_depth_00002.png");
  const std::string nyu = (folder.Path() / "x/nyu").string();
  EXPECT_THAT(ErrorOf([&] { OpenDepth("nyu", folder.Path()); }), HasSubstr("pass " + nyu));
  EXPECT_THAT(ErrorOf([&] { OpenDepth("nyu", nyu, "train"); }), HasSubstr("splits there: test"));
  EXPECT_THAT(ErrorOf([&] { OpenDepth("nyu", nyu + "/official_splits/test"); }),
              HasSubstr("split folder above: pass " + nyu + "/official_splits"));
}

// ---- names -----------------------------------------------------------------------

// What evaluators call the answer to image `index` of `scene`, path and stem.
std::vector<std::string> AnswerNames(const std::string& scene, int index) {
  char zero[16];
  char one[16];
  std::snprintf(zero, sizeof zero, "%05d", index);
  std::snprintf(one, sizeof one, "%04d", index + 1);
  return {scene + "_rgb_" + zero,
          "test/" + scene + "/rgb_" + zero,
          "official_splits/test/" + scene + "/sync_depth_" + zero,
          "test/" + scene + "/pred_" + one,
          scene + "/pred_" + one,
          "test/" + scene + "/rgb_" + one};
}

// NameRule as datasets/dataset.h words it.
bool Matches(const NameRule& rule, const std::string& path) {
  if (rule.kind == NameRule::Kind::kPath) {
    return path == rule.text || path.ends_with("/" + rule.text);
  }
  const std::string base = path.substr(path.rfind('/') + 1);
  return base == rule.text ||
         (base.starts_with(rule.text) &&
          std::isalnum(static_cast<unsigned char>(base[rule.text.size()])) == 0);
}

bool AnyMatches(const std::vector<NameRule>& rules, const std::string& path) {
  for (const NameRule& rule : rules) {
    if (Matches(rule, path)) return true;
  }
  return false;
}

TEST(NyuNames, EveryKnownNameFindsItsImage) {
  for (const std::string& name : AnswerNames("office_0001", 44)) {
    EXPECT_TRUE(AnyMatches(NyuNames("office_0001", 44), name)) << name;
  }
}

TEST(NyuNames, NoNameOfOneImageIsANameOfAnother) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<std::string> scenes = {"office_0001", "office_0001b", "kitchen_0004", "rgb"};
    const int a = *rc::gen::inRange(0, 1449);
    // Neighbours are the dangerous ones: 0-based against 1-based.
    const int b = *rc::gen::oneOf(rc::gen::inRange(0, 1449), rc::gen::just((a + 1) % 1449));
    RC_PRE(a != b);
    const std::string scene_a = *rc::gen::elementOf(scenes);
    const std::string scene_b = *rc::gen::elementOf(scenes);
    for (const std::string& name : AnswerNames(scene_b, b)) {
      RC_ASSERT(!AnyMatches(NyuNames(scene_a, a), name));
    }
  }));
}

TEST(NyuNames, AnImageOfAnUnknownSceneHasOnlyNamesThatAreUniqueWithoutIt) {
  for (const NameRule& rule : NyuNames("", 44)) EXPECT_THAT(rule.text, HasSubstr("_00044"));
}

// ---- the official file -------------------------------------------------------------

// Two images of 3 x 2 pixels, written as MATLAB stores them.
NyuMatContent TinyMat() {
  return {.size = {3, 2},
          .images = 2,
          .rgb = std::vector<std::uint8_t>(36, 50),
          .raw_depths = {1, 2, 3, 4, 5, 0, 11, 12, 13, 14, 15, 16},
          .depths = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}};
}

void WriteTinyTree(const fs::path& root, const NyuMatContent& content = TinyMat()) {
  const Size size = content.size;
  WriteNyuMat(root / "nyu_depth_v2_labeled.mat", content);
  WriteNyuSplits(root / "splits.mat", {1}, {2});
  WriteText(root / "assay-synthetic.json",
            R"({"layout":"nyu-mat","samples":1,"seed":0,"size":[)" + std::to_string(size.width) +
                "," + std::to_string(size.height) + "]}");
}

TEST(NyuMat, ColumnsOfTheFileAreColumnsOfTheMap) {
  const test::TemporaryFolder folder;
  WriteTinyTree(folder.Path());
  const auto data = OpenDepth("nyu", folder.Path());
  EXPECT_EQ(KeysOf(*data), std::vector<std::string>{"0001"});
  EXPECT_EQ(TruthOf(*data, 0).depth_m, DepthMap(Size({3, 2}), {11, 13, 15, 12, 14, 16}));
  EXPECT_TRUE(data->SerialReads());
  EXPECT_EQ(data->ReadTruth(0).at(0).bytes.size(), 6 * sizeof(float));
}

TEST(NyuMat, FieldsAndSplitsAreChosenByDatasetAndSplit) {
  const test::TemporaryFolder folder;
  WriteTinyTree(folder.Path());
  EXPECT_EQ(TruthOf(*OpenDepth("nyu", folder.Path(), "train"), 0).depth_m.At(2, 1), 0);
  EXPECT_EQ(TruthOf(*OpenDepth("nyu-filled", folder.Path(), "train"), 0).depth_m.At(2, 1), 6);
  EXPECT_EQ(KeysOf(*OpenDepth("nyu", folder.Path(), "all")),
            (std::vector<std::string>{"0000", "0001"}));
  EXPECT_EQ(OpenDepth("nyu", folder.Path() / "nyu_depth_v2_labeled.mat")->Size(), 1U);
  EXPECT_TRUE(OpenDepth("nyu", folder.Path() / "nyu_depth_v2_labeled.mat")->Info().synthetic);
}

TEST(NyuMat, WithoutSplitsTheMessageSaysWhatToDoAndAllStillWorks) {
  const test::TemporaryFolder folder;
  WriteTinyTree(folder.Path());
  fs::remove(folder.Path() / "splits.mat");
  const std::string text = ErrorOf([&] { OpenDepth("nyu", folder.Path()); });
  EXPECT_THAT(text, HasSubstr((folder.Path() / "splits.mat").string()));
  EXPECT_THAT(text, HasSubstr("download splits.mat"));
  EXPECT_EQ(OpenDepth("nyu", folder.Path(), "all")->Size(), 2U);
}

TEST(NyuMat, IndicesOutsideTheFileOrTwiceAreErrors) {
  const test::TemporaryFolder folder;
  WriteTinyTree(folder.Path());
  const std::vector<std::vector<double>> bad = {{0}, {3}, {1.5}, {2, 2}};
  for (const std::vector<double>& test : bad) {
    WriteNyuSplits(folder.Path() / "splits.mat", {1}, test);
    EXPECT_THAT(ErrorOf([&] { OpenDepth("nyu", folder.Path()); }), HasSubstr("testNdxs"));
  }
}

TEST(NyuMat, AFileOfAnotherShapeIsAnErrorThatStatesBoth) {
  const test::TemporaryFolder folder;
  WriteTinyTree(folder.Path());
  fs::remove(folder.Path() / "assay-synthetic.json");
  const std::string text = ErrorOf([&] { OpenDepth("nyu", folder.Path()); });
  EXPECT_THAT(text, HasSubstr("2x3x2"));
  EXPECT_THAT(text, HasSubstr("480x640xN"));
}

TEST(NyuMat, NanInfiniteAndNegativeDepthsAreErrorsWithAPlace) {
  for (const float bad : {std::nanf(""), INFINITY, -1.0F}) {
    const test::TemporaryFolder folder;
    NyuMatContent content = TinyMat();
    content.raw_depths[9] = bad;  // image 1, column 1, row 1
    WriteTinyTree(folder.Path(), content);
    const auto data = OpenDepth("nyu", folder.Path());
    EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("pixel (1, 1)"));
  }
}

TEST(NyuMat, SaysThatScenesAreNotRead) {
  const test::TemporaryFolder folder;
  WriteTinyTree(folder.Path());
  const auto data = OpenDepth("nyu", folder.Path());
  EXPECT_EQ(data->Item(0).cluster, "0001");
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("cluster of its own")));
}

TEST(NyuSynthetic, EveryFormHoldsTheSameScene) {
  const SyntheticTree bts("nyu-bts", 2);
  const SyntheticTree marigold("nyu-marigold", 2);
  const SyntheticTree mat("nyu-mat", 2);
  const auto a = OpenDepth("nyu", bts.Root());
  const auto b = OpenDepth("nyu", marigold.Root());
  const auto c = OpenDepth("nyu", mat.Root());
  EXPECT_EQ(KeysOf(*a), KeysOf(*b));
  EXPECT_EQ(KeysOf(*a), KeysOf(*c));
  EXPECT_EQ(b->Image(1), c->Image(1));
  const DepthMap png = TruthOf(*a, 1).depth_m;
  const DepthMap full = TruthOf(*c, 1).depth_m;
  EXPECT_EQ(png, TruthOf(*b, 1).depth_m);
  for (int y = 0; y < png.height(); ++y) {
    for (int x = 0; x < png.width(); ++x) {
      const double lost = full.At(x, y) - png.At(x, y);  // truncated to millimetres
      ASSERT_TRUE(lost > -1e-6 && lost < 0.001) << x << " " << y << " " << lost;
    }
  }
}

}  // namespace
}  // namespace assay
