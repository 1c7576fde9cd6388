// Answers that look at no picture.
//   - every sample has one, of one colour, at the size of the frame a model is shown;
//   - the class is the evaluated one with most pixels, the depth the mean depth, the normal the
//   mean
//     direction, each counted here pixel by pixel;
//   - everything is referred to, and one object fills the image.
#include "eval/constant_answers.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "model/saved.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

struct Row {
  const char* protocol;
  const char* layout;
  const char* name;
};
constexpr Row kRows[] = {{"cityscapes-val", "cityscapes", "all-one-class"},
                         {"refcocog-umd-val", "refcocog", "all-foreground"},
                         {"saco-gold-metaclip", "saco", "one-instance"},
                         {"nyu-depth", "nyu-marigold", "mean-depth"},
                         {"kitti-depth", "kitti", "mean-depth"},
                         {"diode-indoor-normals", "diode-indoor-normals", "mean-normal"}};

// A tree with its constant answers.
class Constants {
 public:
  explicit Constants(const Row& row) : protocol(LoadProtocol(test::Configs(), row.protocol)) {
    test::WriteSyntheticTree(row.layout, folder_.Path() / "data", 3);
    dataset_ = OpenDataset(protocol, folder_.Path() / "data");
    const auto selection = Select(dataset_, {}).indices;
    WriteConstantAnswers(protocol, dataset_, selection, Answers());
  }

  std::filesystem::path Answers() const { return folder_.Path() / "answers"; }
  template <class Task>
  const Dataset<Task>& Data() const {
    return *std::get<std::unique_ptr<Dataset<Task>>>(dataset_);
  }
  template <class Task>
  typename Task::Truth Truth(std::size_t index) const {
    return Data<Task>().DecodeTruth(index, Data<Task>().ReadTruth(index));
  }
  template <class Task>
  RgbImage Image(std::size_t index) const {
    return DecodeRgb(ReadFile(Answers() / (Data<Task>().Item(index).key + ".png")), "answer");
  }
  template <class Task>
  typename Task::Value Value(std::size_t index, Size size) const {
    const auto item = Data<Task>().Item(index);
    const SavedAnswers saved(Answers());
    const std::vector<std::string> extensions = {"png"};
    const auto& evaluation = std::get<Evaluation<Task>>(protocol.evaluation);
    const auto answer = saved.Get(item.key, {}, extensions);
    if (!answer) throw std::logic_error(item.key + " has no answer");
    return evaluation.decoder->Decode(*answer, item.query, {size, size}).value;
  }

  Protocol protocol;

 private:
  test::TemporaryFolder folder_;
  AnyDataset dataset_;
};

template <class Task>
void ExpectOneColour(const Constants& constants, const Row& row) {
  const auto& evaluation = std::get<Evaluation<Task>>(constants.protocol.evaluation);
  ASSERT_GT(constants.Data<Task>().Size(), 0U);
  for (std::size_t i = 0; i < constants.Data<Task>().Size(); ++i) {
    const RgbImage image = constants.Image<Task>(i);
    EXPECT_EQ(image.size(), evaluation.SizeOf(evaluation.Shown(constants.Truth<Task>(i))))
        << row.protocol;
    EXPECT_THAT(image.Pixels(), ::testing::Each(image.Pixels().front())) << row.protocol;
  }
}

TEST(ConstantAnswers, EverySampleHasOneColourAtTheSizeOfItsFrame) {
  for (const Row& row : kRows) {
    const Constants constants(row);
    EXPECT_EQ(ConstantName(constants.protocol), row.name);
    std::visit(
        [&]<class Task>(const Evaluation<Task>& /*evaluation*/) {
          ExpectOneColour<Task>(constants, row);
        },
        constants.protocol.evaluation);
  }
}

TEST(ConstantAnswers, TheClassIsTheEvaluatedOneWithMostPixels) {
  const Constants constants(kRows[0]);
  const auto& data = constants.Data<SemanticTask>();
  std::map<int, std::int64_t> pixels;
  for (std::size_t i = 0; i < data.Size(); ++i) {
    const SemanticTruth truth = constants.Truth<SemanticTask>(i);
    for (const std::uint8_t id : truth.labels.Pixels()) {
      if (data.Item(i).query.space->classes[id].evaluated) ++pixels[id];
    }
  }
  const Size size = constants.Truth<SemanticTask>(0).labels.size();
  const int said = constants.Value<SemanticTask>(0, size).Pixels().front();
  for (const auto& [id, count] : pixels) EXPECT_LE(count, pixels[said]) << id;
}

TEST(ConstantAnswers, EverythingIsReferredToAndOneObjectFillsTheImage) {
  const Constants referred(kRows[1]);
  const Size size = referred.Truth<ReferringTask>(0).target.size();
  EXPECT_THAT(referred.Value<ReferringTask>(0, size).Pixels(), ::testing::Each(1));
  const Constants counted(kRows[2]);
  const InstanceSet found = counted.Value<InstancesTask>(0, counted.Truth<InstancesTask>(0).size);
  ASSERT_EQ(found.instances.size(), 1U);
  EXPECT_EQ(Area(found.instances.front().mask), static_cast<std::int64_t>(found.size.Pixels()));
}

TEST(ConstantAnswers, TheDepthIsTheMeanOfWhatIsWithinTheBounds) {
  const Constants constants({"sintel-depth", "sintel", "mean-depth"});
  std::vector<double> metres;  // the sky of that set lies 100 km away, and 1000 m is the bound
  for (std::size_t i = 0; i < constants.Data<DepthTask>().Size(); ++i) {
    const DepthTruth truth = constants.Truth<DepthTask>(i);
    for (const double depth : truth.depth_m.Pixels()) {
      if (depth > 0 && depth < 1000) metres.push_back(depth);
    }
  }
  double mean = 0;
  for (const double depth : metres) mean += depth / static_cast<double>(metres.size());
  const Size size = constants.Truth<DepthTask>(0).depth_m.size();
  // One level of the code is 0.4 % at 1 m and less between 2 and 10 m.
  EXPECT_NEAR(constants.Value<DepthTask>(0, size).map.Pixels().front(), mean, 0.004 * mean);
}

TEST(ConstantAnswers, TheNormalIsTheMeanDirection) {
  const Constants constants(kRows[5]);
  Vector3 sum;
  for (std::size_t i = 0; i < constants.Data<NormalsTask>().Size(); ++i) {
    const NormalsTruth truth = constants.Truth<NormalsTask>(i);
    for (const Vector3& n : truth.normals.Pixels()) {
      const double length = std::hypot(n.x, n.y, n.z);
      if (length > 0) sum = {sum.x + n.x / length, sum.y + n.y / length, sum.z + n.z / length};
    }
  }
  const Size size = constants.Truth<NormalsTask>(0).normals.size();
  const Vector3 said = constants.Value<NormalsTask>(0, size).map.Pixels().front();
  const double cosine = (said.x * sum.x + said.y * sum.y + said.z * sum.z) /
                        (std::hypot(said.x, said.y, said.z) * std::hypot(sum.x, sum.y, sum.z));
  EXPECT_GT(cosine, std::cos(0.01));  // 8-bit colours are 0.004 apart
}

TEST(ConstantAnswers, AFormatThatCannotPaintIsRefused) {
  test::TemporaryFolder folder;
  test::WriteSyntheticTree("cityscapes", folder.Path() / "data", 1);
  const Protocol protocol = LoadProtocol(
      test::Configs(), "cityscapes-val", {.set = {}, .format = "label-ids", .palette = {}});
  const AnyDataset dataset = OpenDataset(protocol, folder.Path() / "data");
  EXPECT_THROW(WriteConstantAnswers(protocol, dataset, {0}, folder.Path() / "answers"),
               ConfigError);
}

}  // namespace
}  // namespace assay
