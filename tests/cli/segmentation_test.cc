// Segmentation from files on disk to the numbers of a report.
//   - the official SA-Co evaluator's 19 golden sets, scored from files, have its numbers to
//     1e-12; where the report withholds a number the evaluator made one up
//   - a mask of another size, which that evaluator takes, is refused with file and entry
//   - COCO results give expressions and classes the same numbers as their other formats
//   - what was asked: a presence gate, rewritten expressions, a seeded subset, each in the
//     label, the report and the prompts alike
#include <gmock/gmock.h>

#include <cstddef>
#include <span>
#include <vector>

#include "datasets/io/image.h"
#include "datasets/io/pickle.h"
#include "metrics/run_length.h"
#include "tests/cli/saved_answers.h"

namespace assay {
namespace {

using test::Assay;
using test::Finished;
using test::Json;
using test::PhrasesTest;
using test::SavedAnswersTest;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// ---- the golden sets ---------------------------------------------------------

Json GoldenCases() {
  const auto file = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/saco_edge/cases.json";
  return Json::parse(ReadText(file)).at("cases");
}

class GoldenSets : public SavedAnswersTest {
 protected:
  // The case as the three files of a subset: annotators it does not have draw what the first
  // one drew, which changes no choice, since the earlier one wins a tie.
  Finished ScoreCase(const Json& golden) const {
    const Json& truths = golden.at("gts");
    std::string asked;
    for (std::size_t k = 0; k < 3; ++k) {
      const std::string letter(1, "abc"[k]);
      Write("data/gold_metaclip_merged_" + letter + "_release_test.json",
            truths.at(k < truths.size() ? k : 0));
    }
    for (const Json& pair : truths.at(0).at("images")) asked += pair.at("id").dump() + "\n";
    WriteText(In("asked.txt"), asked);
    Write("preds.json", golden.at("preds"));
    return Score("saco-gold-metaclip",
                 "preds.json",
                 "--format coco-json --quiet --queried " + In("asked.txt"));
  }
};

constexpr const char* kWrongSize = "mask_size_mismatch_gives_minus1_iou";

// The evaluator prints -1 for a mean of nothing, and 0 for a coefficient that a set without
// negatives does not have.
void ExpectSame(const Json& metric, const std::string& name, double expected) {
  const Json& value = metric.at("value");
  if (value.is_null()) {
    const bool mean = name.starts_with("positive_macro_F1");
    EXPECT_EQ(expected, mean ? -1 : 0) << name;
    EXPECT_TRUE(mean || name == "IL_MCC" || name.starts_with("cgF1")) << name;
    return;
  }
  EXPECT_NEAR(value.get<double>(), expected, 1e-12) << name;
}

TEST_F(GoldenSets, AFileOfResultsHasTheNumbersOfTheOfficialEvaluator) {
  const Json cases = GoldenCases();
  ASSERT_EQ(cases.size(), 19U);
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden.at("name"));
    if (golden.at("name") == kWrongSize) continue;
    const Finished scored = ScoreCase(golden);
    ASSERT_EQ(scored.code, 0) << scored.err;
    const Json metrics = Report()["metrics"];
    EXPECT_EQ(metrics.size(), 26U);
    for (const auto& [name, metric] : metrics.items()) {
      const std::string official =
          name.starts_with("pmF1") ? "positive_micro_F1" + name.substr(4) : name;
      ExpectSame(
          metric, name, golden.at("expected").at("metrics").at("cgF1_eval_segm_" + official));
    }
  }
}

TEST_F(GoldenSets, AMaskOfAnotherSizeIsRefusedThereAndCountsAsWorstOnRequest) {
  for (const Json& golden : GoldenCases()) {
    if (golden.at("name") != kWrongSize) continue;
    EXPECT_EQ(ScoreCase(golden).code, 4);
    EXPECT_TRUE(Value("cgF1").is_null());
    EXPECT_EQ(Report()["coverage"]["invalid"], 1);
    EXPECT_EQ(Unscored()["0"]["error"], "decode/wrong-size");
    EXPECT_THAT(Unscored()["0"]["detail"].get<std::string>(),
                HasSubstr("preds.json: entry 1 of image_id 0 segmentation: is "));
  }
}

TEST_F(GoldenSets, AnAnswerToAnUnknownPairIsTold) {
  for (const Json& golden : GoldenCases()) {
    if (golden.at("name") != "unknown_image_id_ignored") continue;
    EXPECT_THAT(ScoreCase(golden).err, HasSubstr("image_id 77 (1 entry)"));
    EXPECT_EQ(Report()["run_info"]["unmatched_answers"], 1);
  }
}

// ---- COCO results of other tasks ---------------------------------------------

TEST_F(SavedAnswersTest, ClassesAsCocoResultsHaveTheNumbersOfTheirLabelMaps) {
  Synth("cityscapes", 2);
  Json results = Json::array();
  for (const std::string& key : Prompted("cityscapes-val", "")) {
    const std::string file = In("data/gtFine/val/" + key + "_gtFine_labelIds.png");
    Raster<std::uint8_t> labels = DecodeGray8(ReadFile(file), file);
    for (std::uint8_t& id : labels.Row(64)) id = 7;  // a row that is wrong
    WriteFile(In("maps/" + key + ".png"), EncodePng(labels));
    for (int id = 0; id < 34; ++id) {
      Raster<std::uint8_t> mask(labels.size());
      for (std::size_t i = 0; i < mask.Pixels().size(); ++i) {
        mask.Pixels()[i] = labels.Pixels()[i] == id ? 1 : 0;
      }
      const RunLengthMask runs = ToRuns(mask);
      if (Area(runs) == 0) continue;
      results.push_back(
          {{"image_id", key},
           {"category_id", id},
           {"segmentation",
            {{"size", {labels.height(), labels.width()}}, {"counts", EncodeRuns(runs)}}},
           {"score", 1}});
    }
  }
  Write("results.json", results);
  ASSERT_EQ(Score("cityscapes-val", "maps", "--format label-ids").code, 0);
  const Json maps = Report();
  const Finished scored = Score("cityscapes-val", "results.json", "--format coco-json");
  ASSERT_EQ(scored.code, 0) << scored.err;
  EXPECT_EQ(Report()["metrics"], maps["metrics"]);
  EXPECT_EQ(Report()["breakdown"], maps["breakdown"]);
  EXPECT_EQ(Report()["protocol"], maps["protocol"]);
  EXPECT_NE(Report()["answer"]["hash"], maps["answer"]["hash"]);
  EXPECT_LT(Value("mIoU"), 1);
}

// The polygons of every expression of val, under the ids of its sentences.
class ExpressionsTest : public SavedAnswersTest {
 protected:
  static constexpr const char* kProtocol = "refcocog-umd-val";

  void SetUp() override {
    Synth("refcocog", 6);
    const std::string file = In("data/refcocog/refs(umd).p");
    const Json refs = DecodePickle(ReadFile(file), file);
    const Json index = Json::parse(ReadText(In("data/refcocog/instances.json")));
    for (const Json& ref : refs) {
      if (ref.at("split") != "val") continue;
      for (const Json& sentence : ref.at("sentences")) {
        results_.push_back({{"image_id", sentence.at("sent_id")},
                            {"category_id", 1},
                            {"segmentation", PolygonsOf(index, ref.at("ann_id"))},
                            {"score", 0.9}});
        keys_.push_back(ref.at("ref_id").dump() + "/" + sentence.at("sent_id").dump());
      }
    }
  }
  static Json PolygonsOf(const Json& index, const Json& id) {
    for (const Json& annotation : index.at("annotations")) {
      if (annotation.at("id") == id) return annotation.at("segmentation");
    }
    throw std::logic_error("no such annotation");
  }
  Finished ScoreFile(const std::string& options = "") const {
    Write("results.json", results_);
    return Score(kProtocol, "results.json", "--format coco-json " + options);
  }

  Json results_ = Json::array();
  std::vector<std::string> keys_;
};

TEST_F(ExpressionsTest, CocoResultsUnderSentenceIdsOrKeysAreTheSame) {
  ASSERT_EQ(ScoreFile().code, 0);
  EXPECT_EQ(Value("cIoU"), 1.0);
  EXPECT_EQ(Value("gIoU"), 1.0);
  for (std::size_t i = 0; i < keys_.size(); ++i) results_[i]["image_id"] = keys_[i];
  const Finished by_key = ScoreFile();
  ASSERT_EQ(by_key.code, 0) << by_key.err;
  EXPECT_EQ(Value("cIoU"), 1.0);
  EXPECT_EQ(Report()["coverage"]["scored"], 6);
}

TEST_F(ExpressionsTest, EntriesUnderBothNamesOfASampleAreAmbiguous) {
  results_.push_back(results_[0]);
  results_.back()["image_id"] = keys_[0];
  EXPECT_EQ(ScoreFile().code, 4);
  const Json line = Unscored()[keys_[0]];
  EXPECT_EQ(line["error"], "find/ambiguous");
  EXPECT_THAT(line["detail"].get<std::string>(), AllOf(HasSubstr(keys_[0]), HasSubstr("keep one")));
  EXPECT_EQ(Report()["coverage"]["scored"], 5);
}

TEST_F(ExpressionsTest, MasksBelowAScoreAreLeftOutOnRequest) {
  Json second = results_[0];
  second["score"] = 0.2;
  second["segmentation"] = {{0, 0, 160, 0, 160, 120, 0, 120}};
  results_.push_back(second);
  ASSERT_EQ(ScoreFile().code, 0);
  EXPECT_LT(Value("cIoU"), 1);
  ASSERT_EQ(ScoreFile("--set answer.min_score=0.5").code, 0);
  EXPECT_EQ(Value("cIoU"), 1.0);
}

// ---- what was asked ----------------------------------------------------------

class PresenceGate : public PhrasesTest {
 protected:
  void SetUp() override {
    PhrasesTest::SetUp();
    Write("results.json", RightAnswers());
  }
  Finished Gated(const Json& gate, const std::string& options = "") const {
    Write("gate.json", gate);
    return ScoreFile("--presence " + In("gate.json") + " " + options);
  }
  const Json right_ = {
      {"10000000", "yes"}, {"10000002", "no"}, {"10000003", "yes"}, {"10000004", "yes"}};
};

TEST_F(PresenceGate, WhatIsNotThereIsAnsweredThoughNothingWasSaved) {
  EXPECT_EQ(ScoreFile("--coco-absent missing").code, 4);
  const Finished gated = Gated(right_, "--coco-absent missing");
  ASSERT_EQ(gated.code, 0) << gated.err;
  EXPECT_EQ(Report()["coverage"]["empty"], 1);
  EXPECT_EQ(Report()["coverage"]["missing"], 0);
  EXPECT_THAT(Report()["label"], Contains("presence-gate"));
  EXPECT_GT(Value("IL_MCC"), 0.999);
}

TEST_F(PresenceGate, AWrongNoTakesAnAnswerAwayAndAWrongYesLeavesItMissing) {
  Json gate = right_;
  gate["10000000"] = "no";
  ASSERT_EQ(Gated(gate).code, 0);
  EXPECT_EQ(Report()["coverage"]["empty"], 2);
  EXPECT_LT(Value("IL_recall"), 0.7);
  gate = right_;
  gate["10000002"] = "yes";
  EXPECT_EQ(Gated(gate, "--coco-absent missing").code, 4);
  EXPECT_EQ(Unscored()["10000002"]["outcome"], "missing");
}

TEST_F(PresenceGate, ChangesTheAnswersHashAndNotTheProtocols) {
  ASSERT_EQ(ScoreFile().code, 0);
  const Json plain = Report();
  ASSERT_EQ(Gated(right_).code, 0);
  EXPECT_EQ(Report()["protocol"]["hash"], plain["protocol"]["hash"]);
  EXPECT_NE(Report()["answer"]["hash"], plain["answer"]["hash"]);
  EXPECT_THAT(Prompted(kProtocol, "--presence " + In("gate.json")),
              ElementsAre("10000000", "10000003", "10000004"));
}

TEST_F(PresenceGate, AFileThatDoesNotSayIsAUsageError) {
  Json gate = right_;
  gate.erase("10000003");
  const Finished lacking = Gated(gate);
  EXPECT_EQ(lacking.code, 2);
  EXPECT_THAT(lacking.err, HasSubstr("1 of 4 samples have no entry, 10000003 among them"));
  gate["10000003"] = "perhaps";
  const Finished unclear = Gated(gate);
  EXPECT_EQ(unclear.code, 2);
  EXPECT_THAT(unclear.err, AllOf(HasSubstr("/10000003"), HasSubstr("perhaps")));
}

TEST_F(SavedAnswersTest, RewrittenExpressionsAreWhatIsAskedAndStandInTheHash) {
  Synth("reasonseg", 2);
  const std::vector<std::string> keys = Prompted("reasonseg-val", "");
  Write("rewrites.json", {{keys.at(0), "the round thing"}, {keys.at(1), "the other thing"}});
  const std::string rewrites = "--rewrites " + In("rewrites.json");
  Prompted("reasonseg-val", rewrites);
  EXPECT_THAT(ReadText(In("asked.jsonl")),
              AllOf(HasSubstr("the round thing"), Not(HasSubstr("Which shape"))));
  for (const std::string& key : keys) {
    WriteFile(In("masks/" + key + ".png"), EncodePng(Raster<std::uint8_t>({160, 120}, 1)));
  }
  ASSERT_EQ(Score("reasonseg-val", "masks", "--format mask-png").code, 0);
  const Json plain = Report();
  EXPECT_THAT(plain["label"], Contains("no-rewrite"));
  ASSERT_EQ(Score("reasonseg-val", "masks", "--format mask-png " + rewrites).code, 0);
  EXPECT_THAT(Report()["label"], Not(Contains("no-rewrite")));
  EXPECT_EQ(Report()["metrics"], plain["metrics"]);
  EXPECT_NE(Report()["answer"]["hash"], plain["answer"]["hash"]);
  Write("rewrites.json", {{keys.at(0), "the round thing"}});
  EXPECT_EQ(Score("reasonseg-val", "masks", "--format mask-png " + rewrites).code, 2);
}

TEST_F(SavedAnswersTest, ASubsetIsTheSameInLabelReportAndPrompts) {
  Synth("saco", 12);
  const std::vector<std::string> all = Prompted("saco-gold-food", "");
  const std::vector<std::string> five = Prompted("saco-gold-food", "--subset 5 --seed 3");
  EXPECT_THAT(five, SizeIs(5));
  EXPECT_THAT(five, IsSubsetOf(Prompted("saco-gold-food", "--subset 8 --seed 3")));
  EXPECT_NE(five, Prompted("saco-gold-food", "--subset 5 --seed 4"));
  // Answers to all twelve: those that were not drawn are no strangers.
  Json results = Json::array();
  for (const std::string& key : all) {
    results.push_back({{"image_id", key},
                       {"category_id", 1},
                       {"segmentation", {{"size", {120, 160}}, {"counts", {0, 160 * 120}}}},
                       {"score", 1}});
  }
  Write("results.json", results);
  const Finished scored =
      Score("saco-gold-food", "results.json", "--format coco-json --subset 5 --seed 3");
  ASSERT_EQ(scored.code, 0) << scored.err;
  const Json report = Report();
  EXPECT_EQ(report["dataset"]["keys"], five);
  EXPECT_EQ(report["dataset"]["selection"]["subset"]["n"], 5);
  EXPECT_EQ(report["dataset"]["selection"]["subset"]["seed"], 3);
  EXPECT_FALSE(report["dataset"]["complete"].get<bool>());
  EXPECT_THAT(report["label"], Contains(StartsWith("subset-5 seed 3 #")));
  EXPECT_EQ(report["run_info"]["unmatched_answers"], 0);
}

}  // namespace
}  // namespace assay
