// Opening a protocol's dataset and choosing its samples.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/catalog.h"
#include "eval/protocol.h"
#include "eval/report.h"

namespace assay {

// `data` is the dataset's root or a data root that holds it under its usual folder name, or
// as 'assay synth --layout all' writes it: under the name of a layout of the dataset. Throws
// DatasetError.
AnyDataset OpenDataset(const Protocol& protocol, const std::filesystem::path& data);

struct SelectionOptions {
  std::int64_t limit = 0;              // the first N samples; 0 = all
  std::filesystem::path samples = {};  // a file of keys, one per line; empty = all
  // N samples drawn without regard to their order: those whose sha-256 of
  // "assay subset <seed> <key>" is smallest. A larger subset of the same seed holds a
  // smaller one, and samples that others add or remove change nothing else. 0 = all.
  std::int64_t subset = 0;
  std::int64_t seed = 0;
};

struct Selection {
  std::vector<std::size_t> indices;  // ascending
  std::string identity = {};         // canonical JSON; "{}" for the whole set
};

// Throws ConfigError naming every key of the file that the dataset lacks, and for
// --subset together with --samples.
Selection Select(const AnyDataset& dataset, const SelectionOptions& options);

// The two in one, with what the protocol asks of each sample (eval/asking.h).
struct SelectedDataset {
  AnyDataset dataset;
  Selection selection;
};
SelectedDataset OpenSelected(const Protocol& protocol,
                             const std::filesystem::path& data,
                             const SelectionOptions& options);

DatasetFacts FactsOf(const AnyDataset& dataset,
                     const Protocol& protocol,
                     const Selection& selection);

}  // namespace assay
