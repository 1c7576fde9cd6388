// Answers of the SAM 3 agent (model/sam3_agent.h, sam3_answers.h):
// * masks, boxes and scores become instances in their order; masks are united for
//   expressions, whatever their scores; empty lists are a valid answer;
// * a prompt that is not the sample's is told;
// * every defect is named with file, list and entry;
// * files are found by manifest, key, or image and prompt together, never guessed;
//   a file that a key names answers no other sample; what cannot be matched is listed.
#include "model/sam3_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "model/sam3_answers.h"
#include "tests/model/decoders.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FrameOf;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr Size kGrid{6, 4};

RunLengthMask Columns(int left, int right) {
  Mask mask(kGrid);
  for (int y = 0; y < kGrid.height; ++y) {
    for (int x = left; x < right; ++x) mask.At(x, y) = 1;
  }
  return ToRuns(mask);
}

Json AgentFile(const std::string& image = "/data/images/street.jpg",
               const std::string& prompt = "red car") {
  return {{"image_path", image},
          {"original_image_path", image},
          {"text_prompt", prompt},
          {"orig_img_h", 4},
          {"orig_img_w", 6},
          {"pred_masks", {EncodeRuns(Columns(0, 2)), EncodeRuns(Columns(1, 4))}},
          {"pred_boxes", {{0, 0, 0.3, 1}, {0.2, 0, 0.5, 1}}},
          {"pred_scores", {0.9, 0.4}},
          {"kept_indices", {0, 2}}};
}

Answer AnswerFor(const Json& json) {
  const std::string text = json.dump();
  return AnswerOf(Bytes(text.begin(), text.end()), "street_pred.json");
}

Decoded<InstancesTask> Instances(const Json& json) {
  return MakeSam3Instances()->Decode(AnswerFor(json), {"red car", kGrid}, FrameOf(kGrid));
}
Decoded<ReferringTask> United(const Json& json, const ReferringTask::Query& query) {
  return MakeSam3Mask()->Decode(AnswerFor(json), query, FrameOf(kGrid));
}

TEST(Sam3Agent, MasksBoxesAndScoresAreInstancesInTheirOrder) {
  const auto decoded = Instances(AgentFile());
  EXPECT_EQ(decoded.value.size, kGrid);
  EXPECT_THAT(decoded.value.instances,
              ElementsAre(Instance{Columns(0, 2), BoxXywh{0, 0, 0.3, 1}, 0.9, 1},
                          Instance{Columns(1, 4), BoxXywh{0.2, 0, 0.5, 1}, 0.4, 1}));
  EXPECT_EQ(Find(decoded.diagnostics, "entries"), 2);
  EXPECT_EQ(Find(decoded.diagnostics, "other_prompt"), 0);
}

TEST(Sam3Agent, MasksAreUnitedWhateverTheirScores) {
  Json file = AgentFile();
  file["pred_scores"] = {0.01, 0};
  EXPECT_EQ(ToRuns(United(file, {.expression = "red car", .raw = ""}).value), Columns(0, 4));
}

// The agent itself drops runs of up to four characters; what is in a file counts.
TEST(Sam3Agent, TheShortestRunsAreMasksLikeOthers) {
  Json file = AgentFile();
  file["pred_masks"] = {"0h0", "h0"};
  EXPECT_EQ(EncodeRuns(Columns(0, 6)), "0h0");
  EXPECT_THAT(Instances(file).value.instances,
              ElementsAre(Instance{Columns(0, 6), BoxXywh{0, 0, 0.3, 1}, 0.9, 1},
                          Instance{Columns(0, 0), BoxXywh{0.2, 0, 0.5, 1}, 0.4, 1}));
}

TEST(Sam3Agent, EmptyListsAreAValidAnswer) {
  Json file = AgentFile();
  for (const char* list : {"pred_masks", "pred_boxes", "pred_scores"}) file[list] = Json::array();
  EXPECT_THAT(Instances(file).value.instances, IsEmpty());
  EXPECT_EQ(United(file, {}).value, Mask(kGrid));
}

TEST(Sam3Agent, APromptThatIsNotTheSamplesIsTold) {
  const Json file = AgentFile("a.jpg", "Red Car");
  EXPECT_EQ(Find(Instances(file).diagnostics, "other_prompt"), 1);
  EXPECT_EQ(
      Find(United(file, {.expression = "red car", .raw = "Red Car"}).diagnostics, "other_prompt"),
      0);
  EXPECT_EQ(Find(United(file, {.expression = "red car", .raw = ""}).diagnostics, "other_prompt"),
            1);
}

TEST(Sam3Agent, EveryDefectIsNamed) {
  struct Defect {
    std::function<void(Json&)> change;
    std::string code, message;
  };
  const std::vector<Defect> defects = {
      {[](Json& f) { f.erase("pred_masks"); }, "bad-entry", "has no \"pred_masks\""},
      {[](Json& f) { f.erase("text_prompt"); }, "bad-entry", "has no \"text_prompt\""},
      {[](Json& f) { f["text_prompt"] = 1; }, "bad-entry", "text_prompt: must be text"},
      {[](Json& f) { f.erase("orig_img_h"); }, "bad-entry", "has no \"orig_img_h\""},
      {[](Json& f) { f["orig_img_w"] = "6"; }, "bad-entry", "must be whole numbers"},
      {[](Json& f) { f["pred_boxes"] = 7; }, "bad-entry", "pred_boxes: must be a list"},
      {[](Json& f) { f["pred_scores"] = {0.9}; }, "bad-entry", "2 pred_masks, 2 pred_boxes and 1"},
      {[](Json& f) { f["pred_masks"][1] = 5; }, "bad-entry", "pred_masks: entry 2 must be text"},
      {[](Json& f) { f["pred_boxes"][1] = {1, 2}; }, "bad-entry", "pred_boxes: entry 2"},
      {[](Json& f) { f["pred_scores"][0] = "x"; }, "bad-entry", "pred_scores: entry 1"},
      {[](Json& f) { f["pred_masks"][1] = "0"; }, "bad-mask", "pred_masks: entry 2: "},
      {[](Json& f) { f["orig_img_h"] = 6; }, "wrong-size", "6 wide and 6 high, the truth is 6"},
      {[](Json& f) { f = Json::array(); }, "bad-entry", "must hold an object"}};
  for (const Defect& defect : defects) {
    Json file = AgentFile();
    defect.change(file);
    const auto error = ErrorOf([&] { Instances(file); });
    EXPECT_EQ(error.code, defect.code) << defect.message;
    EXPECT_THAT(error.detail, AllOf(HasSubstr("street_pred.json"), HasSubstr(defect.message)));
    EXPECT_EQ(ErrorOf([&] { United(file, {}); }).code, defect.code);
  }
  EXPECT_EQ(ErrorOf([] { MakeSam3Mask()->Decode(AnswerOf(Bytes{'{'}), {}, FrameOf(kGrid)); }).code,
            "corrupt");
}

class Agent : public ::testing::Test {
 protected:
  void Write(const std::string& name, const Json& json) const {
    WriteText(folder_.Path() / name, json.dump());
  }
  Sam3Answers Answers() const { return Sam3Answers(folder_.Path(), samples_); }
  std::string Found(const std::string& key) const {
    const auto answer = Answers().Get(key);
    return answer ? answer->file.lexically_relative(folder_.Path()).generic_string() : "";
  }

  TemporaryFolder folder_;
  std::vector<AgentSample> samples_ = {
      {"1", "street.jpg", "red car"}, {"2", "street.jpg", "dog"}, {"3", "park.jpg", "dog"}};
};

TEST_F(Agent, AFileIsFoundByImageAndPromptTogether) {
  Write("x/street_red_car_agent_qwen_pred.json", AgentFile());
  Write("x/street_d_agent_qwen_pred.json", AgentFile("C:\\images\\street.jpg", "dog"));
  EXPECT_EQ(Found("1"), "x/street_red_car_agent_qwen_pred.json");
  EXPECT_EQ(Found("2"), "x/street_d_agent_qwen_pred.json");
  EXPECT_EQ(Found("3"), "");
  EXPECT_EQ(Answers().Get("1")->bytes, ReadFile(folder_.Path() / Found("1")));
  EXPECT_THAT(Answers().Unmatched(), IsEmpty());
}

TEST_F(Agent, ManifestAndKeyComeFirstAndTakeTheirFileFromOthers) {
  Write("a.json", AgentFile());
  Write("2.json", AgentFile());  // by its fields it would answer 1
  Write("b.json", AgentFile("park.jpg", "dog"));
  WriteText(folder_.Path() / "manifest.jsonl", R"({"key": "3", "status": "empty"})");
  EXPECT_EQ(Found("1"), "a.json");
  EXPECT_EQ(Found("2"), "2.json");
  EXPECT_TRUE(Answers().Get("3")->declared_empty);
}

TEST_F(Agent, TwoFilesOfOneImageAndPromptAreAmbiguous) {
  Write("a.json", AgentFile());
  Write("b.json", AgentFile("elsewhere/street.jpg"));
  const auto error = ErrorOf([&] { Answers().Get("1"); });
  EXPECT_EQ(error.code, "ambiguous");
  EXPECT_THAT(error.detail, AllOf(HasSubstr("a.json, b.json"), HasSubstr("prompt 'red car'")));
}

TEST_F(Agent, TwoSamplesOfOneImageAndPromptAreAmbiguous) {
  Write("a.json", AgentFile());
  samples_.push_back({"4", "street.jpg", "red car"});
  const auto error = ErrorOf([&] { Answers().Get("4"); });
  EXPECT_EQ(error.code, "ambiguous");
  EXPECT_THAT(error.detail, HasSubstr("1, 4"));
}

TEST_F(Agent, WhatCannotBeMatchedIsListedWithTheReason) {
  Write("a.json", AgentFile());
  Write("b.json", AgentFile("street.jpg", "cat"));
  Write("c.json", {{"image_path", "street.jpg"}});
  WriteText(folder_.Path() / "d.json", "nonsense");
  WriteText(folder_.Path() / "notes.txt", "x");
  WriteText(folder_.Path() / "manifest.jsonl", R"({"key": "9", "status": "empty"})");
  const auto unmatched = Answers().Unmatched();
  ASSERT_THAT(unmatched, SizeIs(4));
  EXPECT_EQ(unmatched[0], "b.json: image street.jpg, prompt 'cat'");
  EXPECT_THAT(unmatched[1], HasSubstr("c.json: /text_prompt is needed"));
  EXPECT_THAT(unmatched[2], HasSubstr("d.json: is not valid JSON"));
  EXPECT_THAT(unmatched[3], HasSubstr("manifest.jsonl: key 9"));
}

TEST_F(Agent, AFolderThatIsNoneIsTheUsersErrorAndAnUnknownKeyOurs) {
  EXPECT_THROW(Sam3Answers(folder_.Path() / "absent", samples_), ConfigError);
  Write("a.json", AgentFile());
  EXPECT_THROW(Answers().Get("8"), std::logic_error);
}

}  // namespace
}  // namespace assay
