// assay synth: small valid trees in every official layout, and damaged ones.

#include <iostream>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/synthetic/layouts.h"
#include "eval/cli/commands.h"

namespace assay::cli {
namespace {

template <class Rows>
const auto& FindRow(const Rows& rows, const std::string& kind, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  const std::string hint = DidYouMean(name, names);
  throw ConfigError("there is no " + kind + " '" + name + "'" + (hint.empty() ? "" : "; " + hint) +
                    "\n  'assay list " + kind + "s' shows them all");
}

// Several layouts may be of one dataset, and only some are called like it.
const LayoutRow& FindLayout(const std::string& name) {
  std::string of_dataset;
  for (const LayoutRow& row : LayoutCatalog()) {
    if (row.name == name) return row;
    if (row.dataset == name) of_dataset += (of_dataset.empty() ? "" : ", ") + std::string(row.name);
  }
  if (of_dataset.empty()) return FindRow(LayoutCatalog(), "layout", name);
  throw ConfigError("there is no layout '" + name + "'; the dataset of that name is written as " +
                    of_dataset);
}

void CheckEmpty(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder) && !std::filesystem::is_empty(folder)) {
    throw ConfigError(folder.string() + " is not empty; choose a new folder with -o");
  }
}

}  // namespace

int RunSynth(const Arguments& arguments) {
  CommandLine line("synth", "--layout L|all --samples N --seed S -o DIR [--defect NAME]");
  line.options.add_options()("layout",
                             po::value<std::string>()->default_value("all")->value_name("L"),
                             "see 'assay list layouts'; all = one folder each")(
      "samples",
      po::value<int>()->default_value(4)->notifier(AtLeast("--samples", 1))->value_name("N"),
      "samples per tree")("seed",
                          po::value<std::int64_t>()
                              ->default_value(1)
                              ->notifier(AtLeast<std::int64_t>("--seed", 0))
                              ->value_name("S"),
                          "of the world")("defect",
                                          po::value<std::string>()->value_name("NAME"),
                                          "damage one sample; see 'assay list defects'")(
      "output,o", po::value<std::string>()->required()->value_name("DIR"), "new folder");
  const auto given = line.Parse(arguments);
  if (!given) return kOk;
  const SynthOptions options{
      .samples = (*given)["samples"].as<int>(),
      .seed = static_cast<std::uint64_t>((*given)["seed"].as<std::int64_t>())};
  const std::string layout = Text(*given, "layout");
  const std::string defect = Text(*given, "defect");
  const std::filesystem::path folder = Text(*given, "output");
  CheckEmpty(folder);
  if (layout == "all") {
    if (!defect.empty()) throw ConfigError("--defect needs one --layout");
    for (const LayoutRow& row : LayoutCatalog()) {
      row.Write(folder / row.name, options);
      std::cout << (folder / row.name).string() << "\n";
    }
    return kOk;
  }
  const LayoutRow& row = FindLayout(layout);
  const DefectRow* damage = defect.empty() ? nullptr : &FindRow(DefectCatalog(), "defect", defect);
  if (damage != nullptr &&
      (" " + std::string(damage->layouts) + " ").find(" " + layout + " ") == std::string::npos) {
    throw ConfigError("defect " + defect + " applies to: " + std::string(damage->layouts));
  }
  row.Write(folder, options);
  std::cout << folder.string() << "\n";
  if (damage != nullptr) std::cout << damage->apply(folder, layout) << "\n";
  return kOk;
}

}  // namespace assay::cli
