#include "datasets/folder_labels.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace assay {
namespace {

using Key = std::vector<std::pair<std::uint8_t, std::string>>;

// A label space and what it points into.
struct Owned {
  std::vector<std::string> names;
  std::vector<LabelClass> classes;
  std::vector<std::string_view> categories;
  LabelSpace space;
};

constexpr std::uint8_t kNotTrained = 255;

std::unique_ptr<Owned> Make(const Key& key) {
  auto owned = std::make_unique<Owned>();
  const std::uint8_t last = key.empty() ? 0 : std::max_element(key.begin(), key.end())->first;
  owned->names.resize(std::size_t{last} + 1, "unlabeled");
  for (const auto& [id, name] : key) owned->names[id] = name;
  owned->categories.emplace_back("void");
  std::uint8_t next = 0;
  for (int id = 0; id <= last; ++id) {
    const bool listed =
        std::any_of(key.begin(), key.end(), [&](const auto& one) { return one.first == id; });
    LabelClass one{.id = static_cast<std::uint8_t>(id),
                   .name = owned->names[static_cast<std::size_t>(id)],
                   .train_id = kNotTrained};
    if (listed) {
      one.train_id = next++;
      one.category = static_cast<std::uint8_t>(owned->categories.size());
      one.evaluated = true;
      owned->categories.push_back(one.name);
    }
    owned->classes.push_back(one);
  }
  owned->space = {.name = "folder", .classes = owned->classes, .categories = owned->categories};
  return owned;
}

}  // namespace

const LabelSpace& FolderLabels(const std::vector<FolderClass>& classes) {
  static std::mutex mutex;
  static std::map<Key, std::unique_ptr<Owned>> known;
  Key key;
  key.reserve(classes.size());
  for (const FolderClass& one : classes) key.emplace_back(one.id, one.name);
  std::sort(key.begin(), key.end());
  const std::lock_guard lock(mutex);
  std::unique_ptr<Owned>& owned = known[key];
  if (!owned) owned = Make(key);
  return owned->space;
}

}  // namespace assay
