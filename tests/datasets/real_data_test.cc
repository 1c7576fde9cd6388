// Real files, read in place and laid out in a temporary folder as their archives
// do; each test skips with its reason where the files are absent:
//   - a Cityscapes validation frame (scaled to 256 x 128): counts of classes and
//     objects, labels consistent with instances, train ids derived from ids equal
//     to the train-id file except where it was resized on its own
//   - a KITTI truth frame and an NYU truth frame: pixel counts and sums as
//     measured with another reader
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/image.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

fs::path Fixture(const std::string& name) { return fs::path(ASSAY_SHARED_DIR) / "fixtures" / name; }

class RealData : public ::testing::Test {
 protected:
  // Links `fixture` into the temporary tree; false when it is absent.
  bool Place(const std::string& fixture, const std::string& path) {
    const fs::path from = Fixture(fixture);
    if (!fs::exists(from)) return false;
    fs::create_directories((folder_.Path() / path).parent_path());
    fs::create_symlink(fs::canonical(from), folder_.Path() / path);
    return true;
  }
  const fs::path& Root() const { return folder_.Path(); }

 private:
  test::TemporaryFolder folder_;
};

constexpr const char* kFrame = "frankfurt_000000_000294";

std::string Truth(const std::string& kind) {
  return std::string(kFrame) + "_gtFine_" + kind + ".png";
}

TEST_F(RealData, ACityscapesFrameReadsConsistently) {
  for (const char* kind : {"labelIds", "instanceIds"}) {
    if (!Place("cityscapes/" + Truth(kind), "gtFine/val/frankfurt/" + Truth(kind))) {
      GTEST_SKIP() << "no " << Fixture("cityscapes") << ": the real frame is not part of assay";
    }
  }
  Place("cityscapes/" + std::string(kFrame) + "_leftImg8bit.png",
        "leftImg8bit/val/frankfurt/" + std::string(kFrame) + "_leftImg8bit.png");
  const auto data = OpenSemantic(Root());
  ASSERT_EQ(data->Size(), 1U);
  EXPECT_EQ(data->Info().official, 500);
  EXPECT_FALSE(data->Info().synthetic);
  EXPECT_EQ(data->Item(0).key, "frankfurt/frankfurt_000000_000294");
  const SemanticTruth truth = TruthOf(*data, 0);
  EXPECT_EQ(truth.labels.size(), (Size{256, 128}));
  EXPECT_EQ(data->Image(0).size(), (Size{256, 128}));
}

TEST_F(RealData, TrainIdsFollowFromIdsUpToSeparateResizing) {
  if (!Place("cityscapes/" + Truth("labelIds"), "ids.png") ||
      !Place("cityscapes/" + Truth("labelTrainIds"), "train.png")) {
    GTEST_SKIP() << "no " << Fixture("cityscapes") << ": the real frame is not part of assay";
  }
  const LabelMap ids = DecodeGray8(ReadFile(Root() / "ids.png"), "ids.png");
  const LabelMap train = DecodeGray8(ReadFile(Root() / "train.png"), "train.png");
  int differ = 0;
  for (std::size_t i = 0; i < ids.Pixels().size(); ++i) {
    const std::uint8_t derived = CityscapesLabels().classes[ids.Pixels()[i]].train_id;
    if (derived != train.Pixels()[i]) ++differ;
  }
  EXPECT_EQ(differ, 77);  // counted with another program; the files were scaled one by one
}

struct DepthFacts {
  std::int64_t measured = 0;
  double sum = 0, min = 1e9, max = 0;  // raw units
};

DepthFacts FactsOf(const DepthMap& depth, double units) {
  DepthFacts facts;
  for (const double metres : depth.Pixels()) {
    if (metres == 0) continue;
    const double raw = metres * units;
    ++facts.measured;
    facts.sum += raw;
    facts.min = std::min(facts.min, raw);
    facts.max = std::max(facts.max, raw);
  }
  return facts;
}

TEST_F(RealData, AKittiFrameHasTheCountsMeasuredElsewhere) {
  if (!Place("depth/kitti_0000000005.png",
             "data_depth_annotated/val/2011_09_26_drive_0002_sync/proj_depth/groundtruth/image_02/"
             "0000000005.png")) {
    GTEST_SKIP() << "no " << Fixture("depth") << ": the KITTI frame is not part of assay";
  }
  const auto data = OpenDepth("kitti", Root());
  ASSERT_EQ(data->Size(), 1U);
  EXPECT_EQ(data->Info().official, 652);
  const DepthFacts facts = FactsOf(TruthOf(*data, 0).depth_m, 256);
  EXPECT_EQ(facts.measured, 90839);
  EXPECT_EQ(facts.min, 1365);
  EXPECT_EQ(facts.max, 21733);
  EXPECT_EQ(facts.sum, 416223157);
}

TEST_F(RealData, AnNyuFrameHasTheCountsMeasuredElsewhere) {
  if (!Place("depth/nyu_sync_depth_00000.png",
             "official_splits/test/kitchen_0004/sync_depth_00000.png")) {
    GTEST_SKIP() << "no " << Fixture("depth") << ": the NYU frame is not part of assay";
  }
  const auto data = OpenDepth("nyu", Root());
  ASSERT_EQ(data->Size(), 1U);
  EXPECT_EQ(data->Item(0).key, "0000");
  const DepthFacts facts = FactsOf(TruthOf(*data, 0).depth_m, 1000);
  EXPECT_EQ(facts.measured, 225121);
  EXPECT_NEAR(facts.min, 1390, 1e-9);
  EXPECT_NEAR(facts.max, 6625, 1e-9);
  EXPECT_NEAR(facts.sum, 805536601, 1e-3);
}

}  // namespace
}  // namespace assay
