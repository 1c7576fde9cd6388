// What the forms of NYU Depth v2 share (datasets/nyu.h), and each form's opener.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/synthetic/manifest.h"

namespace assay {

struct NyuContext {
  std::string split;  // test, train or all
  std::optional<SyntheticManifest> manifest;

  // `indices` are the samples on disk.
  DatasetInfo Info(std::string name, std::string layout, const std::vector<int>& indices) const;
  Size ImageSize() const;     // 640 x 480, or what the manifest says
  Intrinsics Camera() const;  // scaled to ImageSize()
  std::vector<std::string> SplitFolders() const;
};

std::string NyuKey(int index);  // index from 0

// Names that evaluators give an answer to image `index` (from 0) of `scene`;
// `scene` may be empty. A 5-digit number counts from 0, a 4-digit number behind
// "rgb_" or "pred_" in the folder of its scene counts from 1.
std::vector<NameRule> NyuNames(const std::string& scene, int index);

Item<DepthTask> NyuItem(const NyuContext& context,
                        const std::string& scene,
                        int index,
                        std::string image);

// One of the two forms of PNG trees.
struct NyuPngForm {
  std::string_view layout;
  std::string_view depth_prefix, depth_suffix;
  std::string_view rgb_prefix, rgb_suffix;
  int digits;
  int first;  // number of the first image
};
extern const NyuPngForm kNyuBts;
extern const NyuPngForm kNyuMarigold;

bool HoldsNyuPng(const NyuPngForm& form, const std::filesystem::path& split_folder);
// `base` is the folder above test/ and train/.
std::unique_ptr<Dataset<DepthTask>> OpenNyuPng(const NyuPngForm& form,
                                               const std::filesystem::path& base,
                                               const NyuContext& context);
// `field` is rawDepths or depths.
std::unique_ptr<Dataset<DepthTask>> OpenNyuMat(const std::filesystem::path& file,
                                               const std::string& name,
                                               const std::string& field,
                                               const NyuContext& context);

}  // namespace assay
