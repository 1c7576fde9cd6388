#include "eval/cli/variants_run.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "eval/cli/commands.h"
#include "eval/cli/terminal.h"
#include "eval/variants.h"

namespace assay::cli {
namespace {

std::string ProblemOf(const ScoreResult& result) {
  try {
    std::rethrow_exception(result.refusal);
  } catch (const std::exception& error) {
    return error.what();
  }
}

int WorstOf(const std::vector<ScoreResult>& results) {
  const auto any = [&](int code) {
    return std::any_of(results.begin(), results.end(), [code](const ScoreResult& result) {
      return result.exit_code == code;
    });
  };
  return any(kDatasetBad) ? kDatasetBad : any(kUncovered) ? kUncovered : kOk;
}

}  // namespace

int ScoreVariants(const std::string& named,
                  const po::variables_map& given,
                  const ScoreRequest& request) {
  const VariantChoice choice =
      CompatibleVariants(FindConfigs(), named, OverridesFrom(given, named));
  std::vector<RunTarget> targets;
  targets.reserve(choice.protocols.size());
  for (const Protocol& protocol : choice.protocols) {
    targets.push_back({&protocol, request.run / protocol.name});
  }
  const std::vector<ScoreResult> results = ScoreIntoRuns(targets, request);
  if (results.front().exit_code == kInterrupted) return kInterrupted;
  std::vector<SuiteMember> members;
  for (std::size_t i = 0; i < results.size(); ++i) {
    members.push_back({.protocol = choice.protocols[i].name,
                       .hash = choice.protocols[i].hash,
                       .report = results[i].report});
    if (results[i].refusal) members.back().problem = ProblemOf(results[i]);
  }
  const nlohmann::ordered_json report = VariantsReport(choice, members);
  WriteText(request.run / "suite.json", report.dump(2) + "\n");
  if (given["json"].as<bool>()) {
    std::cout << report.dump(2) << "\n";
  } else {
    std::cout << VariantsText(report, UseColour(STDOUT_FILENO));
  }
  std::cerr << "variants: " << (request.run / "suite.json").string() << "\n";
  return WorstOf(results);
}

}  // namespace assay::cli
