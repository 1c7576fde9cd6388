// What is asked besides the dataset's own words.
//   - presence "no": not asked, an empty answer whatever is saved, for models, saved
//     answers and the oracle alike; its manifest line says so and is not written again
//   - presence "yes" and samples without a gate: as ever
//   - rewrites stand in the prompts in place of the dataset's expressions
//   - both change the answer hash by content, not by path; neither touches the protocol's
//   - a selected sample without an entry, another value, a repeated key, a task without
//     words and a file that is none are refused; entries of other samples are not
//   - labels name the gate, and where nothing was rewritten that it was not
#include "eval/asking.h"

#include <gmock/gmock.h>

#include "eval/predict.h"
#include "eval/prompts.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BlackModel : public ImageModel {
 public:
  std::vector<ModelAnswer> Generate(std::span<const ModelRequest> requests) override {
    std::vector<ModelAnswer> answers;
    for (const ModelRequest& request : requests) {
      prompts.push_back(request.prompt);
      answers.push_back({.image = RgbImage(request.image->size(), Rgb8{0, 0, 0})});
    }
    return answers;
  }
  std::string Identity() const override { return "black"; }

  std::vector<std::string> prompts;
};

class AskingTest : public ::testing::Test {
 protected:
  AskingTest() {
    test::WriteSyntheticTree("saco", folder_.Path() / "saco-gold", 6);
    test::WriteSyntheticTree("reasonseg", folder_.Path() / "reasonseg", 4);
  }

  std::filesystem::path Write(const std::string& name, const std::string& text) const {
    WriteText(folder_.Path() / name, text);
    return folder_.Path() / name;
  }
  std::vector<std::string> Keys(const std::string& name) const {
    const SelectedDataset opened =
        OpenSelected(LoadProtocol(test::Configs(), name), folder_.Path(), {});
    std::vector<std::string> keys;
    std::visit(
        [&](const auto& typed) {
          for (const std::size_t index : opened.selection.indices) {
            keys.push_back(typed->Item(index).key);
          }
        },
        opened.dataset);
    return keys;
  }
  // Every second key is absent, from the first on.
  std::filesystem::path Presence(const std::string& name) const {
    json presence = json::object();
    bool present = false;
    for (const std::string& key : Keys(name)) {
      presence[key] = present ? "yes" : "no";
      present = !present;
    }
    return Write("presence.json", presence.dump());
  }
  static Protocol Load(const std::string& name,
                       const std::filesystem::path& presence,
                       const std::filesystem::path& rewrites = {}) {
    ProtocolOverrides overrides;
    overrides.presence = presence;
    overrides.rewrites = rewrites;
    return LoadProtocol(test::Configs(), name, overrides);
  }
  RecordStore Store(const Protocol& protocol, const std::string& run) const {
    return RecordStore::OpenForWriting(folder_.Path() / run / "records.sqlite",
                                       {.protocol = protocol.name,
                                        .protocol_hash = protocol.hash,
                                        .answer_hash = protocol.answer_hash,
                                        .selection = "{}"},
                                       false);
  }
  std::vector<Record> ScoreAll(const Protocol& protocol,
                               const AnswerSource* saved,
                               const std::string& run) const {
    const auto [dataset, selection] = OpenSelected(protocol, folder_.Path(), {});
    RecordStore store = Store(protocol, run);
    Score(protocol, dataset, selection.indices, saved, {}, store);
    std::vector<Record> records;
    store.ForEach([&](const Record& record) { records.push_back(record); });
    return records;
  }
  PredictCounts Ask(const Protocol& protocol, BlackModel& model) const {
    const auto [dataset, selection] = OpenSelected(protocol, folder_.Path(), {});
    ModelAnswers answers(protocol, dataset, model, {.folder = Answers()});
    return Predict(dataset, selection.indices, answers, {});
  }
  std::filesystem::path Answers() const { return folder_.Path() / "answers"; }
  std::string Fault(const Protocol& protocol, const SelectionOptions& options = {}) const {
    try {
      OpenSelected(protocol, folder_.Path(), options);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }

  test::TemporaryFolder folder_;
};

TEST_F(AskingTest, WhatIsAbsentIsNotAsked) {
  const Protocol protocol = Load("saco-gold-metaclip", Presence("saco-gold-metaclip"));
  BlackModel model;
  EXPECT_EQ(Ask(protocol, model).done, 6);
  EXPECT_THAT(model.prompts, SizeIs(3));
  const std::string manifest = ReadText(Answers() / "manifest.jsonl");
  EXPECT_THAT(
      manifest,
      HasSubstr(R"({"key":")" + Keys("saco-gold-metaclip").front() + R"(","status":"empty")"));
  BlackModel again;
  EXPECT_EQ(Ask(protocol, again).reused, 6);
  EXPECT_THAT(again.prompts, IsEmpty());
  EXPECT_EQ(ReadText(Answers() / "manifest.jsonl"), manifest);
}

TEST_F(AskingTest, WhatIsAbsentHasNoPrompt) {
  const Protocol protocol = Load("saco-gold-metaclip", Presence("saco-gold-metaclip"));
  const auto [dataset, selection] = OpenSelected(protocol, folder_.Path(), {});
  std::vector<std::string> keys;
  WritePrompts(protocol, dataset, selection.indices, {}, [&](const std::string& line) {
    keys.push_back(json::parse(line).at("key"));
  });
  const std::vector<std::string> all = Keys("saco-gold-metaclip");
  EXPECT_THAT(keys, ElementsAre(all[1], all[3], all[5]));
}

TEST_F(AskingTest, WhatIsAbsentIsEmptyWhateverIsSaved) {
  const Protocol open = LoadProtocol(test::Configs(), "saco-gold-metaclip");
  const Protocol gated = Load("saco-gold-metaclip", Presence("saco-gold-metaclip"));
  // Answers that cannot be read, to every sample.
  for (const std::string& key : Keys("saco-gold-metaclip")) {
    WriteText(Answers() / (key + ".png"), "no picture");
  }
  const SavedAnswers saved(Answers());
  for (const Record& record : ScoreAll(open, &saved, "open")) {
    EXPECT_EQ(record.outcome, Outcome::kInvalid);
  }
  const std::vector<Record> records = ScoreAll(gated, &saved, "gated");
  ASSERT_THAT(records, SizeIs(6));
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].outcome, i % 2 == 0 ? Outcome::kEmpty : Outcome::kInvalid) << i;
  }
}

TEST_F(AskingTest, WhatIsAbsentCountsAgainstTheOracle) {
  const Protocol open = LoadProtocol(test::Configs(), "saco-gold-metaclip");
  const Protocol gated = Load("saco-gold-metaclip", Presence("saco-gold-metaclip"));
  const std::vector<Record> all = ScoreAll(open, nullptr, "open");
  const std::vector<Record> some = ScoreAll(gated, nullptr, "gated");
  int lost = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 2 == 1) {
      EXPECT_EQ(some[i].score, all[i].score);
    } else {
      EXPECT_EQ(some[i].outcome, Outcome::kEmpty);
      lost += all[i].outcome == Outcome::kScored ? 1 : 0;
      // A phrase that was not there before scores as before.
      EXPECT_EQ(some[i].score == all[i].score, all[i].outcome == Outcome::kEmpty) << i;
    }
  }
  EXPECT_GT(lost, 0);
}

TEST_F(AskingTest, RewritesAreWhatIsAsked) {
  json rewrites = json::object();
  for (const std::string& key : Keys("reasonseg-val")) rewrites[key] = "the thing of " + key;
  const Protocol protocol = Load("reasonseg-val", {}, Write("rewrites.json", rewrites.dump()));
  BlackModel model;
  Ask(protocol, model);
  const std::vector<std::string> keys = Keys("reasonseg-val");
  ASSERT_THAT(model.prompts, SizeIs(keys.size()));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_THAT(model.prompts[i], HasSubstr("the thing of " + keys[i]));
  }
}

TEST_F(AskingTest, FilesAreKnownByContentInTheAnswerHashAlone) {
  const std::filesystem::path file = Presence("saco-gold-metaclip");
  const Protocol open = LoadProtocol(test::Configs(), "saco-gold-metaclip");
  const Protocol gated = Load("saco-gold-metaclip", file);
  const Protocol moved = Load("saco-gold-metaclip", Write("elsewhere.json", ReadText(file)));
  const Protocol other = Load("saco-gold-metaclip", Write("other.json", ReadText(file) + "\n"));
  EXPECT_EQ(gated.hash, open.hash);
  EXPECT_NE(gated.answer_hash, open.answer_hash);
  EXPECT_EQ(gated.answer_hash, moved.answer_hash);
  EXPECT_NE(gated.answer_hash, other.answer_hash);
  EXPECT_EQ(json::parse(gated.answer).at("presence"), Sha256(ReadFile(file)));
  // A report is made again where the file no longer is.
  std::filesystem::remove(file);
  EXPECT_EQ(LoadRequested(gated.requested).answer_hash, gated.answer_hash);
}

TEST_F(AskingTest, EverySelectedSampleNeedsAnEntry) {
  const std::string first = Keys("saco-gold-metaclip").front();
  const Protocol protocol =
      Load("saco-gold-metaclip", Write("few.json", json{{first, "no"}, {"other", true}}.dump()));
  EXPECT_THAT(Fault(protocol), HasSubstr("5 of 6 samples have no entry"));
  EXPECT_EQ(Fault(protocol, {.limit = 1}), "");
}

TEST_F(AskingTest, OtherFilesAreRefused) {
  const auto fault = [&](const std::string& text) {
    return Fault(Load("saco-gold-metaclip", Write("odd.json", text)));
  };
  EXPECT_THAT(fault(R"({"1": "maybe"})"), HasSubstr("/1: is \"maybe\"; must be \"yes\" or \"no\""));
  EXPECT_THAT(fault(R"({"1": 1})"), HasSubstr("/1"));
  EXPECT_THAT(fault(R"(["1"])"), HasSubstr("must be an object"));
  EXPECT_THAT(fault("key,yes"), HasSubstr("odd.json"));
  EXPECT_THAT(fault(R"({"1": "yes", "1": "no"})"), HasSubstr("twice"));
  EXPECT_THAT(Fault(Load("reasonseg-val", {}, Write("r.json", R"({"1": ""})"))),
              HasSubstr("must be an expression"));
  EXPECT_THROW(Load("saco-gold-metaclip", folder_.Path() / "nowhere.json"), ConfigError);
}

TEST_F(AskingTest, TasksWithoutWordsHaveNoGate) {
  const test::CityscapesRun run(1);
  const auto [dataset, selection] = OpenSelected(run.protocol, run.Root(), {});
  const Protocol gated = Load("cityscapes-val", Write("any.json", "{}"));
  EXPECT_THROW(OpenSelected(gated, run.Root(), {}), ConfigError);
}

TEST_F(AskingTest, LabelsSayWhatWasAsked) {
  const std::filesystem::path file = Write("any.json", "{}");
  EXPECT_THAT(AskingLabel(Load("saco-gold-metaclip", file), false), ElementsAre("presence-gate"));
  EXPECT_THAT(AskingLabel(Load("saco-gold-metaclip", file), true), ElementsAre("presence-gate"));
  EXPECT_THAT(AskingLabel(Load("saco-gold-metaclip", {}), false), IsEmpty());
  EXPECT_THAT(AskingLabel(Load("reasonseg-val", {}), false), ElementsAre("no-rewrite"));
  EXPECT_THAT(AskingLabel(Load("reasonseg-val", {}), true), IsEmpty());
  EXPECT_THAT(AskingLabel(Load("reasonseg-val", {}, file), false), IsEmpty());
  EXPECT_THAT(AskingLabel(Load("refcocog-umd-val", {}), false), IsEmpty());
  // Whatever the answer is written in.
  ProtocolOverrides overrides;
  overrides.format = "mask-png";
  const Protocol native = LoadProtocol(test::Configs(), "reasonseg-val", overrides);
  EXPECT_THAT(AskingLabel(native, false), ElementsAre("no-rewrite"));
}

}  // namespace
}  // namespace assay
