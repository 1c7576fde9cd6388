// Which axes a set of predicted normals really has: the check that finds a wrong axis
// convention, which no number alone shows (a flipped x reads as a plausible 20 to 30
// degrees).
//
// On a thinned part of the scored pixels, at most kAxisPixels of every image, the angle
// to the truth is summed for the prediction as declared and for each of 12 changes of
// its axes: 7 sign patterns and 5 permutations. Pixels without a defined prediction are
// left out. A set has an AxisFinding when some change lowers the mean angle by more than
// 30 %, and the truth is tilted enough to tell: |x| > 0.3 on at least 5 % of the pixels,
// and |y| > 0.3 on at least 5 %, of unit normals. Scenes of walls that face the camera
// say nothing about x and y.
//
// The first kAxisImages images with such pixels, in index order, decide; further ones only
// while those are not tilted enough. So a long run is told early, and the same as at its end.
//
// Negating all three axes turns normals that face the camera into outward ones; "zyx" is
// an image read as B, G, R.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "metrics/normal_frames.h"
#include "metrics/sum.h"
#include "metrics/vector3.h"

namespace assay {

inline constexpr std::int64_t kAxisPixels = 1024;
inline constexpr std::int64_t kAxisImages = 20;
inline constexpr double kAxisGain = 0.30;
inline constexpr double kAxisTilt = 0.3;
inline constexpr double kAxisTiltShare = 0.05;

// What to do to a predicted vector. "yxz": the new x is the old y, and so on.
struct AxisChange {
  std::string_view name;
  std::array<int, 3> from;  // old component that becomes x, y, z
  std::array<int, 3> sign;
};
inline constexpr std::array<AxisChange, 12> kAxisChanges = {{
    {"-x", {0, 1, 2}, {-1, 1, 1}},
    {"-y", {0, 1, 2}, {1, -1, 1}},
    {"-z", {0, 1, 2}, {1, 1, -1}},
    {"-x-y", {0, 1, 2}, {-1, -1, 1}},
    {"-x-z", {0, 1, 2}, {-1, 1, -1}},
    {"-y-z", {0, 1, 2}, {1, -1, -1}},
    {"-x-y-z", {0, 1, 2}, {-1, -1, -1}},
    {"xzy", {0, 2, 1}, {1, 1, 1}},
    {"yxz", {1, 0, 2}, {1, 1, 1}},
    {"yzx", {1, 2, 0}, {1, 1, 1}},
    {"zxy", {2, 0, 1}, {1, 1, 1}},
    {"zyx", {2, 1, 0}, {1, 1, 1}},
}};

Vector3 Changed(const AxisChange& change, const Vector3& vector);

// The convention that answers are in when they need `change` after they were read as
// `declared`, of two with the same axes rub or lub. "" where no convention has these.
std::string_view FrameBehind(NormalFrame declared, std::string_view change);

// Sums over the thinned pixels of one image, degrees.
struct AxisEvidence {
  std::int64_t pixels = 0, tilted_x = 0, tilted_y = 0;
  double declared = 0;
  std::array<double, kAxisChanges.size()> changed{};
  friend bool operator==(const AxisEvidence&, const AxisEvidence&) = default;
};

// Neither vector may be zero or have a component that is not finite.
void AddPixel(const Vector3& predicted, const Vector3& truth, AxisEvidence& evidence);

// The evidence of a set, folded in index order.
struct AxisState {
  std::int64_t images = 0;  // with evidence
  std::int64_t pixels = 0, tilted_x = 0, tilted_y = 0;
  CompensatedSum declared;
  std::array<CompensatedSum, kAxisChanges.size()> changed;
};
// Enough images, tilted enough: AddEvidence leaves the state alone from here on.
bool AxesAreJudged(const AxisState& state);
void AddEvidence(const AxisEvidence& evidence, AxisState& state);

struct AxisFinding {
  std::string_view change;                     // of kAxisChanges: what the prediction needs
  double declared_mean = 0, changed_mean = 0;  // degrees
  std::int64_t images = 0;                     // that decided
};
// The change that gives the smallest mean, the first of equals.
std::optional<AxisFinding> DiagnoseAxes(const AxisState& state);

}  // namespace assay
