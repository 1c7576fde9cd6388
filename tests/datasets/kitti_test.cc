// KITTI depth:
//   - paths parse into the drive and frame they were made of
//   - a list is read the same with LF, CRLF, and with or without a last line end;
//     None is no ground truth; malformed lines are errors with their number
//   - the list's order holds; absent frames make the tree partial, with counts;
//     frames outside the list are a note; nothing found is an error
//   - without a list every frame counts, and a note says so
//   - nested and flat archives, RGB beside or above, one frame twice
//   - five official sizes and cameras; another size is an error
//   - depth is value / 256
#include "datasets/kitti.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/kitti_camera.h"
#include "datasets/kitti_list.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kDrive = "2011_09_26_drive_0002_sync";
constexpr const char* kTruth = "proj_depth/groundtruth/image_02";
constexpr const char* kListName = "eigen_test_files_with_gt.txt";

void WriteDepth(const fs::path& drives,
                const std::string& drive,
                const std::string& frame,
                Size size = {1242, 375}) {
  WriteFile(drives / drive / kTruth / (frame + ".png"),
            EncodePng(Raster<std::uint16_t>(size, 640)));
}

std::string Line(const std::string& drive, const std::string& frame) {
  return drive.substr(0, 10) + "/" + drive + "/image_02/data/" + frame + ".png " + drive + "/" +
         kTruth + "/" + frame + ".png 721.5377";
}

// ---- names and lists ---------------------------------------------------------------

std::string Digits(int count) {
  std::string digits;
  for (int i = 0; i < count; ++i) digits += *rc::gen::inRange<char>('0', '9' + 1);
  return digits;
}

TEST(KittiNames, PathsParseIntoTheDriveAndFrameTheyWereMadeOf) {
  EXPECT_TRUE(rc::check([] {
    const std::string drive =
        Digits(4) + "_" + Digits(2) + "_" + Digits(2) + "_drive_" + Digits(4) + "_sync";
    const KittiFrame frame{drive, Digits(10)};
    for (const std::string& path :
         {frame.Date() + "/" + drive + "/image_02/data/" + frame.frame + ".png",
          drive + "/" + kTruth + "/" + frame.frame + ".png",
          "/data/kitti/train/" + drive + "/" + frame.frame + ".jpg"}) {
      const auto parsed = ParseKittiPath(path);
      RC_ASSERT(parsed.has_value());
      RC_ASSERT(*parsed == frame);
    }
  }));
}

TEST(KittiNames, AnythingElseIsRefused) {
  for (const char* path : {"",
                           "0000000005.png",
                           "2011_09_26_drive_0002/image_02/0000000005.png",
                           "2011_09_26_drive_002_sync/0000000005.png",
                           "2011_09_26_drive_0002_sync/000000005.png",
                           "2011_09_26_drive_0002_sync/00000000005.png",
                           "2011_09_26_drive_0002_sync/000000000a.png",
                           "2011_09_26_drive_0002_sync"}) {
    EXPECT_FALSE(ParseKittiPath(path).has_value()) << path;
  }
}

TEST(KittiList, IsReadTheSameWhateverItsLineEnds) {
  const test::TemporaryFolder folder;
  const std::string none =
      "2011_09_26/2011_09_26_drive_0009_sync/image_02/data/0000000001.png None 721.5377";
  for (const std::string& end : {std::string("\n"), std::string("\r\n")}) {
    for (const std::string& last : {std::string(), end, end + end}) {
      const fs::path path = folder.Path() / "list.txt";
      std::string text = Line(kDrive, "0000000069");
      text.append(end).append(none).append(end);
      text.append(Line(kDrive, "0000000005")).append(last);
      WriteText(path, text);
      const KittiList list = ReadKittiList(path);
      EXPECT_EQ(list.lines, 3);
      EXPECT_EQ(list.frames,
                (std::vector<KittiFrame>{{kDrive, "0000000069"}, {kDrive, "0000000005"}}));
      EXPECT_FALSE(list.official);
      EXPECT_TRUE(list.sha256.starts_with("sha256:"));
    }
  }
}

TEST(KittiList, MalformedLinesAreErrorsWithTheirNumber) {
  const std::string good = Line(kDrive, "0000000069") + "\n";
  const std::string other = Line("2011_09_26_drive_0003_sync", "0000000069");
  const std::string rgb = good.substr(0, good.find(' '));
  const std::string other_depth = other.substr(other.find(' '));
  const std::string after_rgb = " b.png 7";
  for (const std::string& bad : {std::string("one two"),
                                 Line(kDrive, "0000000069") + " more",
                                 std::string("a.png b.png 7"),
                                 rgb + after_rgb,
                                 rgb + other_depth,
                                 good}) {
    const test::TemporaryFolder folder;
    std::string text = good;
    text.append("\n").append(bad);
    WriteText(folder.Path() / "list.txt", text);
    EXPECT_THAT(ErrorOf([&] { ReadKittiList(folder.Path() / "list.txt"); }),
                HasSubstr("list.txt: line 3: "))
        << bad;
  }
}

TEST(KittiList, AListWithoutGroundTruthOrThatIsMissingIsAnError) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "list.txt", "");
  EXPECT_THAT(ErrorOf([&] { ReadKittiList(folder.Path() / "list.txt"); }),
              HasSubstr("no frame with ground truth"));
  EXPECT_THAT(ErrorOf([&] { ReadKittiList(folder.Path() / "absent.txt"); }),
              HasSubstr("absent.txt"));
}

// ---- the tree ------------------------------------------------------------------------

TEST(Kitti, WithAListItsOrderHoldsAndAbsentFramesAreCounted) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path(), kDrive, "0000000005");
  WriteDepth(folder.Path(), kDrive, "0000000069");
  WriteDepth(folder.Path(), kDrive, "0000000070");
  WriteText(folder.Path() / kListName,
            Line(kDrive, "0000000069") + "\n" + Line(kDrive, "0000000068") + "\n" +
                Line(kDrive, "0000000005"));
  const auto data = OpenDepth("kitti", folder.Path());
  EXPECT_EQ(KeysOf(*data),
            (std::vector<std::string>{std::string(kDrive) + "/0000000069",
                                      std::string(kDrive) + "/0000000005"}));
  EXPECT_EQ(data->Info().official, 3);
  EXPECT_FALSE(data->Info().list_sha256.empty());
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("1 of 3 listed frames")));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("0000000068.png")));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("1 frames on disk are not in the list")));
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("not the official list")));
}

TEST(Kitti, AListGivenByHandIsUsedAndOneThatFitsNothingIsAnError) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "tree", kDrive, "0000000005");
  WriteText(folder.Path() / "mine.txt", Line(kDrive, "0000000005"));
  WriteText(folder.Path() / "other.txt", Line(kDrive, "0000000006"));
  const auto open = [&](const char* list) {
    return OpenKitti({.root = folder.Path() / "tree", .split = "", .list = folder.Path() / list});
  };
  EXPECT_EQ(open("mine.txt")->Info().official, 1);
  EXPECT_THAT(ErrorOf([&] { open("other.txt"); }), HasSubstr("none of its 1 frames is on disk"));
  EXPECT_THAT(ErrorOf([&] { open("absent.txt"); }), HasSubstr("absent.txt"));
}

TEST(Kitti, WithoutAListEveryFrameCountsAndTheResultCannotBeCalledComplete) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path(), kDrive, "0000000069");
  WriteDepth(folder.Path(), kDrive, "0000000005");
  const auto data = OpenDepth("kitti", folder.Path());
  EXPECT_EQ(KeysOf(*data),
            (std::vector<std::string>{std::string(kDrive) + "/0000000005",
                                      std::string(kDrive) + "/0000000069"}));
  EXPECT_EQ(data->Info().official, 652);
  EXPECT_EQ(data->Info().list_sha256, "");
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("cannot be called complete")));
}

TEST(Kitti, NestedAndFlatArchivesGiveTheSameKeysFromAnyOfTheirRoots) {
  const test::TemporaryFolder flat;
  WriteDepth(flat.Path(), kDrive, "0000000005");
  const test::TemporaryFolder nested;
  const fs::path archive = nested.Path() / "data_depth_annotated";
  WriteDepth(archive / "val", kDrive, "0000000005");
  const auto keys = KeysOf(*OpenDepth("kitti", flat.Path()));
  for (const fs::path& root : {nested.Path(), archive, archive / "val"}) {
    EXPECT_EQ(KeysOf(*OpenDepth("kitti", root)), keys) << root;
  }
  WriteDepth(archive / "train", "2011_10_03_drive_0027_sync", "0000000001");
  EXPECT_EQ(OpenDepth("kitti", archive)->Size(), 2U);
  WriteDepth(archive / "train", kDrive, "0000000005");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("kitti", archive); }), HasSubstr("also lies below"));
}

TEST(Kitti, ImageAndListAreFoundBesideTheArchiveToo) {
  const test::TemporaryFolder folder;
  const fs::path archive = folder.Path() / "data_depth_annotated";
  WriteDepth(archive / "val", kDrive, "0000000005");
  WriteText(folder.Path() / kListName, Line(kDrive, "0000000005"));
  const fs::path jpg = folder.Path() / "2011_09_26" / kDrive / "image_02/data/0000000005.jpg";
  WriteText(jpg, "");
  const auto data = OpenDepth("kitti", archive);
  EXPECT_FALSE(data->Info().list_sha256.empty());
  EXPECT_EQ(data->Item(0).image, jpg);
  fs::remove(jpg);
  EXPECT_EQ(fs::path(data->Item(0).image).extension(), ".png");
}

TEST(Kitti, ItemsHaveDriveClusterDatesCameraAndForeignNames) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path(), kDrive, "0000000005");
  const auto item = OpenDepth("kitti", folder.Path())->Item(0);
  EXPECT_EQ(item.cluster, kDrive);
  EXPECT_EQ(item.query.frame, (Size{1242, 375}));
  ASSERT_TRUE(item.query.camera.has_value());
  EXPECT_EQ(item.query.camera->fx, 721.5377);
  EXPECT_EQ(item.query.camera->cy, 172.8540);
  std::vector<std::string> names;
  for (const NameRule& rule : item.native_names) {
    EXPECT_EQ(rule.kind, NameRule::Kind::kPath);
    names.push_back(rule.text);
  }
  EXPECT_THAT(names, Contains(std::string(kDrive) + "_0000000005"));
  EXPECT_THAT(names, Contains(std::string(kDrive) + "/image_02/data/pred_0000000005"));
}

TEST(Kitti, EveryDateHasItsOwnSizeAndAnotherSizeIsAnError) {
  for (const KittiCamera& row : KittiCameras()) {
    const test::TemporaryFolder folder;
    const std::string drive = std::string(row.date) + "_drive_0001_sync";
    WriteDepth(folder.Path(), drive, "0000000001", row.size);
    WriteDepth(folder.Path(), drive, "0000000002", Size{1216, 352});
    const auto data = OpenDepth("kitti", folder.Path());
    EXPECT_EQ(data->Item(0).query.frame, row.size);
    EXPECT_EQ(TruthOf(*data, 0).depth_m.At(3, 4), 2.5);
    EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 1); }), HasSubstr("1216x352"));
  }
}

TEST(Kitti, ADateWithoutACameraIsAnError) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path(), "2012_01_01_drive_0001_sync", "0000000001");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("kitti", folder.Path()); }), HasSubstr("2012_01_01"));
}

TEST(Kitti, AWrongRootNamesTheNearestThing) {
  const test::TemporaryFolder folder;
  WriteDepth(folder.Path() / "a/data_depth_annotated/val", kDrive, "0000000005");
  const std::string above = (folder.Path() / "a").string();
  EXPECT_THAT(ErrorOf([&] { OpenDepth("kitti", folder.Path()); }), HasSubstr("pass " + above));
  const fs::path drive = folder.Path() / "a/data_depth_annotated/val" / kDrive;
  EXPECT_THAT(ErrorOf([&] { OpenDepth("kitti", drive / "proj_depth"); }),
              HasSubstr("a drive above: pass " + drive.parent_path().string()));
  const test::TemporaryFolder raw;
  fs::create_directories(raw.Path() / "2011_09_26" / kDrive / "velodyne_points/data");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("kitti", raw.Path()); }), HasSubstr("raw lidar scans"));
}

TEST(Kitti, AnUnknownSplitIsTheUsersMistake) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(OpenDepth("kitti", folder.Path(), "val"), ConfigError);
}

TEST(KittiSynthetic, IsSparseLikeLidarAndPlausible) {
  const SyntheticTree tree("kitti", 5);
  const auto data = OpenDepth("kitti", tree.Root());
  for (std::size_t i = 0; i < data->Size(); ++i) {
    const DepthMap depth = TruthOf(*data, i).depth_m;
    std::int64_t measured = 0;
    for (const double metres : depth.Pixels()) {
      if (metres == 0) continue;
      ++measured;
      ASSERT_TRUE(metres >= 0.5 && metres <= 80.01) << metres;
    }
    const double share = static_cast<double>(measured) / static_cast<double>(depth.size().Pixels());
    EXPECT_TRUE(share > 0.12 && share < 0.25) << share;
  }
  const auto keys = KeysOf(*data);
  EXPECT_FALSE(std::is_sorted(keys.begin(), keys.end()));  // the list gives the order
}

}  // namespace
}  // namespace assay
