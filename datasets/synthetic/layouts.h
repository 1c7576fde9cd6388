// Small valid trees in every official layout, drawn from a ray-cast world
// (datasets/synthetic/world.h), each with a manifest assay-synthetic.json that
// states how many samples a complete tree has.
//
// To add a layout:
//   1. write it in a file of its own, declared in trees.h (depth_trees.h);
//   2. add its row in layouts.cc;
//   3. name its truth in defects.cc (kPlaces), and the defects that apply to it: those of any
//      file always do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace assay {

struct SynthOptions {
  int samples = 4;
  std::uint64_t seed = 1;
};

struct LayoutRow {
  std::string_view name;     // "cityscapes", "nyu-mat", …
  std::string_view dataset;  // row of DatasetCatalog that reads it
  // By the row's name, as one function may write several.
  void (*write)(std::string_view name,
                const std::filesystem::path& root,
                const SynthOptions& options);

  void Write(const std::filesystem::path& root, const SynthOptions& options) const {
    write(name, root, options);
  }
};
std::span<const LayoutRow> LayoutCatalog();

// Damages one sample of a tree written by a layout, in place. What a defect did
// is returned as one sentence.
struct DefectRow {
  std::string_view name;  // "truncated-png", "label-255", …
  std::string_view summary;
  std::string_view layouts;  // space-separated names it applies to
  std::string (*apply)(const std::filesystem::path& root, std::string_view layout);
};
std::span<const DefectRow> DefectCatalog();

}  // namespace assay
