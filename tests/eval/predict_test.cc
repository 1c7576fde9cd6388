// Asking a model.
//   - prompts name every sample once, in order, with the frame to show;
//   - a finished answer is never asked for again, a failed one is;
//   - a half-written manifest line costs one answer, not the folder;
//   - answers of another model or prompt are not mixed in.
#include "eval/predict.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "tests/eval/runs.h"

namespace assay {
namespace {

using test::CityscapesRun;
using ::testing::HasSubstr;

// Paints everything in one colour; fails where it is told to.
class FlatModel : public ImageModel {
 public:
  std::vector<RgbImage> Generate(std::span<const ModelRequest> requests) override {
    std::vector<RgbImage> answers;
    for (const ModelRequest& request : requests) {
      ++asked;
      sizes.push_back(request.image.size());
      if (asked == fail_at) {
        throw PredictionError(PredictionError::Stage::kModel, "failed", "out of ideas");
      }
      answers.emplace_back(Size{64, 32}, Rgb8{128, 0, 128});
    }
    return answers;
  }
  std::string Identity() const override { return identity; }

  int asked = 0;
  int fail_at = -1;
  std::string identity = "flat 1";
  std::vector<Size> sizes;
};

class PredictTest : public ::testing::Test {
 protected:
  PredictCounts Ask(FlatModel& model, int batch = 1) {
    const AnyDataset dataset = OpenDataset(painted_, run_.Root());
    return Predict(painted_,
                   dataset,
                   Select(dataset, {}).indices,
                   model,
                   Folder(),
                   {.batch = batch, .progress = {}, .stop = nullptr});
  }
  std::filesystem::path Folder() const { return run_.folder.Path() / "painted"; }

  CityscapesRun run_{4};
  Protocol painted_ = LoadProtocol(test::Configs(), "cityscapes-val");
};

TEST_F(PredictTest, SavesOneAnswerPerSampleThatScoresAsPainted) {
  FlatModel model;
  EXPECT_EQ(Ask(model).done, 4);
  EXPECT_EQ(model.asked, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(std::filesystem::exists(Folder() / (run_.Key(i) + ".png")));
  }
  const SavedAnswers saved(Folder());
  const AnyDataset dataset = OpenDataset(painted_, run_.Root());
  RecordStore store = RecordStore::OpenForWriting(
      run_.Run() / "records.sqlite", {"p", painted_.hash, painted_.answer_hash, "{}"}, false);
  const RunCounts counts = Score(painted_, dataset, {0, 1, 2, 3}, &saved, {}, store);
  EXPECT_EQ(counts.outcomes[0], 4);
}

TEST_F(PredictTest, AFinishedAnswerIsNeverAskedAgain) {
  FlatModel model;
  Ask(model);
  FlatModel again;
  const PredictCounts counts = Ask(again);
  EXPECT_EQ(again.asked, 0);
  EXPECT_EQ(counts.reused, 4);
}

TEST_F(PredictTest, AFailedAnswerIsARowAndIsAskedAgain) {
  FlatModel model;
  model.fail_at = 2;
  EXPECT_EQ(Ask(model).failed, 1);
  EXPECT_THAT(ReadText(Folder() / "manifest.jsonl"), HasSubstr("out of ideas"));
  FlatModel again;
  const PredictCounts counts = Ask(again);
  EXPECT_EQ(again.asked, 1);
  EXPECT_EQ(counts.failed, 0);
  EXPECT_NO_THROW(SavedAnswers{Folder()});
}

TEST_F(PredictTest, AFailedAnswerIsOneFailedRecord) {
  FlatModel model;
  model.fail_at = 2;
  Ask(model);
  const SavedAnswers saved(Folder());
  const AnyDataset dataset = OpenDataset(painted_, run_.Root());
  RecordStore store = RecordStore::OpenForWriting(
      run_.Run() / "records.sqlite", {"p", painted_.hash, painted_.answer_hash, "{}"}, false);
  const RunCounts counts = Score(painted_, dataset, {0, 1, 2, 3}, &saved, {}, store);
  EXPECT_EQ(counts.outcomes[static_cast<std::size_t>(Outcome::kScored)], 3);
  EXPECT_EQ(counts.outcomes[static_cast<std::size_t>(Outcome::kFailed)], 1);
}

TEST_F(PredictTest, AChangedImageIsAskedAgain) {
  FlatModel model;
  Ask(model);
  const auto image = run_.Data().Item(2).image;
  RgbImage changed = DecodeRgb(ReadFile(image), image);
  changed.At(0, 0).r ^= 1;
  WriteFile(image, EncodePng(changed));
  FlatModel again;
  EXPECT_EQ(Ask(again).reused, 3);
  EXPECT_EQ(again.asked, 1);
  EXPECT_NO_THROW(SavedAnswers{Folder()});
  FlatModel third;
  EXPECT_EQ(Ask(third).reused, 4);
}

TEST_F(PredictTest, AManifestLineThatIsNoObjectIsAUsageError) {
  FlatModel model;
  Ask(model);
  WriteText(Folder() / "manifest.jsonl", "[]\n" + ReadText(Folder() / "manifest.jsonl"));
  EXPECT_THROW(Ask(model), ConfigError);
}

TEST_F(PredictTest, AHalfWrittenManifestLineCostsOneAnswer) {
  FlatModel model;
  Ask(model);
  std::string text = ReadText(Folder() / "manifest.jsonl");
  text.resize(text.size() - 20);
  WriteText(Folder() / "manifest.jsonl", text);
  FlatModel again;
  EXPECT_EQ(Ask(again).reused, 3);
  EXPECT_EQ(again.asked, 1);
  EXPECT_NO_THROW(SavedAnswers{Folder()});
}

TEST_F(PredictTest, AnotherModelIsNotMixedIn) {
  FlatModel model;
  Ask(model);
  FlatModel other;
  other.identity = "flat 2";
  EXPECT_THROW(Ask(other), ConfigError);
  EXPECT_EQ(other.asked, 0);
}

TEST_F(PredictTest, ABatchHoldsSeveralImages) {
  FlatModel model;
  EXPECT_EQ(Ask(model, 3).done, 4);
  EXPECT_EQ(model.asked, 4);
}

TEST_F(PredictTest, KittiShowsTheCropOfTheProtocol) {
  test::WriteSyntheticTree("kitti", run_.folder.Path() / "kitti", 2);
  const Protocol protocol = LoadProtocol(test::Configs(), "kitti-depth");
  const AnyDataset dataset = OpenDataset(protocol, run_.folder.Path());
  FlatModel model;
  Predict(protocol, dataset, {0, 1}, model, run_.folder.Path() / "depth", {});
  for (const Size size : model.sizes) EXPECT_EQ(size, (Size{1216, 352}));
}

std::vector<nlohmann::json> Prompts(const Protocol& protocol,
                                    const AnyDataset& dataset,
                                    const std::filesystem::path& frames) {
  std::vector<nlohmann::json> lines;
  WritePrompts(
      protocol, dataset, Select(dataset, {}).indices, frames, [&](const std::string& line) {
        lines.push_back(nlohmann::json::parse(line));
      });
  return lines;
}

TEST_F(PredictTest, PromptsNameEverySampleOnceInOrder) {
  const auto lines = Prompts(painted_, OpenDataset(painted_, run_.Root()), {});
  ASSERT_EQ(lines.size(), 4U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i]["key"], run_.Key(i));
    EXPECT_EQ(lines[i]["file"], run_.Key(i) + ".png");
    EXPECT_THAT(lines[i]["prompts"][0].get<std::string>(), HasSubstr("\"road\": <128, 0, 128>"));
    EXPECT_TRUE(std::filesystem::exists(lines[i]["image"].get<std::string>()));
  }
}

TEST_F(PredictTest, PromptsWriteTheFramesThatAreNoFiles) {
  test::WriteSyntheticTree("kitti", run_.folder.Path() / "kitti", 1);
  const Protocol protocol = LoadProtocol(test::Configs(), "kitti-depth");
  const auto lines =
      Prompts(protocol, OpenDataset(protocol, run_.folder.Path()), run_.folder.Path() / "frames");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(ReadHeader(lines[0]["image"].get<std::string>()).size, (Size{1216, 352}));
}

TEST_F(PredictTest, ANativeFormatHasNoPrompt) {
  FlatModel model;
  const AnyDataset dataset = OpenDataset(run_.protocol, run_.Root());
  EXPECT_THROW(Predict(run_.protocol, dataset, {0}, model, Folder(), {}), ConfigError);
}

}  // namespace
}  // namespace assay
