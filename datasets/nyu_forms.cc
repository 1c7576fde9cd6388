#include "datasets/nyu_forms.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace assay {
namespace {

constexpr Size kOfficialSize = {.width = 640, .height = 480};
constexpr Intrinsics kCamera = {.fx = 518.8579, .fy = 519.4696, .cx = 325.5824, .cy = 253.7362};
constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> kCounts = {
    {{"test", 654}, {"train", 795}, {"all", 1449}}};

std::int64_t OfficialCount(std::string_view split) {
  for (const auto& [name, count] : kCounts) {
    if (name == split) return count;
  }
  return 0;
}

}  // namespace

DatasetInfo NyuContext::Info(std::string name, std::string layout) const {
  DatasetInfo info;
  info.name = std::move(name);
  info.split = split;
  info.layout = std::move(layout);
  info.synthetic = manifest.has_value();
  // A manifest counts the evaluation split alone.
  const std::int64_t stated = manifest && split == "test" ? manifest->samples : 0;
  info.official = manifest ? stated : OfficialCount(split);
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
