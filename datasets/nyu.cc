#include "datasets/nyu.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "datasets/io/errors.h"
#include "datasets/listing.h"
#include "datasets/nyu_forms.h"
#include "datasets/wrong_root.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMatName = "nyu_depth_v2_labeled.mat";

// One way to read what lies below a root.
struct Candidate {
  fs::path base;                     // folder above the split folders, or the .mat file
  const NyuPngForm* form = nullptr;  // null = .mat
};

struct Search {
  std::vector<Candidate> found;
  std::vector<fs::path> tried;
};

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

void LookForPng(const NyuPngForm& form,
                const fs::path& base,
                const NyuContext& context,
                Search& search) {
  bool holds = false;
  for (const std::string& split : context.SplitFolders()) {
    const fs::path folder = base / split;
    const auto known = std::find(search.tried.begin(), search.tried.end(), folder);
    if (known == search.tried.end()) search.tried.push_back(folder);
    holds = holds || HoldsNyuPng(form, folder);
  }
  if (holds) search.found.push_back({base, &form});
}

Search Look(const fs::path& root, const NyuContext& context, bool png_forms) {
  Search search;
  const fs::path mat = IsFile(root) && root.extension() == ".mat" ? root : root / kMatName;
  search.tried.push_back(mat);
  if (IsFile(mat)) search.found.push_back({mat, nullptr});
  if (!png_forms) return search;
  LookForPng(kNyuBts, root / "official_splits", context, search);
  LookForPng(kNyuBts, root, context, search);
  LookForPng(kNyuMarigold, root, context, search);
  return search;
}

std::vector<std::string> NearestThings(const fs::path& root, const std::string& split) {
  std::vector<std::string> found;
  const FileCount mat = CountFiles(root, kMatName, 3);
  if (mat.count > 0) {
    found.push_back(fmt::format("the labelled file deeper in the tree: pass {}",
                                mat.first.parent_path().string()));
  }
  for (const fs::path& path : FindFolders(root, "official_splits", 3)) {
    found.push_back(fmt::format("{}: pass {} (splits there: {})",
                                path.string(),
                                path.parent_path().string(),
                                FirstFew(FolderNames(path))));
  }
  const FileCount depth = CountFiles(root, ".png", 4);
  if (depth.count > 0) {
    found.push_back(fmt::format("{} PNG files outside split '{}', the first is {}",
                                depth.count,
                                split,
                                depth.first.string()));
  }
  for (fs::path up = root; up.has_relative_path() && up != up.parent_path();
       up = up.parent_path()) {
    if (up.filename() == split) {
      found.push_back(fmt::format("split folder above: pass {}", up.parent_path().string()));
    }
  }
  return found;
}

[[noreturn]] void ThrowAmbiguous(const fs::path& root, const std::vector<Candidate>& found) {
  std::vector<std::string> names;
  names.reserve(found.size());
  for (const Candidate& candidate : found) {
    names.push_back(candidate.base.string() + (candidate.form == nullptr
                                                   ? " (official file)"
                                                   : fmt::format(" ({})", candidate.form->layout)));
  }
  throw DatasetError(root,
                     "",
                     "holds the data in more than one form: " + FirstFew(names, names.size()),
                     "pass one of these paths, so that the report says what was read");
}

// A tree's manifest lies at its root, which is one folder up where the root was
// given as official_splits or as the .mat file.
std::optional<SyntheticManifest> FindManifest(const fs::path& root) {
  if (auto manifest = ReadManifest(root)) return manifest;
  if (IsFile(root) || root.filename() == "official_splits") {
    return ReadManifest((root / "..").lexically_normal());
  }
  return std::nullopt;
}

NyuContext MakeContext(const DatasetOptions& options) {
  const std::string split = options.split.empty() ? "test" : options.split;
  if (split != "test" && split != "train" && split != "all") {
    throw ConfigError("NYU Depth v2 has the splits test, train and all, not '" + split + "'");
  }
  return {split, FindManifest(CleanRoot(options.root))};
}

Candidate FindOne(const fs::path& root, const NyuContext& context, bool png_forms) {
  const Search search = Look(root, context, png_forms);
  if (search.found.size() > 1) ThrowAmbiguous(root, search.found);
  if (search.found.size() == 1) return search.found.front();
  throw MakeError(
      {.root = root,
       .dataset = "NYU Depth v2",
       .looked_for = png_forms
                         ? fmt::format("{} with splits.mat, {}, or {} (split '{}')",
                                       kMatName,
                                       kNyuBts.layout,
                                       kNyuMarigold.layout,
                                       context.split)
                         : fmt::format("{} with splits.mat: only it holds filled depth", kMatName),
       .tried = search.tried,
       .nearest = NearestThings(root, context.split)});
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenNyu(const DatasetOptions& options) {
  const NyuContext context = MakeContext(options);
  const Candidate found = FindOne(CleanRoot(options.root), context, true);
  if (found.form == nullptr) return OpenNyuMat(found.base, "nyu", "rawDepths", context);
  return OpenNyuPng(*found.form, found.base, context);
}

std::unique_ptr<Dataset<DepthTask>> OpenNyuFilled(const DatasetOptions& options) {
  const NyuContext context = MakeContext(options);
  const Candidate found = FindOne(CleanRoot(options.root), context, false);
  return OpenNyuMat(found.base, "nyu-filled", "depths", context);
}

}  // namespace assay
