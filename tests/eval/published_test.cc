// The registry of published numbers.
//   - the shipped files load; every protocol and suite they name is there; a value is the
//     number its printed digits say
//   - the nearest rows are those of the set and metric, ranked ones only, depth fitted to
//     the truth apart from depth in metres; against a search without sorting, on random
//     registries
//   - they are given best first, also where lower is better
//   - unknown fields, units and states are refused, each with its place
#include "eval/published.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "eval/suite.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConfigRoot Shipped() { return ConfigRoot(std::filesystem::path(ASSAY_SOURCE_DIR) / "configs"); }

PublishedRow Row(std::string model, double value) {
  PublishedRow row;
  row.name = "nyu-depth";
  row.metric = "delta1";
  row.model = std::move(model);
  row.value = value;
  row.unit = "fraction";
  row.alignment = "none";
  return row;
}

std::vector<std::string> Models(const std::vector<const PublishedRow*>& rows) {
  std::vector<std::string> models;
  models.reserve(rows.size());
  for (const PublishedRow* row : rows) models.push_back(row->model);
  return models;
}

TEST(Published, EveryNameOfAShippedRowIsThere) {
  std::set<std::string> names;
  for (const std::string& name : Shipped().ProtocolNames()) names.insert(name);
  for (const std::string& name : SuiteNames(Shipped())) names.insert(name);
  const std::vector<PublishedRow> rows = LoadPublished(Shipped());
  ASSERT_FALSE(rows.empty());
  for (const PublishedRow& row : rows) {
    EXPECT_TRUE(row.name.empty() || names.contains(row.name)) << row.name;
    EXPECT_TRUE(row.protocol.empty() || names.contains(row.protocol)) << row.protocol;
  }
}

TEST(Published, AValueIsTheNumberPrinted) {
  for (const PublishedRow& row : LoadPublished(Shipped())) {
    EXPECT_EQ(std::stod(row.printed), row.value) << row.model << " " << row.source;
  }
}

TEST(Published, ThePaperIsBesideTheProtocolsOfItsTable) {
  const std::vector<PublishedRow> rows = LoadPublished(Shipped());
  const auto beside = [&](const char* name, const char* metric, double value) {
    return Models(Nearest(rows, {name, metric, false, true, value}, 1));
  };
  EXPECT_THAT(beside("cityscapes-val", "mIoU", 0.6991), ElementsAre("Vision Banana"));
  EXPECT_THAT(beside("refcocog-umd-val@lisa", "cIoU", 0.7381), ElementsAre("Vision Banana"));
  EXPECT_THAT(beside("depth-4", "delta1", 0.93), ElementsAre("Vision Banana"));
  EXPECT_THAT(beside("saco-gold", "cgF1", 0.475),
              ElementsAre("Vision Banana + Gemini 3.1 Flash-Lite"));
}

TEST(Published, PercentIsReportedAsAFraction) {
  PublishedRow row = Row("a", 4.6);
  row.unit = "percent";
  EXPECT_DOUBLE_EQ(ReportedValue(row), 0.046);
}

TEST(Published, TheNearestComeBestFirst) {
  const std::vector<PublishedRow> rows = {
      Row("far", 0.1), Row("low", 0.7), Row("high", 0.9), Row("middle", 0.8)};
  PublishedQuery query{"nyu-depth@bts", "delta1", false, true, 0.81};
  EXPECT_THAT(Models(Nearest(rows, query, 3)), ElementsAre("high", "middle", "low"));
  query.higher_is_better = false;
  EXPECT_THAT(Models(Nearest(rows, query, 3)), ElementsAre("low", "middle", "high"));
}

TEST(Published, OnlyWhatIsComparableIsNear) {
  std::vector<PublishedRow> rows(5, Row("x", 0.5));
  rows[0].ranked = false;
  rows[1].alignment = "affine";
  rows[2].metric = "AbsRel";
  rows[3].name = "kitti-depth";
  rows[4].name = "";
  EXPECT_THAT(Nearest(rows, {"nyu-depth", "delta1", false, true, 0.5}, 9), IsEmpty());
  EXPECT_EQ(Nearest(rows, {"nyu-depth", "delta1", true, true, 0.5}, 9).size(), 1U);
  EXPECT_THAT(Nearest(rows, {"nyu-depth", "delta1", true, true, NAN}, 9), IsEmpty());
}

// A row left out is no nearer than one that is in.
RC_GTEST_PROP(PublishedProperty,
              NothingNearerIsLeftOut,
              (const std::vector<int>& percents, int at)) {
  std::vector<PublishedRow> rows;
  rows.reserve(percents.size());
  for (const int percent : percents) rows.push_back(Row("m", percent % 101));
  const PublishedQuery query{"nyu-depth", "delta1", false, true, static_cast<double>(at % 101)};
  const auto near = Nearest(rows, query, 3);
  RC_ASSERT(near.size() == std::min<std::size_t>(3, rows.size()));
  double worst = 0;
  std::set<const PublishedRow*> in;
  for (const PublishedRow* row : near) {
    worst = std::max(worst, std::abs(row->value - query.value));
    in.insert(row);
  }
  for (const PublishedRow& row : rows) {
    if (!in.contains(&row)) RC_ASSERT(std::abs(row.value - query.value) >= worst);
  }
}

TEST(Published, NamedModelsAreShownWhereverTheyLie) {
  std::vector<PublishedRow> rows = {Row("near", 0.8), Row("far", 0.1), Row("farther", 0.05)};
  rows[2].model_id = "the-paper";
  const PublishedQuery query{"nyu-depth", "delta1", false, true, 0.81};
  EXPECT_THAT(Models(Beside(rows, query, {"the-paper"}, 1)), ElementsAre("near", "farther"));
}

class PublishedFile : public ::testing::Test {
 protected:
  // What loading says about a file with this row.
  std::string Said(const char* field, const json& value) {
    json row = {{"benchmark", "b"},
                {"split", "s"},
                {"metric", "m"},
                {"model", "x"},
                {"model_id", "x"},
                {"value", 1.0},
                {"printed", "1.0"},
                {"unit", "fraction"},
                {"zero_shot", "yes"},
                {"protocol", {{"state", "unpublished"}}},
                {"source", "a paper"}};
    row[field] = value;
    std::filesystem::create_directories(folder_.Path() / "protocols");
    WriteText(folder_.Path() / "published" / "rows.json",
              json{{"task", "depth"}, {"rows", {row}}}.dump());
    try {
      LoadPublished(ConfigRoot(folder_.Path()));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(PublishedFile, WhatNobodyKnowsIsRefusedWithItsPlace) {
  EXPECT_EQ(Said("note", "fine"), "");
  EXPECT_THAT(Said("unit", "metres"), HasSubstr("/rows/0/unit"));
  EXPECT_THAT(Said("zero_shot", "maybe"), HasSubstr("/rows/0/zero_shot"));
  EXPECT_THAT(Said("source", ""), HasSubstr("/rows/0/source"));
  EXPECT_THAT(Said("sorce", "a paper"), HasSubstr("source"));
  EXPECT_THAT(Said("protocol", {{"state", "secret"}}), HasSubstr("/rows/0/protocol/state"));
}

}  // namespace
}  // namespace assay
