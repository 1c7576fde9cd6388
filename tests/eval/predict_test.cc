// Asking a model.
//   - prompts name every sample once, in order, with the frame to show;
//   - a finished answer is never asked for again, a failed one is;
//   - a half-written manifest line costs one answer, not the folder;
//   - answers of another model, prompt or seed are not mixed in, other files not overwritten,
//     and two processes do not write one folder
//   - an image that has not changed on disk is not read to know that its answer is there
//   - a run that asks writes the same folder and the same records as predict and score
//   - unsaved answers give the same scores, and are not asked for again either
//   - samples of one image share its frame in memory
//   - of several prompts a sample each is asked once, with the same frame, and only those that
//     are not answered are asked again; the records are those of the saved answers
//   - answers in any number of threads, workers and requests a call are the same
#include "eval/predict.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "eval/prompts.h"
#include "tests/eval/flat_model.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using test::CityscapesRun;
using test::FlatModel;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;

class PredictTest : public ::testing::Test {
 protected:
  PredictCounts Ask(FlatModel& model, std::int64_t seed = 0) {
    const AnyDataset dataset = OpenDataset(painted_, run_.Root());
    ModelAnswers answers(painted_, dataset, model, {.folder = Folder(), .seed = seed});
    return Predict(dataset, Select(dataset, {}).indices, answers, {});
  }
  // Asks and scores on the way; without a folder the answers are not saved.
  std::vector<Record> AskAndScore(FlatModel& model,
                                  const std::filesystem::path& folder,
                                  const std::string& run,
                                  const RunOptions& given = {}) {
    const AnyDataset dataset = OpenDataset(painted_, run_.Root());
    ModelAnswers answers(painted_, dataset, model, {.folder = folder, .scored = true});
    RunOptions options = given;
    options.asking = &answers;
    return Score(dataset, answers, run, options);
  }
  std::vector<Record> Score(const AnyDataset& dataset,
                            const AnswerSource& answers,
                            const std::string& run,
                            const RunOptions& options = {}) {
    RecordStore store =
        RecordStore::OpenForWriting(run_.folder.Path() / run / "records.sqlite",
                                    {"p", painted_.hash, painted_.answer_hash, "{}"},
                                    false);
    last_ = assay::Score(painted_, dataset, Select(dataset, {}).indices, &answers, options, store);
    std::vector<Record> records;
    store.ForEach([&](const Record& record) { records.push_back(record); });
    return records;
  }
  std::filesystem::path Folder() const { return run_.folder.Path() / "painted"; }

  CityscapesRun run_{4};
  Protocol painted_ = LoadProtocol(test::Configs(), "cityscapes-val");
  RunCounts last_;
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
  const RunCounts counts = assay::Score(painted_, dataset, {0, 1, 2, 3}, &saved, {}, store);
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
  const RunCounts counts = assay::Score(painted_, dataset, {0, 1, 2, 3}, &saved, {}, store);
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

TEST_F(PredictTest, AnotherSeedIsNotMixedIn) {
  FlatModel model;
  Ask(model, 1);
  EXPECT_THROW(Ask(model, 2), ConfigError);
  EXPECT_EQ(Ask(model, 1).reused, 4);
}

TEST_F(PredictTest, SeedsAreThoseOfTheKeys) {
  FlatModel model;
  Ask(model, 5);
  std::vector<std::uint64_t> expected;
  for (std::size_t i = 0; i < 4; ++i) expected.push_back(SeedOf(5, run_.Key(i), "model"));
  EXPECT_EQ(model.seeds, expected);
  // python3 -c 'import hashlib; print(int.from_bytes(hashlib.sha256(b"5 model a/b").digest()[:8],
  //             "little") & (2**63 - 1))'
  EXPECT_EQ(SeedOf(5, "a/b", "model"), 8789105982899178558U);
}

TEST_F(PredictTest, FilesOfOthersAreNotOverwritten) {
  FlatModel model;
  const std::filesystem::path file = Folder() / (run_.Key(0) + ".png");
  WriteText(file, "somebody's work");
  EXPECT_THROW(Ask(model), ConfigError);
  EXPECT_EQ(ReadText(file), "somebody's work");
  EXPECT_EQ(model.asked, 0);
}

TEST_F(PredictTest, TwoDoNotWriteOneFolder) {
  FlatModel model;
  const AnyDataset dataset = OpenDataset(painted_, run_.Root());
  {
    const ModelAnswers first(painted_, dataset, model, {.folder = Folder()});
    EXPECT_THROW(ModelAnswers(painted_, dataset, model, {.folder = Folder()}), ConfigError);
  }
  EXPECT_NO_THROW(ModelAnswers(painted_, dataset, model, {.folder = Folder()}));
}

TEST_F(PredictTest, AnImageThatHasNotChangedIsNotRead) {
  FlatModel model;
  Ask(model);
  const auto image = run_.Data().Item(2).image;
  const auto size = std::filesystem::file_size(image);
  const auto time = std::filesystem::last_write_time(image);
  WriteText(image, std::string(size, 'x'));  // cannot be decoded any more
  std::filesystem::last_write_time(image, time);
  FlatModel again;
  EXPECT_EQ(Ask(again).reused, 4);
  std::filesystem::last_write_time(image, time + std::chrono::seconds(1));
  EXPECT_THROW(Ask(again), DatasetError);
}

TEST_F(PredictTest, AnImageThatWasOnlyTouchedIsReadAndNotAskedAgain) {
  FlatModel model;
  Ask(model);
  const auto image = run_.Data().Item(2).image;
  std::filesystem::last_write_time(
      image, std::filesystem::last_write_time(image) + std::chrono::seconds(1));
  EXPECT_EQ(Ask(model).reused, 4);
  EXPECT_EQ(model.asked, 4);
}

// Of the same work in two folders.
auto SameAs(const Record& record) {
  return ::testing::AllOf(Field(&Record::key, record.key),
                          Field(&Record::outcome, record.outcome),
                          Field(&Record::score, record.score),
                          Field(&Record::prediction_sha256, record.prediction_sha256),
                          Field(&Record::error_detail, record.error_detail));
}

TEST_F(PredictTest, AskingOnTheWayIsPredictAndScore) {
  FlatModel model;
  model.fail_at = 2;
  Ask(model);
  const AnyDataset dataset = OpenDataset(painted_, run_.Root());
  const std::vector<Record> expected = Score(dataset, SavedAnswers(Folder()), "apart");
  FlatModel again;
  again.fail_at = 2;
  const auto folder = run_.folder.Path() / "on-the-way";
  const std::vector<Record> records = AskAndScore(again, folder, "together");
  ASSERT_EQ(records.size(), expected.size());
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_THAT(records[i], SameAs(expected[i]));
  EXPECT_EQ(ReadText(folder / "manifest.jsonl"), ReadText(Folder() / "manifest.jsonl"));
  EXPECT_EQ(ReadFile(folder / (run_.Key(0) + ".png")), ReadFile(Folder() / (run_.Key(0) + ".png")));
}

TEST_F(PredictTest, AskingOnTheWayGoesOnWhereItStopped) {
  FlatModel model;
  model.fail_at = 2;
  AskAndScore(model, Folder(), "run");
  FlatModel again;
  const std::vector<Record> records = AskAndScore(again, Folder(), "run");
  EXPECT_EQ(again.asked, 1);
  EXPECT_EQ(last_.reused, 3);
  EXPECT_THAT(records, Each(Field(&Record::outcome, Outcome::kScored)));
}

TEST_F(PredictTest, UnsavedAnswersScoreTheSameAndAreNotAskedForAgain) {
  FlatModel model;
  const std::vector<Record> saved = AskAndScore(model, Folder(), "saved");
  FlatModel unsaved;
  unsaved.fail_at = 3;
  AskAndScore(unsaved, "", "unsaved");
  EXPECT_EQ(unsaved.asked, 4);
  FlatModel again;
  const std::vector<Record> records = AskAndScore(again, "", "unsaved");
  EXPECT_EQ(again.asked, 1);
  EXPECT_EQ(last_.reused, 3);
  ASSERT_EQ(records.size(), saved.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].score, saved[i].score);
    EXPECT_NE(records[i].prediction_sha256, saved[i].prediction_sha256);
  }
  FlatModel other;
  other.identity = "flat 2";
  AskAndScore(other, "", "unsaved");
  EXPECT_EQ(other.asked, 4);
}

TEST_F(PredictTest, AnUnsavedAnswerIsAskedForAgainWhenTheTruthChanges) {
  FlatModel model;
  AskAndScore(model, "", "unsaved");
  for (const RawPart& part : run_.Data().ReadTruth(1)) {
    if (part.path.find("_labelIds") != std::string::npos) {
      Raster<std::uint8_t> labels = DecodeGray8(part.bytes, part.path);
      labels.At(0, 0) = 7;
      WriteFile(part.path, EncodePng(labels));
    } else if (part.path.find("_instanceIds") != std::string::npos) {
      Raster<std::uint16_t> instances = DecodeGray16(part.bytes, part.path);
      instances.At(0, 0) = 7;
      WriteFile(part.path, EncodePng(instances));
    }
  }
  FlatModel again;
  AskAndScore(again, "", "unsaved");
  EXPECT_EQ(again.asked, 1);
}

TEST_F(PredictTest, ThreadsWorkersAndRequestsACallChangeNothing) {
  FlatModel model;
  const std::vector<Record> expected = AskAndScore(model, Folder(), "one", {.threads = 1});
  int run = 0;
  for (const int workers : {1, 3}) {
    for (const std::size_t requests : {1, 3, 8}) {
      FlatModel other;
      other.workers = workers;
      other.requests = requests;
      const std::string name = "run" + std::to_string(run++);
      const auto records =
          AskAndScore(other, run_.folder.Path() / (name + "-answers"), name, {.threads = 3});
      ASSERT_EQ(records.size(), expected.size());
      for (std::size_t i = 0; i < records.size(); ++i) {
        EXPECT_THAT(records[i], SameAs(expected[i]));
      }
    }
  }
}

TEST_F(PredictTest, ABatchHoldsSeveralImages) {
  FlatModel model;
  model.requests = 3;
  EXPECT_EQ(Ask(model).done, 4);
  EXPECT_EQ(model.asked, 4);
}

TEST_F(PredictTest, KittiShowsTheCropOfTheProtocol) {
  test::WriteSyntheticTree("kitti", run_.folder.Path() / "kitti", 2);
  const Protocol protocol = LoadProtocol(test::Configs(), "kitti-depth");
  const AnyDataset dataset = OpenDataset(protocol, run_.folder.Path());
  FlatModel model;
  ModelAnswers answers(protocol, dataset, model, {.folder = run_.folder.Path() / "depth"});
  Predict(dataset, {0, 1}, answers, {});
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

// Six expressions of two images, one after the other.
TEST_F(PredictTest, SamplesOfOneImageShareItsFrame) {
  const auto root = run_.folder.Path() / "refcocog";
  test::WriteSyntheticTree("refcocog", root, 6);
  const Protocol protocol = LoadProtocol(test::Configs(), "refcocog-umd-val");
  const AnyDataset dataset = OpenDataset(protocol, root);
  FlatModel model;
  model.requests = 100;
  ModelAnswers answers(protocol, dataset, model, {.folder = run_.folder.Path() / "masks"});
  Predict(dataset, Select(dataset, {}).indices, answers, {});
  ASSERT_EQ(model.images.size(), 6U);
  const auto& typed = *std::get<std::unique_ptr<Dataset<ReferringTask>>>(dataset);
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_EQ(model.images[i] == model.images[j], typed.Item(i).image == typed.Item(j).image);
    }
  }
  EXPECT_EQ(model.images[0], model.images[2]);
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
  EXPECT_THROW(ModelAnswers(run_.protocol, dataset, model, {.folder = Folder()}), ConfigError);
}

class SeveralPrompts : public PredictTest {
 protected:
  SeveralPrompts() {
    painted_ =
        LoadProtocol(test::Configs(),
                     "cityscapes-val",
                     {.set = {{"answer.classes_per_prompt", "8"}}, .format = "", .palette = {}});
  }
};

TEST_F(SeveralPrompts, EachIsAskedOnceAndShownTheSameFrame) {
  FlatModel model;
  EXPECT_EQ(Ask(model).done, 4);
  ASSERT_EQ(model.asked, 12);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(model.images[i], model.images[i / 3 * 3]);
    EXPECT_EQ(model.seeds[i], SeedOf(0, PartKey(run_.Key(i / 3), i % 3), "model"));
    EXPECT_TRUE(std::filesystem::exists(Folder() / (PartKey(run_.Key(i / 3), i % 3) + ".png")));
  }
  FlatModel again;
  EXPECT_EQ(Ask(again).reused, 4);
  EXPECT_EQ(again.asked, 0);
}

TEST_F(SeveralPrompts, OneThatFailedIsAskedAgainAlone) {
  FlatModel model;
  model.fail_at = 5;
  EXPECT_EQ(Ask(model).failed, 1);
  const AnyDataset dataset = OpenDataset(painted_, run_.Root());
  const auto failed = Score(dataset, SavedAnswers(Folder()), "failed");
  EXPECT_EQ(failed[1].outcome, Outcome::kFailed);
  FlatModel again;
  const PredictCounts counts = Ask(again);
  EXPECT_EQ(again.asked, 1);
  EXPECT_EQ(counts.failed, 0);
  EXPECT_EQ(counts.reused, 3);
  EXPECT_EQ(Score(dataset, SavedAnswers(Folder()), "mended")[1].outcome, Outcome::kScored);
}

TEST_F(SeveralPrompts, RecordsAreThoseOfTheSavedAnswers) {
  FlatModel model;
  const auto asked = AskAndScore(model, Folder(), "asked");
  FlatModel unsaved;
  const auto in_memory = AskAndScore(unsaved, {}, "unsaved");
  const AnyDataset dataset = OpenDataset(painted_, run_.Root());
  const auto saved = Score(dataset, SavedAnswers(Folder()), "saved");
  ASSERT_EQ(saved.size(), 4U);
  for (std::size_t i = 0; i < saved.size(); ++i) {
    EXPECT_EQ(saved[i].outcome, Outcome::kScored);
    EXPECT_EQ(saved[i].score, asked[i].score);
    EXPECT_EQ(saved[i].prediction_sha256, asked[i].prediction_sha256);
    EXPECT_EQ(saved[i].score, in_memory[i].score);
    EXPECT_THAT(saved[i].diagnostics, HasSubstr("unclaimed_share"));
  }
  FlatModel third;
  AskAndScore(third, {}, "unsaved");
  EXPECT_EQ(third.asked, 0);
}

TEST_F(SeveralPrompts, PromptsNameAFileForEach) {
  std::vector<nlohmann::json> lines;
  const AnyDataset dataset = OpenDataset(painted_, run_.Root());
  WritePrompts(painted_, dataset, {2}, {}, [&](const std::string& line) {
    lines.push_back(nlohmann::json::parse(line));
  });
  ASSERT_EQ(lines.size(), 1U);
  ASSERT_EQ(lines[0].at("prompts").size(), 3U);
  EXPECT_EQ(lines[0].at("files")[2], PartKey(run_.Key(2), 2) + ".png");
  EXPECT_FALSE(lines[0].contains("file"));
}

}  // namespace
}  // namespace assay
