// assay: parse, call, print, exit.

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <new>
#include <nlohmann/json.hpp>
#include <span>

#include "datasets/dataset.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "eval/cli/commands.h"
#include "eval/cli/terminal.h"

namespace assay::cli {
namespace {

struct CommandRow {
  const char* name;
  const char* summary;
  int (*run)(const Arguments&);
};

// Sorted by name.
constexpr CommandRow kCommands[] = {
    {"decode", "decode single answers and say how cleanly they decode", RunDecode},
    {"demo", "everything, on synthetic data", RunDemo},
    {"doctor", "examine a dataset tree; every problem with what to do", RunDoctor},
    {"explain", "what a protocol, dataset or codec does, or how two protocols differ", RunExplain},
    {"list", "protocols, suites, datasets, codecs, layouts, published numbers", RunList},
    {"predict", "ask a model and save its answers", RunPredict},
    {"prompts", "write what to ask a model, one JSON line per sample", RunPrompts},
    {"report", "a finished run as JSON, Markdown, CSV or text", RunReport},
    {"run", "predict and score, or score the oracle", RunRun},
    {"score", "score answers saved earlier", RunScore},
    {"synth", "write small valid dataset trees, or damaged ones", RunSynth},
    {"winrate", "votes on pairs of answers: win rates, intervals, strengths", RunWinrate},
};

void PrintHelp(std::ostream& out) {
  out << "assay " ASSAY_VERSION
         ": turns the answers of a vision model into leaderboard numbers that can be trusted\n\n"
         "usage: assay COMMAND [OPTIONS]\n\n";
  for (const CommandRow& row : kCommands) out << fmt::format("  {:<9} {}\n", row.name, row.summary);
  out << "\n'assay COMMAND --help' shows a command's options; 'assay demo' is a good start\n";
}

int UnknownCommand(const std::string& name) {
  std::vector<std::string> names;
  for (const CommandRow& row : kCommands) names.emplace_back(row.name);
  const std::string hint = DidYouMean(name, names);
  throw ConfigError("assay has no command '" + name + "'" + (hint.empty() ? "" : "; " + hint) +
                    "\n  'assay --help' shows them all");
}

int Dispatch(const Arguments& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
      arguments[0] == "help") {
    PrintHelp(arguments.empty() ? std::cerr : std::cout);
    return arguments.empty() ? kUsage : kOk;
  }
  if (arguments[0] == "--version") {
    std::cout << "assay " ASSAY_VERSION "\n";
    return kOk;
  }
  for (const CommandRow& row : kCommands) {
    if (arguments[0] == row.name) return row.run({arguments.begin() + 1, arguments.end()});
  }
  return UnknownCommand(arguments[0]);
}

// With --json a failed command, too, leaves one object on standard output.
void PrintFailure(const char* kind, const std::exception& error, int code) {
  nlohmann::ordered_json failure = {{"kind", kind}, {"message", error.what()}, {"exit_code", code}};
  if (const auto* config = dynamic_cast<const ConfigError*>(&error); config != nullptr) {
    failure["findings"] = nlohmann::ordered_json::array();
    for (const Finding& finding : config->findings) {
      failure["findings"].push_back({{"pointer", finding.pointer}, {"message", finding.message}});
    }
  }
  std::cout << nlohmann::ordered_json{{"error", failure}}.dump() << "\n" << std::flush;
}

int Complain(const char* kind, const std::string& message, int code) {
  const bool colour = UseColour(STDERR_FILENO);
  std::cerr << (colour ? "\x1b[31m" : "") << kind << (colour ? "\x1b[0m" : "") << ": " << message
            << "\n";
  return code;
}

int Guarded(const Arguments& arguments) {
  const bool as_json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  const auto fail = [&](const char* kind, const std::exception& error, int code) {
    if (as_json && code != kOutput) PrintFailure(kind, error, code);
    return Complain(kind, error.what(), code);
  };
  try {
    const int code = Dispatch(arguments);
    if (!std::cout.flush()) throw OutputError("standard output could not be written");
    return code;
  } catch (const ConfigError& error) {
    return fail("error", error, kUsage);
  } catch (const DatasetError& error) {
    return fail("dataset error", error, kDatasetBad);
  } catch (const OutputError& error) {
    return fail("output error", error, kOutput);
  } catch (const FileError& error) {
    return fail("error", error, kUsage);
  } catch (const std::bad_alloc&) {
    return Complain("error", "out of memory; use fewer --threads", kInternal);
  } catch (const std::exception& error) {
    return fail("this is a bug in assay", error, kInternal);
  }
}

}  // namespace
}  // namespace assay::cli

int main(int argc, char** argv) {
  // Rasters of a few megabytes are allocated and freed for every sample. Keeping
  // them in the heap saves a page fault per 4 KiB of each.
  constexpr int kKeepBytes = 256 << 20;
  // NOLINTBEGIN(concurrency-mt-unsafe): there is one thread yet
  mallopt(M_MMAP_THRESHOLD, kKeepBytes);
  mallopt(M_TRIM_THRESHOLD, kKeepBytes);
  // NOLINTEND(concurrency-mt-unsafe)
  // A file-size limit is then a failed write, which is reported, not a signal.
  std::signal(SIGXFSZ, SIG_IGN);
  return assay::cli::Guarded({argv + 1, argv + argc});
}
