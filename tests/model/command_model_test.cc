// A model that is a command (model/external/command_model.h), against
// tests/support/misbehaving_model.py and scripts/examples/command_model.py:
// * the example answers, and is told what a line of `assay prompts` says;
// * whatever goes wrong with one question costs that answer, and the others are intact;
// * a program that keeps failing is not started for ever; a good answer starts the count anew;
// * several workers answer at the same time, and each keeps its standard error;
// * a command that cannot be started is the user's fault, at once;
// * no process outlives the model, not even one that the program started.
#include "model/external/command_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "datasets/io/errors.h"
#include "model/external/child_process.h"
#include "model/saved.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using Status = ModelAnswer::Status;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kMisbehaving = ASSAY_SOURCE_DIR "/tests/support/misbehaving_model.py";
const std::string kExample = ASSAY_SOURCE_DIR "/scripts/examples/command_model.py";

class CommandModelTest : public ::testing::Test {
 protected:
  std::unique_ptr<ImageModel> Start(int restarts = 100,
                                    double timeout = 60,
                                    int workers = 1,
                                    const std::string& script = kMisbehaving) const {
    return StartCommand({.argv = {"python3", script},
                         .workers = workers,
                         .answer_timeout_s = timeout,
                         .start_timeout_s = 60,
                         .restarts = restarts,
                         .folder = Folder()});
  }
  static ModelRequest Request(const std::string& key) {
    return {.key = key,
            .image = std::make_shared<const RgbImage>(Size{4, 3}, Rgb8{1, 2, 3}),
            .prompt = "what is \"this\"?\n",
            .seed = 9223372036854775807U};
  }
  static std::vector<ModelAnswer> Ask(ImageModel& model, const std::vector<std::string>& keys) {
    std::vector<ModelRequest> requests;
    requests.reserve(keys.size());
    for (const std::string& key : keys) requests.push_back(Request(key));
    return model.Generate(requests);
  }
  fs::path Folder() const { return folder_.Path() / "run"; }
  std::string Errors(int worker) const {
    return ReadText(Folder() / ("worker-" + std::to_string(worker) + ".stderr"));
  }

  test::TemporaryFolder folder_;
};

RgbImage Painted(const ModelAnswer& answer) { return DecodeRgb(answer.png, "answer.png"); }
const RgbImage kRoad(Size{1, 1}, Rgb8{128, 64, 128});

TEST_F(CommandModelTest, TheExampleAnswers) {
  const auto model = Start(0, 60, 1, kExample);
  const auto answers = Ask(*model, {"a", "b/c"});
  for (const ModelAnswer& answer : answers) {
    ASSERT_EQ(answer.status, Status::kPainted) << answer.detail;
    EXPECT_EQ(Painted(answer), kRoad);
  }
  EXPECT_EQ(model->Statistics().images, 1);  // the first was the warm-up
  EXPECT_GT(model->Statistics().warm_up_s, 0);
}

TEST_F(CommandModelTest, AQuestionSaysWhatAPromptsLineSays) {
  std::ofstream(folder_.Path() / "echo.py") << R"py(
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    image = open(question["image"], "rb").read()
    assert image[:4] == b"\x89PNG", image[:4]
    del question["image"], question["output"]
    print(json.dumps({"key": question["key"], "status": "failed", "detail": json.dumps(question)}), flush=True)
)py";
  const auto model = Start(0, 60, 1, (folder_.Path() / "echo.py").string());
  EXPECT_EQ(Ask(*model, {"a"}).front().detail,
            R"({"file": "a.png", "key": "a", "prompts": ["what is \"this\"?\n"], )"
            R"("seed": 9223372036854775807})");
}

struct Fault {
  const char* key;
  Status status;
  const char* detail;
};
constexpr Fault kFaults[] = {
    {"crash",
     Status::kFailed,
     "ended with code 3 before it answered, its last words: out of ideas"},
    {"garbage", Status::kFailed, "loading 50 %"},
    {"endless", Status::kFailed, "without a line end"},
    {"list", Status::kFailed, "no object with key and status"},
    {"strange-status", Status::kFailed, "'done'; allowed: ok, empty, failed, invalid"},
    {"wrong-key", Status::kFailed, "for the key another and was asked for wrong-key"},
    {"failed", Status::kFailed, "as failed as can be"},
    {"invalid", Status::kInvalid, "as invalid as can be"},
    {"half", Status::kInvalid, "answer"},
    {"jpeg", Status::kInvalid, "answer"},
    {"no-file", Status::kInvalid, "wrote no file"},
};

TEST_F(CommandModelTest, WhatGoesWrongCostsOneAnswer) {
  const auto model = Start();
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.key);
    const auto answers = Ask(*model, {"before", fault.key, "after"});
    EXPECT_EQ(answers[0].status, Status::kPainted) << answers[0].detail;
    EXPECT_EQ(answers[1].status, fault.status);
    EXPECT_THAT(answers[1].detail, HasSubstr(fault.detail));
    EXPECT_EQ(answers[2].status, Status::kPainted) << answers[2].detail;
    EXPECT_EQ(Painted(answers[2]), kRoad);
  }
  EXPECT_EQ(Ask(*model, {"empty"}).front().status, Status::kEmpty);
}

TEST_F(CommandModelTest, AnAnswerThatTakesTooLongIsFailedAndTheNextIsItsOwn) {
  const auto model = Start(100, 2);
  for (const char* key : {"hang", "deaf"}) {
    const auto start = std::chrono::steady_clock::now();
    Ask(*model, {"first of this start"});
    const auto answers = Ask(*model, {key, "after"});
    EXPECT_EQ(answers[0].status, Status::kFailed);
    EXPECT_THAT(answers[0].detail, HasSubstr("no answer in 2 s"));
    EXPECT_EQ(answers[1].status, Status::kPainted) << answers[1].detail;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  }
}

TEST_F(CommandModelTest, RestartsInARowAreBounded) {
  const auto model = Start(2);
  const auto answers = Ask(*model, {"crash", "crash", "fine", "crash", "crash", "crash", "fine"});
  EXPECT_EQ(answers[2].status, Status::kPainted) << answers[2].detail;
  EXPECT_THAT(answers[5].detail, HasSubstr("ended with code 3"));
  EXPECT_EQ(answers[6].status, Status::kFailed);
  EXPECT_THAT(answers[6].detail,
              AllOf(HasSubstr("3 times in a row"), HasSubstr("worker-0.stderr")));
  EXPECT_THAT(model->Statistics().facts,
              ElementsAre(std::pair("workers", "1"), std::pair("restarts", "4")));
}

TEST_F(CommandModelTest, WorkersAnswerAtTheSameTimeAndKeepTheirStandardError) {
  const auto model = Start(100, 60, 2);
  EXPECT_EQ(model->Workers(), 2);
  std::vector<std::thread> threads;
  std::vector<std::vector<ModelAnswer>> answers(2);
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] { answers[i] = Ask(*model, {"a", "crash", "b"}); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& each : answers) {
    EXPECT_EQ(each[0].status, Status::kPainted);
    EXPECT_EQ(each[1].status, Status::kFailed);
    EXPECT_EQ(each[2].status, Status::kPainted);
  }
  EXPECT_EQ(Errors(0) + Errors(1), "out of ideas\nout of ideas\n");
}

TEST_F(CommandModelTest, ACommandThatCannotBeStartedIsTheUsersFault) {
  const auto start = [&](std::vector<std::string> argv) {
    StartCommand({.argv = std::move(argv), .folder = Folder()});
  };
  EXPECT_THROW(start({}), ConfigError);
  EXPECT_THROW(start({"there-is-no-such-program"}), ConfigError);
  EXPECT_THROW(start({kMisbehaving}), ConfigError);  // not executable
}

TEST_F(CommandModelTest, ItsIdentityFollowsWordsAndFiles) {
  const fs::path script = folder_.Path() / "model.py";
  const auto identity = [&](const std::string& text) {
    std::ofstream(script) << text;
    return Start(0, 60, 1, script.string())->Identity();
  };
  const std::string one = identity("pass");
  EXPECT_THAT(one, HasSubstr("command sha256:"));
  EXPECT_EQ(identity("pass"), one);
  EXPECT_NE(identity("pass "), one);
}

bool IsAlive(pid_t process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string pid;
  std::string name;
  std::string state;
  return (stat >> pid >> name >> state) && state != "Z";
}

TEST_F(CommandModelTest, WhatTheProgramStartedEndsWithIt) {
  const fs::path pids = folder_.Path() / "pids";
  const fs::path errors = folder_.Path() / "errors";
  {
    ChildProcess child(
        {"sh", "-c", "sleep 600 & echo $! $$ > " + pids.string() + "; echo ready; wait"}, errors);
    std::string line;
    ASSERT_EQ(child.ReadLine(line, ChildProcess::Clock::now() + std::chrono::seconds(30)),
              ChildProcess::Result::kDone);
  }
  std::ifstream file(pids);
  pid_t process = 0;
  int seen = 0;
  while (file >> process) {
    ++seen;
    for (int i = 0; i < 100 && IsAlive(process); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_FALSE(IsAlive(process));
  }
  EXPECT_EQ(seen, 2);
}

TEST_F(CommandModelTest, HowItEndedIsSaidInWords) {
  const auto ended = [&](const std::string& script) {
    ChildProcess child({"sh", "-c", script}, folder_.Path() / "errors");
    std::string line;
    EXPECT_EQ(child.ReadLine(line, ChildProcess::Clock::now() + std::chrono::seconds(30)),
              ChildProcess::Result::kEnded);
    return child.Stop(std::chrono::seconds(10));
  };
  EXPECT_EQ(ended("exit 7"), "ended with code 7");
  EXPECT_EQ(ended("kill -SEGV $$"), "was ended by signal 11");
}

}  // namespace
}  // namespace assay
