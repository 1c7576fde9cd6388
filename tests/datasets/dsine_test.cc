// Normals in the layout of the DSINE pack (datasets/dsine.h):
//   - keys, clusters and native names; the set is found from the pack's root, its own and
//     the folder above
//   - 8- and 16-bit colours decode to the spec's vectors, in frame RUB; the mask is taken
//     from the stored numbers; vectors are not brought to length 1
//   - half floats of an independent writer are read exactly
//   - a list gives the order; official or not is told by its hash; what is wrong with one
//     is said with the line
//   - the official lists of both packs are known, whatever their line ends; both packs say
//     the same; OASIS takes its sizes from the images
//   - a name, split or size that cannot be is refused; a missing truth is a note
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "datasets/dsine_list.h"
#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/vectors.h"
#include "datasets/normal_files.h"
#include "tests/datasets/trees.h"
#include "tests/support/exr_samples.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NormalMap Decode(NormalFile kind, Bytes bytes, Size expected = {}) {
  return DecodeNormals(kind, NormalFrame::kLub, {"t.png", std::move(bytes)}, "k", expected);
}

void ExpectNear(const Vector3& a, const Vector3& b) {
  EXPECT_NEAR(a.x, b.x, 1e-12);
  EXPECT_NEAR(a.y, b.y, 1e-12);
  EXPECT_NEAR(a.z, b.z, 1e-12);
}

TEST(NormalFiles, EightBitColoursAreVectorsInFrameLub) {
  RgbImage image(Size{4, 1});
  image.At(0, 0) = {255, 128, 51};
  image.At(1, 0) = {0, 0, 0};
  image.At(2, 0) = {0, 0, 1};
  image.At(3, 0) = {127, 127, 127};
  const NormalMap map = Decode(NormalFile::kPng8, EncodePng(image));
  ExpectNear(map.At(0, 0), {-1, 1 / 255.0, -0.6});
  EXPECT_EQ(map.At(1, 0), Vector3{}) << "no normal";
  ExpectNear(map.At(2, 0), {1, -1, 2 / 255.0 - 1});
  ExpectNear(map.At(3, 0), {1 / 255.0, -1 / 255.0, -1 / 255.0});
}

TEST(NormalFiles, SixteenBitColoursAreVectorsInFrameLub) {
  Raster<Rgb16> image(Size{3, 1});
  image.At(0, 0) = {65535, 32768, 13107};
  image.At(2, 0) = {0, 0, 1};
  const NormalMap map = Decode(NormalFile::kPng16, EncodePng(image));
  ExpectNear(map.At(0, 0), {-1, 1 / 65535.0, -0.6});
  EXPECT_EQ(map.At(1, 0), Vector3{});
  ExpectNear(map.At(2, 0), {1, -1, 2 / 65535.0 - 1});
}

TEST(NormalFiles, ArraysAreVectorsInFrameLub) {
  const Array array{.shape = {1, 2, 3}, .values = {0.5, 0.25, 2, 0, 0, 0}};
  const NormalMap map = Decode(NormalFile::kNpy, EncodeNpyFloat32(array));
  ASSERT_EQ(map.size(), (Size{2, 1}));
  ExpectNear(map.At(0, 0), {-0.5, 0.25, 2});
  EXPECT_FALSE(std::signbit(map.At(1, 0).x));
}

TEST(NormalFiles, OtherKindsShapesAndSizesAreRefused) {
  const Bytes flat = EncodePng(RgbImage(Size{4, 3}, Rgb8{9, 9, 9}));
  const Bytes deep = EncodePng(Raster<Rgb16>(Size{4, 3}));
  const auto problem = [](NormalFile kind, const Bytes& bytes, Size expected = {}) {
    return ErrorOf([&] { Decode(kind, bytes, expected); });
  };
  EXPECT_THAT(problem(NormalFile::kPng16, flat), HasSubstr("8-bit RGB PNG; need 16-bit RGB"));
  EXPECT_THAT(problem(NormalFile::kPng8, deep), HasSubstr("16-bit RGB PNG; need 8-bit RGB"));
  EXPECT_THAT(problem(NormalFile::kPng8, flat, {5, 3}), HasSubstr("4x3"));
  EXPECT_THAT(problem(NormalFile::kPng8, EncodeJpeg(RgbImage(Size{4, 3}))), HasSubstr("PNG"));
  const Array planes{.shape = {3, 4, 5}, .values = std::vector<double>(60)};
  EXPECT_THAT(problem(NormalFile::kNpy, EncodeNpyFloat32(planes)), HasSubstr("(3, 4, 5)"));
}

TEST(Dsine, NyuKeysAreTheNumbersAmong1449) {
  const SyntheticTree tree("nyu-normals");
  const auto data = OpenNormals("nyu-normals", tree.Root());
  EXPECT_THAT(KeysOf(*data), ElementsAre("0000", "0002", "0004"));
  const auto item = data->Item(1);
  EXPECT_EQ(item.cluster, "0002");
  EXPECT_EQ(item.image, tree.Root() / "nyuv2/test/000002_img.png");
  std::vector<std::string> names;
  for (const NameRule& rule : item.native_names) names.push_back(rule.text);
  for (const char* name : {"000002_img", "test/000002", "test_000002_norm", "rgb_00002"}) {
    EXPECT_THAT(names, Contains(name));
  }
}

TEST(Dsine, OtherKeysAreThePathsOfTheImages) {
  const SyntheticTree tree("vkitti-normals");
  const auto data = OpenNormals("vkitti-normals", tree.Root());
  EXPECT_THAT(KeysOf(*data),
              ElementsAre("Scene90/000000_img", "Scene90/000001_img", "Scene90/000002_img"));
  EXPECT_EQ(data->Item(0).cluster, "Scene90");
  EXPECT_TRUE(data->Item(0).image.ends_with(".jpg"));
}

TEST(NormalFiles, Metric3dReadsBlueGreenRedAndNegates) {
  RgbImage image(Size{2, 1});
  image.At(0, 0) = {255, 128, 0};
  const NormalMap map = DecodeNormals(NormalFile::kPng8BgrNegated,
                                      NormalFrame::kOpencv,
                                      {"n.png", EncodePng(image)},
                                      "n",
                                      Size{2, 1});
  // (z, y, x) = (-1, 1/255, 1), negated, and from opencv to rub.
  ExpectNear(map.At(0, 0), {1, 1 / 255.0, 1});
  EXPECT_EQ(map.At(1, 0), Vector3{});
}

TEST(Dsine, MarigoldsDiodeLiesThreeFoldersDeep) {
  const SyntheticTree tree("diode-normals-marigold");
  const auto data = OpenNormals("diode-normals-marigold", tree.Root());
  // In the order of the list, which runs backwards.
  EXPECT_THAT(KeysOf(*data),
              ElementsAre("indoors/scene_00090/scan_00902/00090_00902_indoors_010_000",
                          "outdoor/scene_00091/scan_00901/00091_00901_outdoor_010_000",
                          "indoors/scene_00090/scan_00900/00090_00900_indoors_010_000"));
  EXPECT_EQ(data->Item(1).cluster, "outdoor/scene_00091/scan_00901");
  EXPECT_TRUE(data->Item(1).image.ends_with("outdoor_010_000.png"));
  EXPECT_EQ(OpenNormals("diode-normals-marigold", tree.Root() / "diode/val")->Size(), 3U);
}

TEST(Dsine, MarigoldsSintelIsCutAndFilledWithFacingNormals) {
  const SyntheticTree tree("sintel-normals-marigold", 1);
  const auto data = OpenNormals("sintel-normals-marigold", tree.Root());
  const NormalMap normals = TruthOf(*data, 0).normals;
  EXPECT_EQ(normals.size(), (Size{522 - 2 * 221, 48}));
  EXPECT_EQ(data->Image(0).size(), normals.size());
  const fs::path file = tree.Root() / "sintel/alley_7/frame_0001_normal.npy";
  const VectorMap stored =
      VectorsFromArray(DecodeNpy(ReadFile(file), file), VectorAxes::kLast, file);
  std::int64_t filled = 0;
  for (int y = 0; y < normals.height(); ++y) {
    for (int x = 0; x < normals.width(); ++x) {
      const Vector3& from = stored.At(x + 221, y);
      const bool none = from == Vector3{};
      filled += none ? 1 : 0;
      EXPECT_EQ(normals.At(x, y), none ? (Vector3{0, 0, 1}) : from);
    }
  }
  EXPECT_GT(filled, 0) << "the sky has no normal";
}

TEST(Dsine, PicklesOfOasisNameTheirConverter) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "oasis/val/1_DT_normal.pkl", "x");
  const std::string problem = ErrorOf([&] { OpenNormals("oasis-normals", folder.Path()); });
  EXPECT_THAT(problem,
              HasSubstr("scripts/convert_oasis.py " + (folder.Path() / "oasis/val").string()));
}

TEST(Dsine, TheSetIsFoundFromThreeRoots) {
  const SyntheticTree tree("scannet-normals");
  const test::TemporaryFolder folder;
  fs::create_directories(folder.Path() / "dsine_eval");
  fs::copy(tree.Root(), folder.Path() / "dsine_eval", fs::copy_options::recursive);
  for (const fs::path& root :
       {folder.Path(), folder.Path() / "dsine_eval", folder.Path() / "dsine_eval" / "scannet"}) {
    EXPECT_EQ(OpenNormals("scannet-normals", root)->Size(), 3U) << root;
  }
  const std::string problem = ErrorOf(
      [&] { OpenNormals("scannet-normals", folder.Path() / "dsine_eval/scannet/scene9000_00"); });
  EXPECT_THAT(problem, HasSubstr("pass " + (folder.Path() / "dsine_eval/scannet").string()));
}

TEST(Dsine, AnotherSetIsNotTakenForNyu) {
  const SyntheticTree tree("scannet-normals");
  EXPECT_THAT(ErrorOf([&] { OpenNormals("nyu-normals", tree.Root() / "scannet"); }),
              HasSubstr("no nyu-normals data here"));
}

TEST(Dsine, TheTruthIsTheWorldInFrameRub) {
  const SyntheticTree tree("nyu-normals", 1);
  const auto data = OpenNormals("nyu-normals", tree.Root());
  const NormalMap normals = TruthOf(*data, 0).normals;
  EXPECT_EQ(normals.At(0, 0), Vector3{}) << "no normal at the border";
  std::int64_t with_normal = 0;
  std::int64_t facing = 0;
  bool floor = false;
  for (const Vector3& n : normals.Pixels()) {
    if (n == Vector3{}) continue;
    ++with_normal;
    facing += n.z > 0.01 ? 1 : 0;
    floor = floor || n.y > 0.99;
  }
  EXPECT_EQ(with_normal, 144 * 104);
  EXPECT_TRUE(floor);
  EXPECT_GT(facing, 0);
}

TEST(Dsine, AListGivesTheOrder) {
  const SyntheticTree tree("scannet-normals");
  const auto data = OpenNormals("scannet-normals", tree.Root());
  EXPECT_THAT(
      KeysOf(*data),
      ElementsAre("scene9001_00/000020_img", "scene9000_00/000010_img", "scene9000_00/000000_img"));
  EXPECT_THAT(data->Info().list_sha256, HasSubstr("sha256:"));
  EXPECT_THAT(data->Info().notes, IsEmpty());
}

TEST(Dsine, AnotherListCannotMakeASetComplete) {
  const SyntheticTree tree("scannet-normals");
  fs::remove(tree.Root() / "assay-synthetic.json");
  const fs::path list = tree.Root() / "scannet/split/test.txt";
  WriteText(list, "scene9000_00/000010_img.png\r\nscene7_00/000000_img.png\r\n");
  const auto data = OpenNormals("scannet-normals", tree.Root());
  EXPECT_FALSE(data->Info().can_be_complete);
  EXPECT_EQ(data->Info().official, 300);
  EXPECT_THAT(KeysOf(*data), ElementsAre("scene9000_00/000010_img"));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("is not the official list (2 of 300")));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("scene7_00/000000_normal.png")));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("2 samples on disk are not in the list")));
}

TEST(Dsine, WhatIsWrongWithAListIsSaidWithItsLine) {
  const SyntheticTree tree("scannet-normals");
  const fs::path list = tree.Root() / "scannet/split/test.txt";
  const std::pair<const char*, const char*> rows[] = {
      {"a/1_img.png\n\na/1_img.png", "line 3: a/1 is listed twice"},
      {"a/1_img.png\na/1.png", "line 2: \"a/1.png\" names no image"},
      {"/1_img.png", "line 1"},
      {"a/b/1_img.png", "line 1"},
      {"\n", "names no sample"},
      {"z/1_img.png", "none of its 1 samples is on disk"}};
  for (const auto& [text, problem] : rows) {
    WriteText(list, text);
    EXPECT_THAT(ErrorOf([&] { OpenNormals("scannet-normals", tree.Root()); }), HasSubstr(problem));
  }
}

TEST(Dsine, ANameOutsideThe1449IsRefused) {
  const SyntheticTree tree("nyu-normals");
  const fs::path folder = tree.Root() / "nyuv2/test";
  EXPECT_EQ(NyuNumber("001448"), 1448);
  for (const char* name : {"001449", "00001", "12345a", "-00001"}) {
    EXPECT_EQ(NyuNumber(name), -1) << name;
  }
  fs::copy(folder / "000002_normal.png", folder / "001449_normal.png");
  EXPECT_THAT(ErrorOf([&] { OpenNormals("nyu-normals", tree.Root()); }),
              HasSubstr("000000..001448"));
}

TEST(Dsine, AnotherSplitIsRefused) {
  const SyntheticTree tree("nyu-normals");
  EXPECT_THROW(OpenNormals("nyu-normals", tree.Root(), "train"), ConfigError);
}

TEST(Dsine, AnImageWithoutTruthIsANote) {
  const SyntheticTree tree("nyu-normals");
  fs::remove(tree.Root() / "nyuv2/test/000002_normal.png");
  const auto data = OpenNormals("nyu-normals", tree.Root());
  EXPECT_EQ(data->Size(), 2U);
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("test/000002_normal.png")));
}

// The official list of iBims-1, which is its rooms counted from 1.
std::string IbimsList(const std::string& before, const std::string& behind) {
  const std::pair<const char*, int> rooms[] = {{"corridor", 10},
                                               {"factory", 8},
                                               {"kitchen", 8},
                                               {"lab", 11},
                                               {"lectureroom", 10},
                                               {"livingroom", 15},
                                               {"meetingroom", 8},
                                               {"office", 8},
                                               {"restaurant", 12},
                                               {"restroom", 2},
                                               {"storageroom", 8}};
  std::string list;
  for (const auto& [room, count] : rooms) {
    for (int i = 1; i <= count; ++i) {
      const std::string name = fmt::format("{}_{:02}", room, i);
      list += (list.empty() ? "" : "\n") + before + name + "_img.png";
      if (!behind.empty()) list += " " + name + behind;
    }
  }
  return list;
}

TEST(Dsine, TheOfficialListsOfBothPacksAreKnown) {
  const test::TemporaryFolder folder;
  const fs::path path = folder.Path() / "list.txt";
  for (const char* end : {"", "\n", "\r\n"}) {
    WriteText(path, IbimsList("ibims/", "") + end);
    const DsineList dsine = ReadDsineList(FindDsineSet("ibims-normals"), path);
    EXPECT_TRUE(dsine.official);
    EXPECT_EQ(dsine.samples.size(), 100U);
    WriteText(path, IbimsList("", "_normal.npy") + end);
    const DsineList marigold = ReadDsineList(FindDsineSet("ibims-normals-marigold"), path);
    EXPECT_TRUE(marigold.official);
    EXPECT_EQ(marigold.samples, dsine.samples);
  }
  WriteText(path, IbimsList("ibims/", "") + "\nibims/attic_01_img.png");
  EXPECT_FALSE(ReadDsineList(FindDsineSet("ibims-normals"), path).official);
}

TEST(Dsine, BothPacksSayTheSame) {
  for (const std::string set : {"nyu-normals", "scannet-normals", "ibims-normals"}) {
    const SyntheticTree dsine(set);
    const SyntheticTree marigold(set + "-marigold");
    const auto one = OpenNormals(set, dsine.Root());
    const auto two = OpenNormals(set + "-marigold", marigold.Root());
    std::vector<std::string> keys = KeysOf(*two);
    for (std::size_t i = 0; i < one->Size(); ++i) {
      const auto at = std::find(keys.begin(), keys.end(), one->Item(i).key);
      ASSERT_NE(at, keys.end());
      const NormalMap a = TruthOf(*one, i).normals;
      const NormalMap b = TruthOf(*two, static_cast<std::size_t>(at - keys.begin())).normals;
      for (std::size_t k = 0; k < a.Pixels().size(); ++k) {
        EXPECT_NEAR(a.Pixels()[k].x, b.Pixels()[k].x, 0.004);
        EXPECT_NEAR(a.Pixels()[k].y, b.Pixels()[k].y, 0.004);
        EXPECT_NEAR(a.Pixels()[k].z, b.Pixels()[k].z, 0.004);
      }
    }
  }
}

TEST(Dsine, OasisTakesTheSizeFromTheHeaderOfTheImage) {
  const SyntheticTree tree("oasis-normals", 2);
  fs::remove(tree.Root() / "assay-synthetic.json");
  const fs::path image = tree.Root() / "oasis/val/900000_DT_img.png";
  const auto data = OpenNormals("oasis-normals", tree.Root());
  EXPECT_EQ(data->Item(0).query.frame, assay::Size{});
  EXPECT_EQ(TruthOf(*data, 0).normals.size(), (assay::Size{192, 64}));
  WriteFile(image, EncodePng(RgbImage(assay::Size{193, 64})));
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("expected 193x64"));
  fs::remove(image);
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("900000_DT_img.png"));
  EXPECT_NO_THROW(TruthOf(*data, 1));
}

// Half floats of an independent writer, the layout of DSINE's pack.
TEST(Dsine, ASampleOfAnotherWriterIsReadExactly) {
  const auto data = OpenNormals("ibims-normals", test::ExrFolder());
  const nlohmann::json& expected = test::ExpectedExr().at("ibims");
  ASSERT_EQ(data->Size(), 1U);
  EXPECT_EQ(data->Item(0).key, expected.at("key").get<std::string>());
  const NormalMap map = TruthOf(*data, 0).normals;
  const RgbImage image = data->Image(0);
  ASSERT_EQ(map.size().Pixels(), expected.at("rub").size());
  ASSERT_EQ(image.size(), map.size());
  for (std::size_t i = 0; i < map.size().Pixels(); ++i) {
    const Vector3& v = map.Pixels()[i];
    const Rgb8& c = image.Pixels()[i];
    EXPECT_EQ(nlohmann::json({v.x, v.y, v.z}), expected.at("rub")[i]) << i;
    EXPECT_EQ(nlohmann::json({c.r, c.g, c.b}), expected.at("rgb")[i]) << i;
  }
}

}  // namespace
}  // namespace assay
