#include "datasets/refcoco_files.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "datasets/listing.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::array<ReferSet, 8> kSets = {{
    {"grefcoco-unc", "gRefCOCO", "grefcoco", "unc", true},
    {"refclef-berkeley", "RefClef (berkeley)", "refclef", "berkeley"},
    {"refclef-unc", "RefClef (unc)", "refclef", "unc"},
    {"refcoco+-unc", "RefCOCO+", "refcoco+", "unc"},
    {"refcoco-google", "RefCOCO (google)", "refcoco", "google"},
    {"refcoco-unc", "RefCOCO", "refcoco", "unc"},
    {"refcocog-google", "RefCOCOg (google)", "refcocog", "google"},
    {"refcocog-umd", "RefCOCOg", "refcocog", "umd"},
}};

constexpr const char* kInstances = "instances.json";

bool Exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string RefsStem(const ReferSet& set) {
  return fmt::format("{}refs({})", set.generalised ? "g" : "", set.split_by);
}

// Where the refs file and instances.json may lie.
std::vector<fs::path> SetFolders(const ReferSet& set, const fs::path& root) {
  return {root / set.folder, root};
}

struct RefsFile {
  fs::path folder;
  fs::path path;
  bool both = false;  // a .p lies beside the .json
};

std::optional<RefsFile> FindRefs(const ReferSet& set, const fs::path& root) {
  for (const fs::path& folder : SetFolders(set, root)) {
    const fs::path as_json = folder / (RefsStem(set) + ".json");
    const fs::path as_pickle = folder / (RefsStem(set) + ".p");
    if (Exists(as_json)) return RefsFile{folder, as_json, Exists(as_pickle)};
    if (Exists(as_pickle)) return RefsFile{folder, as_pickle, false};
  }
  return std::nullopt;
}

std::vector<std::string> NearestThings(const ReferSet& set, const fs::path& root) {
  std::vector<std::string> found;
  for (const fs::path& folder : FindFolders(root, set.folder, 3)) {
    if (folder != root && folder.parent_path() != root && FindRefs(set, folder)) {
      found.push_back("the set deeper in the tree: pass " + folder.parent_path().string());
    }
  }
  for (const fs::path& folder : SetFolders(set, root)) {
    std::vector<std::string> files;
    for (const std::string& name : FileNames(folder)) {
      if (name.find("refs(") != std::string::npos || name == kInstances) files.push_back(name);
    }
    if (!files.empty()) found.push_back(folder.string() + " with " + FirstFew(files, 5));
  }
  for (const ReferSet& other : kSets) {
    if (other.folder != set.folder && Exists(root / other.folder)) {
      const std::string text = (root / other.folder).string() + ", which is another set";
      if (found.empty() || found.back() != text) found.push_back(text);
    }
  }
  return found;
}

[[noreturn]] void ThrowWrongRoot(const ReferSet& set, const fs::path& root) {
  std::vector<fs::path> tried;
  for (const fs::path& folder : SetFolders(set, root)) {
    tried.push_back(folder / (RefsStem(set) + ".json"));
    tried.push_back(folder / (RefsStem(set) + ".p"));
  }
  throw MakeError({.root = root,
                   .dataset = std::string(set.title),
                   .looked_for = ReferLayout(set),
                   .tried = tried,
                   .nearest = NearestThings(set, root)});
}

fs::path FindImages(const ReferSet& set, const fs::path& root, const fs::path& set_folder) {
  std::vector<const char*> places = {
      "images/mscoco/images/train2014", "images/train2014", "train2014"};
  if (set.folder == "refclef") places = {"images/saiapr_tc-12", "saiapr_tc-12"};
  for (const fs::path& base : {root, set_folder.parent_path()}) {
    for (const char* place : places) {
      if (Exists(base / place)) return base / place;
    }
  }
  return root / places.front();
}

}  // namespace

std::span<const ReferSet> ReferSets() { return kSets; }

const ReferSet& FindReferSet(std::string_view name) {
  for (const ReferSet& set : kSets) {
    if (set.name == name) return set;
  }
  throw std::invalid_argument("there is no referring set '" + std::string(name) + "'");
}

std::string ReferLayout(const ReferSet& set) {
  return fmt::format("{0}/{1}.json or .p with {0}/instances.json", set.folder, RefsStem(set));
}

ReferFiles FindReferFiles(const ReferSet& set, const fs::path& root) {
  const auto file = FindRefs(set, root);
  if (!file) ThrowWrongRoot(set, root);
  ReferFiles files;
  files.refs = file->path;
  files.instances = file->folder / kInstances;
  files.images = FindImages(set, root, file->folder);
  files.has_both = file->both;
  files.has_images = Exists(files.images);
  return files;
}

}  // namespace assay
