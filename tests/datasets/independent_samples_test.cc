// Trees that assay did not write are read to exactly the values their writers
// put there:
//   - keys in order, clusters, every label, instance value, depth and colour
//   - the .mat of h5py (chunked, deflated, MATLAB attributes, cells beside the
//     numbers) in both fields and both number classes
//   - the JPEG images of the BTS form within what JPEG loses
//   - the list with CRLF, a None line and no last line end
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/datasets/samples.h"

namespace assay {
namespace {

template <class Task>
void ExpectKeys(const Dataset<Task>& data, const nlohmann::json& samples) {
  ASSERT_EQ(data.Size(), samples.size());
  EXPECT_TRUE(data.Info().synthetic);
  EXPECT_EQ(data.Info().official, static_cast<std::int64_t>(samples.size()));
  for (std::size_t i = 0; i < data.Size(); ++i) {
    EXPECT_EQ(data.Item(i).key, samples[i].at("key").get<std::string>());
    EXPECT_EQ(data.Item(i).cluster, samples[i].at("cluster").get<std::string>());
  }
}

TEST(IndependentSamples, CityscapesIsReadExactly) {
  const auto data = OpenSemantic(SampleFolder() / "cityscapes");
  const nlohmann::json& samples = ExpectedSamples().at("cityscapes");
  ExpectKeys(*data, samples);
  for (std::size_t i = 0; i < data->Size(); ++i) {
    const SemanticTruth truth = TruthOf(*data, i);
    EXPECT_EQ(IntegerRows(truth.labels), samples[i].at("labels"));
    EXPECT_EQ(IntegerRows(truth.instances), samples[i].at("instances"));
    EXPECT_EQ(Rows(data->Image(i)), samples[i].at("rgb"));
  }
}

class DepthSample : public ::testing::TestWithParam<const char*> {
 protected:
  static std::string DatasetName() { return std::string(GetParam()) == "kitti" ? "kitti" : "nyu"; }
};
INSTANTIATE_TEST_SUITE_P(Layouts,
                         DepthSample,
                         ::testing::Values("kitti", "nyu-bts", "nyu-marigold", "nyu-mat"),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(DepthSample, IsReadExactly) {
  const auto data = OpenDepth(DatasetName(), SampleFolder() / GetParam());
  const nlohmann::json& samples = ExpectedSamples().at(GetParam());
  ExpectKeys(*data, samples);
  for (std::size_t i = 0; i < data->Size(); ++i) {
    EXPECT_EQ(Rows(TruthOf(*data, i).depth_m), ExpectedDepth(samples[i])) << samples[i].at("key");
  }
}

int LargestDifference(const RgbImage& image, const nlohmann::json& rows) {
  int largest = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const auto& p = rows.at(static_cast<std::size_t>(y)).at(static_cast<std::size_t>(x));
      const Rgb8 q = image.At(x, y);
      largest = std::max({largest,
                          std::abs(q.r - p[0].get<int>()),
                          std::abs(q.g - p[1].get<int>()),
                          std::abs(q.b - p[2].get<int>())});
    }
  }
  return largest;
}

TEST_P(DepthSample, HasItsImagesInRgbOrder) {
  const auto data = OpenDepth(DatasetName(), SampleFolder() / GetParam());
  const int tolerance = std::string(GetParam()) == "nyu-bts" ? 6 : 0;  // JPEG
  for (std::size_t i = 0; i < data->Size(); ++i) {
    const nlohmann::json& rgb = ExpectedSamples().at(GetParam())[i].at("rgb");
    EXPECT_LE(LargestDifference(data->Image(i), rgb), tolerance);
  }
}

TEST(IndependentSamples, TheFilledFieldIsReadExactly) {
  const auto data = OpenDepth("nyu-filled", SampleFolder() / "nyu-mat");
  const nlohmann::json& samples = ExpectedSamples().at("nyu-mat");
  ExpectKeys(*data, samples);
  for (std::size_t i = 0; i < data->Size(); ++i) {
    EXPECT_EQ(Rows(TruthOf(*data, i).depth_m), ExpectedDepth(samples[i], "filled_m"));
  }
}

TEST(IndependentSamples, TrainIsTheRestOfTheFile) {
  const auto train = OpenDepth("nyu", SampleFolder() / "nyu-mat", "train");
  EXPECT_EQ(train->Size(), 7U);
  EXPECT_EQ(train->Item(0).key, "0002");
  EXPECT_EQ(OpenDepth("nyu", SampleFolder() / "nyu-mat", "all")->Size(), 10U);
}

}  // namespace
}  // namespace assay
