// Votes and the report made of them.
//   - a table counted by hand, pairs named in either order, ties by each rule
//   - the same votes as CSV and as JSON Lines give the same report; shuffled votes change
//     neither counts nor Wilson intervals
//   - clusters: by prompt where there are prompts, else by rater, else by vote; asking for
//     what is not there is refused; one cluster has no interval
//   - categories have their own rows and add up
//   - strengths are absent, with a note, where no maximum exists
//   - what is no vote is refused with its row or line; other fields are named
#include "eval/winrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Vote Of(
    const char* a, const char* b, Winner winner, const char* prompt = "", const char* rater = "") {
  return {.a = a, .b = b, .winner = winner, .rater = rater, .prompt = prompt};
}

Votes Few() {
  return {{Of("banana", "pro", Winner::kA, "p1", "r1"),
           Of("pro", "banana", Winner::kB, "p1", "r2"),
           Of("banana", "pro", Winner::kTie, "p2", "r1"),
           Of("pro", "banana", Winner::kA, "p2", "r2")}};
}

Votes ReadFrom(const std::string& name, const std::string& text) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / name, text);
  return ReadVotes(folder.Path() / name);
}

std::string Refused(const std::string& name, const std::string& text) {
  try {
    ReadFrom(name, text);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(Winrate, CountsByHand) {
  const ordered_json report = WinrateReport(Few(), {});
  ASSERT_EQ(report.at("pairs").size(), 1U);
  const ordered_json& pair = report.at("pairs")[0];
  EXPECT_EQ(pair.at("a"), "banana");
  EXPECT_EQ(pair.at("wins"), 2);
  EXPECT_EQ(pair.at("losses"), 1);
  EXPECT_EQ(pair.at("ties"), 1);
  EXPECT_DOUBLE_EQ(pair.at("win_rate").get<double>(), 2.5 / 4);
  EXPECT_EQ(pair.at("clusters"), 2);
  EXPECT_EQ(report.at("settings").at("cluster"), "prompt");
}

TEST(Winrate, TheTieRuleIsASetting) {
  const auto rate = [](TiePolicy ties) {
    return WinrateReport(Few(), {.ties = ties}).at("pairs")[0].at("win_rate").get<double>();
  };
  EXPECT_DOUBLE_EQ(rate(TiePolicy::kDrop), 2.0 / 3);
  EXPECT_DOUBLE_EQ(rate(TiePolicy::kLoss), 2.0 / 4);
}

TEST(Winrate, CsvAndJsonLinesSayTheSame) {
  const Votes csv = ReadFrom("v.csv",
                             "a,b,vote,rater,prompt,when\n"
                             "banana,pro,banana,1,7,x\n"
                             "pro,banana,tie,2,7,x\n");
  const Votes json = ReadFrom("v.jsonl",
                              R"({"a":"banana","b":"pro","vote":"a","rater":1,"prompt":7,"when":0})"
                              "\n\n"
                              R"({"a":"pro","b":"banana","vote":"tie","rater":2,"prompt":7})");
  EXPECT_THAT(csv.unused, ElementsAre("when"));
  EXPECT_EQ(WinrateReport(csv, {}), WinrateReport(json, {}));
}

TEST(Winrate, ClustersAreWhatEveryVoteHas) {
  Votes votes = Few();
  const auto cluster = [&](VoteCluster wanted) {
    return WinrateReport(votes, {.cluster = wanted}).at("settings").at("cluster");
  };
  EXPECT_EQ(cluster(VoteCluster::kRater), "rater");
  votes.votes[0].prompt = "";
  EXPECT_EQ(cluster(VoteCluster::kAuto), "rater");
  EXPECT_THROW(cluster(VoteCluster::kPrompt), ConfigError);
  votes.votes[0].rater = "";
  EXPECT_EQ(cluster(VoteCluster::kAuto), "vote");
}

TEST(Winrate, OneClusterHasNoInterval) {
  const Votes votes = {{Of("x", "y", Winner::kA, "p"), Of("x", "y", Winner::kB, "p")}};
  const ordered_json report = WinrateReport(votes, {});
  EXPECT_TRUE(report.at("pairs")[0].at("clustered").is_null());
  EXPECT_FALSE(report.at("pairs")[0].at("wilson").is_null());
}

TEST(Winrate, OnlyTiesDroppedLeaveNoValue) {
  const Votes votes = {{Of("x", "y", Winner::kTie, "p"), Of("x", "y", Winner::kTie, "q")}};
  const ordered_json pair = WinrateReport(votes, {.ties = TiePolicy::kDrop}).at("pairs")[0];
  EXPECT_TRUE(pair.at("win_rate").is_null());
  EXPECT_TRUE(pair.at("wilson").is_null());
  EXPECT_TRUE(pair.at("clustered").is_null());
}

TEST(Winrate, CategoriesAddUp) {
  Votes votes = Few();
  votes.votes[0].category = votes.votes[1].category = "add";
  votes.votes[2].category = votes.votes[3].category = "remove";
  const ordered_json rows = WinrateReport(votes, {}).at("categories");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("category"), "add");
  EXPECT_EQ(rows[0].at("wins"), 2);
  EXPECT_EQ(rows[1].at("losses"), 1);
}

TEST(Winrate, StrengthsNeedWinsInBothDirections) {
  const Votes votes = {{Of("x", "y", Winner::kA), Of("y", "z", Winner::kA)}};
  const ordered_json report = WinrateReport(votes, {});
  EXPECT_TRUE(report.at("models")[0].at("strength").is_null());
  EXPECT_THAT(report.at("notes").dump(), HasSubstr("no Bradley-Terry strengths"));
}

TEST(Winrate, ARaterWhoVotesTwiceIsTold) {
  Votes votes = Few();
  votes.votes.push_back(votes.votes[0]);
  EXPECT_THAT(WinrateReport(votes, {}).at("notes").dump(), HasSubstr("1 votes repeat"));
}

TEST(Votes, WhatIsNoVoteIsRefusedWithItsPlace) {
  EXPECT_THAT(Refused("v.csv", "a,b,vote\nx,y,x\nx,x,tie\nx,y,z\n"),
              AllOf(HasSubstr("row 3: compares x with itself"), HasSubstr("row 4: 'vote' is 'z'")));
  EXPECT_THAT(
      Refused("v.jsonl", "{\"a\":\"x\",\"b\":\"y\",\"vote\":\"tie\"}\n[1]\n{\"a\":\"x\"}\n"),
      AllOf(HasSubstr("line 2: is no JSON object"), HasSubstr("line 3: needs the names")));
  EXPECT_THAT(Refused("v.csv", "a,b,vote\n"), HasSubstr("holds no vote"));
  EXPECT_THAT(Refused("v.csv", "a,b,vote\nx,y\n"), HasSubstr("row 2 has 2 fields"));
}

RC_GTEST_PROP(WinrateProperty, TheOrderOfVotesChangesNoCount, ()) {
  const char* const models[] = {"x", "y", "z"};
  const auto votes =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 27)));
  Votes read;
  for (const int code : votes) {
    const int a = code % 3;
    const int b = (a + 1 + code / 3 % 2) % 3;
    read.votes.push_back(Of(models[a], models[b], static_cast<Winner>(code / 9)));
  }
  const auto counts = [](const Votes& of) {
    std::map<std::string, std::vector<std::int64_t>> by_model;
    const ordered_json report = WinrateReport(of, {.bootstrap = {.replicates = 3}});
    std::int64_t total = 0;
    for (const auto& row : report.at("models")) {
      by_model[row.at("model")] = {row.at("wins"), row.at("losses"), row.at("ties")};
      total += row.at("n").get<std::int64_t>();
    }
    RC_ASSERT(total == 2 * static_cast<std::int64_t>(of.votes.size()));
    return by_model;
  };
  const auto forward = counts(read);
  std::reverse(read.votes.begin(), read.votes.end());
  RC_ASSERT(counts(read) == forward);
}

}  // namespace
}  // namespace assay
