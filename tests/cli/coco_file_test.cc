// One COCO results file that is not as it should be.
//   - a bad entry makes its own sample invalid: exit code 4, the code of the error in the
//     report, file, image_id and entry on standard error and in unscored.jsonl; the other
//     samples are scored
//   - the file may claim any size: nothing is allocated for a claim
//   - a file that cannot be read, or an id that is none, is refused with its position before
//     any work
//   - ids of no sample are told; an entry given twice is a false positive
//   - a phrase that is not there and was not answered is a right rejection only where the
//     file is said to mean that: never where it is missing
//   - many missing answers do not hide an invalid one, and a second run says of both what
//     is so then
#include <gmock/gmock.h>

#include <functional>
#include <vector>

#include "tests/cli/saved_answers.h"

namespace assay {
namespace {

using test::Assay;
using test::Finished;
using test::Json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CocoFile : public test::PhrasesTest {
 protected:
  // The right answers with one more entry in front, or text in its place.
  Finished ScoreWith(const std::string& entry, const std::string& options = "") const {
    Json rest = Json::array();
    for (const Json& right : RightAnswers()) {
      if (right.at("image_id") != 10000000) rest.push_back(right);
    }
    WriteText(In("results.json"), "[" + entry + "," + rest.dump().substr(1));
    return ScoreFile(options);
  }
};

struct Defect {
  std::function<void(Json&)> change;
  std::string error, where;
};

const std::vector<Defect>& Defects() {
  static const std::vector<Defect> kDefects = {
      {[](Json& e) { e["segmentation"]["counts"] = {0, 19201}; },
       "decode/bad-mask",
       "counts: the runs cover more than the 19200 pixels of 160 x 120"},
      {[](Json& e) { e["segmentation"]["counts"] = {0, 10000000000}; },
       "decode/bad-mask",
       "counts: the runs cover more than"},
      {[](Json& e) { e["segmentation"]["counts"] = {0, 5}; },
       "decode/bad-mask",
       "counts: the runs cover 5 of the 19200 pixels"},
      {[](Json& e) { e["segmentation"]["counts"] = ""; },
       "decode/bad-mask",
       "counts: the runs cover 0 of"},
      {[](Json& e) { e["segmentation"]["counts"] = {-5, 19205}; },
       "decode/bad-mask",
       "counts: run 1 is negative: -5"},
      {[](Json& e) { e["segmentation"]["counts"] = "oooooooooooo0"; },
       "decode/bad-mask",
       "counts: a number before character 13"},
      {[](Json& e) { e["segmentation"]["counts"] = "06 "; },
       "decode/bad-mask",
       "counts: character 3 of the runs has code 32"},
      {[](Json& e) { e["segmentation"]["size"] = {160, 120}; },
       "decode/wrong-size",
       "segmentation: is 120 wide and 160 high"},
      {[](Json& e) { e["segmentation"]["size"] = {-120, 160}; },
       "decode/wrong-size",
       "segmentation: is 160 wide and -120 high"},
      {[](Json& e) { e["segmentation"]["size"] = {100000, 100000}; },
       "decode/wrong-size",
       "segmentation: is 100000 wide and 100000 high"},
      {[](Json& e) { e["segmentation"] = {{0, 0, 1e18, 0, 10, 10}}; },
       "decode/bad-mask",
       "polygon 1: value 3 of the polygon is no coordinate"},
      {[](Json& e) { e["segmentation"] = {{0, 0, 10, 0, 10, 10}, {0, 0, 10, 10}}; },
       "decode/bad-mask",
       "polygon 2: a polygon needs three vertices"},
      {[](Json& e) { e["segmentation"] = Json::array(); },
       "decode/bad-entry",
       "segmentation: must be"},
      {[](Json& e) { e["score"] = nullptr; }, "decode/bad-entry", "score: must be a number"},
      {[](Json& e) { e.erase("score"); }, "decode/bad-entry", "has no \"score\""},
      {[](Json& e) { e["category_id"] = "car"; },
       "decode/bad-entry",
       "category_id: must be a whole number"},
      {[](Json& e) {
         e.erase("segmentation");
         e["bbox"] = {0.1, 0.1, 0.5, 0.5};
       },
       "decode/bad-entry",
       "has no segmentation, and a bbox within 0..1"}};
  return kDefects;
}

TEST_F(CocoFile, ABadEntryIsNamedWithFileAndPlaceAndTheOthersAreScored) {
  for (const Defect& defect : Defects()) {
    SCOPED_TRACE(defect.where);
    Json entry = WholeImage();
    defect.change(entry);
    const Finished scored = ScoreWith(entry.dump());
    EXPECT_EQ(scored.code, 4);
    const std::string place = In("results.json") + ": entry 1 of image_id 10000000 " + defect.where;
    EXPECT_THAT(scored.err, HasSubstr("invalid 10000000: " + place));
    EXPECT_THAT(scored.err,
                HasSubstr("samples without a score: 1, all in " + In("run/unscored.jsonl")));
    EXPECT_EQ(Unscored().size(), 1U);
    EXPECT_EQ(Unscored()["10000000"]["error"], defect.error);
    EXPECT_THAT(Unscored()["10000000"]["detail"].get<std::string>(), StartsWith(place));
    EXPECT_EQ(Report()["errors"], Json({{defect.error, 1}}));
    EXPECT_EQ(Report()["coverage"]["scored"], 2);
    EXPECT_TRUE(Value("cgF1").is_null());
  }
}

// Python's json module writes these.
TEST_F(CocoFile, NanAndInfinityAreTheEntrysFault) {
  const std::string whole = WholeImage().dump();
  for (const std::string number : {"NaN", "Infinity", "-Infinity", "1e999"}) {
    for (const std::string& entry :
         {R"({"image_id":10000000,"category_id":1,"score":)" + number +
              R"(,"segmentation":[[0,0,10,0,10,10]]})",
          R"({"image_id":10000000,"category_id":1,"score":0.9,"segmentation":[[0,0,)" + number +
              R"(,0,10,10]]})"}) {
      const Finished scored = ScoreWith(entry);
      EXPECT_EQ(scored.code, 4) << entry;
      EXPECT_EQ(Report()["errors"], Json({{"read/corrupt", 1}})) << entry;
      EXPECT_THAT(scored.err, HasSubstr(In("results.json") + ": the entry of 10000000 at byte 1: "))
          << entry;
    }
  }
}

TEST_F(CocoFile, ASecondRunNamesTheFileAsItIsCalledThen) {
  Json entry = WholeImage();
  entry["score"] = "high";
  Write("results.json", Json::array({entry}));
  EXPECT_EQ(ScoreFile().code, 4);
  std::filesystem::rename(In("results.json"), In("renamed.json"));
  const Finished again =
      Assay("score --protocol saco-gold-food --format coco-json --data " + In("data") +
            " --predictions " + In("renamed.json") + " -o " + In("run"));
  EXPECT_THAT(again.err, HasSubstr("invalid 10000000: " + In("renamed.json")));
  EXPECT_EQ(Report()["run_info"]["reused"], 3);
}

TEST_F(CocoFile, AnIdThatIsNoneAndAFileThatIsNoneAreRefusedWithTheirPlace) {
  const std::string sound = WholeImage().dump();
  for (const std::string id : {"1.5", "true", "null", "\"\"", "[7]", "99999999999999999999"}) {
    const Finished scored = ScoreWith(sound + R"(,{"image_id":)" + id + "}");
    EXPECT_EQ(scored.code, 2) << id;
    EXPECT_THAT(scored.err, HasSubstr("results.json: entry 2: image_id")) << id;
  }
  EXPECT_THAT(ScoreWith(R"({"category_id":1})").err, HasSubstr("entry 1 has no \"image_id\""));
  WriteText(In("results.json"), "[" + sound);
  EXPECT_EQ(ScoreFile().code, 2);
  WriteText(In("results.json"), R"({"annotations": []})");
  EXPECT_THAT(ScoreFile().err, HasSubstr("is no list"));
  EXPECT_FALSE(std::filesystem::exists(In("run")));
}

TEST_F(CocoFile, AnswersToNothingAreToldAndTheRestIsScored) {
  const Finished scored =
      ScoreWith(WholeImage().dump() + R"(,{"image_id":77},{"image_id":77},{"image_id":"x"})");
  EXPECT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("2 answers belong to no sample"));
  EXPECT_THAT(scored.err, AllOf(HasSubstr("image_id 77 (2 entries)"), HasSubstr("image_id x")));
  EXPECT_EQ(Report()["run_info"]["unmatched_answers"], 2);
  // The pair is in the truth, but not scored: no annotator c drew it in full.
  EXPECT_THAT(ScoreWith(WholeImage().dump() + R"(,{"image_id":10000001})").err,
              HasSubstr("image_id 10000001 (1 entry)"));
}

TEST_F(CocoFile, AnEntryGivenTwiceIsAFalsePositiveAndANameGivenTwiceAFault) {
  Json answers = RightAnswers();
  Write("results.json", answers);
  ASSERT_EQ(ScoreFile().code, 0);
  const double once = Value("precision");
  EXPECT_GT(once, 0.9999);
  answers.push_back(answers[0]);
  Write("results.json", answers);
  ASSERT_EQ(ScoreFile().code, 0);
  EXPECT_LT(Value("precision"), once - 0.1);
  const Finished doubled = ScoreWith(R"({"image_id":10000000,"score":1,"score":0})");
  EXPECT_EQ(doubled.code, 4);
  EXPECT_THAT(doubled.err, AllOf(HasSubstr("the entry of 10000000 at byte 1"), HasSubstr("twice")));
}

TEST_F(CocoFile, ACategoryTheTruthDoesNotListIsCountedInAWarning) {
  Json entry = WholeImage();
  entry["category_id"] = 99;
  const Finished scored = ScoreWith(entry.dump());
  ASSERT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(Report()["warnings"].dump(), HasSubstr("1 predictions have a category"));
}

// ---- absent is not missing -----------------------------------------------------

// Every phrase that is there has its right answer; the elephant is in no entry.
class AbsentPhrase : public CocoFile {
 protected:
  void SetUp() override {
    CocoFile::SetUp();
    Write("results.json", RightAnswers());
  }
  std::string Asked(const std::string& keys) const {
    WriteText(In("asked.txt"), keys);
    return "--queried " + In("asked.txt");
  }
};

TEST_F(AbsentPhrase, IsARightRejectionByTheFormatsConventionAndTheLabelSaysSo) {
  ASSERT_EQ(ScoreFile().code, 0);
  EXPECT_GT(Value("IL_MCC"), 0.999);
  EXPECT_EQ(Value("IL_FPR"), 0.0);
  EXPECT_THAT(Report()["label"], Contains("coco-absent=empty 1"));
  EXPECT_TRUE(Unscored().empty());
}

TEST_F(AbsentPhrase, IsNoRejectionWhereItIsMissing) {
  for (const std::string& options :
       {std::string("--coco-absent missing"), Asked("10000000\n10000003\n10000004\n")}) {
    const Finished strict = ScoreFile(options);
    EXPECT_EQ(strict.code, 4);
    EXPECT_THAT(strict.err, HasSubstr("missing 10000002: "));
    EXPECT_EQ(Report()["coverage"]["missing"], 1);
    EXPECT_EQ(Report()["coverage"]["empty"], 0);
    EXPECT_TRUE(Value("IL_MCC").is_null());
    const Json bounds = Report()["metrics"]["IL_MCC"]["bounds"];
    EXPECT_LT(bounds["worst"], 0.001);
    EXPECT_GT(bounds["best"], 0.999);
    ASSERT_EQ(ScoreFile(options + " --allow-missing").code, 0);
    EXPECT_LT(Value("IL_MCC"), 0.001);
    EXPECT_GT(Value("IL_FPR"), 0.999);
    EXPECT_THAT(Report()["label"], Contains("1 unscored counted as worst"));
  }
}

TEST_F(AbsentPhrase, IsARejectionWhereItWasAsked) {
  ASSERT_EQ(ScoreFile(Asked("10000000\n10000002\n10000003\n10000004\n")).code, 0);
  EXPECT_GT(Value("IL_MCC"), 0.999);
  EXPECT_THAT(Report()["label"].dump(), Not(HasSubstr("coco-absent")));
  // What the program asks is such a list.
  Prompted(kProtocol, "");
  ASSERT_EQ(ScoreFile("--queried " + In("asked.jsonl")).code, 0);
  EXPECT_EQ(Report()["coverage"]["empty"], 1);
}

TEST_F(AbsentPhrase, AListOfOtherAnswersIsRefused) {
  const Finished other = ScoreFile(Asked("10000002\n10000003\n"));
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("2 samples are answered in"));
  EXPECT_THAT(other.err, HasSubstr("10000000 among them"));
}

TEST_F(AbsentPhrase, ManyMissingAnswersDoNotHideAnInvalidOne) {
  std::filesystem::remove_all(In("data"));
  Synth("saco", 12);
  Json last = WholeImage();
  last["image_id"] = 10000012;
  last["score"] = "high";
  Write("results.json", Json::array({last}));
  const Finished scored = ScoreFile("--coco-absent missing");
  EXPECT_EQ(scored.code, 4);
  EXPECT_THAT(scored.err, AllOf(HasSubstr("invalid 10000012: "), HasSubstr("missing 10000000: ")));
  EXPECT_THAT(scored.err, Not(HasSubstr("missing 10000011")));
  EXPECT_EQ(Unscored().size(), 12U);
}

}  // namespace
}  // namespace assay
