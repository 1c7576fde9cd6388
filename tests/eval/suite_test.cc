// Suites.
//   - every shipped suite names protocols that load, each once, and metrics they have;
//     with a variant it names the variants
//   - the mean is the plain mean of the members' values, in full precision
//   - it is refused where a member is missing, partial or without a value, and each of
//     them is named; --allow-partial gives it over the rest and labels it
//   - a row is a protocol's value or a suite's mean, refused alike; published numbers stand
//     beside it, those of named models wherever they lie
//   - files with unknown fields, repeated or no members, and unknown names are refused
#include "eval/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "eval/suite_report.h"
#include "eval/suite_views.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

ConfigRoot Shipped() { return ConfigRoot(std::filesystem::path(ASSAY_SOURCE_DIR) / "configs"); }

// As much of a report as a suite reads.
std::string ReportText(const std::string& name, const json& value, bool complete = true) {
  const json metrics = {{"cgF1", {{"value", value}, {"better", "higher"}}},
                        {"other", {{"value", 0.5}, {"better", "higher"}}}};
  return json{{"protocol",
               {{"name", name},
                {"hash", "sha256:12345678"},
                {"headline", {"cgF1"}},
                {"settings", json::object()}}},
              {"dataset", {{"complete", complete}}},
              {"coverage", {{"expected", 2}, {"scored", 2}}},
              {"label", {"unverified"}},
              {"metrics", metrics}}
      .dump();
}

SuiteMember Scored(const std::string& name, const json& value, bool complete = true) {
  return {.protocol = name, .hash = "h-" + name, .report = ReportText(name, value, complete)};
}

Suite ThreeMembers() {
  Suite suite;
  suite.name = "three";
  suite.members = {"a", "b", "c"};
  suite.average = {"cgF1"};
  return suite;
}

std::vector<SuiteMember> Members() {
  return {Scored("a", 0.1), Scored("b", 0.25), Scored("c", 0.7)};
}

TEST(Suite, EveryShippedSuiteNamesProtocolsAndMetricsThatThereAre) {
  ASSERT_THAT(SuiteNames(Shipped()), Not(IsEmpty()));
  for (const std::string& name : SuiteNames(Shipped())) {
    const Suite suite = LoadSuite(Shipped(), name);
    EXPECT_FALSE(suite.title.empty()) << name;
    EXPECT_FALSE(suite.source.empty()) << name;
    for (const std::string& member : suite.members) {
      const Protocol protocol = LoadProtocol(Shipped(), member);
      for (const std::string& metric : suite.average) {
        EXPECT_THAT(protocol.headline, ::testing::Contains(metric)) << name << " " << member;
      }
    }
  }
}

TEST(Suite, SacoGoldHasTheSevenSubsetsAlsoAsVariants) {
  const Suite suite = LoadSuite(Shipped(), "saco-gold");
  EXPECT_THAT(suite.members, SizeIs(7));
  const Suite paper = LoadSuite(Shipped(), "saco-gold@paper");
  ASSERT_THAT(paper.members, SizeIs(7));
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(paper.members[i], suite.members[i] + "@paper");
}

TEST(Suite, TheMeanIsThePlainMeanOfTheMembers) {
  const ordered_json report = SuiteReport(ThreeMembers(), Members());
  EXPECT_DOUBLE_EQ(report["average"]["cgF1"]["value"].get<double>(), (0.1 + 0.25 + 0.7) / 3);
  EXPECT_EQ(report["average"]["cgF1"]["n"], 3);
  EXPECT_TRUE(report["flaws"].empty());
  EXPECT_TRUE(report["label"].empty());
  EXPECT_THAT(SuiteText(report, false), HasSubstr("mean    0.3500"));
  EXPECT_THAT(SuiteMarkdown(report), HasSubstr("| mean | 0.3500 |"));
  EXPECT_THAT(SuiteCsv(report), HasSubstr("three,b,h-b,cgF1,0.25\n"));
}

TEST(Suite, AMeanOverSomeMembersIsRefusedUnlessAskedFor) {
  const std::vector<std::pair<SuiteMember, std::string>> flawed = {
      {{.protocol = "b", .hash = "h-b", .report = "", .problem = "there is no such folder"},
       "b: there is no such folder"},
      {Scored("b", 0.25, /*complete=*/false),
       "b: its set is not complete: b #12345678 (unverified)"},
      {Scored("b", nullptr), "b: it has no value of cgF1"}};
  for (const auto& [member, flaw] : flawed) {
    std::vector<SuiteMember> members = Members();
    members[1] = member;
    const ordered_json refused = SuiteReport(ThreeMembers(), members);
    EXPECT_TRUE(refused["average"]["cgF1"]["value"].is_null()) << flaw;
    EXPECT_EQ(refused["flaws"], ordered_json({flaw}));
    EXPECT_EQ(refused["label"], ordered_json({"no mean"}));
    EXPECT_THAT(SuiteText(refused, false), HasSubstr(flaw));

    const bool counts = member.report == Scored("b", 0.25, false).report;
    const ordered_json partial = SuiteReport(ThreeMembers(), members, {.allow_partial = true});
    EXPECT_DOUBLE_EQ(partial["average"]["cgF1"]["value"].get<double>(),
                     counts ? (0.1 + 0.25 + 0.7) / 3 : (0.1 + 0.7) / 2);
    EXPECT_EQ(partial["label"], ordered_json({"partial 2/3"}));
    EXPECT_EQ(partial["flaws"], ordered_json({flaw}));
  }
}

TEST(Suite, NothingAtAllHasNoMean) {
  std::vector<SuiteMember> members;
  for (const char* name : {"a", "b", "c"}) members.push_back({name, "h", "", "not there"});
  const ordered_json report = SuiteReport(ThreeMembers(), members, {.allow_partial = true});
  EXPECT_TRUE(report["average"]["cgF1"]["value"].is_null());
  EXPECT_EQ(report["label"], ordered_json({"partial 0/3"}));
}

TEST(Suite, ItsHashFollowsMembersAndMetrics) {
  const auto hash = [](const Suite& suite, const std::vector<SuiteMember>& members) {
    return SuiteReport(suite, members)["suite"]["hash"].get<std::string>();
  };
  Suite suite = ThreeMembers();
  std::vector<SuiteMember> members = Members();
  const std::string first = hash(suite, members);
  members[2] = Scored("c", 0.9);
  EXPECT_EQ(hash(suite, members), first);
  members[2].hash = "another";
  EXPECT_NE(hash(suite, members), first);
  suite.average = {"other"};
  EXPECT_NE(hash(suite, Members()), first);
}

TEST(Suite, WithoutAMeanEveryHeadlineIsListed) {
  Suite suite = ThreeMembers();
  suite.average.clear();
  std::vector<SuiteMember> members = Members();
  members[0] = {"a", "h-a", "", "not there"};
  const ordered_json report = SuiteReport(suite, members);
  EXPECT_TRUE(report["average"].empty());
  EXPECT_THAT(SuiteText(report, false), HasSubstr("a: not there"));
  EXPECT_THAT(SuiteText(report, false), HasSubstr("0.7000"));
}

TEST(Suite, AMetricThatAMemberLacksIsAnError) {
  Suite suite = ThreeMembers();
  suite.average = {"mIoU"};
  EXPECT_THROW(SuiteReport(suite, Members()), ConfigError);
}

// ---- rows ----------------------------------------------------------------------

Suite TwoRows() {
  Suite suite;
  suite.name = "table";
  suite.members = {"a", "b", "c"};
  suite.rows = {{"a", "cgF1", {"a"}}, {"several", "cgF1", {"b", "c"}}};
  return suite;
}

TEST(Suite, ARowIsAProtocolOrTheMeanOfASuite) {
  const ordered_json report = SuiteReport(TwoRows(), Members());
  EXPECT_DOUBLE_EQ(report["rows"][0]["value"].get<double>(), 0.1);
  EXPECT_DOUBLE_EQ(report["rows"][1]["value"].get<double>(), (0.25 + 0.7) / 2);
  EXPECT_TRUE(report["label"].empty());
  EXPECT_THAT(SuiteCsv(report), HasSubstr("table,several,sha256:"));
}

TEST(Suite, ARowOverSeveralIsRefusedWhereOneIsMissing) {
  std::vector<SuiteMember> members = Members();
  members[1] = {"b", "h-b", "", "not there"};
  const ordered_json refused = SuiteReport(TwoRows(), members);
  EXPECT_DOUBLE_EQ(refused["rows"][0]["value"].get<double>(), 0.1);
  EXPECT_TRUE(refused["rows"][1]["value"].is_null());
  EXPECT_EQ(refused["label"], ordered_json({"no mean"}));
  const ordered_json partial = SuiteReport(TwoRows(), members, {.allow_partial = true});
  EXPECT_DOUBLE_EQ(partial["rows"][1]["value"].get<double>(), 0.7);
  EXPECT_EQ(partial["rows"][1]["n"], 1);
  EXPECT_EQ(partial["label"], ordered_json({"partial 2/3"}));
}

TEST(Suite, PublishedNumbersStandBesideEveryRow) {
  std::vector<PublishedRow> published(3);
  for (PublishedRow& row : published) {
    row.metric = "cgF1";
    row.unit = "percent";
    row.alignment = "none";
    row.name = "several";
  }
  published[0].model = published[0].model_id = "near";
  published[0].value = 48;
  published[1].model = published[1].model_id = "far";
  published[1].value = 99;
  published[2].model = published[2].model_id = "elsewhere";
  published[2].name = "other";
  Suite suite = TwoRows();
  suite.beside = {"far"};
  const ordered_json report = SuiteReport(suite, Members(), {.published = published});
  EXPECT_TRUE(report["rows"][0]["published"].empty());
  ASSERT_EQ(report["rows"][1]["published"].size(), 2U);
  EXPECT_EQ(report["rows"][1]["published"][0]["model"], "far");
  EXPECT_DOUBLE_EQ(report["rows"][1]["published"][1]["value"].get<double>(), 0.48);
  EXPECT_THAT(SuiteText(report, false),
              ::testing::ContainsRegex("far 0.9900 \\(\\?\\) +near 0.4800 \\(\\?\\)"));
  EXPECT_THAT(SuiteText(report, false), HasSubstr("(?) its protocol is unpublished"));
}

TEST(Suite, TheTableOfThePaperHasItsSixRows) {
  const Suite suite = LoadSuite(Shipped(), "vision-banana");
  EXPECT_THAT(suite.rows, SizeIs(6));
  EXPECT_THAT(suite.members, SizeIs(3 + 7 + 4 + 4));
  for (const SuiteRow& row : suite.rows) {
    for (const std::string& member : row.members) {
      EXPECT_THAT(LoadProtocol(Shipped(), member).headline, ::testing::Contains(row.metric))
          << member;
    }
  }
}

TEST(Suite, OtherFilesAreRefused) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.Path() / "protocols");
  const auto fault = [&](const json& content, const std::string& name = "one") {
    WriteText(folder.Path() / "suites/one.json", content.dump());
    try {
      LoadSuite(ConfigRoot(folder.Path()), name);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(fault({{"members", {"a"}}}), "");
  EXPECT_THAT(fault({{"members", {"a", "a"}}}), HasSubstr("twice"));
  EXPECT_THAT(fault({{"members", json::array()}}), HasSubstr("at least one"));
  EXPECT_THAT(fault({{"members", {"a", 1}}}), HasSubstr("list of names"));
  EXPECT_THAT(fault({{"members", "a"}}), HasSubstr("list of names"));
  EXPECT_THAT(fault({{"members", {"a"}}, {"averages", {"x"}}}), HasSubstr("average"));
  const json row = {{"name", "a"}, {"metric", "m"}};
  EXPECT_EQ(fault({{"rows", {row}}}), "");
  EXPECT_THAT(fault({{"rows", {row}}, {"members", {"a"}}}), HasSubstr("/rows"));
  EXPECT_THAT(fault({{"rows", {{{"name", "a"}}}}}), HasSubstr("/rows/0/metric"));
  EXPECT_THAT(fault({{"rows", {{{"name", "one"}, {"metric", "m"}}}}}), HasSubstr("/rows/0/name"));
  EXPECT_THAT(fault({{"members", {"a"}}}, "on"), HasSubstr("one"));
  EXPECT_THAT(fault({{"members", {"a"}}}, "../suites/one"), HasSubstr("no suite"));
}

}  // namespace
}  // namespace assay
