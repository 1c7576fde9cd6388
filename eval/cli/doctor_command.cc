// assay doctor: every problem of a dataset tree, with what to do.

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "eval/cli/commands.h"
#include "eval/cli/terminal.h"
#include "eval/doctor.h"
#include "eval/selection.h"

namespace assay::cli {
namespace {

using nlohmann::ordered_json;

ordered_json ToJson(const DoctorReport& report, const DatasetFacts& facts) {
  ordered_json findings = ordered_json::array();
  for (const DoctorFinding& finding : report.findings) {
    findings.push_back({{"severity", finding.fatal ? "error" : "note"},
                        {"path", finding.path},
                        {"key", finding.key},
                        {"problem", finding.problem},
                        {"remedy", finding.remedy}});
  }
  ordered_json details = ordered_json::object();
  for (const auto& [name, value] : report.facts) details[name] = value;
  return {{"dataset", facts.name},
          {"split", facts.split},
          {"layout", facts.layout},
          {"found", facts.found},
          {"official", facts.official},
          {"complete", facts.complete},
          {"images", report.images},
          {"facts", details},
          {"fingerprint", report.fingerprint},
          {"findings", findings}};
}

void Print(const DoctorReport& report, const DatasetFacts& facts) {
  const bool colour = UseColour(STDOUT_FILENO);
  std::cout << fmt::format("{} {}: {} of {} samples{}\n",
                           facts.name,
                           facts.split,
                           facts.found,
                           facts.official,
                           facts.synthetic  ? " (synthetic)"
                           : facts.complete ? ""
                                            : " (partial)");
  std::cout << fmt::format(
      "  layout: {}\n  images: {} of {} present\n", facts.layout, report.images, report.samples);
  for (const auto& [name, value] : report.facts) {
    std::cout << fmt::format("  {}: {}\n", name, value);
  }
  for (const DoctorFinding& finding : report.findings) {
    const char* severity = finding.fatal ? (colour ? "\x1b[31merror\x1b[0m" : "error")
                                         : (colour ? "\x1b[33mnote\x1b[0m" : "note");
    std::cout << "  " << severity << ": " << (finding.path.empty() ? "" : finding.path + ": ")
              << finding.problem << "\n";
    if (!finding.remedy.empty()) std::cout << "    " << finding.remedy << "\n";
  }
  if (report.findings.empty()) std::cout << "  no problem found\n";
}

}  // namespace

int RunDoctor(const Arguments& arguments) {
  CommandLine line("doctor", "--protocol P --data DIR");
  AddProtocolOptions(line.options);
  AddDataOptions(line.options);
  AddOutputOptions(line.options);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const Protocol protocol = ProtocolFrom(*given, FindConfigs());
  const auto [dataset, selection] =
      OpenSelected(protocol, DataFor(*given, protocol), SelectionFrom(*given));
  const DatasetFacts facts = FactsOf(dataset, protocol, selection);
  const auto total = static_cast<std::int64_t>(selection.indices.size());
  DoctorReport report;
  {
    ProgressLine progress("doctor " + facts.name, (*given)["quiet"].as<bool>());
    report = Examine(
        dataset, selection.indices, [&](std::int64_t done) { progress.Show(done, total, 0, ""); });
  }
  if ((*given)["json"].as<bool>()) {
    std::cout << ToJson(report, facts).dump(2) << "\n";
  } else {
    Print(report, facts);
  }
  for (const DoctorFinding& finding : report.findings) {
    if (finding.fatal) return kDatasetBad;
  }
  return kOk;
}

}  // namespace assay::cli
