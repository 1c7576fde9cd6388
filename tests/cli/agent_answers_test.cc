// Answers of the SAM 3 agent from its files to the numbers of a report.
//   - phrases have the numbers of the same masks as COCO results, expressions the union of
//     their masks whatever the scores; empty lists find nothing
//   - a file is found by the image and the prompt in it, whatever its name, also where the
//     prompt was rewritten
//   - a file that says something else, twice, or nothing is told with its name; its sample is
//     invalid or missing, never empty
#include <gmock/gmock.h>

#include <functional>
#include <vector>

#include "datasets/io/pickle.h"
#include "metrics/polygon.h"
#include "metrics/run_length.h"
#include "tests/cli/saved_answers.h"

namespace assay {
namespace {

using test::Finished;
using test::Json;
using test::TruthAsResults;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Size kSize{160, 120};

Json AgentFile(const std::string& image, const std::string& prompt) {
  return {{"image_path", "/elsewhere/" + image},
          {"original_image_path", "/elsewhere/" + image},
          {"text_prompt", prompt},
          {"orig_img_h", kSize.height},
          {"orig_img_w", kSize.width},
          {"pred_masks", Json::array()},
          {"pred_boxes", Json::array()},
          {"pred_scores", Json::array()}};
}

void AddMask(Json& file, const std::string& counts, const Json& box, double score) {
  file["pred_masks"].push_back(counts);
  file["pred_boxes"].push_back(box);
  file["pred_scores"].push_back(score);
}

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// ---- phrases -------------------------------------------------------------------

class AgentPhrases : public test::PhrasesTest {
 protected:
  // What annotator a drew for a pair.
  Json FileOf(std::int64_t id) const {
    for (const Json& pair : truth_.at("images")) {
      if (pair.at("id") != id) continue;
      Json file = AgentFile(BaseName(pair.at("file_name")), pair.at("text_input"));
      for (const Json& entry : TruthAsResults(truth_, id)) {
        AddMask(file, entry.at("segmentation").at("counts"), entry.at("bbox"), entry.at("score"));
      }
      return file;
    }
    throw std::logic_error("no such pair");
  }
  void WriteAll() const {
    for (const std::int64_t id : {10000000, 10000002, 10000003, 10000004}) {
      Write("agent/" + std::to_string(id % 7) + "_agent_llm_pred.json", FileOf(id));
    }
  }
  Finished ScoreAgent(const std::string& options = "") const {
    return Score(kProtocol, "agent", "--format sam3-agent " + options);
  }
};

TEST_F(AgentPhrases, HaveTheNumbersOfTheSameMasksAsCocoResults) {
  Write("results.json", RightAnswers());
  ASSERT_EQ(ScoreFile().code, 0);
  const Json results = Report();
  WriteAll();
  const Finished scored = ScoreAgent();
  ASSERT_EQ(scored.code, 0) << scored.err;
  EXPECT_EQ(Report()["metrics"], results["metrics"]);
  EXPECT_EQ(Report()["protocol"]["hash"], results["protocol"]["hash"]);
  EXPECT_EQ(Report()["coverage"]["empty"], 1);
  // It states that it found nothing: no convention is needed for that.
  EXPECT_THAT(Report()["label"].dump(), Not(HasSubstr("coco-absent")));
}

TEST_F(AgentPhrases, AMissingFileOfAPhraseThatIsNotThereIsNoRejection) {
  WriteAll();
  std::filesystem::remove(In("agent/" + std::to_string(10000002 % 7) + "_agent_llm_pred.json"));
  const Finished scored = ScoreAgent();
  EXPECT_EQ(scored.code, 4);
  EXPECT_THAT(scored.err, HasSubstr("missing 10000002: "));
  EXPECT_EQ(Report()["coverage"]["empty"], 0);
  ASSERT_EQ(ScoreAgent("--allow-missing").code, 0);
  EXPECT_LT(Value("IL_MCC"), 0.001);
}

TEST_F(AgentPhrases, AFileThatIsNotAsItShouldBeIsNamed) {
  const std::vector<std::pair<std::function<void(Json&)>, std::string>> defects = {
      {[](Json& f) { f["orig_img_h"] = 160; }, "is 160 wide and 160 high"},
      {[](Json& f) { f["pred_masks"][1] = "0"; }, "pred_masks: entry 2: the runs cover"},
      {[](Json& f) { f["pred_masks"][0] = f["pred_masks"][0].get<std::string>() + "1"; },
       "pred_masks: entry 1: the runs cover more"},
      {[](Json& f) { f["pred_scores"].push_back(1); }, "has 2 pred_masks, 2 pred_boxes and 3"},
      {[](Json& f) { f["pred_scores"][0] = nullptr; }, "pred_scores: entry 1"}};
  for (const auto& [change, message] : defects) {
    SCOPED_TRACE(message);
    std::filesystem::remove_all(In("agent"));
    WriteAll();
    Json file = FileOf(10000003);
    ASSERT_EQ(file["pred_masks"].size(), 2U);
    change(file);
    const std::string name = "agent/" + std::to_string(10000003 % 7) + "_agent_llm_pred.json";
    Write(name, file);
    const Finished scored = ScoreAgent();
    EXPECT_EQ(scored.code, 4);
    EXPECT_THAT(scored.err, HasSubstr("invalid 10000003: " + In(name) + ": " + message));
    EXPECT_EQ(Report()["coverage"]["invalid"], 1);
  }
}

TEST_F(AgentPhrases, FilesThatAnswerNothingOrTheSameAreTold) {
  WriteAll();
  Write("agent/other.json", AgentFile("holiday.jpg", "person"));
  WriteText(In("agent/nan.json"), R"({"image_path": "x.jpg", "pred_scores": [NaN]})");
  Write("agent/again.json", FileOf(10000004));
  const Finished scored = ScoreAgent();
  EXPECT_EQ(scored.code, 4);
  EXPECT_THAT(scored.err,
              AllOf(HasSubstr("2 answers belong to no sample"),
                    HasSubstr("other.json: image holiday.jpg, prompt 'person'"),
                    HasSubstr("nan.json: is not valid JSON")));
  EXPECT_EQ(Unscored()["10000004"]["error"], "find/ambiguous");
  EXPECT_THAT(Unscored()["10000004"]["detail"].get<std::string>(),
              AllOf(HasSubstr("again.json"), HasSubstr("_agent_llm_pred.json")));
}

// ---- expressions ---------------------------------------------------------------

class AgentExpressions : public test::SavedAnswersTest {
 protected:
  static constexpr const char* kProtocol = "refcocog-umd-val";

  void SetUp() override {
    Synth("refcocog", 6);
    const std::string file = In("data/refcocog/refs(umd).p");
    const Json index = Json::parse(ReadText(In("data/refcocog/instances.json")));
    for (const Json& ref : DecodePickle(ReadFile(file), file)) {
      if (ref.at("split") != "val") continue;
      for (const Json& sentence : ref.at("sentences")) {
        Json answer = AgentFile(ImageOf(index, ref.at("image_id")), sentence.at("sent"));
        AddShape(index, ref.at("ann_id"), answer);
        keys_.push_back(ref.at("ref_id").dump() + "/" + sentence.at("sent_id").dump());
        files_.push_back(std::move(answer));
      }
    }
  }
  static std::string ImageOf(const Json& index, const Json& id) {
    for (const Json& image : index.at("images")) {
      if (image.at("id") == id) return image.at("file_name");
    }
    throw std::logic_error("no such image");
  }
  // Each polygon a mask of its own, with a score that no threshold would keep.
  static void AddShape(const Json& index, const Json& id, Json& file) {
    for (const Json& annotation : index.at("annotations")) {
      if (annotation.at("id") != id) continue;
      for (const Json& polygon : annotation.at("segmentation")) {
        const auto runs = DrawPolygon(kSize, polygon.get<std::vector<double>>());
        AddMask(file, EncodeRuns(runs), {0, 0, 1, 1}, 0.01);
      }
    }
  }
  Finished ScoreAgent(const std::string& options = "") const {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      Write("agent/" + std::to_string(i) + "_pred.json", files_[i]);
    }
    return Score(kProtocol, "agent", "--format sam3-agent " + options);
  }

  std::vector<std::string> keys_;
  std::vector<Json> files_;
};

TEST_F(AgentExpressions, AreTheUnionOfTheirMasksWhateverTheScores) {
  const Finished scored = ScoreAgent();
  ASSERT_EQ(scored.code, 0) << scored.err;
  EXPECT_EQ(Value("cIoU"), 1.0);
  EXPECT_EQ(Value("gIoU"), 1.0);
  EXPECT_EQ(Report()["coverage"]["scored"], 6);
  EXPECT_GT(Report()["decode"]["entries"]["max"], 1);  // a shape of two parts is among them
}

TEST_F(AgentExpressions, EmptyListsFindNothingAndMissTheTarget) {
  for (const char* list : {"pred_masks", "pred_boxes", "pred_scores"}) {
    files_.at(2)[list] = Json::array();
  }
  ASSERT_EQ(ScoreAgent().code, 0);
  EXPECT_EQ(Report()["coverage"]["empty"], 1);
  EXPECT_NEAR(Value("gIoU").get<double>(), 5.0 / 6, 1e-12);
}

TEST_F(AgentExpressions, AreFoundByWhatWasAskedWhenItWasRewritten) {
  Json rewrites = Json::object();
  for (std::size_t i = 0; i < files_.size(); ++i) {
    rewrites[keys_[i]] = "thing " + std::to_string(i);
    files_[i]["text_prompt"] = rewrites[keys_[i]];
  }
  Write("rewrites.json", rewrites);
  const Finished plain = ScoreAgent();
  EXPECT_EQ(plain.code, 4);
  EXPECT_THAT(plain.err, HasSubstr("6 answers belong to no sample"));
  ASSERT_EQ(ScoreAgent("--rewrites " + In("rewrites.json")).code, 0);
  EXPECT_EQ(Value("cIoU"), 1.0);
}

TEST_F(AgentExpressions, AKeyAsNameNeedsNoPromptAndTellsAnother) {
  files_.at(0)["text_prompt"] = "something else";
  ScoreAgent();
  EXPECT_EQ(Report()["coverage"]["missing"], 1);
  std::filesystem::create_directories(std::filesystem::path(In("agent/" + keys_[0])).parent_path());
  std::filesystem::rename(In("agent/0_pred.json"), In("agent/" + keys_[0] + ".json"));
  const Finished named = Score(kProtocol, "agent", "--format sam3-agent");
  ASSERT_EQ(named.code, 0) << named.err;
  EXPECT_EQ(Report()["decode"]["other_prompt"]["max"], 1);
}

}  // namespace
}  // namespace assay
