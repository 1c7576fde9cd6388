// Metric depth painted as colour: the seven-edge path through the RGB cube.
//
//   f(d) = 1 - (1 - d / (lambda c))^(lambda + 1)      d in metres, [0, inf) -> [0, 1)
//   d(f) = lambda c (1 - (1 - f)^(1 / (lambda + 1)))  lambda < -1, c > 0
//
// f is the share of the path black, red, yellow, green, cyan, blue, magenta,
// white walked from black; its seven edges are equally long. With the defaults
// f = 1 - (1 + d / 10)^-2 and the corners lie at 0, .8012, 1.8322, 3.2288,
// 5.2753, 8.7083, 16.4575 m and +inf. Depth is planar z.
//
// Decoding takes the nearest point of the path by squared RGB distance; of equal
// edges the first wins. Every colour nearest to the white corner decodes to +inf.
//
// Source: arXiv:2604.20329, eq. 1; the order of the corners from the prompt on
// vision-banana/vision-banana.github.io@8a80aed. lambda is Barron's power-ladder
// parameter p minus 1: p = lambda + 1.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "datasets/io/fields.h"
#include "datasets/io/image.h"
#include "model/codec.h"
#include "model/to_byte.h"

namespace assay {

struct DepthCurve {
  double lambda = -3;
  double c = 10.0 / 3.0;
};

// The curve. f(d) is 0 for d <= 0 and 1 for +inf; d(f) is +inf for f >= 1.
double CurveFraction(const DepthCurve& curve, double depth_m);
double CurveDepth(const DepthCurve& curve, double fraction);

// 8-bit colours have 7 * 255 + 1 nearest path points, so integers are exact:
// fraction = step / kPathSteps. squared_distance is in 0..255 units and at most
// 32258, that of mid-gray.
inline constexpr int kPathSteps = 1785;
inline constexpr int kMaxPathDistance2 = 32258;
struct PathPoint {
  std::uint16_t step = 0;
  std::uint16_t squared_distance = 0;
  friend bool operator==(const PathPoint&, const PathPoint&) = default;
};
PathPoint NearestOnPath(Rgb8 color);
// The same for many pixels; the three spans are equally long.
void NearestOnPath(std::span<const Rgb8> colors,
                   std::span<std::uint16_t> steps,
                   std::span<std::uint16_t> squared_distances);

// Floating form, channels in [0, 1]. Colours at equal distance of two edges may
// round to either of them: use the integer form for 8-bit images.
using RealRgb = std::array<double, 3>;
struct RealPathPoint {
  double fraction = 0;
  double squared_distance = 0;
};
RealPathPoint NearestOnPath(const RealRgb& color);
RealRgb PathColor(double fraction);  // fraction clamped to [0, 1]

double DepthFromRgb(const DepthCurve& curve, Rgb8 color);
double DepthFromRgb(const DepthCurve& curve, const RealRgb& color);
RealRgb RgbFromDepth(const DepthCurve& curve, double depth_m);
Rgb8 RgbFromDepth(const DepthCurve& curve, double depth_m, ToByte to_byte);

// The depth of the last 8-bit colour before white: 412.4926 m with the defaults.
double LargestFiniteDepth(const DepthCurve& curve);

// The painted answer format "rgb-depth". Settings, all optional: lambda, c, u8
// (round | truncate, of the encoder), fit, prompt, allow_lossy.
//
// Diagnostics, over the answer's own pixels: off_path_p50, _p90, _p99 and _max
// (distance to the path in 0..255 units; nearest rank: the smallest value that
// at least that share of the pixels does not exceed), inf_pixels and inf_share;
// and extrapolated_pixels (model/fit.h).
std::unique_ptr<Codec<DepthTask>> MakeRgbDepth(Fields& fields);

}  // namespace assay
