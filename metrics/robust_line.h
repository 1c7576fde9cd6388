// Lines that minimise a sum of weighted absolute errors, found as MoGe finds them.
//
// Scale: min over s of sum w |s p - g|. The minimiser is a weighted median of g/p with
// weights w |p|: the first ratio, ascending, at which twice the weight up to it reaches the
// whole weight.
//
// Affine: min over s, t of sum w |s p + t - g|. Some optimal line passes through two of the
// points, so every point i is tried as an anchor: of the lines through (p_i, g_i) the best
// has as slope the weighted median of (g_j - g_i) / (p_j - p_i) with weights
// w_j |p_j - p_i|. The anchor with the least loss wins, the first one of equals. Time
// grows with the square of the number of points.
//
// Source: microsoft/MoGe@0744441:moge/utils/alignment.py (align, align_depth_scale,
// align_depth_affine without truncation), in double instead of single precision.
#pragma once

#include <span>

namespace assay {

// Points whose p equals the anchor's.
enum class AnchorTies {
  kDropped,  // as MoGe: they add nothing to the anchor's loss, which is then no L1 loss
  kCounted,  // the exact minimum
};

struct Line {
  double scale = 1;
  double shift = 0;
};

// Equally long spans, w > 0. NaN without points, and where a value is NaN. Denominators
// are at least 1e-7, as in the source. Where all p are equal the line is flat.
double RobustScale(std::span<const double> p, std::span<const double> g, std::span<const double> w);
Line RobustLine(std::span<const double> p,
                std::span<const double> g,
                std::span<const double> w,
                AnchorTies ties);

}  // namespace assay
