// assay winrate: votes on pairs of answers to win rates, intervals and strengths.
//
// Every pair of models has its row; the pair is named in the order in which its models first
// occur in the file. With categories there is a row for each pair and category too. A model's
// own win rate is over all its votes, whomever it met.
//
// Intervals: Wilson takes votes as independent; the clustered bootstrap draws whole clusters
// (metrics/cluster_bootstrap.h): the votes on one prompt, or of one rater. The formulas, and
// what the tie policies mean, stand in metrics/preference.h.
//
// Schema: configs/schemas/winrate.schema.json.
#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

#include "eval/votes.h"
#include "metrics/cluster_bootstrap.h"

namespace assay {

// What votes depend on each other by. kAuto: by prompt where every vote has one, else by
// rater where every vote has one, else every vote for itself.
enum class VoteCluster { kAuto, kPrompt, kRater, kVote };

// As on the command line and in the report.
inline constexpr std::array<std::pair<const char*, TiePolicy>, 3> kTiePolicyNames = {
    {{"half", TiePolicy::kHalf}, {"drop", TiePolicy::kDrop}, {"loss", TiePolicy::kLoss}}};
inline constexpr std::array<std::pair<const char*, VoteCluster>, 4> kVoteClusterNames = {
    {{"auto", VoteCluster::kAuto},
     {"prompt", VoteCluster::kPrompt},
     {"rater", VoteCluster::kRater},
     {"vote", VoteCluster::kVote}}};

struct WinrateOptions {
  TiePolicy ties = TiePolicy::kHalf;
  VoteCluster cluster = VoteCluster::kAuto;
  BootstrapOptions bootstrap = {};
};

// Throws ConfigError where votes lack what they are to be clustered by.
nlohmann::ordered_json WinrateReport(const Votes& votes, const WinrateOptions& options);

std::string WinrateText(const nlohmann::ordered_json& report, bool colour);

}  // namespace assay
