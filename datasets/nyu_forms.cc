#include "datasets/nyu_forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "datasets/official_keys.h"

namespace assay {
namespace {

constexpr Size kOfficialSize = {.width = 640, .height = 480};
constexpr Intrinsics kCamera = {.fx = 518.8579, .fy = 519.4696, .cx = 325.5824, .cy = 253.7362};

// The samples of a split, as in prs-eth/Marigold@b1dffaa:data_split/nyu_depth/labeled (test,
// train).
struct Split {
  std::string_view name;
  std::int64_t count = 0;
  std::string_view keys_sha256 = {};  // HashOfKeys
};
constexpr std::array<Split, 3> kSplits = {
    {{"test", 654, "sha256:d4100a480419a1242ed6933c507943cd91793564ad19352f9987e4603e51c8ae"},
     {"train", 795, "sha256:41caa98a51ec69f70f7decddb2247a1dcbf51ea994b196085764dafe6fe5b63c"},
     {"all", 1449, "sha256:082717d765f78dbb98f77f5d6e6369ac889de9d562732069b8dd81253ae72ed7"}}};

Split SplitOf(std::string_view name) {
  for (const Split& split : kSplits) {
    if (split.name == name) return split;
  }
  return {name};
}

}  // namespace

DatasetInfo NyuContext::Info(std::string name,
                             std::string layout,
                             const std::vector<int>& indices) const {
  DatasetInfo info;
  info.name = std::move(name);
  info.split = split;
  info.layout = std::move(layout);
  info.synthetic = manifest.has_value();
  // A manifest counts the evaluation split alone.
  const std::int64_t stated = manifest && split == "test" ? manifest->samples : 0;
  const Split official = SplitOf(split);
  info.official = manifest ? stated : official.count;
  std::vector<std::string> keys(indices.size());
  std::transform(indices.begin(), indices.end(), keys.begin(), NyuKey);
  CheckOfficialKeys(official.keys_sha256, official.count, std::move(keys), info);
  return info;
}

Size NyuContext::ImageSize() const {
  return manifest && manifest->size.Pixels() > 0 ? manifest->size : kOfficialSize;
}

Intrinsics NyuContext::Camera() const {
  const Size size = ImageSize();
  const double x = static_cast<double>(size.width) / kOfficialSize.width;
  const double y = static_cast<double>(size.height) / kOfficialSize.height;
  return {.fx = kCamera.fx * x, .fy = kCamera.fy * y, .cx = kCamera.cx * x, .cy = kCamera.cy * y};
}

std::vector<std::string> NyuContext::SplitFolders() const {
  if (split == "all") return {"test", "train"};
  return {split};
}

std::string NyuKey(int index) { return fmt::format("{:04}", index); }

std::vector<NameRule> NyuNames(const std::string& scene, int index) {
  const std::string from_zero = fmt::format("{:05}", index);
  const std::string from_one = fmt::format("{:04}", index + 1);
  const auto path = NameRule::Kind::kPath;
  std::vector<NameRule> rules = {{path, "rgb_" + from_zero}, {path, "sync_depth_" + from_zero}};
  if (scene.empty()) return rules;
  rules.push_back({path, scene + "_rgb_" + from_zero});
  rules.push_back({path, scene + "/pred_" + from_one});
  rules.push_back({path, scene + "/rgb_" + from_one});
  return rules;
}

Item<DepthTask> NyuItem(const NyuContext& context,
                        const std::string& scene,
                        int index,
                        std::string image) {
  const std::string key = NyuKey(index);
  return {.key = key,
          .cluster = scene.empty() ? key : scene,
          .image = std::move(image),
          .native_names = NyuNames(scene, index),
          .query = {.frame = context.ImageSize(), .camera = context.Camera()}};
}

}  // namespace assay
