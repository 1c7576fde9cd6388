#include "datasets/ibims.h"

#include <fmt/format.h>

#include <sstream>
#include <system_error>
#include <utility>

#include "datasets/ibims_forms.h"
#include "datasets/list_text.h"
#include "datasets/listing.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMatFolder = "ibims1_core_mat";
constexpr const char* kRawFolder = "ibims1_core_raw";

// `root` as given holds a form, or is its folder.
DepthScan ScanOf(const fs::path& root, const char* folder) {
  DepthScan scan{.root = root,
                 .list_folders = {root},
                 .manifest = FindManifest(root, folder, "ibims"),
                 .samples = {},
                 .alone = {}};
  if (root.filename() == folder) scan.list_folders.push_back(root.parent_path());
  return scan;
}

// The folder of a form below `root`.
DepthScan ScanBelow(const fs::path& root, const char* folder) {
  return {.root = root / folder,
          .list_folders = {root / folder, root},
          .manifest = FindManifest({root / folder, root}),
          .samples = {},
          .alone = {}};
}

std::vector<std::string> NearestThings(const fs::path& root) {
  std::vector<std::string> found;
  for (const char* folder : {kMatFolder, kRawFolder}) {
    for (const fs::path& path : FindFolders(root, folder, 3)) {
      found.push_back("the folder " + path.string() + ": pass it, once it is unpacked");
    }
  }
  for (const fs::path& path : FindFolders(root, "ibims", 3)) {
    if (CountFiles(path, "_normal.exr", 1).count > 0) {
      found.push_back(path.string() + ": the pack of normals, which has no depth");
    }
  }
  return found;
}

}  // namespace

DepthList ReadIbimsList(const fs::path& path, const std::string& suffix) {
  const std::string text = ReadListText(path);
  std::vector<DepthListEntry> entries;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word.ends_with(".mat") || word.ends_with(".png")) word.resize(word.size() - 4);
    entries.push_back({word, word + suffix});
  }
  return ListOf(path, text, std::move(entries), "image");
}

DepthSample IbimsSample(const std::string& name, Size size) {
  const auto path = NameRule::Kind::kPath;
  return {.key = name,
          .cluster = name.substr(0, name.rfind('_')),
          .image = {},
          .truth = {},
          .native_names = {{path, name}, {path, "pred_" + name}, {path, name + "_results"}},
          .size = size,
          .camera = {}};
}

std::unique_ptr<Dataset<DepthTask>> OpenIbims(const DatasetOptions& options) {
  const fs::path root = CleanRoot(options.root);
  for (DepthScan scan : {ScanOf(root, kMatFolder), ScanBelow(root, kMatFolder)}) {
    std::error_code error;
    if (fs::is_directory(root / kRawFolder / "depth", error)) {
      scan.notes.push_back(fmt::format("{} is there too and is not used: pass {} to use it",
                                       kRawFolder,
                                       (root / kRawFolder).string()));
    }
    if (auto data = OpenIbimsMat(options, scan)) return data;
  }
  for (const DepthScan& scan : {ScanOf(root, kRawFolder), ScanBelow(root, kRawFolder)}) {
    if (auto data = OpenIbimsRaw(options, scan)) return data;
  }
  throw MakeError(
      {.root = root,
       .dataset = "iBims-1 depth",
       .looked_for = std::string(kIbimsMat.layout) + ", or " + std::string(kIbimsRaw.layout),
       .tried = {root, root / kMatFolder, root / kRawFolder},
       .nearest = NearestThings(root)});
}

}  // namespace assay
