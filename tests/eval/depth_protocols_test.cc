// Depth protocols as shipped, held to what the cited evaluators themselves computed on the same
// trees and answers (tests/golden/depth_sets/protocols.json, made by
// scripts/make_depth_scores.py with the code of Marigold, Lotus, ZoeDepth, UniK3D, UniDepth and
// Metric3D):
//   - every metric that the evaluator prints agrees, to what its single precision leaves
//   - those that no evaluator computes have the numbers of a float64 transcription
//     (transcribed.json, scripts/make_depth_transcription.py)
//   - answers are found under the names the evaluator gives them
//   - a protocol of these sets ships as verified where it is held, and only there; held by
//     the transcription alone, it is not where the ends themselves are assumed (@depthpro)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "datasets/io/file.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Evaluators compute in float32, the transcription in double.
constexpr double kRelative = 2e-5;
constexpr double kRelativeOfTranscription = 1e-12;

fs::path Samples() { return fs::path(ASSAY_SOURCE_DIR) / "tests/golden/depth_sets"; }

const json& Expected() {
  static const json kJson = json::parse(ReadText(Samples() / "protocols.json"));
  return kJson.at("protocols");
}

const json& Transcribed() {
  static const json kJson = json::parse(ReadText(Samples() / "transcribed.json"));
  return kJson.at("protocols");
}

json Report(const std::string& name, const json& row) {
  const std::string layout = row.at("layout").get<std::string>();
  const test::TemporaryFolder folder;
  ProtocolOverrides overrides{
      .set = {}, .format = row.at("format").get<std::string>(), .palette = {}};
  if (row.contains("list")) {
    const fs::path list = Samples() / layout / row.at("list").get<std::string>();
    overrides.set.emplace_back("list", list.string());
  }
  const Protocol protocol = LoadProtocol(test::Configs(), name, overrides);
  const AnyDataset dataset = OpenDataset(protocol, Samples() / layout);
  const Selection selection = Select(dataset, {});
  RecordStore store = RecordStore::OpenForWriting(folder.Path() / "records.sqlite",
                                                  {.protocol = protocol.name,
                                                   .protocol_hash = protocol.hash,
                                                   .answer_hash = protocol.answer_hash,
                                                   .selection = selection.identity},
                                                  false);
  store.SetMeta("dataset", ToJson(FactsOf(dataset, protocol, selection)).dump());
  const SavedAnswers saved(Samples() / "answers" / layout);
  Score(protocol, dataset, selection.indices, &saved, {}, store);
  return json::parse(BuildReport(protocol, store, {}).body);
}

void ExpectScores(const std::string& name, const json& row, double relative) {
  const json report = Report(name, row);
  EXPECT_EQ(report.at("coverage").at("scored"), report.at("coverage").at("expected"));
  ASSERT_FALSE(row.at("metrics").empty());
  for (const auto& [metric, expected] : row.at("metrics").items()) {
    const double found = report.at("metrics").at(metric).at("value").get<double>();
    EXPECT_NEAR(found, expected.get<double>(), relative * std::abs(expected.get<double>()))
        << name << " " << metric;
  }
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& [name, row] : Expected().items()) names.push_back(name);
  return names;
}

class PublishedDepthProtocol : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Evaluators,
                         PublishedDepthProtocol,
                         ::testing::ValuesIn(Names()),
                         [](const auto& name) {
                           std::string text = name.param;
                           for (char& c : text) c = c == '-' || c == '@' ? '_' : c;
                           return text;
                         });

TEST_P(PublishedDepthProtocol, HasTheNumbersOfItsEvaluator) {
  ExpectScores(GetParam(), Expected().at(GetParam()), kRelative);
}

TEST(DepthProtocols, WithoutAnEvaluatorHaveTheNumbersOfATranscription) {
  ASSERT_FALSE(Transcribed().empty());
  for (const auto& [name, row] : Transcribed().items()) {
    ExpectScores(name, row, kRelativeOfTranscription);
  }
}

// Held to their evaluators by depth_presets_test.cc.
bool IsHeldElsewhere(const std::string& name) {
  static const json kJson = json::parse(
      ReadText(fs::path(ASSAY_SOURCE_DIR) / "tests/golden/depth_protocols/expected.json"));
  return kJson.at("protocols").contains(name);
}

bool IsHeld(const std::string& name) {
  const bool has_assumed_ends = name.ends_with("@depthpro");
  return Expected().contains(name) || IsHeldElsewhere(name) ||
         (Transcribed().contains(name) && !has_assumed_ends);
}

TEST(DepthProtocols, VerifiedOnesOfTheseSetsAreThoseHeld) {
  std::set<std::string> datasets;
  for (const json& rows : {Expected(), Transcribed()}) {
    for (const auto& [name, row] : rows.items()) {
      datasets.insert(LoadProtocol(test::Configs(), name).dataset);
    }
  }
  EXPECT_GE(datasets.size(), 8);
  for (const std::string& name : test::Configs().ProtocolNames()) {
    const Protocol protocol = LoadProtocol(test::Configs(), name);
    if (!datasets.contains(protocol.dataset)) continue;
    EXPECT_EQ(protocol.verified, IsHeld(name)) << name;
  }
}

}  // namespace
}  // namespace assay
