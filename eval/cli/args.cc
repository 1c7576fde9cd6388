#include "eval/cli/args.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "datasets/catalog.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"

namespace assay::cli {
namespace {

std::vector<std::string> LongNames(const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

std::filesystem::path ProgramFolder() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? std::filesystem::path() : program.parent_path();
}

// The file, or of a folder the one for this protocol.
std::filesystem::path FileFor(const std::string& protocol, const std::filesystem::path& given) {
  if (!std::filesystem::is_directory(given)) return given;
  return given / (protocol.substr(0, protocol.find_first_of("@+")) + ".json");
}

// The protocol that a field of --set is for, "" for all.
std::string MemberOf(const std::string& field) {
  const std::size_t colon = field.find(':');
  return colon == std::string::npos ? "" : field.substr(0, colon);
}

}  // namespace

CommandLine::CommandLine(std::string command_in, std::string synopsis_in)
    : command(std::move(command_in)),
      synopsis(std::move(synopsis_in)),
      options("Options", 100, 50) {
  options.add_options()("help,h", "show this help");
}

std::optional<po::variables_map> CommandLine::Parse(const Arguments& given_arguments) const {
  po::options_description shown = options;
  shown.add_options()("config",
                      po::value<std::string>()->value_name("FILE"),
                      "read further options from FILE, one 'name = value' a line");
  po::options_description all = shown;
  all.add(this->arguments);
  po::variables_map given;
  try {
    po::store(
        po::command_line_parser(given_arguments)
            .options(all)
            .positional(positional)
            .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
            .run(),
        given);
    if (given.contains("help")) {
      std::cout << "usage: assay " << command << " " << synopsis << "\n\n" << shown << "\n";
      return std::nullopt;
    }
    if (given.contains("config")) {
      const auto file = given["config"].as<std::string>();
      std::ifstream lines(file);
      if (!lines) throw ConfigError("--config " + file + " cannot be read");
      po::store(po::parse_config_file(lines, all), given);
    }
    po::notify(given);
  } catch (const po::unknown_option& error) {
    // A line of a --config file names its option without dashes.
    const std::string name = error.get_option_name();
    const std::string dashed = name.starts_with('-') ? name : "--" + name;
    const std::string hint = DidYouMean(dashed, LongNames(shown));
    throw ConfigError("assay " + command + " has no option " + dashed +
                      (hint.empty() ? "" : "; " + hint) + "\n  'assay " + command +
                      " --help' shows them all");
  } catch (const po::error& error) {
    throw ConfigError("assay " + command + ": " + error.what() + "\n  'assay " + command +
                      " --help' shows how");
  }
  return given;
}

void AddProtocolOptions(po::options_description& options) {
  options.add_options()("protocol,p",
                        po::value<std::string>()->required()->value_name("NAME"),
                        "what to score and how; see 'assay list protocols'");
  AddOverrideOptions(options);
}

void AddOverrideOptions(po::options_description& options) {
  options.add_options()(
      "set",
      po::value<std::vector<std::string>>()->composing()->value_name("[MEMBER:]FIELD=VALUE"),
      "override a field of the protocol, dotted (changes its hash), of a suite's members all or "
      "one; repeatable")(
      "format",
      po::value<std::string>()->value_name("CODEC"),
      "how answers are stored; see 'assay list codecs' (default: the protocol's own)")(
      "palette",
      po::value<std::string>()->value_name("FILE"),
      "JSON with the colours the model was prompted with")(
      "presence",
      po::value<std::string>()->value_name("FILE"),
      "JSON, key to yes or no: what is not there is not asked, its answer is empty")(
      "rewrites",
      po::value<std::string>()->value_name("FILE"),
      "JSON, key to expression: what is asked instead of the dataset's words");
}

void AddDataOptions(po::options_description& options) {
  options.add_options()(
      "data,d",
      po::value<std::vector<std::string>>()->required()->composing()->value_name("DIR|NAME=DIR"),
      "dataset root, or a folder holding it under its usual name")(
      "limit",
      po::value<std::int64_t>()
          ->default_value(0)
          ->notifier(AtLeast<std::int64_t>("--limit", 0))
          ->value_name("N"),
      "only the first N samples")("samples",
                                  po::value<std::string>()->value_name("FILE"),
                                  "only the keys in FILE, one per line")(
      "subset",
      po::value<std::int64_t>()
          ->default_value(0)
          ->notifier(AtLeast<std::int64_t>("--subset", 0))
          ->value_name("N"),
      "only N samples drawn by --seed and key; 0 = all")(
      "seed", po::value<std::int64_t>()->default_value(0)->value_name("S"), "of --subset");
}

void AddOutputOptions(po::options_description& options) {
  options.add_options()("json", po::bool_switch(), "one JSON object on standard output")(
      "quiet,q", po::bool_switch(), "no progress");
}

ConfigRoot FindConfigs() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing sets variables
  if (const char* given = std::getenv("ASSAY_CONFIGS"); given != nullptr) return ConfigRoot(given);
  const auto installed = ProgramFolder() / ".." / "share" / "assay" / "configs";
  if (std::filesystem::is_directory(installed)) return ConfigRoot(installed.lexically_normal());
  return ConfigRoot(ASSAY_SOURCE_CONFIGS);
}

const std::vector<PublishedRow>& ShippedPublished() {
  static const std::vector<PublishedRow> kRows = LoadPublished(FindConfigs());
  return kRows;
}

std::string Text(const po::variables_map& given, const std::string& name) {
  return given.contains(name) ? given[name].as<std::string>() : "";
}

SelectionOptions SelectionFrom(const po::variables_map& given) {
  return {.limit = given["limit"].as<std::int64_t>(),
          .samples = Text(given, "samples"),
          .subset = given["subset"].as<std::int64_t>(),
          .seed = given["seed"].as<std::int64_t>()};
}

std::vector<std::pair<std::string, std::string>> SetPairs(const po::variables_map& given) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!given.contains("set")) return pairs;
  for (const std::string& text : given["set"].as<std::vector<std::string>>()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw ConfigError("--set " + text +
                        " must be FIELD=VALUE, for example --set pred_clip.max=80");
    }
    pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return pairs;
}

std::string ShellCommand(const std::string& command, const Arguments& arguments) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
  std::string text = "assay " + command;
  for (const std::string& argument : arguments) {
    if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos) {
      text += " " + argument;
      continue;
    }
    std::string quoted;
    for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += " '" + quoted + "'";
  }
  return text;
}

Protocol ProtocolFrom(const po::variables_map& given, const ConfigRoot& configs) {
  return ProtocolNamed(Text(given, "protocol"), given, configs);
}

Protocol ProtocolNamed(const std::string& name,
                       const po::variables_map& given,
                       const ConfigRoot& configs) {
  return LoadProtocol(configs, name, OverridesFrom(given, name));
}

void CheckSetMembers(const po::variables_map& given, const std::vector<std::string>& members) {
  for (const auto& [field, value] : SetPairs(given)) {
    const std::string member = MemberOf(field);
    if (member.empty() || std::find(members.begin(), members.end(), member) != members.end()) {
      continue;
    }
    const std::string hint = DidYouMean(member, members);
    throw ConfigError(fmt::format("--set {}={}: no protocol '{}' is scored here{}",
                                  field,
                                  value,
                                  member,
                                  hint.empty() ? "" : "; " + hint));
  }
}

ProtocolOverrides OverridesFrom(const po::variables_map& given, const std::string& name) {
  ProtocolOverrides overrides;
  if (Text(given, "suite").empty()) CheckSetMembers(given, {name});
  for (const auto& [field, value] : SetPairs(given)) {
    const std::string member = MemberOf(field);
    if (!member.empty() && member != name) continue;
    overrides.set.emplace_back(member.empty() ? field : field.substr(member.size() + 1), value);
  }
  overrides.format = Text(given, "format");
  overrides.palette = Text(given, "palette");
  overrides.presence = FileFor(name, Text(given, "presence"));
  overrides.rewrites = FileFor(name, Text(given, "rewrites"));
  return overrides;
}

std::filesystem::path DataFor(const po::variables_map& given, const Protocol& protocol) {
  const DatasetRow& row = FindDataset(protocol.dataset);
  std::string plain;
  std::string named;
  std::vector<std::string> known;
  for (const DatasetRow& other : DatasetCatalog()) known.emplace_back(other.tree);
  for (const std::string& text : given["data"].as<std::vector<std::string>>()) {
    const std::size_t equals = text.find('=');
    const bool is_plain = equals == std::string::npos || std::filesystem::exists(text);
    const std::string name = is_plain ? "" : text.substr(0, equals);
    if (!is_plain && std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string hint = DidYouMean(name, known);
      throw ConfigError(std::string("--data ")
                            .append(text)
                            .append(": there is no tree '")
                            .append(name)
                            .append("'") +
                        (hint.empty() ? "" : "; " + hint));
    }
    if (!is_plain && name != row.tree) continue;
    std::string& place = is_plain ? plain : named;
    if (!place.empty()) {
      throw ConfigError(
          std::string("--data is given twice: ").append(place).append(" and ").append(text));
    }
    place = is_plain ? text : text.substr(equals + 1);
  }
  if (!named.empty()) return named;
  if (plain.empty()) {
    throw ConfigError("no --data names the tree of " + protocol.dataset +
                      "; give --data DIR or --data " + std::string(row.tree) + "=DIR");
  }
  return plain;
}

}  // namespace assay::cli
