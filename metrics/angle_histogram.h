// Angles counted in bins of 0.001 degrees: a median of any number of pixels that can
// be merged in any order.
//
// Bin k holds the angles nearest to k / 1000 degrees, halves upwards, k = 0 .. 180000,
// and stands for k / 1000: every order statistic, and so every median, is exact to
// 0.0005 degrees. Counts are integers. Shares within a bound are never taken from
// here: they are counted pixel by pixel (metrics/normals.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment.h"

namespace assay {

inline constexpr int kAngleBinsPerDegree = 1000;
inline constexpr int kAngleBins = 180 * kAngleBinsPerDegree + 1;

// The occupied bins of one image, by ascending bin.
struct AngleCount {
  std::int32_t bin = 0;
  std::int64_t count = 0;
  friend bool operator==(const AngleCount&, const AngleCount&) = default;
};
using AngleCounts = std::vector<AngleCount>;

// Degrees in [0, 180].
inline std::int32_t AngleBin(double degrees) {
  const double upper_half = degrees * kAngleBinsPerDegree + 0.5;
  // Cut off toward zero, which is the floor here and several times as fast.
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): no angle is negative
  return std::min(static_cast<std::int32_t>(upper_half), kAngleBins - 1);
}
AngleCounts CountAngles(std::span<const double> degrees);

// kAngleBins counts of a whole set.
using AngleHistogram = std::vector<std::int64_t>;
void AddCounts(const AngleCounts& counts, AngleHistogram& histogram);
// The middle one, or the mean of the middle pair (kAveraged) or its smaller one
// (kLower); NaN when the histogram is empty.
double MedianAngle(const AngleHistogram& histogram, Median kind);

// For records: about two letters per occupied bin, out of A-Z a-z 0-9 - _. Every bin
// is the gap to the bin before it and its count, both less one, as 5-bit digits,
// lowest first, with 32 added to every digit but the last.
std::string EncodeAngleCounts(const AngleCounts& counts);
// Throws std::invalid_argument for a text EncodeAngleCounts does not write.
AngleCounts DecodeAngleCounts(std::string_view text);

}  // namespace assay
