// assay report: a finished run as JSON, Markdown, CSV or text, from its records.

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "eval/cli/commands.h"
#include "eval/cli/terminal.h"
#include "eval/report.h"
#include "eval/report_views.h"
#include "eval/sample_rows.h"
#include "eval/suite_views.h"
#include "eval/variants.h"

namespace assay::cli {
namespace {

std::string Rendered(const std::string& format, const std::string& text, bool colour) {
  const auto report = nlohmann::ordered_json::parse(text);
  if (format == "json") return text;
  if (format == "markdown") return Markdown(report);
  if (format == "csv") return Csv(report);
  if (format == "text") return TerminalTable(report, colour);
  throw ConfigError("--format '" + format + "' is not one of json, markdown, csv, text");
}

std::string RenderedSuite(const std::string& format, const std::string& text, bool colour) {
  const auto report = nlohmann::ordered_json::parse(text);
  const bool variants = IsVariantsReport(report);
  if (format == "json") return text;
  if (format == "markdown") return variants ? VariantsMarkdown(report) : SuiteMarkdown(report);
  if (format == "csv") return SuiteCsv(report);
  if (format == "text") {
    return variants ? VariantsText(report, colour) : SuiteText(report, colour);
  }
  throw ConfigError("--format '" + format + "' is not one of json, markdown, csv, text");
}

std::string RenderedSamples(const std::string& format,
                            const Protocol& protocol,
                            RecordStore& store) {
  if (format == "json") return SampleLines(protocol, store);
  if (format == "csv" || format == "text") return SampleCsv(protocol, store);
  throw ConfigError("--samples is written as csv or json, not as " + format);
}

void Write(const std::string& output, const std::string& rendered) {
  if (output.empty()) {
    std::cout << rendered;
  } else {
    WriteText(output, rendered);
  }
}

}  // namespace

int RunReport(const Arguments& arguments) {
  CommandLine line("report", "RUN [--samples] [--format json|markdown|csv|text] [-o FILE]");
  line.arguments.add_options()("run", po::value<std::string>()->required());
  line.options.add_options()("format",
                             po::value<std::string>()->default_value("text")->value_name("F"),
                             "json, markdown, csv or text")(
      "json", po::bool_switch(), "the same as --format json")(
      "samples", po::bool_switch(), "a row a sample instead: csv, or with --json an object a line")(
      "output,o", po::value<std::string>()->value_name("FILE"), "default: standard output");
  line.positional.add("run", 1);
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const std::filesystem::path run = Text(*given, "run");
  const std::string output = Text(*given, "output");
  const std::string format = (*given)["json"].as<bool>() ? "json" : Text(*given, "format");
  const bool colour = output.empty() && UseColour(STDOUT_FILENO);
  const bool samples = (*given)["samples"].as<bool>();
  if (const std::filesystem::path suite = run / "suite.json"; std::filesystem::exists(suite)) {
    if (samples) {
      throw ConfigError("--samples takes the run folder of one protocol, below " + run.string());
    }
    Write(output, RenderedSuite(format, ReadText(suite), colour));
    return kOk;
  }
  RecordStore store = RecordStore::OpenForReading(run / "records.sqlite");
  const Protocol protocol = LoadRequested(store.Meta("requested"));
  const std::string run_info = store.Meta("run_info");
  if (run_info.empty()) {
    throw ConfigError(run.string() +
                      " holds an unfinished run; start its command again to finish it");
  }
  if (samples) {
    Write(output, RenderedSamples(format, protocol, store));
    return kOk;
  }
  const Report report = BuildReport(
      protocol,
      store,
      {.allow_missing = store.Meta("allow_missing") == "true", .published = ShippedPublished()});
  const std::string text = WithRunInfo(report.body, nlohmann::json::parse(run_info));
  Write(output, Rendered(format, text, colour));
  return report.covered ? kOk : kUncovered;
}

}  // namespace assay::cli
