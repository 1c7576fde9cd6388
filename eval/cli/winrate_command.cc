// assay winrate: votes on pairs of answers to win rates, intervals and strengths.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/file.h"
#include "eval/cli/commands.h"
#include "eval/cli/terminal.h"
#include "eval/winrate.h"

namespace assay::cli {
namespace {

template <class E, std::size_t N>
E Choice(const po::variables_map& given,
         const std::string& option,
         const std::array<std::pair<const char*, E>, N>& table) {
  const std::string text = Text(given, option);
  std::vector<std::string> names;
  for (const auto& [name, value] : table) {
    if (text == name) return value;
    names.emplace_back(name);
  }
  const std::string hint = DidYouMean(text, names);
  throw ConfigError(fmt::format("--{} '{}' is not one of {}{}{}",
                                option,
                                text,
                                fmt::join(names, ", "),
                                hint.empty() ? "" : "; ",
                                hint));
}

double Confidence(const po::variables_map& given) {
  const double confidence = given["confidence"].as<double>();
  if (confidence > 0 && confidence < 1) return confidence;
  throw ConfigError(fmt::format("--confidence is {}; must be between 0 and 1", confidence));
}

}  // namespace

int RunWinrate(const Arguments& arguments) {
  CommandLine line("winrate", "FILE [--ties half|drop|loss] [--json] [-o FILE]");
  line.arguments.add_options()("file", po::value<std::string>()->required());
  line.positional.add("file", 1);
  line.options.add_options()("ties",
                             po::value<std::string>()->default_value("half")->value_name("RULE"),
                             "half: a tie is half a win; drop: left out; loss: no win")(
      "cluster",
      po::value<std::string>()->default_value("auto")->value_name("BY"),
      "prompt, rater or vote: what the bootstrap draws; auto: the first that every vote has")(
      "confidence", po::value<double>()->default_value(0.95, "0.95"), "of the intervals")(
      "replicates",
      po::value<int>()->default_value(10000)->notifier(AtLeast("--replicates", 1)),
      "of the bootstrap")("seed", po::value<std::uint64_t>()->default_value(0), "of the bootstrap")(
      "output,o", po::value<std::string>()->value_name("FILE"), "the JSON, also to a file")(
      "json", po::bool_switch(), "one JSON object on standard output");
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const WinrateOptions options{.ties = Choice(*given, "ties", kTiePolicyNames),
                               .cluster = Choice(*given, "cluster", kVoteClusterNames),
                               .bootstrap = {.confidence = Confidence(*given),
                                             .replicates = (*given)["replicates"].as<int>(),
                                             .seed = (*given)["seed"].as<std::uint64_t>()}};
  const nlohmann::ordered_json report = WinrateReport(ReadVotes(Text(*given, "file")), options);
  const std::string text = report.dump(2) + "\n";
  if (const std::string output = Text(*given, "output"); !output.empty()) WriteText(output, text);
  if ((*given)["json"].as<bool>()) {
    std::cout << text;
  } else {
    std::cout << WinrateText(report, UseColour(STDOUT_FILENO));
  }
  return kOk;
}

}  // namespace assay::cli
