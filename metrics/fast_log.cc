#include "metrics/fast_log.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

#include "metrics/depth_strip.h"
#include "metrics/wide_clones.h"

namespace assay {
namespace {

constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52U) - 1;
constexpr std::uint64_t kOne = std::bit_cast<std::uint64_t>(1.0);
constexpr double kTwo52 = 4503599627370496;  // its last bit has the value 1

// ln(2^k m) = k ln 2 + 2 atanh(s), s = (m-1)/(m+1), with m from sqrt(1/2) to sqrt(2), so that
// s^2 < 0.0295 and eleven terms of atanh(s) = s + s^3/3 + s^5/5 + … leave 1e-18 of it.
inline double LogOf(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto mantissa = std::bit_cast<double>((bits & kMantissa) | kOne);
  // The exponent as a number, without a conversion, which narrow registers lack.
  const double biased =
      std::bit_cast<double>((bits >> 52U) | std::bit_cast<std::uint64_t>(kTwo52)) - kTwo52;
  const bool upper = mantissa > std::numbers::sqrt2;
  const double m = upper ? mantissa / 2 : mantissa;
  const double k = biased - (upper ? 1022 : 1023);
  const double s = (m - 1) / (m + 1);
  const double z = s * s;
  double series = 1.0 / 21;
  series = series * z + 1.0 / 19;
  series = series * z + 1.0 / 17;
  series = series * z + 1.0 / 15;
  series = series * z + 1.0 / 13;
  series = series * z + 1.0 / 11;
  series = series * z + 1.0 / 9;
  series = series * z + 1.0 / 7;
  series = series * z + 1.0 / 5;
  series = series * z + 1.0 / 3;
  return k * std::numbers::ln2 + (2 * s + 2 * s * (series * z));
}

// The pixels that LogOf is not for.
ASSAY_WIDE_CLONES
PixelSet LogsOfNormal(const double* values, std::size_t count, double* logs) {
  constexpr double kMax = std::numeric_limits<double>::max();
  PixelSet others = 0;
  for (std::size_t i = 0; i < count; ++i) {
    logs[i] = LogOf(values[i]);
    others |= values[i] >= 1 && values[i] <= kMax ? 0 : kStripPixelSets[i];
  }
  return others;
}

}  // namespace

void LogsOf(std::span<const double> values, std::span<double> logs) {
  const PixelSet others = LogsOfNormal(values.data(), values.size(), logs.data());
  ForEachPixel(others, [&](std::size_t i) { logs[i] = std::log(values[i]); });
}

}  // namespace assay
