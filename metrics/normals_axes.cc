#include "metrics/normals_axes.h"

#include <algorithm>
#include <cmath>

#include "metrics/normals_angle.h"

namespace assay {
namespace {

double Component(const Vector3& vector, int axis) {
  return axis == 0 ? vector.x : axis == 1 ? vector.y : vector.z;
}

bool TiltedEnough(const AxisState& state) {
  const double least = kAxisTiltShare * static_cast<double>(state.pixels);
  return static_cast<double>(state.tilted_x) >= least &&
         static_cast<double>(state.tilted_y) >= least;
}

}  // namespace

Vector3 Changed(const AxisChange& change, const Vector3& vector) {
  return {change.sign[0] * Component(vector, change.from[0]),
          change.sign[1] * Component(vector, change.from[1]),
          change.sign[2] * Component(vector, change.from[2])};
}

std::string_view FrameBehind(NormalFrame declared, std::string_view change) {
  // Of three different lengths, so that every change gives another vector.
  constexpr Vector3 kProbe = {1, 2, 3};
  const auto* needed = std::find_if(kAxisChanges.begin(),
                                    kAxisChanges.end(),
                                    [&](const AxisChange& row) { return row.name == change; });
  if (needed == kAxisChanges.end()) return "";
  const Vector3 right = Changed(*needed, ToRub(declared, kProbe));
  // rub rather than opengl, as it is the default's name; lub rather than rdf_outward.
  if (ToRub(NormalFrame::kRub, kProbe) == right) return "rub";
  for (const auto& [name, frame] : kNormalFrameNames) {
    if (ToRub(frame, kProbe) == right) return name;
  }
  return "";
}

void AddPixel(const Vector3& predicted, const Vector3& truth, AxisEvidence& evidence) {
  ++evidence.pixels;
  const double tilt = kAxisTilt * Length(truth);
  evidence.tilted_x += std::abs(truth.x) > tilt ? 1 : 0;
  evidence.tilted_y += std::abs(truth.y) > tilt ? 1 : 0;
  evidence.declared += AngleBetween(predicted, truth);
  for (std::size_t i = 0; i < kAxisChanges.size(); ++i) {
    evidence.changed[i] += AngleBetween(Changed(kAxisChanges[i], predicted), truth);
  }
}

bool AxesAreJudged(const AxisState& state) {
  return state.images >= kAxisImages && TiltedEnough(state);
}

void AddEvidence(const AxisEvidence& evidence, AxisState& state) {
  if (evidence.pixels == 0 || AxesAreJudged(state)) return;
  ++state.images;
  state.pixels += evidence.pixels;
  state.tilted_x += evidence.tilted_x;
  state.tilted_y += evidence.tilted_y;
  state.declared.Add(evidence.declared);
  for (std::size_t i = 0; i < kAxisChanges.size(); ++i) state.changed[i].Add(evidence.changed[i]);
}

std::optional<AxisFinding> DiagnoseAxes(const AxisState& state) {
  if (state.pixels == 0 || !TiltedEnough(state)) return std::nullopt;
  std::size_t best = 0;
  for (std::size_t i = 1; i < kAxisChanges.size(); ++i) {
    if (state.changed[i].Value() < state.changed[best].Value()) best = i;
  }
  const double declared = state.declared.Value();
  const double changed = state.changed[best].Value();
  if (!(changed < (1 - kAxisGain) * declared)) return std::nullopt;
  const auto pixels = static_cast<double>(state.pixels);
  return AxisFinding{kAxisChanges[best].name, declared / pixels, changed / pixels, state.images};
}

}  // namespace assay
