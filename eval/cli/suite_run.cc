#include "eval/cli/suite_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "eval/cli/commands.h"
#include "eval/cli/scoring.h"
#include "eval/cli/terminal.h"
#include "eval/suite_report.h"
#include "eval/suite_views.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

struct Member {
  Protocol protocol;
  ScoreRequest request = {};
  std::string problem = {};
  int exit_code = kOk;
};

// DIR/<protocol>/ or DIR/<protocol>.json, with or without the variant's name; empty when
// neither is there.
fs::path AnswersOf(const fs::path& folder, const std::string& protocol) {
  for (const std::string& name : {protocol, protocol.substr(0, protocol.find('@'))}) {
    if (fs::is_directory(folder / name)) return folder / name;
    if (fs::is_regular_file(folder / (name + ".json"))) return folder / (name + ".json");
  }
  return {};
}

void FindData(Member& member, const po::variables_map& given) {
  try {
    member.request.data = DataFor(given, member.protocol);
    OpenDataset(member.protocol, member.request.data);
  } catch (const DatasetError& error) {
    member.problem = error.what();
    member.exit_code = kDatasetBad;
  }
}

void FindAnswers(Member& member, const fs::path& folder) {
  member.request.answers.predictions = AnswersOf(folder, member.protocol.name);
  if (!member.request.answers.predictions.empty()) return;
  member.problem = fmt::format("there are no answers: neither {0}/ nor {0}.json",
                               (folder / member.protocol.name).string());
  member.exit_code = kUncovered;
}

std::vector<Member> Prepare(const Suite& suite,
                            const po::variables_map& given,
                            const std::string& command) {
  const ConfigRoot configs = FindConfigs();
  const fs::path predictions = Text(given, "predictions");
  CheckSetMembers(given, suite.members);
  std::vector<Member> members;
  for (const std::string& name : suite.members) {
    Member member{.protocol = ProtocolNamed(name, given, configs)};
    member.request = RequestFrom(given);
    member.request.run /= name;
    member.request.command = command;
    FindData(member, given);
    if (member.problem.empty() && !predictions.empty()) FindAnswers(member, predictions);
    members.push_back(std::move(member));
  }
  return members;
}

// The report's text; "" after an interruption.
std::string ScoreMember(Member& member, const po::variables_map& given) {
  AskModel(given, member.request);
  ScoreResult result = ScoreIntoRun(member.protocol, member.request);
  member.exit_code = result.exit_code;
  return std::move(result.report);
}

int CodeOf(const std::vector<Member>& members, const nlohmann::ordered_json& report, bool partial) {
  bool uncovered = !partial && !report.at("label").empty();  // "no mean"
  std::size_t problems = 0;
  for (const Member& member : members) {
    if (member.problem.empty()) {
      uncovered = uncovered || member.exit_code == kUncovered;
      continue;
    }
    ++problems;
    if (!partial && member.exit_code == kDatasetBad) return kDatasetBad;
    uncovered = uncovered || !partial;
  }
  if (problems == members.size()) return members.front().exit_code;
  return uncovered ? kUncovered : kOk;
}

void Print(const nlohmann::ordered_json& report, const po::variables_map& given) {
  if (given["json"].as<bool>()) {
    std::cout << report.dump(2) << "\n";
  } else {
    std::cout << "\n" << SuiteText(report, UseColour(STDOUT_FILENO));
  }
}

}  // namespace

int RunSuite(const po::variables_map& given, const Arguments& arguments) {
  const Suite suite = LoadSuite(FindConfigs(), Text(given, "suite"));
  std::vector<Member> members = Prepare(suite, given, ShellCommand("run", arguments));
  const fs::path folder = Text(given, "output");
  std::vector<SuiteMember> rows;
  for (Member& member : members) {
    rows.push_back({member.protocol.name, member.protocol.hash});
    if (member.problem.empty()) rows.back().report = ScoreMember(member, given);
    if (member.exit_code == kInterrupted) return kInterrupted;
    rows.back().problem = member.problem;
  }
  const bool partial = given["allow-partial"].as<bool>();
  const nlohmann::ordered_json report =
      SuiteReport(suite, rows, {.allow_partial = partial, .published = ShippedPublished()});
  WriteText(folder / "suite.json", report.dump(2) + "\n");
  Print(report, given);
  std::cerr << "suite: " << (folder / "suite.json").string() << "\n";
  const int code = CodeOf(members, report, partial);
  if (code != kOk && !partial) {
    std::cerr << "--allow-partial gives the mean over what is there, and says so\n";
  }
  return code;
}

}  // namespace assay::cli
