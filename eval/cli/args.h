// Parsing a command's arguments with Boost.Program_options.
#pragma once

#include <boost/program_options.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/io/errors.h"
#include "eval/protocol.h"
#include "eval/published.h"
#include "eval/selection.h"

namespace assay::cli {

namespace po = boost::program_options;

using Arguments = std::vector<std::string>;

// One command's options.
struct CommandLine {
  CommandLine(std::string command_in, std::string synopsis_in);

  std::string command;
  std::string synopsis;
  po::options_description options;
  po::options_description arguments;  // filled by position; not shown by --help
  po::positional_options_description positional;

  // nullopt after printing help. Throws ConfigError for unknown options (with a
  // suggestion), missing values and missing required options. --config FILE
  // holds "option = value" lines; the command line wins.
  std::optional<po::variables_map> Parse(const Arguments& given_arguments) const;
};

// Options shared by commands, added by name.
// --protocol and what overrides parts of it; AddOverrideOptions: the latter alone.
void AddProtocolOptions(po::options_description& options);
void AddOverrideOptions(po::options_description& options);
void AddDataOptions(po::options_description& options);  // --data --limit --samples --subset --seed
void AddOutputOptions(po::options_description& options);  // --json --quiet

// For notifier(): throws ConfigError unless the value is at least `min`.
template <class T>
std::function<void(const T&)> AtLeast(std::string option, T min) {
  return [option = std::move(option), min](const T& value) {
    if (value < min) {
      throw ConfigError(option + " is " + std::to_string(value) + "; must be at least " +
                        std::to_string(min));
    }
  };
}

ConfigRoot FindConfigs();
// Of those configs; read when first asked for, once a process.
const std::vector<PublishedRow>& ShippedPublished();
// "" for an option that was not given.
std::string Text(const po::variables_map& given, const std::string& name);
Protocol ProtocolFrom(const po::variables_map& given, const ConfigRoot& configs);
// Throws ConfigError for a --set MEMBER:FIELD=VALUE whose protocol is none of `members`.
void CheckSetMembers(const po::variables_map& given, const std::vector<std::string>& members);
// What the options change in the protocol of this name. --presence and --rewrites may name a folder
// with <protocol>.json.
ProtocolOverrides OverridesFrom(const po::variables_map& given, const std::string& name);
Protocol ProtocolNamed(const std::string& name,
                       const po::variables_map& given,
                       const ConfigRoot& configs);
// --limit, --samples, --subset and --seed.
SelectionOptions SelectionFrom(const po::variables_map& given);
// The FIELD=VALUE pairs of --set; a field may have a protocol before it, "MEMBER:FIELD".
std::vector<std::pair<std::string, std::string>> SetPairs(const po::variables_map& given);
// A command as it can be pasted into a shell.
std::string ShellCommand(const std::string& command, const Arguments& arguments);
// The value of --data, or of --data NAME=DIR for this dataset.
std::filesystem::path DataFor(const po::variables_map& given, const Protocol& protocol);

}  // namespace assay::cli
