// DIODE's normals (datasets/diode_normals.h):
//   - keys and clusters; found with and without val/ in the root
//   - every normal faces the camera along its own ray, whichever way the file has it, and
//     pixels without one stay without
//   - a floor is a floor: y up in frame RUB
//   - images without truth are a note; other splits are refused
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/vectors.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kDataset = "diode-indoor-normals";
constexpr const char* kFirst = "indoors/scene_00090/scan_00900/00090_00900_indoors_000_000";

TEST(DiodeNormals, KeysAreThePathsOfTheImages) {
  const SyntheticTree tree(kDataset);
  const auto data = OpenNormals(kDataset, tree.Root());
  EXPECT_EQ(data->Item(0).key, kFirst);
  EXPECT_EQ(data->Item(0).cluster, "indoors/scene_00090/scan_00900");
  EXPECT_EQ(data->Item(2).cluster, "indoors/scene_00090/scan_00901");
  EXPECT_EQ(KeysOf(*OpenNormals(kDataset, tree.Root() / "val")), KeysOf(*data));
}

TEST(DiodeNormals, EveryNormalFacesTheCameraAlongItsRay) {
  const SyntheticTree tree(kDataset, 1);
  const auto data = OpenNormals(kDataset, tree.Root());
  const Intrinsics camera = data->Item(0).query.camera.value();
  const NormalMap normals = TruthOf(*data, 0).normals;
  std::int64_t without = 0;
  bool floor = false;
  for (int y = 0; y < normals.height(); ++y) {
    for (int x = 0; x < normals.width(); ++x) {
      const Vector3& n = normals.At(x, y);
      without += n == Vector3{} ? 1 : 0;
      floor = floor || n.y > 0.99;
      // The ray in frame RUB.
      const double right = (x + 0.5 - camera.cx) / camera.fx;
      const double up = -(y + 0.5 - camera.cy) / camera.fy;
      EXPECT_LE(n.x * right + n.y * up - n.z, 0);
    }
  }
  EXPECT_GT(without, 0);
  EXPECT_LT(without, static_cast<std::int64_t>(normals.size().Pixels()) / 8);
  EXPECT_TRUE(floor);
}

TEST(DiodeNormals, TheSignInTheFileDoesNotMatter) {
  const SyntheticTree tree(kDataset, 1);
  const auto data = OpenNormals(kDataset, tree.Root());
  const NormalMap before = TruthOf(*data, 0).normals;
  const fs::path file = tree.Root() / "val" / (std::string(kFirst) + "_normal.npy");
  VectorMap stored = VectorsFromArray(DecodeNpy(ReadFile(file), file), VectorAxes::kLast, file);
  for (Vector3& n : stored.Pixels()) {
    if (n != Vector3{}) n = {-n.x, -n.y, -n.z};
  }
  WriteFile(file, EncodeNpyFloat32(ArrayFromVectors(stored)));
  EXPECT_EQ(TruthOf(*data, 0).normals, before);
}

TEST(DiodeNormals, AnImageWithoutTruthIsANote) {
  const SyntheticTree tree(kDataset);
  fs::remove(tree.Root() / "val" / (std::string(kFirst) + "_normal.npy"));
  const auto data = OpenNormals(kDataset, tree.Root());
  EXPECT_EQ(data->Size(), 2U);
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("00090_00900_indoors_000_000_normal.npy")));
}

TEST(DiodeNormals, AnotherSplitIsRefused) {
  const SyntheticTree tree(kDataset, 1);
  EXPECT_THROW(OpenNormals(kDataset, tree.Root(), "test"), ConfigError);
}

}  // namespace
}  // namespace assay
