// Folders of one's own.
//   - a pattern filled with texts matches and gives the texts back, and so does its key; what
//     is not of the pattern does not match
//   - truth of every format and task: ids, masks, objects, depth in units of its own, normals
//     in a frame of their own
//   - samples from a table: their texts, clusters and images; in its order
//   - what is wrong is refused with its place: patterns, classes, columns, ids, keys, files
#include "datasets/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "datasets/folder_files.h"
#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/exr.h"
#include "datasets/io/file.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

// ---- patterns ------------------------------------------------------------------

TEST(FolderPattern, AStarIsOneNameTwoAreSeveral) {
  EXPECT_THAT(MatchPattern("d/*/*_gt.png", "d/a/7_gt.png"), Optional(ElementsAre("a", "7")));
  EXPECT_FALSE(MatchPattern("d/*_gt.png", "d/a/7_gt.png"));
  EXPECT_FALSE(MatchPattern("d/*_gt.png", "d/_gt.png"));
  EXPECT_THAT(MatchPattern("d/**/*.png", "d/a/b/c.png"), Optional(ElementsAre("a/b", "c")));
  EXPECT_FALSE(MatchPattern("d/**/*.png", "d/c.png"));
  EXPECT_EQ(KeyOf("d/*/*_gt.png", {"a", "7"}), "a/7");
  EXPECT_THAT(TextsOfKey("d/*/*_gt.png", "a/7"), Optional(ElementsAre("a", "7")));
  EXPECT_FALSE(TextsOfKey("d/*/*_gt.png", "a"));
}

RC_GTEST_PROP(FolderPatternProperty, WhatIsFilledMatches, ()) {
  // Literals have no letter that texts have, so there is one way to match.
  const auto literal = rc::gen::container<std::string>(rc::gen::element('_', '.', 'X', '/'));
  const auto text = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::element('a', 'b')));
  const auto count = *rc::gen::inRange<std::size_t>(1, 4);
  std::string pattern = *literal;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(*text);
    pattern += "*_" + *literal;
  }
  const std::string path = FillPattern(pattern, texts);
  RC_ASSERT(MatchPattern(pattern, path) == texts);
  RC_ASSERT(TextsOfKey(pattern, KeyOf(pattern, texts)) == texts);
  RC_ASSERT(!MatchPattern(pattern, path + "c"));
}

// ---- truth ---------------------------------------------------------------------

class FolderTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const Bytes& bytes) {
    WriteFile(folder_.Path() / path, bytes);
  }
  const fs::path& TreeRoot() const { return folder_.Path(); }
  void WriteTextFile(const std::string& path, const std::string& text) {
    WriteText(folder_.Path() / path, text);
  }

  template <class Task>
  std::unique_ptr<Dataset<Task>> Open(const char* name, const json& description) {
    return std::get<std::unique_ptr<Dataset<Task>>>(FindDataset(name).Open(
        {.root = folder_.Path(), .split = "", .list = {}, .folder = description.dump()}));
  }

  template <class Task>
  std::string Refused(const char* name, const json& description) {
    try {
      const auto data = Open<Task>(name, description);
      for (std::size_t i = 0; i < data->Size(); ++i) TruthOf(*data, i);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

  template <class T>
  static Bytes Png(assay::Size size, const std::vector<T>& values) {
    Raster<T> raster(size);
    std::copy(values.begin(), values.end(), raster.Pixels().begin());
    return EncodePng(raster);
  }

 private:
  test::TemporaryFolder folder_;
};

json Classes() {
  return {{{"id", 3}, {"name", "road"}, {"color", {1, 2, 3}}},
          {{"id", 7}, {"name", "sky"}, {"color", {4, 5, 6}}}};
}

TEST_F(FolderTest, IdsAreClassesAndWhatIsIgnoredIsNone) {
  Write("t/a.png", Png<std::uint8_t>({3, 2}, {3, 7, 0, 200, 3, 3}));
  const json description = {{"truth", "t/*.png"}, {"ignore", 200}, {"classes", Classes()}};
  const auto data = Open<SemanticTask>("folder-semantic", description);
  EXPECT_THAT(TruthOf(*data, 0).labels.Pixels(), ElementsAre(3, 7, 0, 0, 3, 3));
  const LabelSpace& space = *data->Item(0).query.space;
  ASSERT_EQ(space.classes.size(), 8U);
  EXPECT_EQ(space.classes[7].name, "sky");
  EXPECT_TRUE(space.classes[3].evaluated);
  EXPECT_FALSE(space.classes[4].evaluated);
  EXPECT_EQ(&space, Open<SemanticTask>("folder-semantic", description)->Item(0).query.space);
  Write("t/b.png", Png<std::uint8_t>({2, 1}, {3, 4}));
  EXPECT_THAT(Refused<SemanticTask>("folder-semantic", description),
              HasSubstr("pixel (1, 0) has id 4, which is no class"));
}

TEST_F(FolderTest, DepthHasItsUnit) {
  Write("d/a.png", Png<std::uint16_t>({2, 1}, {0, 1500}));
  const auto millimetres = Open<DepthTask>("folder-depth", {{"truth", "d/*.png"}});
  EXPECT_THAT(TruthOf(*millimetres, 0).depth_m.Pixels(), ElementsAre(0, 1.5));
  const auto scaled =
      Open<DepthTask>("folder-depth", {{"truth", "d/*.png"}, {"truth_scale", 0.00390625}});
  EXPECT_THAT(TruthOf(*scaled, 0).depth_m.Pixels(), ElementsAre(0, 1500.0 / 256));
  EXPECT_EQ(scaled->Item(0).query.frame, (Size{2, 1}));
}

TEST_F(FolderTest, DepthThatIsNoneIsNotMeasured) {
  Raster<double> map({2, 2});
  map.Pixels()[0] = NAN;
  map.Pixels()[1] = INFINITY;
  map.Pixels()[2] = -1;
  map.Pixels()[3] = 2;
  Write("d/a.npy", EncodeNpy(map));
  Write("d/a.exr", EncodeExr(map));
  for (const char* format : {"npy", "exr"}) {
    const auto data = Open<DepthTask>(
        "folder-depth", {{"truth", std::string("d/*.") + format}, {"truth_format", format}});
    EXPECT_THAT(TruthOf(*data, 0).depth_m.Pixels(), ElementsAre(0, 0, 0, 2)) << format;
    EXPECT_EQ(data->Item(0).query.frame, (Size{2, 2}));
  }
}

TEST_F(FolderTest, NormalsAreTurnedIntoTheFrameOfTheProgram) {
  Write("n/a.npy", EncodeNpyFloat32(Array{{1, 2, 3}, {0, 0, -1, 0, 0, 0}}));
  const auto data = Open<NormalsTask>(
      "folder-normals", {{"truth", "n/*.npy"}, {"truth_format", "npy"}, {"truth_frame", "opencv"}});
  EXPECT_EQ(TruthOf(*data, 0).normals.At(0, 0), (Vector3{0, 0, 1}));
  EXPECT_EQ(TruthOf(*data, 0).normals.At(1, 0), Vector3{});
  EXPECT_EQ(data->Item(0).query.frame, (Size{2, 1}));
}

TEST_F(FolderTest, AMaskWithoutAPixelSaysThatNothingIsThere) {
  Write("m/a.png", Png<std::uint8_t>({3, 1}, {0, 255, 9}));
  Write("m/b.png", Png<std::uint8_t>({3, 1}, {0, 0, 9}));
  WriteTextFile("s.csv", "key,expression\nb, the cat \na,the dog\n");
  const auto data = Open<ReferringTask>(
      "folder-referring", {{"truth", "m/*.png"}, {"samples", "s.csv"}, {"ignore", 9}});
  ASSERT_EQ(data->Size(), 2U);
  EXPECT_EQ(data->Item(0).query.expression, "the cat");
  EXPECT_TRUE(TruthOf(*data, 0).no_target);
  EXPECT_THAT(TruthOf(*data, 1).target.Pixels(), ElementsAre(0, 1, 255));
  EXPECT_FALSE(TruthOf(*data, 1).no_target);
}

TEST_F(FolderTest, EveryValueOfAnIdImageIsAnObject) {
  Write("o/a.png", Png<std::uint16_t>({4, 1}, {0, 300, 300, 7}));
  WriteTextFile("s.csv", "key,phrase\na,cup\n");
  const auto data =
      Open<InstancesTask>("folder-instances", {{"truth", "o/*.png"}, {"samples", "s.csv"}});
  const InstancesTruth truth = TruthOf(*data, 0);
  ASSERT_EQ(truth.annotators.size(), 1U);
  ASSERT_EQ(truth.annotators[0].instances.size(), 2U);
  EXPECT_EQ(Area(truth.annotators[0].instances[0].mask), 1);
  EXPECT_EQ(Area(truth.annotators[0].instances[1].mask), 2);
  EXPECT_EQ(data->Item(0).query.phrase, "cup");
}

// ---- tables ----------------------------------------------------------------------

TEST_F(FolderTest, ATableNamesImagesAndClusters) {
  Write("m/x/1.png", Png<std::uint8_t>({1, 1}, {1}));
  WriteTextFile("s.csv", "key,image,expression,town,weather\nx/1,x/photo,a dog,Bonn,rain\n");
  const auto data = Open<ReferringTask>("folder-referring",
                                        {{"truth", "m/*/*.png"},
                                         {"images", "i/*/*.jpg"},
                                         {"samples", "s.csv"},
                                         {"cluster", "town"},
                                         {"slices", {"weather"}}});
  const auto item = data->Item(0);
  EXPECT_EQ(item.cluster, "Bonn");
  EXPECT_THAT(item.image, HasSubstr("i/x/photo.jpg"));
}

TEST_F(FolderTest, WhatIsWrongIsRefusedWithItsPlace) {
  Write("m/1.png", Png<std::uint8_t>({1, 1}, {1}));
  WriteTextFile("s.csv", "key,expression\n1,a\n1,b\n");
  WriteTextFile("gone.csv", "key,expression\n1,a\n2,b\n");
  WriteTextFile("deep.csv", "key,expression\nx/1,a\n");
  const auto refused = [&](const json& description) {
    return Refused<ReferringTask>("folder-referring", description);
  };
  const json good = {{"truth", "m/*.png"}, {"samples", "s.csv"}};
  const auto with = [&](const char* field, const json& value) {
    json changed = good;
    changed[field] = value;
    return refused(changed);
  };
  EXPECT_THAT(refused(good), HasSubstr("occurs twice"));
  EXPECT_THAT(with("samples", "gone.csv"), HasSubstr("m/2.png"));
  EXPECT_THAT(with("samples", "deep.csv"), HasSubstr("does not fit the pattern m/*.png"));
  EXPECT_THAT(with("samples", "none.csv"), HasSubstr("none.csv"));
  EXPECT_THAT(with("samples", ""), HasSubstr("/folder/samples"));
  EXPECT_THAT(with("cluster", "town"), HasSubstr("has no column 'town'"));
  EXPECT_THAT(with("slices", {"weather"}), HasSubstr("has no column 'weather'"));
  EXPECT_THAT(with("truth", "m/1.png"), HasSubstr("/folder/truth"));
  EXPECT_THAT(with("images", "*/*.png"), HasSubstr("/folder/images"));
  EXPECT_THAT(with("truth_format", "ids"), HasSubstr("/folder/truth_format"));
  EXPECT_THAT(with("truht", "x"), HasSubstr("/folder/truht"));
  EXPECT_THAT(Refused<DepthTask>("folder-depth", {{"truth", "none/*.png"}}),
              HasSubstr("none/*.png"));
}

TEST_F(FolderTest, ClassesAreChecked) {
  const auto refused = [&](const json& classes) {
    return Refused<SemanticTask>("folder-semantic", {{"truth", "t/*.png"}, {"classes", classes}});
  };
  const json road = {{"id", 3}, {"name", "road"}, {"color", {1, 2, 3}}};
  const auto with = [&](const char* field, const json& value) {
    json changed = road;
    changed[field] = value;
    return refused({road, changed});
  };
  EXPECT_THAT(refused(json::array()), HasSubstr("/folder/classes"));
  EXPECT_THAT(with("name", "sky"), HasSubstr("/folder/classes/1/id: is another class's too"));
  EXPECT_THAT(with("id", 4), HasSubstr("/folder/classes/1/name: is another class's too"));
  EXPECT_THAT(with("id", 255), HasSubstr("must be 1 to 254"));
  EXPECT_THAT(with("color", {1, 2}), HasSubstr("/folder/classes/1/color"));
}

TEST_F(FolderTest, ARootMayKeepItsDescription) {
  Write("d/a.png", Png<std::uint16_t>({1, 1}, {1000}));
  const json nothing;
  EXPECT_THAT(Refused<DepthTask>("folder-depth", nothing), HasSubstr("/folder/truth"));
  const auto open = [&] {
    return FindDataset("folder-depth").Open({.root = TreeRoot(), .split = "", .list = {}});
  };
  EXPECT_THROW(open(), DatasetError);
  WriteTextFile(kFolderProtocol, json{{"folder", {{"truth", "d/*.png"}}}}.dump());
  EXPECT_EQ(SizeOf(open()), 1U);
}

}  // namespace
}  // namespace assay
