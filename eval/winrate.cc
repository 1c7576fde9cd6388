#include "eval/winrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <set>

#include "datasets/io/errors.h"
#include "eval/number_or_null.h"
#include "eval/text_table.h"

namespace assay {
namespace {

using nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;
// Points by which a model that wins ten times as often as it loses is ahead in an Elo table.
constexpr double kEloPoints = 400;

template <class E, std::size_t N>
const char* NameOf(const std::array<std::pair<const char*, E>, N>& names, E value) {
  const auto found = std::find_if(
      names.begin(), names.end(), [&](const auto& row) { return row.second == value; });
  return found->first;
}

// ---- clusters ----------------------------------------------------------------

VoteCluster Chosen(const std::vector<Vote>& votes, VoteCluster wanted) {
  const auto all = [&](std::string Vote::* field) {
    return std::none_of(
        votes.begin(), votes.end(), [&](const Vote& vote) { return (vote.*field).empty(); });
  };
  const bool prompts = all(&Vote::prompt);
  const bool raters = all(&Vote::rater);
  if (wanted == VoteCluster::kAuto) {
    return prompts ? VoteCluster::kPrompt : raters ? VoteCluster::kRater : VoteCluster::kVote;
  }
  if ((wanted == VoteCluster::kPrompt && !prompts) || (wanted == VoteCluster::kRater && !raters)) {
    throw ConfigError(
        fmt::format("not every vote has a '{0}', by which they are to be clustered; "
                    "add it, or take --cluster vote",
                    NameOf(kVoteClusterNames, wanted)));
  }
  return wanted;
}

std::string ClusterOf(const Vote& vote, std::size_t index, VoteCluster cluster) {
  if (cluster == VoteCluster::kPrompt) return vote.prompt;
  if (cluster == VoteCluster::kRater) return vote.rater;
  return std::to_string(index);
}

// ---- counting ----------------------------------------------------------------

void Count(VoteCounts& counts, Winner winner, bool swapped) {
  if (winner == Winner::kTie) {
    ++counts.ties;
  } else {
    ++((winner == Winner::kA) != swapped ? counts.wins : counts.losses);
  }
}

// Votes seen from one side, whole and by cluster. Clusters in the order of the file.
class Tally {
 public:
  void Add(Winner winner, bool swapped, const std::string& cluster) {
    Count(whole_, winner, swapped);
    const auto [place, fresh] = places_.emplace(cluster, clusters_.size());
    if (fresh) clusters_.emplace_back();
    Count(clusters_[place->second], winner, swapped);
  }

  const VoteCounts& Whole() const { return whole_; }

  std::vector<ClusterSums> Clusters(TiePolicy ties) const {
    std::vector<ClusterSums> sums;
    sums.reserve(clusters_.size());
    for (const VoteCounts& counts : clusters_) {
      const WinShare share = ShareOf(counts, ties);
      sums.push_back({share.wins, share.votes});
    }
    return sums;
  }

 private:
  VoteCounts whole_;
  std::map<std::string, std::size_t> places_;
  std::vector<VoteCounts> clusters_;
};

// Numbers the models in the order in which they occur.
class Models {
 public:
  std::size_t Of(const std::string& name) {
    const auto [place, fresh] = places_.emplace(name, names_.size());
    if (fresh) names_.push_back(name);
    return place->second;
  }
  const std::vector<std::string>& Names() const { return names_; }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::string> names_;
};

using Pair = std::pair<std::size_t, std::size_t>;  // the first occurs earlier

struct Counted {
  Models models;
  std::map<std::size_t, Tally> of_model;
  std::map<Pair, Tally> of_pair;
  std::map<std::pair<std::string, Pair>, Tally> of_category;
  std::size_t repeated = 0;  // votes of a rater on a prompt and pair judged before
};

Counted CountAll(const std::vector<Vote>& votes, VoteCluster cluster) {
  Counted counted;
  std::set<std::tuple<std::string, std::string, Pair>> judged;
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const Vote& vote = votes[i];
    const std::size_t a = counted.models.Of(vote.a);
    const std::size_t b = counted.models.Of(vote.b);
    const Pair pair = std::minmax(a, b);
    const bool swapped = a > b;
    const std::string in = ClusterOf(vote, i, cluster);
    counted.of_model[a].Add(vote.winner, false, in);
    counted.of_model[b].Add(vote.winner, true, in);
    counted.of_pair[pair].Add(vote.winner, swapped, in);
    if (!vote.category.empty()) {
      counted.of_category[{vote.category, pair}].Add(vote.winner, swapped, in);
    }
    if (!vote.rater.empty() && !vote.prompt.empty() &&
        !judged.emplace(vote.rater, vote.prompt, pair).second) {
      ++counted.repeated;
    }
  }
  return counted;
}

// ---- the report --------------------------------------------------------------

ordered_json IntervalJson(const Interval& interval) {
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return nullptr;
  return {interval.low, interval.high};
}

void AddRates(ordered_json& row, const Tally& tally, const WinrateOptions& options) {
  const WinShare share = ShareOf(tally.Whole(), options.ties);
  const boost::math::normal normal;
  const double z = boost::math::quantile(normal, (1 + options.bootstrap.confidence) / 2);
  const std::vector<ClusterSums> clusters = tally.Clusters(options.ties);
  row["n"] = tally.Whole().wins + tally.Whole().losses + tally.Whole().ties;
  row["wins"] = tally.Whole().wins;
  row["losses"] = tally.Whole().losses;
  row["ties"] = tally.Whole().ties;
  row["win_rate"] = NumberOrNull(WinRate(share));
  row["wilson"] = IntervalJson(WilsonInterval(share, z));
  row["clusters"] = clusters.size();
  // One cluster says nothing about how clusters differ.
  row["clustered"] = clusters.size() < 2
                         ? ordered_json()
                         : IntervalJson(ClusteredInterval(clusters, options.bootstrap));
}

ordered_json PairJson(const Counted& counted,
                      const Pair& pair,
                      const Tally& tally,
                      const WinrateOptions& options) {
  ordered_json row = {{"a", counted.models.Names()[pair.first]},
                      {"b", counted.models.Names()[pair.second]}};
  AddRates(row, tally, options);
  return row;
}

std::optional<std::vector<double>> Strengths(const Counted& counted) {
  const std::size_t n = counted.models.Names().size();
  std::vector<std::vector<double>> wins(n, std::vector<double>(n));
  for (const auto& [pair, tally] : counted.of_pair) {
    const VoteCounts& counts = tally.Whole();
    const double shared = static_cast<double>(counts.ties) / 2;
    wins[pair.first][pair.second] = static_cast<double>(counts.wins) + shared;
    wins[pair.second][pair.first] = static_cast<double>(counts.losses) + shared;
  }
  return BradleyTerry(wins);
}

ordered_json ModelsJson(const Counted& counted,
                        const std::optional<std::vector<double>>& strengths,
                        const WinrateOptions& options) {
  ordered_json rows = ordered_json::array();
  for (const auto& [model, tally] : counted.of_model) {
    ordered_json row = {{"model", counted.models.Names()[model]}};
    AddRates(row, tally, options);
    const double strength = strengths ? (*strengths)[model] : NAN;
    row["strength"] = NumberOrNull(strength);
    row["elo"] = NumberOrNull(strength * kEloPoints / std::numbers::ln10);
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const ordered_json& x, const ordered_json& y) {
    const char* by = strengths ? "strength" : "win_rate";
    if (x.at(by).is_null() || y.at(by).is_null()) return !x.at(by).is_null();
    return x.at(by).get<double>() > y.at(by).get<double>();
  });
  return rows;
}

ordered_json NotesOf(const Votes& votes, const Counted& counted, bool strengths) {
  ordered_json notes = ordered_json::array();
  if (!votes.unused.empty()) {
    notes.push_back(fmt::format("fields not used: {}", fmt::join(votes.unused, ", ")));
  }
  if (counted.repeated > 0) {
    notes.push_back(
        fmt::format("{} votes repeat a rater's judgement of one pair on one prompt; "
                    "all are counted",
                    counted.repeated));
  }
  if (!strengths) {
    notes.push_back(
        "no Bradley-Terry strengths: not every model is linked to every other by "
        "wins in both directions");
  }
  return notes;
}

// ---- text --------------------------------------------------------------------

std::string Percent(const ordered_json& value) {
  return value.is_null() ? "-" : fmt::format("{:.1f} %", 100 * value.get<double>());
}

std::string PercentRange(const ordered_json& interval) {
  if (interval.is_null()) return "-";
  return fmt::format(
      "{:.1f} - {:.1f}", 100 * interval[0].get<double>(), 100 * interval[1].get<double>());
}

void AddRateCells(std::vector<std::string>& cells, const ordered_json& row) {
  cells.push_back(Percent(row.at("win_rate")));
  cells.push_back(PercentRange(row.at("wilson")));
  cells.push_back(PercentRange(row.at("clustered")));
  for (const char* name : {"wins", "losses", "ties", "n"}) cells.push_back(row.at(name).dump());
}

TableRows PairRows(const ordered_json& pairs, const std::string& title) {
  TableRows rows = {{title, "win rate", "Wilson", "clustered", "wins", "losses", "ties", "votes"}};
  for (const ordered_json& pair : pairs) {
    std::vector<std::string> cells = {
        fmt::format("{}{} over {}",
                    pair.contains("category") ? pair.at("category").get<std::string>() + ": " : "",
                    pair.at("a").get<std::string>(),
                    pair.at("b").get<std::string>())};
    AddRateCells(cells, pair);
    rows.push_back(std::move(cells));
  }
  return rows;
}

TableRows ModelRows(const ordered_json& models) {
  TableRows rows = {{"model",
                     "win rate",
                     "Wilson",
                     "clustered",
                     "wins",
                     "losses",
                     "ties",
                     "votes",
                     "strength",
                     "Elo"}};
  for (const ordered_json& model : models) {
    std::vector<std::string> cells = {model.at("model")};
    AddRateCells(cells, model);
    cells.push_back(Rounded(model.at("strength")));
    cells.push_back(
        model.at("elo").is_null() ? "-" : fmt::format("{:+.0f}", model.at("elo").get<double>()));
    rows.push_back(std::move(cells));
  }
  return rows;
}

}  // namespace

ordered_json WinrateReport(const Votes& votes, const WinrateOptions& options) {
  const VoteCluster cluster = Chosen(votes.votes, options.cluster);
  const Counted counted = CountAll(votes.votes, cluster);
  const auto strengths = Strengths(counted);
  ordered_json report;
  report["schema_version"] = kSchemaVersion;
  report["settings"] = {{"ties", NameOf(kTiePolicyNames, options.ties)},
                        {"cluster", NameOf(kVoteClusterNames, cluster)},
                        {"confidence", options.bootstrap.confidence},
                        {"replicates", options.bootstrap.replicates},
                        {"seed", options.bootstrap.seed}};
  report["votes"] = votes.votes.size();
  report["models"] = ModelsJson(counted, strengths, options);
  report["pairs"] = ordered_json::array();
  for (const auto& [pair, tally] : counted.of_pair) {
    report["pairs"].push_back(PairJson(counted, pair, tally, options));
  }
  report["categories"] = ordered_json::array();
  for (const auto& [place, tally] : counted.of_category) {
    ordered_json row = {{"category", place.first}};
    row.update(PairJson(counted, place.second, tally, options));
    report["categories"].push_back(std::move(row));
  }
  report["notes"] = NotesOf(votes, counted, strengths.has_value());
  return report;
}

std::string WinrateText(const ordered_json& report, bool colour) {
  const Style& style = StyleFor(colour);
  std::string text = Aligned(PairRows(report.at("pairs"), "pair"), style);
  if (!report.at("categories").empty()) {
    text += "\n" + Aligned(PairRows(report.at("categories"), "category"), style);
  }
  if (report.at("models").size() > 2) {
    text += "\n" + Aligned(ModelRows(report.at("models")), style);
  }
  const ordered_json& settings = report.at("settings");
  text += fmt::format("  {} votes; ties: {}; {:g} % intervals; clustered by {}\n",
                      report.at("votes").get<std::size_t>(),
                      settings.at("ties").get<std::string>(),
                      100 * settings.at("confidence").get<double>(),
                      settings.at("cluster").get<std::string>());
  for (const auto& note : report.at("notes")) {
    text += fmt::format("  {}{}{}\n", style.warn, note.get<std::string>(), style.reset);
  }
  return text;
}

}  // namespace assay
