// The seven subsets of SA-Co/Gold and what their files are called.
//
// Source: facebookresearch/sam3@99d02f2:scripts/eval/gold/README.md (pairs, media) and
// eval_sam3.py (file names). Evaluated pairs: exhaustive for all three annotators.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace assay {

struct SacoSubset {
  std::string_view name;       // as in protocol names: "food"
  std::string_view file_part;  // as in file names: "fg_food"
  std::string_view media;      // folder of the images: "metaclip-images", "sa1b-images"
  std::int64_t pairs = 0;      // of an image and a phrase, in each file
  std::int64_t evaluated = 0;
};

// In the order of the published tables.
std::span<const SacoSubset> SacoSubsets();

// By name or file part; empty stands for the first. Throws ConfigError with a
// suggestion when there is none.
const SacoSubset& FindSacoSubset(std::string_view name);

// gold_<file part>_merged_<annotator>_release_test.json; annotator is a, b or c.
std::string SacoFileName(const SacoSubset& subset, char annotator);

}  // namespace assay
