// What depth benchmarks have in common whose samples are files of their own: an ordered
// list of samples, a count that a complete set has, and truth decoded from the bytes of
// one or more files. An adapter finds the samples and decodes; the rest is here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/depth_list.h"
#include "datasets/synthetic/manifest.h"

namespace assay {

struct DepthSample {
  std::string key;
  std::string cluster;
  std::filesystem::path image;               // to run models; need not exist
  std::vector<std::filesystem::path> truth;  // in the order the decoder gets them
  std::vector<NameRule> native_names;
  Size size;
  std::optional<Intrinsics> camera;
  // What the truth depends on besides its files, for its hash: the last part a decoder gets.
  Bytes facts = {};
};

// Throws DatasetError naming `sample`. Called by several threads at once.
using DepthDecoder = std::function<DepthTruth(const RawTruth& raw, const DepthSample& sample)>;

// What a complete set consists of.
struct DepthSet {
  std::string_view dataset, split;
  std::string_view layout;    // for people
  std::int64_t official = 0;  // 0: as many as the list names
  // sha-256 of the official keys, sorted, each followed by a line end; empty where only
  // their number is known.
  std::string_view keys_sha256 = {};
  // The official list: its usual file name, and its hash without the last line end. Empty:
  // the set has none.
  std::string_view list = {}, list_sha256 = {};
  bool needs_list = false;  // only a list says which samples belong to the set
  DepthList (*read_list)(const std::filesystem::path& path) = ReadDepthList;
};

// What lies on disk.
struct DepthScan {
  std::filesystem::path root;
  std::vector<std::filesystem::path> list_folders;  // where the list may lie
  std::optional<SyntheticManifest> manifest;
  std::vector<DepthSample> samples;  // in any order
  std::vector<std::string> alone;    // truth files that are missing beside something else
  // By key, truth files that are known to be missing.
  std::map<std::string, std::string> absent = {};
  std::vector<std::string> notes = {};  // what else is to be said of the tree
};

// The manifest in the first of `folders` that has one.
std::optional<SyntheticManifest> FindManifest(const std::vector<std::filesystem::path>& folders);
// The manifest in `root`; else the one above it, where `root` is a tree's folder `inner` and
// the tree is of a layout that begins with `layout`. Another tree above says nothing.
std::optional<SyntheticManifest> FindManifest(const std::filesystem::path& root,
                                              std::string_view inner,
                                              std::string_view layout);
// The manifest's, where it states one; else the official size.
Size FrameOf(const DepthScan& scan, Size official);
// `camera` of an image of size `from`, for the same view at size `to`.
Intrinsics Scaled(const Intrinsics& camera, Size from, Size to);
// The names under which Marigold, and most others, save the answer to an image: its path, and
// the same with "pred_" in front of the base name.
std::vector<NameRule> ImageNames(const std::filesystem::path& image);

// Depths that are not finite or below 0 become 0, "no measurement", where the mask of the
// truth calls the pixel unusable. Throws DatasetError where it does not, or there is no mask.
void CleanDepth(const RawPart& raw, const std::string& key, DepthTruth& truth);

// Puts the samples of a scan in their order and says what they are. With a list (given or
// found) its order holds, its samples that are not on disk (named as `absent` has them, or by the
// list) make the set partial, and others on disk are not used; one that names a sample twice is
// refused. Without one every sample on disk is used, sorted by key. A set whose keys are as many as
// the official ones and not the same cannot be complete. Throws DatasetError; ConfigError for
// another split than the set's.
DatasetInfo DescribeDepth(const DepthSet& set, const DatasetOptions& options, DepthScan& scan);

// The same as a dataset of files.
std::unique_ptr<Dataset<DepthTask>> MakeDepthDataset(const DepthSet& set,
                                                     const DatasetOptions& options,
                                                     DepthScan scan,
                                                     DepthDecoder decode);

}  // namespace assay
