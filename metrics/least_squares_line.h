// The least-squares line through many points, and the one through 0, in one pass. Internal to
// metrics/.
#pragma once

#include <span>

#include "metrics/robust_line.h"

namespace assay {

// The points that are fitted, as they are made from pairs (p, g).
struct LinePoints {
  bool invert_p = false, invert_g = false;  // 1/p in place of p, 1/g in place of g
  bool positive_only = false;  // pairs where p, as it is fitted, or g is not above 0 are left out
};

// (s, t) of min sum (s p + t - g)^2 over equally long spans. NaN with fewer than two points, and
// where a value is NaN or infinite. Where all p are equal, of all such lines the one with the
// least s^2 + t^2.
//
// The normal equations are about a pivot, the mean of every 64th point: with sums
// over p - a and g - b, n times the variance of p is sum (p-a)^2 - (sum (p-a))^2 / n. What that
// difference cancels is at most a factor of 64, whatever the order of the points.
Line LeastSquaresLine(std::span<const double> p,
                      std::span<const double> g,
                      const LinePoints& points = {});

// s of min sum (s p - g)^2. NaN without points, and where all p are 0.
double LeastSquaresScale(std::span<const double> p, std::span<const double> g);

}  // namespace assay
