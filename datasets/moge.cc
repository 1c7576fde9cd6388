#include "datasets/moge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "datasets/depth_set.h"
#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/list_text.h"
#include "datasets/listing.h"
#include "datasets/log_depth.h"
#include "datasets/truth_file.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kList = ".index.txt";
constexpr const char* kDepth = "depth.png";

struct MogeSet {
  std::string_view dataset, folder;
};
constexpr std::array<MogeSet, 10> kSets = {{{"moge-ddad", "DDAD"},
                                            {"moge-diode", "DIODE"},
                                            {"moge-eth3d", "ETH3D"},
                                            {"moge-gso", "GSO"},
                                            {"moge-hammer", "HAMMER"},
                                            {"moge-ibims", "iBims-1"},
                                            {"moge-kitti", "KITTI"},
                                            {"moge-nyu", "NYUv2"},
                                            {"moge-sintel", "Sintel"},
                                            {"moge-spring", "Spring"}}};

// A sample's folder a line.
DepthList ReadIndex(const fs::path& path) {
  const std::string text = ReadListText(path);
  std::vector<DepthListEntry> entries;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::string key = fs::path(word).lexically_normal().generic_string();
    entries.push_back({key, key + "/" + kDepth});
  }
  return ListOf(path, text, std::move(entries), "sample");
}

// In pixels, from the file's units of width and height. nullopt where there is no file.
std::optional<Intrinsics> ReadCamera(const fs::path& path, Size size, const std::string& key) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  try {
    const nlohmann::json k = nlohmann::json::parse(ReadListText(path)).at("intrinsics");
    return Intrinsics{.fx = k.at(0).at(0).get<double>() * size.width,
                      .fy = k.at(1).at(1).get<double>() * size.height,
                      .cx = k.at(0).at(2).get<double>() * size.width,
                      .cy = k.at(1).at(2).get<double>() * size.height};
  } catch (const nlohmann::json::exception& e) {
    throw DatasetError(path,
                       key,
                       std::string("holds no \"intrinsics\" of 3 x 3: ") + e.what(),
                       "unpack the set again");
  }
}

DepthTruth DecodeMoge(const RawTruth& raw, const DepthSample& sample) {
  DepthTruth truth{.depth_m = DecodeLogDepth(raw.at(0), sample.key), .file_mask = {}};
  CheckSize(truth.depth_m.size(), sample.size, raw[0].path, sample.key);
  return truth;
}

// The depth file's; 0 x 0 of a broken one, which is told when it is scored.
Size SizeOf(const fs::path& path) {
  try {
    return ReadHeader(path).size;
  } catch (const FileError&) {
    return {};
  }
}

void AddSample(const fs::path& base, const std::string& key, DepthScan& scan) {
  const fs::path folder = base / key;
  std::error_code error;
  if (!fs::exists(folder / kDepth, error)) return;
  const Size size = SizeOf(folder / kDepth);
  scan.samples.push_back({.key = key,
                          .cluster = fs::path(key).parent_path().generic_string(),
                          .image = folder / "image.jpg",
                          .truth = {folder / kDepth},
                          .native_names = {{NameRule::Kind::kPath, key},
                                           {NameRule::Kind::kPath, key + "/image"},
                                           {NameRule::Kind::kPath, key + "/depth"}},
                          .size = size,
                          .camera = ReadCamera(folder / "meta.json", size, key)});
  if (scan.samples.back().cluster.empty()) scan.samples.back().cluster = key;
}

// The set's folder below `root`, or `root` where it is that folder: the sets look alike, so
// that their names alone tell them apart.
std::vector<fs::path> Bases(const fs::path& root, const std::string& folder) {
  std::vector<fs::path> bases = {root / folder};
  if (root.filename() == folder) bases.push_back(root);
  return bases;
}

std::vector<std::string> NearestThings(const fs::path& root, const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  if (root.filename() != folder && fs::exists(root / kList, error)) {
    const std::string name = root.filename().string();
    const auto* set = std::find_if(
        kSets.begin(), kSets.end(), [&](const MogeSet& row) { return row.folder == name; });
    found.push_back(
        set != kSets.end()
            ? fmt::format("the set {} itself, which is the dataset {}", name, set->dataset)
            : fmt::format("a set in the folder {}: if it is {}, name the folder so", name, folder));
  }
  for (const fs::path& path : FindFolders(root, folder, 3)) {
    found.push_back(fmt::format("the folder {}: pass {}, once it is unpacked with its {}",
                                path.string(),
                                path.parent_path().string(),
                                kList));
  }
  return found;
}

}  // namespace

std::string_view MogeFolder(std::string_view dataset) {
  for (const MogeSet& set : kSets) {
    if (set.dataset == dataset) return set.folder;
  }
  throw std::logic_error("MoGe's pack has no set " + std::string(dataset));
}

std::unique_ptr<Dataset<DepthTask>> OpenMoge(std::string_view dataset,
                                             const DatasetOptions& options) {
  const std::string folder(MogeFolder(dataset));
  const fs::path root = CleanRoot(options.root);
  const std::string layout =
      fmt::format("[{}/]<sample>/{} with [{}/]{}", folder, kDepth, folder, kList);
  const std::vector<fs::path> bases = Bases(root, folder);
  for (const fs::path& base : bases) {
    std::error_code error;
    const fs::path list = options.list.empty() ? base / kList : options.list;
    if (!fs::exists(list, error) || !fs::is_directory(base, error)) continue;
    DepthScan scan{.root = base,
                   .list_folders = {base},
                   .manifest = FindManifest(base, folder, "moge"),
                   .samples = {},
                   .alone = {}};
    for (const DepthListEntry& entry : ReadIndex(list).entries) AddSample(base, entry.key, scan);
    const DepthSet set = {.dataset = dataset,
                          .split = "test",
                          .layout = layout,
                          .list = kList,
                          .needs_list = true,
                          .read_list = ReadIndex};
    return MakeDepthDataset(set, options, std::move(scan), DecodeMoge);
  }
  std::vector<fs::path> tried;
  tried.reserve(bases.size());
  for (const fs::path& base : bases) tried.push_back(base / kList);
  throw MakeError({.root = root,
                   .dataset = std::string(dataset),
                   .looked_for = layout,
                   .tried = std::move(tried),
                   .nearest = NearestThings(root, folder)});
}

}  // namespace assay
