// ETH3D's depth (datasets/eth3d.h):
//   - Marigold's folders and the official ones are read to the same samples
//   - +inf is no measurement; another byte count than the size needs is an error with both
//     numbers, and the photo itself, which has the same name, is one
//   - a tree without manifest is measured against 454 samples of 6048 x 4032
//   - the camera of a scene with one, none where the file lists several; one of another size is
//     an error
//   - photos without truth in the official folders are a note; roots of one kind only say so
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "datasets/io/errors.h"
#include "datasets/io/float32.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

fs::path DepthFile(const fs::path& root) {
  return root / "depth/courtyard_900_dslr_depth/courtyard_900/ground_truth_depth/dslr_images" /
         "DSC_9000.JPG";
}

// The same files as the official archives unpack.
void Flatten(const fs::path& root) {
  for (const char* scene : {"courtyard_900", "office_900"}) {
    const fs::path from = root / "depth" / (std::string(scene) + "_dslr_depth") / scene;
    if (fs::exists(from)) fs::rename(from, root / scene);
    for (const char* part : {"images", "dslr_calibration_jpg"}) {
      const fs::path photos = root / "rgb" / scene / part;
      if (fs::exists(photos)) fs::rename(photos, root / scene / part);
    }
  }
  fs::remove_all(root / "depth");
  fs::remove_all(root / "rgb");
}

TEST(Eth3d, OfficialFoldersHoldTheSameSamples) {
  const SyntheticTree tree("eth3d", 3);
  const auto packed = OpenDepth("eth3d", tree.Root());
  const std::vector<std::string> keys = KeysOf(*packed);
  EXPECT_EQ(keys.front(), "rgb/courtyard_900/images/dslr_images/DSC_9002");
  const DepthMap depth = TruthOf(*packed, 0).depth_m;
  const auto camera = packed->Item(0).query.camera;
  Flatten(tree.Root());
  const auto flat = OpenDepth("eth3d", tree.Root());
  EXPECT_EQ(KeysOf(*flat), keys);
  EXPECT_EQ(TruthOf(*flat, 0).depth_m, depth);
  EXPECT_EQ(flat->Item(0).query.camera.value().fx, camera.value().fx);
  EXPECT_TRUE(fs::exists(flat->Item(0).image));
}

TEST(Eth3d, InfinityIsNoMeasurement) {
  const SyntheticTree tree("eth3d", 1);
  const auto data = OpenDepth("eth3d", tree.Root());
  Raster<double> map({168, 112}, 2.5);
  map.At(7, 3) = std::numeric_limits<double>::infinity();
  WriteFile(DepthFile(tree.Root()), EncodeFloat32(map));
  const DepthTruth truth = TruthOf(*data, 0);
  EXPECT_EQ(truth.depth_m.At(7, 3), 0);
  EXPECT_EQ(truth.depth_m.At(8, 3), 2.5);
  map.At(7, 3) = -map.At(7, 3);
  WriteFile(DepthFile(tree.Root()), EncodeFloat32(map));
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("pixel (7, 3) holds the depth -inf"));
}

TEST(Eth3d, AnotherByteCountIsAnErrorWithBothNumbers) {
  const SyntheticTree tree("eth3d", 1);
  const auto data = OpenDepth("eth3d", tree.Root());
  fs::copy_file(data->Item(0).image, DepthFile(tree.Root()), fs::copy_options::overwrite_existing);
  const std::string text = ErrorOf([&] { TruthOf(*data, 0); });
  EXPECT_THAT(text, HasSubstr("expected 75264 for 168x112"));
  EXPECT_THAT(text, HasSubstr("DSC_9000.JPG"));
}

TEST(Eth3d, WithoutManifestTheSetIsTheOfficialOne) {
  const SyntheticTree tree("eth3d", 1);
  fs::remove(tree.Root() / "assay-synthetic.json");
  fs::remove(tree.Root() / "rgb/courtyard_900/dslr_calibration_jpg/cameras.txt");
  fs::remove(tree.Root() / "eth3d_filename_list.txt");
  const auto data = OpenDepth("eth3d", tree.Root());
  EXPECT_EQ(data->Info().official, 454);
  EXPECT_EQ(data->Item(0).query.frame, (assay::Size{6048, 4032}));
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("97542144"));
}

TEST(Eth3d, TheCameraIsThatOfASceneWithOne) {
  const SyntheticTree tree("eth3d", 1);
  const fs::path file = tree.Root() / "rgb/courtyard_900/dslr_calibration_jpg/cameras.txt";
  const auto camera = [&] { return OpenDepth("eth3d", tree.Root())->Item(0).query.camera; };
  EXPECT_EQ(camera().value().cx, 84);
  WriteText(file, "0 PINHOLE 168 112 90 91 80 50\n1 PINHOLE 168 112 90 91 80 50\n");
  EXPECT_FALSE(camera().has_value());
  WriteText(file, "  # two words\n \n0 PINHOLE 168 112 90 91 80 50\n");
  EXPECT_EQ(camera().value().fy, 91);
  WriteText(file, "0 SIMPLE_RADIAL 168 112 90 80 50 0\n");
  EXPECT_FALSE(camera().has_value());
  WriteText(file, "0 PINHOLE 168 113 90 91 80 50\n");
  EXPECT_THAT(ErrorOf(camera), HasSubstr("168x113"));
  WriteText(file, "0 PINHOLE 168 112 90 91\n");
  EXPECT_THAT(ErrorOf(camera), HasSubstr("no camera in"));
  fs::remove(file);
  EXPECT_FALSE(camera().has_value());
}

TEST(Eth3d, PhotosWithoutTruthAreANote) {
  const SyntheticTree tree("eth3d", 3);
  fs::remove(tree.Root() / "eth3d_filename_list.txt");
  fs::remove(DepthFile(tree.Root()));
  const auto data = OpenDepth("eth3d", tree.Root());
  EXPECT_EQ(data->Size(), 2U);
  EXPECT_THAT(data->Info().notes,
              Contains(HasSubstr("ground_truth_depth/dslr_images/DSC_9000.JPG")));
}

TEST(Eth3d, PhotosAloneAreNoDepth) {
  const SyntheticTree tree("eth3d", 1);
  fs::remove_all(tree.Root() / "depth");
  EXPECT_THAT(ErrorOf([&] { OpenDepth("eth3d", tree.Root()); }),
              HasSubstr("without the ground truth"));
  const SyntheticTree other("eth3d", 1);
  EXPECT_THAT(
      ErrorOf([&] { OpenDepth("eth3d", other.Root() / "depth/courtyard_900_dslr_depth/x"); }),
      HasSubstr("does not exist"));
}

TEST(Eth3d, AnotherSplitIsRefused) {
  const SyntheticTree tree("eth3d", 1);
  EXPECT_THROW(OpenDepth("eth3d", tree.Root(), "test"), ConfigError);
}

}  // namespace
}  // namespace assay
