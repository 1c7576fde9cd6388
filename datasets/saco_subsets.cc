#include "datasets/saco_subsets.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"

namespace assay {
namespace {

constexpr const char* kMetaclip = "metaclip-images";
constexpr const char* kSa1b = "sa1b-images";

constexpr std::array<SacoSubset, 7> kSubsets = {{
    {"metaclip", "metaclip", kMetaclip, 33393, 33057},
    {"sa1b", "sa1b", kSa1b, 13258, 12893},
    {"crowded", "crowded", kMetaclip, 20687, 20241},
    {"food", "fg_food", kMetaclip, 13951, 13794},
    {"sports", "fg_sports_equipment", kMetaclip, 12166, 12107},
    {"attributes", "attributes", kMetaclip, 9245, 9222},
    {"wiki", "wiki_common", kMetaclip, 65502, 65452},
}};

}  // namespace

std::span<const SacoSubset> SacoSubsets() { return kSubsets; }

const SacoSubset& FindSacoSubset(std::string_view name) {
  std::vector<std::string> names;
  for (const SacoSubset& subset : kSubsets) {
    if (name.empty() || name == subset.name || name == subset.file_part) return subset;
    names.emplace_back(subset.name);
  }
  const std::string hint = DidYouMean(name, names);
  throw ConfigError(
      fmt::format("SA-Co/Gold has no subset '{}'; {}",
                  name,
                  hint.empty() ? fmt::format("it has {}", fmt::join(names, ", ")) : hint));
}

std::string SacoFileName(const SacoSubset& subset, char annotator) {
  return fmt::format("gold_{}_merged_{}_release_test.json", subset.file_part, annotator);
}

}  // namespace assay
