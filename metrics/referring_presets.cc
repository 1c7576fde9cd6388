#include <stdexcept>
#include <string>

#include "metrics/referring.h"

namespace assay {
namespace {

constexpr Size kLavtFrame{480, 480};

ReferringSettings Lavt() {
  ReferringSettings settings;
  settings.overlap = PartOverlap::kLavt;
  settings.ignored = IgnoredPixels::kBackground;
  settings.empty_policy = EmptyPolicy::kZero;
  settings.frame = kLavtFrame;
  return settings;
}

// The mean's epsilon comes from its reduction over GPUs, which every published number
// went through.
ReferringSettings Lisa() {
  ReferringSettings settings;
  settings.overlap = PartOverlap::kLisa;
  settings.empty_ratio = EmptyRatio::kZero;
  settings.iou_epsilon = 1e-5;
  settings.ratio_epsilon = 1e-10;
  settings.count_epsilon = 1e-5;
  return settings;
}

ReferringSettings Rela() {
  ReferringSettings settings;
  settings.ignored = IgnoredPixels::kBackground;
  settings.empty_policy = EmptyPolicy::kZero;  // of samples with a target
  settings.no_target = NoTargetRule::kRela;
  return settings;
}

ReferringSettings Xsam() {
  ReferringSettings settings;
  settings.empty_ratio = EmptyRatio::kOne;
  return settings;
}

}  // namespace

std::span<const ReferringPreset> ReferringPresets() {
  static const std::array<ReferringPreset, 5> kPresets = {{
      {"default", {}},
      {"lavt", Lavt()},
      {"lisa", Lisa()},
      {"rela", Rela()},
      {"xsam", Xsam()},
  }};
  return kPresets;
}

const ReferringSettings& FindReferringPreset(std::string_view name) {
  for (const ReferringPreset& preset : ReferringPresets()) {
    if (preset.name == name) return preset.settings;
  }
  throw std::invalid_argument("there is no referring preset '" + std::string(name) + "'");
}

}  // namespace assay
