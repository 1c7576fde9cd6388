// MoGe's evaluation pack (datasets/moge.h, log_depth.h):
//   - the log code: its ends, a value by hand, unit, 0 and 65535, read and written; texts before
//     and behind the image; a map comes back within half a step
//   - near and far that are missing, no numbers or exchanged are errors with their name
//   - samples are those of the list, in its order, as many make a complete set; camera in pixels
//   - found by the set's folder and in it, never under another set's name; a list of nothing and a
//   set that is not there are errors
//   - of every set a tree is written: the rendered ones have an infinite sky, a unit is stated as a
//     text and brings depths to metres
#include "datasets/moge.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/io/png_text.h"
#include "datasets/log_depth.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Texts = std::vector<std::pair<std::string, std::string>>;

RawPart FileOf(const std::vector<std::uint16_t>& values,
               const Texts& texts,
               PngTextPlace place = PngTextPlace::kBeforeImage) {
  Bytes png = EncodePng(Raster<std::uint16_t>({static_cast<int>(values.size()), 1}, values));
  for (const auto& [keyword, text] : texts) png = AddPngText(png, keyword, text, place);
  return {"depth.png", png};
}

std::vector<double> Decoded(const RawPart& raw) {
  const DepthMap depth = DecodeLogDepth(raw, "key");
  return {depth.Pixels().begin(), depth.Pixels().end()};
}

TEST(LogDepth, RunsFromNearToFarByFactors) {
  for (const PngTextPlace place : {PngTextPlace::kBeforeImage, PngTextPlace::kBehindImage}) {
    // 65533 = 13 * 71^2: t = 1 / 13 at 1 + 5041.
    const auto depth =
        Decoded(FileOf({0, 1, 5042, 65534, 65535}, {{"near", "0.5"}, {"far", "4096.0"}}, place));
    EXPECT_EQ(depth[0], 0);
    EXPECT_DOUBLE_EQ(depth[1], 0.5);
    EXPECT_NEAR(depth[2], 1, 1e-14);  // 0.5 * 8192^(1/13)
    EXPECT_DOUBLE_EQ(depth[3], 4096);
    EXPECT_EQ(depth[4], 0);
  }
}

TEST(LogDepth, WhatIsUnknownAndWhatIsInfinitelyFarHaveValuesOfTheirOwn) {
  const double infinite = std::numeric_limits<double>::infinity();
  const auto pixels = LogDepthPixels(DepthMap({5, 1}, {0, infinite, 0.5, 8, 9}), 0.5, 8);
  EXPECT_THAT(pixels.Pixels(), ElementsAre(0, 65535, 1, 65534, 65534));
}

TEST(LogDepth, AUnitMultiplies) {
  const auto depth = Decoded(FileOf({1, 65534}, {{"near", "1"}, {"far", "2"}, {"unit", "1e-3"}}));
  EXPECT_DOUBLE_EQ(depth[0], 0.001);
  EXPECT_DOUBLE_EQ(depth[1], 0.002);
}

RC_GTEST_PROP(LogDepth, AMapComesBackWithinHalfAStep, ()) {
  const double near = *rc::gen::inRange(1, 100) / 10.0;
  const double far = near * *rc::gen::inRange(2, 1000);
  const double step = std::log(far / near) / 65533;
  DepthMap depth({8, 1});
  for (double& metres : depth.Pixels()) {
    metres = near * std::pow(far / near, *rc::gen::inRange(0, 1001) / 1000.0);
  }
  RawPart raw{"depth.png", EncodePng(LogDepthPixels(depth, near, far))};
  raw.bytes = AddPngText(raw.bytes, "near", fmt::format("{}", near), PngTextPlace::kBeforeImage);
  raw.bytes = AddPngText(raw.bytes, "far", fmt::format("{}", far), PngTextPlace::kBeforeImage);
  const DepthMap back = DecodeLogDepth(raw, "key");
  for (std::size_t i = 0; i < 8; ++i) {
    RC_ASSERT(std::abs(std::log(back.Pixels()[i] / depth.Pixels()[i])) <= 0.5 * step + 1e-12);
  }
}

TEST(LogDepth, TextsThatSayNothingAreErrorsWithTheirName) {
  const auto error = [](const Texts& texts) {
    return ErrorOf([&] { DecodeLogDepth(FileOf({5}, texts), "key"); });
  };
  EXPECT_THAT(error({{"near", "1"}}),
              AllOf(HasSubstr("\"far\" is missing"), HasSubstr("depth.png")));
  EXPECT_THAT(error({{"far", "1"}}), HasSubstr("\"near\" is missing"));
  for (const char* text : {"", "x", "0", "-1", "1 m", "nan", "inf"}) {
    EXPECT_THAT(error({{"near", text}, {"far", "2"}}), HasSubstr("not a positive number")) << text;
  }
  EXPECT_THAT(error({{"near", "3"}, {"far", "2"}}), HasSubstr("below near"));
  EXPECT_THAT(error({{"near", "1"}, {"far", "2"}, {"near", "1"}}),
              HasSubstr("\"near\" stands twice"));
  EXPECT_THAT(error({{"near", "1"}, {"far", "2"}, {"unit", "1"}, {"unit", "2"}}),
              HasSubstr("\"unit\" stands twice"));
}

TEST(LogDepth, OtherTextsMayStandTwice) {
  EXPECT_DOUBLE_EQ(
      Decoded(FileOf({1}, {{"Comment", "a"}, {"near", "3"}, {"far", "4"}, {"Comment", "b"}}))[0],
      3);
}

TEST(Moge, SamplesAreThoseOfTheListInItsOrder) {
  const SyntheticTree tree("moge", 3);
  const auto data = OpenDepth("moge-nyu", tree.Root());
  EXPECT_THAT(KeysOf(*data), ElementsAre("attic_1/0002", "attic_0/0001", "attic_0/0000"));
  EXPECT_EQ(data->Item(0).cluster, "attic_1");
  EXPECT_EQ(data->Item(0).query.frame, (assay::Size{160, 120}));
  EXPECT_DOUBLE_EQ(data->Item(0).query.camera.value().fy, 145);
  EXPECT_DOUBLE_EQ(data->Item(0).query.camera.value().cx, 80);
  EXPECT_EQ(KeysOf(*OpenDepth("moge-nyu", tree.Root() / "NYUv2")), KeysOf(*data));
}

TEST(Moge, TheListSaysHowManyMakeASet) {
  const SyntheticTree tree("moge", 3);
  fs::remove(tree.Root() / "assay-synthetic.json");
  fs::remove(tree.Root() / "NYUv2/attic_0/0001/depth.png");
  const auto data = OpenDepth("moge-nyu", tree.Root());
  EXPECT_EQ(data->Size(), 2U);
  EXPECT_EQ(data->Info().official, 3);
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("missing attic_0/0001/depth.png")));
}

TEST(Moge, AListOfNothingAndASetThatIsNotThereAreErrors) {
  const SyntheticTree tree("moge", 1);
  EXPECT_THAT(ErrorOf([&] { OpenDepth("moge-ddad", tree.Root()); }), HasSubstr("DDAD"));
  WriteText(tree.Root() / "NYUv2/.index.txt", "\n");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("moge-nyu", tree.Root()); }), HasSubstr("names no sample"));
  WriteText(tree.Root() / "NYUv2/.index.txt", "attic_9/0000\n");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("moge-nyu", tree.Root()); }),
              HasSubstr("attic_9/0000/depth.png"));
}

TEST(Moge, AListThatNamesASampleTwiceIsRefused) {
  const SyntheticTree tree("moge", 1);
  WriteText(tree.Root() / "NYUv2/.index.txt", "attic_0/0000\nattic_0/./0000\n");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("moge-nyu", tree.Root()); }),
              AllOf(HasSubstr("attic_0/0000"), HasSubstr("is listed twice")));
}

TEST(Moge, AFolderIsASetByItsNameOnly) {
  const SyntheticTree tree("moge", 1);
  const fs::path set = tree.Root() / "NYUv2";
  EXPECT_TRUE(OpenDepth("moge-nyu", set)->Info().synthetic);
  EXPECT_THAT(ErrorOf([&] { OpenDepth("moge-kitti", set); }),
              AllOf(HasSubstr("KITTI"), HasSubstr("the set NYUv2 itself"), HasSubstr("moge-nyu")));
  fs::rename(set, tree.Root() / "mine");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("moge-nyu", tree.Root() / "mine"); }),
              HasSubstr("if it is NYUv2, name the folder so"));
}

TEST(Moge, AMetaFileHasIntrinsics) {
  const SyntheticTree tree("moge", 1);
  const fs::path file = tree.Root() / "NYUv2/attic_0/0000/meta.json";
  for (const char* text : {"{", "{}", R"({"intrinsics": [[1]]})"}) {
    WriteText(file, text);
    EXPECT_THAT(ErrorOf([&] { OpenDepth("moge-nyu", tree.Root()); }),
                AllOf(HasSubstr("meta.json"), HasSubstr("intrinsics")))
        << text;
  }
  fs::remove(file);
  EXPECT_FALSE(OpenDepth("moge-nyu", tree.Root())->Item(0).query.camera.has_value());
}

std::vector<LayoutRow> MogeLayouts() {
  std::vector<LayoutRow> rows;
  std::copy_if(LayoutCatalog().begin(),
               LayoutCatalog().end(),
               std::back_inserter(rows),
               [](const LayoutRow& row) { return row.name.starts_with("moge"); });
  return rows;
}

TEST(MogeTrees, ThereIsOneOfEverySet) {
  std::set<std::string_view> written;
  for (const LayoutRow& row : MogeLayouts()) written.insert(row.dataset);
  std::set<std::string_view> sets;
  for (const DatasetRow& row : DatasetCatalog()) {
    if (row.tree == "moge") sets.insert(row.name);
  }
  EXPECT_EQ(sets.size(), 10U);
  EXPECT_EQ(written, sets);
  EXPECT_EQ(MogeLayouts().size(), sets.size());
}

TEST(MogeTrees, OnlyRenderedSetsHaveAnInfiniteSky) {
  const std::set<std::string_view> rendered = {"moge-gso", "moge-sintel", "moge-spring"};
  for (const LayoutRow& row : MogeLayouts()) {
    const SyntheticTree tree(row.name, 1);
    const auto data = OpenDepth(row.dataset, tree.Root());
    const RawTruth raw = data->ReadTruth(0);
    const auto pixels = DecodeGray16(raw.at(0).bytes, raw.at(0).path);
    const DepthMap depth = data->DecodeTruth(0, raw).depth_m;
    const auto infinite = std::count(pixels.Pixels().begin(), pixels.Pixels().end(), 65535);
    EXPECT_EQ(infinite > 0, rendered.contains(row.dataset)) << row.name;
    for (std::size_t i = 0; i < pixels.Pixels().size(); ++i) {
      if (pixels.Pixels()[i] == 65535) {
        EXPECT_EQ(depth.Pixels()[i], 0) << row.name;
      }
    }
  }
}

TEST(MogeTrees, AUnitIsStatedAsAText) {
  const std::map<std::string_view, std::string> units = {{"moge-ddad", "1.0"},
                                                         {"moge-hammer", "0.001"}};
  for (const LayoutRow& row : MogeLayouts()) {
    const SyntheticTree tree(row.name, 2);
    const auto data = OpenDepth(row.dataset, tree.Root());
    for (std::size_t i = 0; i < data->Size(); ++i) {  // texts before and behind the image
      const RawTruth raw = data->ReadTruth(i);
      const auto texts = DecodePngText(raw.at(0).bytes, raw.at(0).path);
      const auto unit = texts.find("unit");
      const auto expected = units.find(row.dataset);
      ASSERT_EQ(unit != texts.end(), expected != units.end()) << row.name;
      if (unit != texts.end()) {
        EXPECT_EQ(unit->second, expected->second) << row.name;
      }
    }
  }
}

TEST(Moge, AnotherSplitIsRefused) {
  const SyntheticTree tree("moge", 1);
  EXPECT_THROW(OpenDepth("moge-nyu", tree.Root(), "val"), ConfigError);
}

}  // namespace
}  // namespace assay
