// Answers of segmentation models saved beside a synthetic tree, and the program's word on
// them.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "datasets/io/file.h"
#include "tests/cli/program.h"

namespace assay::test {

using Json = nlohmann::json;

// The annotations of one pair in annotator a's file of SA-Co/Gold food, as COCO results.
inline Json TruthAsResults(const Json& file, const Json& id) {
  Json entries = Json::array();
  for (const Json& annotation : file.at("annotations")) {
    if (annotation.at("image_id") != id) continue;
    entries.push_back({{"image_id", id},
                       {"category_id", 1},
                       {"segmentation", annotation.at("segmentation")},
                       {"bbox", annotation.at("bbox")},
                       {"score", 0.9}});
  }
  return entries;
}

class SavedAnswersTest : public ::testing::Test {
 protected:
  std::string In(const std::string& name) const { return (folder_.Path() / name).string(); }

  void Synth(const std::string& layout, int samples) const {
    const Finished made = Assay("synth --layout " + layout + " --samples " +
                                std::to_string(samples) + " --seed 1 -o " + In("data"));
    ASSERT_EQ(made.code, 0) << made.err;
  }
  void Write(const std::string& name, const Json& json) const { WriteText(In(name), json.dump()); }

  // `answers` is a file or folder below the test's own; a run of its own every time.
  Finished Score(const std::string& protocol,
                 const std::string& answers,
                 const std::string& options) const {
    return Assay("score --protocol " + protocol + " --data " + In("data") + " --predictions " +
                 In(answers) + " --fresh --json -o " + In("run") + " " + options);
  }
  Json Report() const { return Json::parse(ReadText(In("run/report.json"))); }
  Json Value(const std::string& metric) const { return Report()["metrics"][metric]["value"]; }

  // The lines of the run's unscored.jsonl by key; nothing where there is no such file.
  Json Unscored() const {
    Json by_key = Json::object();
    if (!std::filesystem::exists(In("run/unscored.jsonl"))) return by_key;
    std::istringstream lines(ReadText(In("run/unscored.jsonl")));
    for (std::string line; std::getline(lines, line);) {
      const Json json = Json::parse(line);
      by_key[json.at("key").get<std::string>()] = json;
    }
    return by_key;
  }

  // The keys that `assay prompts` asks, in its order.
  std::vector<std::string> Prompted(const std::string& protocol, const std::string& options) const {
    const Finished done = Assay("prompts --protocol " + protocol + " --data " + In("data") +
                                " -o " + In("asked.jsonl") + " " + options);
    EXPECT_EQ(done.code, 0) << done.err;
    std::vector<std::string> keys;
    std::istringstream lines(ReadText(In("asked.jsonl")));
    for (std::string line; std::getline(lines, line);) {
      keys.push_back(Json::parse(line).at("key").get<std::string>());
    }
    return keys;
  }

  TemporaryFolder folder_;
};

// SA-Co/Gold food: 10000000 "the car", 10000002 "elephant", which is not there, 10000003
// "person", 10000004 "blue bus".
class PhrasesTest : public SavedAnswersTest {
 protected:
  static constexpr const char* kProtocol = "saco-gold-food";

  void SetUp() override {
    Synth("saco", 4);
    truth_ =
        Json::parse(ReadText(In("data/gt-annotations/gold_fg_food_merged_a_release_test.json")));
  }
  // Annotator a's masks for the pairs that are scored, in one file.
  Json RightAnswers() const {
    Json results = Json::array();
    for (const Json& pair : truth_.at("images")) {
      if (pair.at("id") == 10000001) continue;  // not exhaustive
      for (Json& entry : TruthAsResults(truth_, pair.at("id"))) results.push_back(std::move(entry));
    }
    return results;
  }
  // One entry that answers the car with the whole image.
  static Json WholeImage() {
    return {{"image_id", 10000000},
            {"category_id", 1},
            {"segmentation", {{"size", {120, 160}}, {"counts", {0, 160 * 120}}}},
            {"score", 0.9}};
  }
  Finished ScoreFile(const std::string& options = "") const {
    return Score(kProtocol, "results.json", "--format coco-json " + options);
  }

  Json truth_;
};

}  // namespace assay::test
