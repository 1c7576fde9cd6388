// Models that are commands, whole: predict, run and score with tests/support/misbehaving_model.py.
//   - a program that crashes, hangs, prints garbage, writes half a file or answers for another
//     key costs these samples: failed or invalid records, the others intact, exit code 4; the
//     same command asks for those again and ends well
//   - run is predict and score; --no-save keeps no answers and gives the same report
//   - after kill -9 no program is left, and the next start asks for what is missing only
//   - run_info says how long answers took; mistakes in the options are exit code 2
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/program.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Assay;
using test::Finished;
using test::Shell;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kSamples = 8;

std::string KeyOf(int sample) {
  const std::string city = sample < 4 ? "modelstadt" : "synthville";
  return city + "/" + city + "_00000" + std::to_string(sample % 4) + "_000019";
}

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() {
    const Finished made = Assay("synth --layout cityscapes --seed 1 --samples " +
                                std::to_string(kSamples) + " -o " + Path("tree"));
    EXPECT_EQ(made.code, 0) << made.err;
  }
  std::string Path(const std::string& name) const { return (folder_.Path() / name).string(); }
  // `command` with this model; words before it, such as variables.
  std::string Line(const std::string& variables,
                   const std::string& command,
                   const std::string& options) const {
    return variables + " ASKED_FILE=" + Path("asked") + " PID_FILE=" + Path("pids") + " " +
           ASSAY_PROGRAM + " " + command + " -p cityscapes-val -d " + Path("tree") +
           " --model 'command:python3 " ASSAY_SOURCE_DIR "/tests/support/misbehaving_model.py' " +
           options;
  }
  Finished Ask(const std::string& variables,
               const std::string& command,
               const std::string& options) const {
    return Shell(Line(variables, command, options));
  }
  // How often a key was asked.
  std::map<std::string, int> Asked() const {
    std::map<std::string, int> asked;
    std::ifstream file(Path("asked"));
    for (std::string key; std::getline(file, key);) ++asked[key];
    return asked;
  }
  json Report(const std::string& run) const {
    return json::parse(ReadText(folder_.Path() / run / "report.json"));
  }
  json Body(const std::string& run) const {
    json report = Report(run);
    report.erase("run_info");
    return report;
  }

  test::TemporaryFolder folder_;
};

TEST_F(CommandTest, WhatGoesWrongCostsTheseSamplesAndIsAskedForAgain) {
  const char* faults[] = {"hang", "crash", "garbage", "half", "wrong-key"};
  std::string variables = "MISBEHAVE=";
  int sample = 1;
  for (const char* fault : faults) {
    variables += std::string(fault) + ":" + KeyOf(sample++) + ",";
  }
  const std::string options = "--answer-timeout 3 --start-timeout 20 -o " + Path("run");
  const Finished bad = Ask(variables, "run", options);
  EXPECT_EQ(bad.code, 4) << bad.err;
  const json coverage = Report("run").at("coverage");
  EXPECT_EQ(coverage.at("failed"), 4);
  EXPECT_EQ(coverage.at("invalid"), 1);
  EXPECT_EQ(coverage.at("scored"), kSamples - 5);
  EXPECT_THAT(ReadText(Path("run") + "/unscored.jsonl"),
              AllOf(HasSubstr("ended with code 3"),
                    HasSubstr("no answer in 3 s"),
                    HasSubstr("loading 50 %"),
                    HasSubstr("for the key another"),
                    HasSubstr("unusable")));
  EXPECT_THAT(ReadText(Path("run") + "/worker-0.stderr"), HasSubstr("out of ideas"));

  const Finished good = Ask("", "run", options);
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(Report("run").at("coverage").at("scored"), kSamples);
  const auto asked = Asked();
  for (int i = 0; i < kSamples; ++i) EXPECT_EQ(asked.at(KeyOf(i)), i >= 1 && i <= 5 ? 2 : 1) << i;
}

TEST_F(CommandTest, RunIsPredictAndScore) {
  EXPECT_EQ(Ask("", "run", "-o " + Path("run")).code, 0);
  const Finished predicted = Ask("", "predict", "--json --workers 2 -o " + Path("answers"));
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_EQ(json::parse(predicted.out).at("samples"), kSamples);
  EXPECT_EQ(json::parse(predicted.out).at("model").at("workers"), "2");
  EXPECT_EQ(Assay("score -p cityscapes-val -d " + Path("tree") + " --predictions " +
                  Path("answers") + " -o " + Path("apart"))
                .code,
            0);
  EXPECT_EQ(Body("apart"), Body("run"));
  EXPECT_EQ(ReadText(Path("answers") + "/manifest.jsonl"),
            ReadText(Path("run") + "/predictions/manifest.jsonl"));
  EXPECT_FALSE(fs::exists(Path("answers") + "/.asked"));
  const json model = Report("run").at("run_info").at("model");
  EXPECT_EQ(model.at("images"), kSamples - 1);  // without the warm-up
  EXPECT_GT(model.at("images_per_second"), 0);
  EXPECT_LE(model.at("latency_ms").at("p50"), model.at("latency_ms").at("p99"));
}

TEST_F(CommandTest, UnsavedAnswersGiveTheSameMetrics) {
  EXPECT_EQ(Ask("", "run", "-o " + Path("run")).code, 0);
  const Finished finished = Ask("", "run", "--no-save -o " + Path("unsaved"));
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_FALSE(fs::exists(Path("unsaved") + "/predictions"));
  EXPECT_EQ(Report("unsaved").at("metrics"), Report("run").at("metrics"));
  EXPECT_EQ(Ask("", "run", "--no-save -o " + Path("unsaved")).code, 0);
  for (const auto& [key, times] : Asked()) EXPECT_EQ(times, 2) << key;
}

bool IsAlive(const std::string& process) {
  std::ifstream stat("/proc/" + process + "/stat");
  std::string pid;
  std::string name;
  std::string state;
  return (stat >> pid >> name >> state) && state != "Z";
}

TEST_F(CommandTest, AfterAKillNothingIsLeftAndTheNextStartGoesOn) {
  const std::string options = "--workers 2 -o " + Path("run");
  const std::string line = Line("ANSWER_SECONDS=0.4", "run", options);
  const Finished killed =
      Shell("export ANSWER_SECONDS=0.4; " + line + " & process=$!; touch " + Path("asked") +
            "; while [ $(wc -l < " + Path("asked") + ") -lt 5 ]; do sleep 0.02; done; " +
            "kill -9 $process; wait $process");
  EXPECT_EQ(killed.code, 128 + 9);
  std::ifstream pids(Path("pids"));
  int programs = 0;
  for (std::string process; std::getline(pids, process); ++programs) {
    for (int i = 0; i < 200 && IsAlive(process); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_FALSE(IsAlive(process)) << process;
  }
  EXPECT_EQ(programs, 2);
  std::map<std::string, bool> finished;
  std::ifstream manifest(Path("run") + "/predictions/manifest.jsonl");
  for (std::string row; std::getline(manifest, row);) {
    const json parsed = json::parse(row, nullptr, false);
    if (parsed.is_object()) finished[parsed.at("key")] = true;
  }
  EXPECT_GE(finished.size(), 1U);
  EXPECT_LT(finished.size(), static_cast<std::size_t>(kSamples));
  const auto before = Asked();

  const Finished next = Ask("", "run", options);
  EXPECT_EQ(next.code, 0) << next.err;
  for (const auto& [key, times] : Asked()) {
    const int earlier = before.contains(key) ? before.at(key) : 0;
    EXPECT_EQ(times - earlier, finished[key] ? 0 : 1) << key;
  }
  EXPECT_EQ(Ask("", "run", "-o " + Path("undisturbed")).code, 0);
  EXPECT_EQ(Body("run"), Body("undisturbed"));
}

TEST_F(CommandTest, MistakesAreTheUsersFault) {
  const auto run = [&](const std::string& options) {
    return Assay("run -p cityscapes-val -d " + Path("tree") + " -o " + Path("run") + " " + options);
  };
  const std::pair<const char*, const char*> mistakes[] = {
      {"--model command:there-is-none", "cannot be started"},
      {"--model command:", "names no program"},
      {"--model command:python3 --device cuda:0", "--device is about model files"},
      {"--model model.pt --workers 2", "--workers is about a command"},
      {"--model command:python3 --answer-timeout 0", "--answer-timeout"},
      {"--oracle --no-save", "--no-save"}};
  for (const auto& [options, said] : mistakes) {
    SCOPED_TRACE(options);
    const Finished finished = run(options);
    EXPECT_EQ(finished.code, 2);
    EXPECT_THAT(finished.err, HasSubstr(said));
  }
}

}  // namespace
}  // namespace assay
