// The program as a user meets it.
//   - every command has help and refuses what it does not know, with a suggestion;
//   - exit codes: 0, 2 usage, 3 dataset, 4 coverage, 74 output;
//   - --json is one object on standard output and nothing else;
//   - the main jobs run from the command line;
//   - kill -9 in the middle and a second start give the report of one run;
//   - a full disk keeps what was recorded and says how to go on.
#include "tests/cli/program.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

using nlohmann::json;
using test::Assay;
using test::Finished;
using test::Shell;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kCommands[] = {"decode",
                                     "demo",
                                     "doctor",
                                     "explain",
                                     "list",
                                     "predict",
                                     "prompts",
                                     "report",
                                     "run",
                                     "score",
                                     "synth"};

// A synthetic Cityscapes tree in data/ and painted answers in painted/ that are
// right everywhere: the oracle's, saved through `decode` would not be painted, so
// label ids are used.
class ProgramTest : public ::testing::Test {
 protected:
  std::string In(const std::string& name) const { return (folder_.Path() / name).string(); }
  void Synth(const std::string& layout, int samples) const {
    const Finished made = Assay("synth --layout " + layout + " --samples " +
                                std::to_string(samples) + " -o " + In("data"));
    ASSERT_EQ(made.code, 0) << made.err;
  }
  // Copies truth label files as answers, under their own names.
  void CopyTruthAsAnswers() const {
    std::filesystem::create_directories(In("answers"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(In("data"))) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with("_gtFine_labelIds.png")) {
        std::filesystem::copy_file(entry.path(), folder_.Path() / "answers" / name);
      }
    }
  }
  std::string ScoreCommand(const std::string& run) const {
    return "score --protocol cityscapes-val --data " + In("data") + " --predictions " +
           In("answers") + " --format label-ids -o " + In(run);
  }
  TemporaryFolder folder_;
};

json BodyOf(const std::string& report_file) {
  json report = json::parse(ReadText(report_file));
  report.erase("run_info");
  return report;
}

TEST(Program, EveryCommandHasHelpAndIsListed) {
  const Finished help = Assay("--help");
  EXPECT_EQ(help.code, 0);
  for (const char* command : kCommands) {
    EXPECT_THAT(help.out, HasSubstr(std::string("  ") + command));
    const Finished own = Assay(std::string(command) + " --help");
    EXPECT_EQ(own.code, 0) << command;
    EXPECT_THAT(own.out, HasSubstr(std::string("usage: assay ") + command));
  }
}

TEST(Program, VersionIsOneLine) {
  const Finished version = Assay("--version");
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, ::testing::MatchesRegex("assay [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Program, MisspeltCommandsAndOptionsGetASuggestion) {
  const Finished command = Assay("scoer");
  EXPECT_EQ(command.code, 2);
  EXPECT_THAT(command.err, HasSubstr("did you mean 'score'?"));
  const Finished option = Assay("score --protocl x");
  EXPECT_EQ(option.code, 2);
  EXPECT_THAT(option.err, HasSubstr("did you mean '--protocol'?"));
  const Finished protocol = Assay("explain cityscape-val");
  EXPECT_EQ(protocol.code, 2);
  EXPECT_THAT(protocol.err, HasSubstr("did you mean 'cityscapes-val'?"));
  EXPECT_EQ(Assay("").code, 2);
}

TEST_F(ProgramTest, ScoringTheTruthAsAnswersGivesOne) {
  Synth("cityscapes", 3);
  CopyTruthAsAnswers();
  const Finished scored = Assay(ScoreCommand("run"));
  ASSERT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(scored.out, HasSubstr("synthetic-3"));
  EXPECT_EQ(BodyOf(In("run/report.json"))["metrics"]["mIoU"]["value"], 1.0);
  EXPECT_THAT(ReadText(In("run/report.md")), HasSubstr("| **mIoU** | 1.0000 |"));
}

TEST_F(ProgramTest, JsonIsOneObjectOnStandardOutput) {
  Synth("cityscapes", 2);
  CopyTruthAsAnswers();
  const Finished scored = Assay(ScoreCommand("run") + " --json");
  ASSERT_EQ(scored.code, 0) << scored.err;
  const json report = json::parse(scored.out);
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_EQ(report["coverage"]["scored"], 2);
  EXPECT_TRUE(report.contains("run_info"));
  EXPECT_EQ(json::parse(Assay("report " + In("run") + " --json").out), report);
  EXPECT_TRUE(json::parse(Assay("list protocols --json").out)["protocols"].is_array());
  EXPECT_EQ(json::parse(Assay("explain nyu-depth --json").out)["name"], "nyu-depth");
}

TEST_F(ProgramTest, AMissingAnswerEndsWithFourUnlessAllowed) {
  Synth("cityscapes", 3);
  CopyTruthAsAnswers();
  for (const auto& entry : std::filesystem::directory_iterator(In("answers"))) {
    std::filesystem::remove(entry.path());
    break;
  }
  const Finished strict = Assay(ScoreCommand("run"));
  EXPECT_EQ(strict.code, 4);
  EXPECT_THAT(strict.out, HasSubstr("1 missing"));
  EXPECT_THAT(strict.err, HasSubstr("--allow-missing"));
  const Finished allowed = Assay(ScoreCommand("run") + " --allow-missing");
  EXPECT_EQ(allowed.code, 0) << allowed.err;
  EXPECT_THAT(allowed.out, HasSubstr("1 unscored counted as worst"));
}

TEST_F(ProgramTest, AWrongRootIsADatasetErrorThatNamesTheLayout) {
  std::filesystem::create_directories(In("data/somewhere"));
  std::filesystem::create_directories(In("answers"));
  WriteText(In("answers/x.png"), "x");
  const Finished scored = Assay(ScoreCommand("run"));
  EXPECT_EQ(scored.code, 3);
  EXPECT_THAT(scored.err, HasSubstr("gtFine"));
  EXPECT_FALSE(std::filesystem::exists(In("run/report.json")));
}

TEST_F(ProgramTest, AnEmptyAnswerFolderIsAUsageError) {
  Synth("cityscapes", 1);
  std::filesystem::create_directories(In("answers"));
  const Finished scored = Assay(ScoreCommand("run"));
  EXPECT_EQ(scored.code, 2);
  EXPECT_THAT(scored.err, HasSubstr("answers"));
}

TEST_F(ProgramTest, RequireCompleteRefusesAPartialSet) {
  Synth("cityscapes", 2);
  CopyTruthAsAnswers();
  EXPECT_EQ(Assay(ScoreCommand("run") + " --require-complete").code, 0);
  EXPECT_EQ(Assay(ScoreCommand("other") + " --require-complete --limit 1").code, 2);
  std::vector<std::filesystem::path> truths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(In("data"))) {
    if (entry.path().string().ends_with("_labelIds.png")) truths.push_back(entry.path());
  }
  std::string other = truths.at(0).string();
  other.replace(other.rfind("labelIds"), 8, "instanceIds");
  std::filesystem::remove(truths.at(0));
  std::filesystem::remove(other);
  const Finished partial = Assay(ScoreCommand("other") + " --require-complete");
  EXPECT_EQ(partial.code, 3) << partial.err;
  EXPECT_THAT(partial.err, HasSubstr("partial"));
}

TEST_F(ProgramTest, ADifferentProtocolInTheSameFolderIsRefused) {
  Synth("nyu-bts", 1);
  ASSERT_EQ(Assay("run -p nyu-depth -d " + In("data") + " --oracle -o " + In("run")).code, 0);
  const Finished other =
      Assay("run -p nyu-depth@bts -d " + In("data") + " --oracle -o " + In("run"));
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("--fresh"));
  EXPECT_EQ(
      Assay("run -p nyu-depth@bts -d " + In("data") + " --oracle --fresh -o " + In("run")).code, 0);
}

TEST_F(ProgramTest, DoctorEndsWithThreeOnADamagedTree) {
  ASSERT_EQ(
      Assay("synth --layout cityscapes --samples 2 --defect truncated-png -o " + In("data")).code,
      0);
  const Finished doctor = Assay("doctor -p cityscapes-val -d " + In("data") + " --json");
  EXPECT_EQ(doctor.code, 3);
  const json report = json::parse(doctor.out);
  EXPECT_EQ(report["findings"][0]["severity"], "error");
  EXPECT_FALSE(report["findings"][0]["remedy"].get<std::string>().empty());
}

TEST_F(ProgramTest, ExplainDiffNamesTheFieldsThatDiffer) {
  const Finished diff = Assay("explain diff nyu-depth nyu-depth@bts --json");
  ASSERT_EQ(diff.code, 0) << diff.err;
  const json report = json::parse(diff.out);
  EXPECT_EQ(report["comparable"], false);
  EXPECT_THAT(report["differences"].dump(), HasSubstr("/silog"));
  EXPECT_EQ(json::parse(Assay("explain diff nyu-depth nyu-depth --json").out)["comparable"], true);
}

TEST_F(ProgramTest, SynthRefusesAFolderThatIsNotEmpty) {
  Synth("cityscapes", 1);
  EXPECT_EQ(Assay("synth --layout kitti --samples 1 -o " + In("data")).code, 2);
}

TEST_F(ProgramTest, KillingTheProgramLosesNothingAndChangesNothing) {
  Synth("cityscapes", 40);
  CopyTruthAsAnswers();
  ASSERT_EQ(Assay(ScoreCommand("whole")).code, 0);
  // Killed at a different moment in every round until one round finishes.
  for (int delay_ms = 15; delay_ms < 150; delay_ms += 15) {
    Shell("timeout -s KILL 0." + std::string(delay_ms < 100 ? "0" : "") + std::to_string(delay_ms) +
          " " + ASSAY_PROGRAM + " " + ScoreCommand("killed") + " --threads 1 --block 1");
  }
  const Finished last = Assay(ScoreCommand("killed"));
  ASSERT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(BodyOf(In("killed/report.json")).dump(), BodyOf(In("whole/report.json")).dump());
}

TEST_F(ProgramTest, AFullDiskKeepsWhatWasRecordedAndSaysHowToGoOn) {
  Synth("cityscapes", 60);
  CopyTruthAsAnswers();
  // Files may not grow beyond the limit: SQLite sees a write that fails. The largest limit,
  // in KiB, under which one does, so that some records are written before it.
  Finished full{.code = 0, .out = "", .err = ""};
  for (int limit = 300; limit > 0 && full.code == 0; limit -= 10) {
    std::filesystem::remove_all(In("run"));
    full = Shell("ulimit -f " + std::to_string(limit) + "; " + ASSAY_PROGRAM + " " +
                 ScoreCommand("run") + " --block 1");
  }
  ASSERT_EQ(full.code, 74) << full.err;
  EXPECT_THAT(full.err, HasSubstr("what was recorded is kept"));
  const Finished again = Assay(ScoreCommand("run"));
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_GT(json::parse(ReadText(In("run/report.json")))["run_info"]["reused"], 0);
  ASSERT_EQ(Assay(ScoreCommand("whole")).code, 0);
  EXPECT_EQ(BodyOf(In("run/report.json")).dump(), BodyOf(In("whole/report.json")).dump());
}

TEST_F(ProgramTest, CtrlCEndsWith130AndPrintsHowToGoOn) {
  Synth("cityscapes", 60);
  CopyTruthAsAnswers();
  const Finished stopped =
      Shell("timeout --preserve-status -s INT 0.03 " + std::string(ASSAY_PROGRAM) + " " +
            ScoreCommand("run") + " --threads 1 --block 1");
  if (stopped.code == 0) GTEST_SKIP() << "the run finished before the signal came";
  // Before the handler is set the signal ends the process with 128 + 2 as well.
  EXPECT_EQ(stopped.code, 130);
  EXPECT_EQ(Assay(ScoreCommand("run")).code, 0);
}

TEST_F(ProgramTest, DecodePrintsOneJsonLinePerFile) {
  Synth("cityscapes", 1);
  CopyTruthAsAnswers();
  const Finished decoded = Assay("decode " + In("answers") + "/*.png --codec label-ids --json");
  ASSERT_EQ(decoded.code, 0) << decoded.err;
  const json line = json::parse(decoded.out);
  EXPECT_EQ(line["codec"], "label-ids");
  EXPECT_GT(line["classes"]["road"], 0);
  const Finished wrong = Assay("decode " + In("answers") + "/*.png --codec rgb-depth --json");
  EXPECT_EQ(wrong.code, 4);
  EXPECT_THAT(wrong.err, Not(IsEmpty()));
}

TEST_F(ProgramTest, DecodeGoesOnAfterAFileThatCannotBeReadAndGivesItALine) {
  Synth("cityscapes", 1);
  CopyTruthAsAnswers();
  const Finished decoded =
      Assay("decode " + In("absent.png") + " " + In("answers") + "/*.png --codec label-ids --json");
  EXPECT_EQ(decoded.code, 4);
  const std::size_t end = decoded.out.find('\n');
  EXPECT_EQ(json::parse(decoded.out.substr(0, end))["error"]["code"], "not-found");
  EXPECT_TRUE(json::parse(decoded.out.substr(end + 1)).contains("classes"));
}

TEST_F(ProgramTest, DecodeNeverWritesTwoValuesToOnePlaceNorOverAnAnswer) {
  Synth("cityscapes", 1);
  CopyTruthAsAnswers();
  const std::string same = "decode --codec label-ids " + In("answers") + "/*.png -o ";
  const Finished over = Assay(same + In("answers"));
  EXPECT_EQ(over.code, 2);
  EXPECT_THAT(over.err, HasSubstr("lies in the output folder"));
  WriteText(In("a/x.png"), "1");
  WriteText(In("b/x.png"), "2");
  const Finished both =
      Assay("decode --codec label-ids " + In("a/x.png") + " " + In("b/x.png") + " -o " + In("out"));
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("would both be written"));
  EXPECT_FALSE(std::filesystem::exists(In("out")));
}

TEST_F(ProgramTest, AnswersOfNoSampleAreCountedAndNamed) {
  Synth("cityscapes", 2);
  CopyTruthAsAnswers();
  WriteText(In("answers/frankfort_typo.png"), "x");
  const Finished scored = Assay(ScoreCommand("run") + " --limit 1");
  EXPECT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(scored.err,
              AllOf(HasSubstr("1 answers belong to no sample"), HasSubstr("frankfort_typo.png")));
  EXPECT_EQ(json::parse(ReadText(In("run/report.json")))["run_info"]["unmatched_answers"], 1);
}

TEST_F(ProgramTest, AFolderOfAnswersIsNoRunFolder) {
  Synth("cityscapes", 1);
  CopyTruthAsAnswers();
  EXPECT_EQ(Assay(ScoreCommand("answers")).code, 2);
  EXPECT_FALSE(std::filesystem::exists(In("answers/records.sqlite")));
}

TEST_F(ProgramTest, WhatCannotBeScoredLeavesAFinishedRunAlone) {
  Synth("cityscapes", 1);
  CopyTruthAsAnswers();
  ASSERT_EQ(Assay(ScoreCommand("run")).code, 0);
  WriteText(In("palette.json"), R"({"raod": "red"})");
  const std::string painted = "run --protocol cityscapes-val --oracle --fresh --data " +
                              In("data") + " -o " + In("run") + " --palette " + In("palette.json");
  const Finished refused = Assay(painted);
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("did you mean 'road'?"));
  EXPECT_EQ(Assay("report " + In("run")).code, 0);
}

TEST_F(ProgramTest, AClassWithoutAColourIsAWarningInTheReport) {
  Synth("cityscapes", 1);
  WriteText(In("palette.json"), R"({"road": "red", "sky": "blue"})");
  const Finished scored = Assay("run --protocol cityscapes-val --oracle --data " + In("data") +
                                " -o " + In("run") + " --palette " + In("palette.json"));
  ASSERT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("no colour for sidewalk"));
  EXPECT_THAT(BodyOf(In("run/report.json"))["warnings"].dump(),
              HasSubstr("no colour for sidewalk"));
}

TEST_F(ProgramTest, AFailureWithJsonLeavesOneObjectThatSaysWhy) {
  const Finished failed =
      Assay("score --protocol cityscape-val --data x --predictions y -o z --json");
  EXPECT_EQ(failed.code, 2);
  const json error = json::parse(failed.out)["error"];
  EXPECT_EQ(error["exit_code"], 2);
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("cityscapes-val"));
}

TEST_F(ProgramTest, AMisspeltLineOfAConfigFileGetsASuggestion) {
  WriteText(In("options.cfg"), "protocl = nyu-depth\n");
  const Finished failed = Assay("doctor --config " + In("options.cfg"));
  EXPECT_EQ(failed.code, 2);
  EXPECT_THAT(failed.err, HasSubstr("did you mean '--protocol'?"));
}

TEST_F(ProgramTest, TheCommandToGoOnCanBePastedIntoAShell) {
  Synth("cityscapes", 1);
  CopyTruthAsAnswers();
  std::filesystem::rename(In("answers"), In("it's `here` [1]"));
  const std::string scored = "score --protocol cityscapes-val --format label-ids --data " +
                             In("data") + " --predictions \"" + In("it's \\`here\\` [1]") +
                             "\" -o " + In("run");
  ASSERT_EQ(Assay(scored).code, 0) << Assay(scored).err;
  const std::string command =
      json::parse(ReadText(In("run/report.json")))["run_info"]["command"].get<std::string>();
  ASSERT_EQ(command.substr(0, 6), "assay ");
  const Finished again = Assay(command.substr(6));
  EXPECT_EQ(again.code, 0) << again.err;
}

// One results file for a set of phrases: the first pair is answered with the whole
// image, the others are not in the file.
class OneFileOfAnswers : public ProgramTest {
 protected:
  void SetUp() override {
    Synth("saco", 4);
    const auto file = In("data/gt-annotations/gold_fg_food_merged_a_release_test.json");
    const json image = json::parse(ReadText(file))["images"][0];
    const int width = image["width"];
    const int height = image["height"];
    key_ = image["id"].dump();
    const json entry = {
        {"image_id", image["id"]},
        {"category_id", 1},
        {"segmentation", {{"size", {height, width}}, {"counts", {0, width * height}}}},
        {"score", 0.9}};
    WriteText(In("results.json"), json::array({entry}).dump());
  }
  Finished Scored(const std::string& options) const {
    return Assay("score --protocol saco-gold-food --data " + In("data") + " --predictions " +
                 In("results.json") + " -o " + In("run") + " --json " + options);
  }
  std::string key_;
};

TEST_F(OneFileOfAnswers, SamplesWithoutAnEntryAreEmptyAndStandInTheLabel) {
  const Finished scored = Scored("--format coco-json");
  ASSERT_EQ(scored.code, 0) << scored.err;
  const json report = json::parse(scored.out);
  EXPECT_EQ(report["coverage"]["scored"], 1);
  EXPECT_EQ(report["coverage"]["empty"], 3);
  EXPECT_THAT(report["label"].dump(), HasSubstr("coco-absent=empty 3"));
}

TEST_F(OneFileOfAnswers, AbsentCanMeanMissingForAllOrForWhatWasNotAsked) {
  const Finished strict = Scored("--format coco-json --coco-absent missing");
  EXPECT_EQ(strict.code, 4);
  EXPECT_EQ(json::parse(strict.out)["coverage"]["missing"], 3);
  WriteText(In("asked.txt"), key_ + "\n");
  const Finished asked = Scored("--format coco-json --queried " + In("asked.txt"));
  EXPECT_EQ(asked.code, 4);
  EXPECT_EQ(json::parse(asked.out)["coverage"]["missing"], 3);
}

TEST_F(OneFileOfAnswers, AFileWithoutAnyEntryOfTheSetAnswersNothing) {
  WriteText(In("results.json"), "[]");
  const Finished scored = Scored("--format coco-json");
  EXPECT_EQ(scored.code, 4);
  EXPECT_EQ(json::parse(scored.out)["coverage"]["missing"], 4);
}

TEST_F(OneFileOfAnswers, AnotherFormatOrWordIsAUsageError) {
  EXPECT_EQ(Scored("").code, 2);
  EXPECT_EQ(Scored("--format coco-json --coco-absent maybe").code, 2);
}

TEST_F(ProgramTest, AnUnfinishedRunHasNoReportOfAnEarlierFinish) {
  Synth("cityscapes", 4);
  CopyTruthAsAnswers();
  ASSERT_EQ(Assay(ScoreCommand("run")).code, 0);
  std::filesystem::path labels;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(In("data"))) {
    if (entry.path().string().ends_with("_gtFine_labelIds.png")) labels = entry.path();
  }
  const Bytes sound = ReadFile(labels);
  WriteText(labels, "damaged");
  EXPECT_EQ(Assay(ScoreCommand("run")).code, 3);
  EXPECT_FALSE(std::filesystem::exists(In("run/report.json")));
  EXPECT_EQ(Assay("report " + In("run")).code, 2);
  WriteFile(labels, sound);
  EXPECT_EQ(Assay(ScoreCommand("run")).code, 0);
  EXPECT_EQ(Assay("report " + In("run")).code, 0);
}

TEST_F(ProgramTest, ALowerFloorChangesHashAndLabel) {
  Synth("cityscapes", 3);
  CopyTruthAsAnswers();
  std::filesystem::remove(std::filesystem::directory_iterator(In("answers"))->path());
  const Finished low = Assay(ScoreCommand("run") + " --set coverage_floor=0 --json");
  ASSERT_EQ(low.code, 0) << low.err;
  EXPECT_THAT(json::parse(low.out)["label"].dump(), HasSubstr("2/3 scored"));
  EXPECT_NE(json::parse(low.out)["protocol"]["hash"],
            json::parse(Assay("explain cityscapes-val --json").out)["hash"]);
}

TEST_F(ProgramTest, OutputThatCannotBeWrittenIsNotSuccess) {
  const Finished full = Shell(std::string(ASSAY_PROGRAM) + " list protocols > /dev/full");
  EXPECT_EQ(full.code, 74);
}

TEST_F(ProgramTest, DataGivenTwiceOrByAnUnknownNameIsAUsageError) {
  Synth("cityscapes", 1);
  const Finished twice = Assay("doctor -p cityscapes-val -d " + In("data") + " -d " + In("data"));
  EXPECT_EQ(twice.code, 2);
  const Finished unknown = Assay("doctor -p cityscapes-val -d cityscape=" + In("data"));
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'cityscapes'?"));
}

TEST_F(ProgramTest, NumbersBelowTheirLeastValueAreUsageErrors) {
  for (const std::string option : {"--limit -1", "--threads -3", "--block 0", "--block -1"}) {
    const Finished scored = Assay(ScoreCommand("run") + " " + option);
    EXPECT_EQ(scored.code, 2) << option;
    EXPECT_THAT(scored.err, HasSubstr("must be at least")) << option;
  }
}

TEST_F(ProgramTest, TheDemoRefusesAFolderWithOtherTrees) {
  ASSERT_EQ(Assay("demo --samples 1 -q -o " + In("demo")).code, 0);
  EXPECT_EQ(Assay("demo --samples 1 -q -o " + In("demo")).code, 0);
  const Finished other = Assay("demo --samples 1 --seed 9 -q -o " + In("demo"));
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("seed"));
}

TEST_F(ProgramTest, TheDemoRunsEveryPipelineWithTheOracle) {
  const Finished demo = Assay("demo --samples 1 --json --no-model -o " + In("demo"));
  ASSERT_EQ(demo.code, 0) << demo.err;
  const json runs = json::parse(demo.out)["runs"];
  // A constant answer and the oracle each.
  ASSERT_EQ(runs.size(), 2 * 31U);
  EXPECT_EQ(runs[1]["answers"], "oracle");
  EXPECT_EQ(runs[1]["report"]["metrics"]["mIoU"]["value"], 1.0);
  EXPECT_THAT(demo.err, HasSubstr("report"));
}

}  // namespace
}  // namespace assay
