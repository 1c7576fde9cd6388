#include "eval/cli/decoded_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/vectors.h"
#include "metrics/normals_angle.h"

namespace assay::cli {

using nlohmann::ordered_json;

ordered_json Describe(const Decoded<SemanticTask>& decoded) {
  std::array<std::int64_t, 256> pixels{};
  for (const std::uint8_t id : decoded.value.Pixels()) ++pixels[id];
  ordered_json classes = ordered_json::object();
  for (const LabelClass& label : CityscapesLabels().classes) {
    if (pixels[label.id] > 0) classes[std::string(label.name)] = pixels[label.id];
  }
  return {{"size", {decoded.value.width(), decoded.value.height()}}, {"classes", classes}};
}

ordered_json Describe(const Decoded<DepthTask>& decoded) {
  std::vector<double> finite;
  for (const double depth : decoded.value.map.Pixels()) {
    if (std::isfinite(depth)) finite.push_back(depth);
  }
  std::sort(finite.begin(), finite.end());
  ordered_json depth = {{"min", nullptr}, {"median", nullptr}, {"max", nullptr}};
  if (!finite.empty()) {
    depth = {{"min", finite.front()},
             {"median", finite[(finite.size() - 1) / 2]},
             {"max", finite.back()}};
  }
  const Size size = decoded.value.map.size();
  return {{"size", {size.width, size.height}},
          {"depth_m", depth},
          {"not_finite", static_cast<std::int64_t>(size.Pixels() - finite.size())}};
}

ordered_json Describe(const Decoded<ReferringTask>& decoded) {
  const auto pixels = decoded.value.Pixels();
  return {{"size", {decoded.value.width(), decoded.value.height()}},
          {"foreground", std::count(pixels.begin(), pixels.end(), 1)}};
}

ordered_json Describe(const Decoded<InstancesTask>& decoded) {
  ordered_json areas = ordered_json::array();
  for (const Instance& instance : decoded.value.instances) areas.push_back(Area(instance.mask));
  return {{"size", {decoded.value.size.width, decoded.value.size.height}},
          {"instances", decoded.value.instances.size()},
          {"areas", areas}};
}

ordered_json Describe(const Decoded<NormalsTask>& decoded) {
  const NormalMap& map = decoded.value.map;
  const auto undefined = std::count_if(map.Pixels().begin(),
                                       map.Pixels().end(),
                                       [](const Vector3& normal) { return !IsDirection(normal); });
  return {{"size", {map.width(), map.height()}}, {"undefined_pixels", undefined}};
}

void Save(const Decoded<SemanticTask>& decoded, const std::filesystem::path& stem) {
  WriteFile(stem.string() + ".png", EncodePng(decoded.value));
}
void Save(const Decoded<DepthTask>& decoded, const std::filesystem::path& stem) {
  WriteFile(stem.string() + ".npy", EncodeNpyFloat32(decoded.value.map));
}

void Save(const Decoded<ReferringTask>& decoded, const std::filesystem::path& stem) {
  const Mask& mask = decoded.value;
  Raster<std::uint8_t> shown(mask.size());
  std::transform(
      mask.Pixels().begin(), mask.Pixels().end(), shown.Pixels().begin(), [](auto inside) {
        return static_cast<std::uint8_t>(inside == 0 ? 0 : 255);
      });
  WriteFile(stem.string() + ".png", EncodePng(shown));
}
void Save(const Decoded<InstancesTask>& decoded, const std::filesystem::path& stem) {
  const InstanceSet& set = decoded.value;
  Raster<std::uint16_t> numbers(set.size);
  for (std::size_t k = 0; k < set.instances.size(); ++k) {
    const Mask mask = ToMask(set.instances[k].mask);
    for (std::size_t i = 0; i < mask.Pixels().size(); ++i) {
      if (mask.Pixels()[i] != 0) numbers.Pixels()[i] = static_cast<std::uint16_t>(k + 1);
    }
  }
  WriteFile(stem.string() + ".png", EncodePng(numbers));
}

void Save(const Decoded<NormalsTask>& decoded, const std::filesystem::path& stem) {
  WriteFile(stem.string() + ".npy", EncodeNpyFloat32(ArrayFromVectors(decoded.value.map)));
}

}  // namespace assay::cli
