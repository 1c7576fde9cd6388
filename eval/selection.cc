#include "eval/selection.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/file.h"
#include "datasets/synthetic/layouts.h"
#include "datasets/synthetic/manifest.h"
#include "eval/asking.h"
#include "eval/view.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> ReadKeys(const std::filesystem::path& file) {
  std::vector<std::string> keys;
  std::istringstream lines(ReadText(file));
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) keys.push_back(line);
  }
  return keys;
}

template <class Task>
std::vector<std::size_t> IndicesOf(const Dataset<Task>& dataset,
                                   const std::vector<std::string>& wanted,
                                   const std::filesystem::path& file) {
  std::map<std::string, std::size_t> index_of;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < dataset.Size(); ++i) {
    keys.push_back(dataset.Item(i).key);
    index_of[keys.back()] = i;
  }
  std::vector<std::size_t> indices;
  std::vector<Finding> findings;
  for (const std::string& key : wanted) {
    if (const auto found = index_of.find(key); found != index_of.end()) {
      indices.push_back(found->second);
    } else {
      const std::string hint = DidYouMean(key, keys);
      findings.push_back(
          {"", "there is no sample '" + key + "'" + (hint.empty() ? "" : "; " + hint)});
    }
  }
  if (wanted.empty()) findings.push_back({"", "names no sample; one key per line is expected"});
  if (!findings.empty()) throw ConfigError(file.string(), std::move(findings));
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  return indices;
}

template <class Task>
std::vector<std::size_t> SubsetOf(const Dataset<Task>& dataset,
                                  std::int64_t count,
                                  std::int64_t seed) {
  std::vector<std::pair<std::string, std::size_t>> drawn;
  drawn.reserve(dataset.Size());
  for (std::size_t i = 0; i < dataset.Size(); ++i) {
    drawn.emplace_back(Sha256("assay subset " + std::to_string(seed) + " " + dataset.Item(i).key),
                       i);
  }
  std::sort(drawn.begin(), drawn.end());
  drawn.resize(std::min(drawn.size(), static_cast<std::size_t>(count)));
  std::vector<std::size_t> indices;
  indices.reserve(drawn.size());
  for (const auto& [hash, index] : drawn) indices.push_back(index);
  std::sort(indices.begin(), indices.end());
  return indices;
}

template <class Task>
std::string HashOfKeys(const Dataset<Task>& dataset, const std::vector<std::size_t>& indices) {
  std::string chosen;
  for (const std::size_t index : indices) chosen += dataset.Item(index).key + "\n";
  return Sha256(chosen);
}

// By its manifest, as a tree may hold a folder that is called like its layout. nullopt: none.
std::optional<fs::path> SyntheticTreeOf(const DatasetRow& row, const fs::path& data) {
  for (const LayoutRow& layout : LayoutCatalog()) {
    if (layout.dataset != row.name) continue;
    fs::path folder = data / layout.name;
    const auto manifest = ReadManifest(folder);
    if (manifest && manifest->layout == layout.name) return folder;
  }
  return std::nullopt;
}

// Several datasets have the same usual folder name, and a synthetic tree tells whose it is.
bool IsOfAnother(const DatasetRow& row, const fs::path& folder) {
  const auto manifest = ReadManifest(folder);
  if (!manifest) return false;
  const auto layouts = LayoutCatalog();
  return std::none_of(layouts.begin(), layouts.end(), [&](const LayoutRow& layout) {
    return layout.dataset == row.name && layout.name == manifest->layout;
  });
}

fs::path RootOf(const DatasetRow& row, const fs::path& data) {
  fs::path usual = data / row.tree;
  const bool has_usual = fs::is_directory(usual);
  if (has_usual && !IsOfAnother(row, usual)) return usual;
  if (const auto synthetic = SyntheticTreeOf(row, data)) return *synthetic;
  return has_usual ? usual : data;
}

}  // namespace

AnyDataset OpenDataset(const Protocol& protocol, const std::filesystem::path& data) {
  const DatasetRow& row = FindDataset(protocol.dataset);
  if (!std::filesystem::is_directory(data)) {
    throw DatasetError(data,
                       "",
                       "there is no such folder",
                       "--data takes the root of " + protocol.dataset +
                           ", or a folder that holds it as " + std::string(row.tree) + "/");
  }
  return row.Open({.root = RootOf(row, data),
                   .split = protocol.split,
                   .list = protocol.list,
                   .folder = protocol.folder,
                   .shipped_lists = protocol.shipped_lists});
}

Selection Select(const AnyDataset& dataset, const SelectionOptions& options) {
  if (options.subset > 0 && !options.samples.empty()) {
    throw ConfigError("--subset and --samples both choose samples; give one of them");
  }
  Selection selection;
  nlohmann::json identity = nlohmann::json::object();
  std::visit(
      [&](const auto& typed) {
        if (!options.samples.empty()) {
          const std::vector<std::string> keys = ReadKeys(options.samples);
          selection.indices = IndicesOf(*typed, keys, options.samples);
          identity["samples"] = HashOfKeys(*typed, selection.indices);
        } else if (options.subset > 0) {
          selection.indices = SubsetOf(*typed, options.subset, options.seed);
          identity["subset"] = {{"n", options.subset},
                                {"seed", options.seed},
                                {"sha256", HashOfKeys(*typed, selection.indices)}};
        } else {
          selection.indices.resize(typed->Size());
          for (std::size_t i = 0; i < typed->Size(); ++i) selection.indices[i] = i;
        }
      },
      dataset);
  if (options.limit > 0) {
    identity["limit"] = options.limit;
    selection.indices.resize(
        std::min(selection.indices.size(), static_cast<std::size_t>(options.limit)));
  }
  selection.identity = identity.dump();
  return selection;
}

SelectedDataset OpenSelected(const Protocol& protocol,
                             const std::filesystem::path& data,
                             const SelectionOptions& options) {
  AnyDataset dataset = OpenDataset(protocol, data);
  Selection selection = Select(dataset, options);
  dataset = ViewAs(protocol, AskAs(protocol, std::move(dataset), selection.indices));
  return {std::move(dataset), std::move(selection)};
}

DatasetFacts FactsOf(const AnyDataset& dataset,
                     const Protocol& protocol,
                     const Selection& selection) {
  return std::visit(
      [&](const auto& typed) {
        const DatasetInfo& info = typed->Info();
        DatasetFacts facts{.name = info.name,
                           .split = info.split,
                           .layout = info.layout,
                           .list_sha256 = info.list_sha256,
                           .found = static_cast<std::int64_t>(typed->Size()),
                           .official = info.official,
                           .synthetic = info.synthetic};
        // Nothing but the protocol says how large a folder of one's own should be.
        if (!protocol.folder.empty() && !info.synthetic && protocol.expected_count > 0) {
          facts.official = protocol.expected_count;
        }
        const bool expected = info.synthetic || protocol.expected_count == 0 ||
                              protocol.expected_count == facts.found;
        facts.complete = facts.found == facts.official && expected && info.can_be_complete &&
                         selection.identity == "{}";
        return facts;
      },
      dataset);
}

}  // namespace assay
