// All variants of a protocol in one pass.
//   - the variants that read the same answers are found, the others are left out with
//     the reason
//   - every store of a common pass holds the records of a pass of its own, for answers of
//     every outcome, and a second pass reuses them all
//   - an answer is decoded once, however many variants score it
//   - a variant that refuses a sample ends before it, the others go on
//   - the spread is that of the variants with a value, of metrics with one unit
#include "eval/variants.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/eval/runs.h"

namespace assay {
namespace {

using test::Configs;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Names(const VariantChoice& choice) {
  std::vector<std::string> names;
  for (const Protocol& protocol : choice.protocols) names.push_back(protocol.name);
  return names;
}

std::string ReasonFor(const VariantChoice& choice, const std::string& name) {
  for (const LeftOutVariant& left_out : choice.left_out) {
    if (left_out.protocol == name) return left_out.reason;
  }
  return "";
}

TEST(Variants, TheNamedOneIsFirstAndTheOthersAreSorted) {
  const auto names = Names(CompatibleVariants(Configs(), "nyu-depth@zoe"));
  ASSERT_GE(names.size(), 3);
  EXPECT_EQ(names[0], "nyu-depth@zoe");
  EXPECT_EQ(names[1], "nyu-depth");
  EXPECT_TRUE(std::is_sorted(names.begin() + 1, names.end()));
  EXPECT_THAT(names, Contains("nyu-depth@marigold"));
  EXPECT_THAT(names, Not(Contains("nyu-normals")));
}

TEST(Variants, AnotherFrameOfPaintedAnswersIsLeftOutAndSaysSo) {
  const VariantChoice choice = CompatibleVariants(Configs(), "kitti-depth");
  EXPECT_THAT(Names(choice), Not(Contains("kitti-depth@dav2")));
  EXPECT_EQ(ReasonFor(choice, "kitti-depth@dav2"), R"(its pred_frame is "full", not "kb")");
}

TEST(Variants, ArraysOfTheWholeImageServeEveryFrame) {
  for (const char* named : {"kitti-depth", "kitti-depth@dav2"}) {
    const VariantChoice choice =
        CompatibleVariants(Configs(), named, {.set = {}, .format = "npy", .palette = {}});
    for (const char* other : {"kitti-depth",
                              "kitti-depth@bts",
                              "kitti-depth@dav2",
                              "kitti-depth@devkit",
                              "kitti-depth@metric3d",
                              "kitti-depth@monodepth2"}) {
      EXPECT_THAT(Names(choice), Contains(other)) << named;
    }
    EXPECT_THAT(ReasonFor(choice, "kitti-depth@moge"), HasSubstr("its dataset is"));
  }
}

TEST(Variants, AnotherDatasetIsLeftOutAndSaysSo) {
  const VariantChoice choice = CompatibleVariants(Configs(), "nyu-normals");
  EXPECT_THAT(Names(choice), Contains("nyu-normals@f32"));
  EXPECT_THAT(ReasonFor(choice, "nyu-normals@marigold"), HasSubstr("its dataset is"));
}

TEST(Variants, AnAlignmentIsAppendedToEach) {
  const auto names = Names(CompatibleVariants(Configs(), "nyu-depth+align=lsq_scale"));
  EXPECT_EQ(names[0], "nyu-depth+align=lsq_scale");
  EXPECT_THAT(names, Contains("nyu-depth@bts+align=lsq_scale"));
  EXPECT_THAT(names, Not(Contains("nyu-depth")));
}

TEST(Variants, AVariantThatTheOverridesMakeImpossibleIsLeftOut) {
  const VariantChoice choice = CompatibleVariants(
      Configs(), "nyu-depth@bts", {.set = {{"pred_clip", "null"}}, .format = "", .palette = {}});
  EXPECT_THAT(ReasonFor(choice, "nyu-depth"), HasSubstr("worse_clip_end"));
}

// Depth answers over a synthetic tree, one of every kind.
class DepthVariants : public ::testing::Test {
 protected:
  DepthVariants() {
    test::WriteSyntheticTree("nyu-mat", Tree(), 5);
    choice_ =
        CompatibleVariants(Configs(), "nyu-depth", {.set = {}, .format = "npy", .palette = {}});
    dataset_ = OpenDataset(choice_.protocols.front(), Tree());
    Save(0, 1.1);
    Save(1, std::numeric_limits<double>::quiet_NaN());
    WriteText(Answer(2), "not an array");
    WriteFile(Answer(3), EncodeNpy(DepthMap(Size{40, 30}, 2.0)));  // the last one is missing
  }

  std::filesystem::path Tree() const { return folder_.Path() / "tree"; }
  const Dataset<DepthTask>& Data() const {
    return *std::get<std::unique_ptr<Dataset<DepthTask>>>(dataset_);
  }
  std::filesystem::path Answer(std::size_t index) const {
    return folder_.Path() / "answers" / (Data().Item(index).key + ".npy");
  }
  void Save(std::size_t index, double first) const {
    DepthMap depth = Data().DecodeTruth(index, Data().ReadTruth(index)).depth_m;
    double factor = 0.8;
    for (double& metres : depth.Pixels()) metres = metres * (factor += 1e-5) + 0.05;
    for (int x = 0; x < depth.width() / 2; ++x) depth.At(x, depth.height() / 2) = first;
    WriteFile(Answer(index), EncodeNpy(depth));
  }
  RecordStore Open(const std::string& name, const Protocol& protocol) const {
    return RecordStore::OpenForWriting(folder_.Path() / name / (protocol.name + ".sqlite"),
                                       {protocol.name, protocol.hash, protocol.answer_hash, "{}"},
                                       false);
  }
  std::vector<LaneResult> ScoreAll(const std::string& name, const RunOptions& options = {}) const {
    std::vector<RecordStore> stores;
    for (const Protocol& protocol : choice_.protocols) stores.push_back(Open(name, protocol));
    std::vector<ScoringLane> lanes;
    for (std::size_t i = 0; i < stores.size(); ++i) {
      lanes.push_back({&choice_.protocols[i], &stores[i]});
    }
    const SavedAnswers saved(folder_.Path() / "answers");
    return ScoreTogether(lanes, dataset_, Select(dataset_, {}).indices, &saved, options);
  }
  std::string Records(const std::string& name, const Protocol& protocol) const {
    std::string text;
    Open(name, protocol).ForEach([&](const Record& r) {
      for (const std::string& part : {std::to_string(r.index),
                                      r.key,
                                      r.cluster,
                                      std::string(kOutcomeNames[static_cast<int>(r.outcome)]),
                                      r.truth_sha256,
                                      r.prediction_sha256,
                                      r.score,
                                      r.worst,
                                      r.best,
                                      r.diagnostics,
                                      r.error_stage,
                                      r.error_code,
                                      r.error_detail}) {
        text += part + "\n";
      }
    });
    return text;
  }

  test::TemporaryFolder folder_;
  VariantChoice choice_;
  AnyDataset dataset_;
};

TEST_F(DepthVariants, EveryStoreHoldsTheRecordsOfAPassOfItsOwn) {
  ASSERT_GE(choice_.protocols.size(), 6);
  ScoreAll("together", {.threads = 2, .block = 2});
  const SavedAnswers saved(folder_.Path() / "answers");
  for (const Protocol& protocol : choice_.protocols) {
    RecordStore store = Open("alone", protocol);
    Score(protocol, dataset_, Select(dataset_, {}).indices, &saved, {}, store);
  }
  for (const Protocol& protocol : choice_.protocols) {
    EXPECT_EQ(Records("together", protocol), Records("alone", protocol)) << protocol.name;
    EXPECT_THAT(Records("together", protocol), HasSubstr("missing"));
  }
}

TEST_F(DepthVariants, ASecondPassReusesEveryScore) {
  const auto first = ScoreAll("together");
  const auto second = ScoreAll("together");
  for (std::size_t i = 0; i < second.size(); ++i) {
    EXPECT_EQ(second[i].counts.reused, first[i].counts.outcomes[0]) << choice_.protocols[i].name;
    EXPECT_GT(second[i].counts.reused, 0);
  }
}

TEST_F(DepthVariants, AVariantThatRefusesASampleEndsBeforeItAndTheOthersGoOn) {
  for (Protocol& protocol : choice_.protocols) {
    if (protocol.name != "nyu-depth@unik3d") continue;
    protocol = LoadProtocol(Configs(),
                            protocol.name,
                            {.set = {{"empty_below", "10000000"}}, .format = "npy", .palette = {}});
  }
  const auto results = ScoreAll("together");
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool refuses = choice_.protocols[i].name == "nyu-depth@unik3d";
    EXPECT_EQ(results[i].refusal != nullptr, refuses) << choice_.protocols[i].name;
    EXPECT_EQ(results[i].counts.done, refuses ? 0 : 5) << choice_.protocols[i].name;
  }
}

TEST(Variants, TheSpreadIsThatOfTheVariantsWithAValue) {
  const VariantChoice choice = CompatibleVariants(Configs(), "nyu-depth");
  const auto member = [](const std::string& name, const std::string& metrics) {
    const nlohmann::json report = {{"label", nlohmann::json::array()},
                                   {"dataset", {{"complete", true}}},
                                   {"coverage", nlohmann::json::object()},
                                   {"protocol", {{"headline", {"delta1"}}}},
                                   {"metrics", nlohmann::json::parse(metrics)}};
    return SuiteMember{.protocol = name, .hash = "h", .report = report.dump()};
  };
  const auto report = VariantsReport(
      choice,
      {member("a", R"({"delta1":{"value":0.5,"unit":"fraction"},"SILog":{"value":2,"unit":"x100"},
                                      "SqRel":{"value":3,"unit":"metre"}})"),
       member("b",
              R"({"delta1":{"value":0.875,"unit":"fraction"},"SILog":{"value":null,"unit":"x100"},
                                      "SqRel":{"value":0.25,"unit":"ratio"}})"),
       {.protocol = "c", .hash = "h", .problem = "has too few points\nelsewhere"},
       member("d",
              R"({"delta1":{"value":0.25,"unit":"fraction"},"SILog_b":{"value":1,"unit":"x100"},
                                      "SqRel":{"value":5,"unit":"metre"}})")});
  EXPECT_EQ(report["spread"]["delta1"]["spread"], 0.625);
  EXPECT_EQ(report["spread"]["delta1"]["at_min"], "d");
  EXPECT_EQ(report["spread"]["delta1"]["at_max"], "b");
  EXPECT_FALSE(report["spread"].contains("SILog"));
  EXPECT_FALSE(report["spread"].contains("SqRel"));  // of two units
  EXPECT_EQ(report["units_differ"].dump(), R"({"SqRel":{"metre":["a","d"],"ratio":["b"]}})");
  EXPECT_TRUE(IsVariantsReport(report));
  const std::string text = VariantsText(report, false);
  EXPECT_THAT(text, HasSubstr("c is not scored: has too few points\n"));
  EXPECT_THAT(text, HasSubstr("0.6250"));
  EXPECT_THAT(text, HasSubstr("SqRel has no spread: metre in a, …; ratio in b"));
  EXPECT_THAT(VariantsMarkdown(report), HasSubstr("| spread |"));
}

// ---- decoding --------------------------------------------------------------

class CountingDecoder final : public Decoder<DepthTask> {
 public:
  CountingDecoder(std::unique_ptr<Decoder<DepthTask>> inner, std::atomic<int>& decoded)
      : inner_(std::move(inner)), decoded_(decoded) {}
  std::vector<std::string> Extensions() const override { return inner_->Extensions(); }
  Decoded<DepthTask> Decode(const Answer& answer,
                            const DepthTask::Query& query,
                            const Frame& frame) const override {
    ++decoded_;
    return inner_->Decode(answer, query, frame);
  }

 private:
  std::unique_ptr<Decoder<DepthTask>> inner_;
  std::atomic<int>& decoded_;
};

TEST_F(DepthVariants, AnAnswerIsDecodedOnce) {
  std::filesystem::remove(Answer(2));
  std::filesystem::remove(Answer(3));
  std::atomic<int> decoded{0};
  for (Protocol& protocol : choice_.protocols) {
    auto& decoder = std::get<Evaluation<DepthTask>>(protocol.evaluation).decoder;
    decoder = std::make_unique<CountingDecoder>(std::move(decoder), decoded);
  }
  ScoreAll("together");
  EXPECT_EQ(decoded, 2);
}

}  // namespace
}  // namespace assay
