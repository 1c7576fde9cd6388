#include "metrics/median.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "metrics/depth_strip.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Of many numbers every 64th is looked at first: the middle ones of all lie, but for odd orders
// of them, between two of these that are an eighth of them apart.
constexpr std::size_t kMany = 1 << 14;
constexpr std::size_t kStep = 64;
constexpr std::size_t kSixteenths = 16;

struct Bracket {
  double low = 0, high = 0;
};

// No bracket where one of these is NaN.
std::optional<Bracket> BracketOf(std::span<const double> values) {
  std::vector<double> some;
  some.reserve(values.size() / kStep + 1);
  for (std::size_t i = 0; i < values.size(); i += kStep) {
    if (std::isnan(values[i])) return {};
    some.push_back(values[i]);
  }
  const auto at = [&](std::size_t sixteenth) {
    return some.begin() + static_cast<std::ptrdiff_t>(some.size() * sixteenth / kSixteenths);
  };
  std::nth_element(some.begin(), at(9), some.end());
  std::nth_element(some.begin(), at(7), at(9));
  return Bracket{*at(7), *at(9)};
}

std::size_t CountOf(PixelSet set) { return static_cast<std::size_t>(std::popcount(set)); }

// The numbers inside a bracket, and how many lie below and above it.
struct Bracketed {
  std::vector<double> inside;
  std::size_t below = 0, above = 0;
};

Bracketed Inside(std::span<const double> values, const Bracket& bracket) {
  Bracketed found;
  found.inside.reserve(values.size() / 4);
  for (std::size_t begin = 0; begin < values.size(); begin += kStripPixels) {
    const auto some =
        values.subspan(begin, std::min<std::size_t>(kStripPixels, values.size() - begin));
    const PixelSet inside = Within(some, bracket.low, bracket.high);
    found.below += CountOf(Within(some, -kInfinity, bracket.high) & ~inside);
    found.above += CountOf(Within(some, bracket.low, kInfinity) & ~inside);
    ForEachPixel(inside, [&](std::size_t i) { found.inside.push_back(some[i]); });
  }
  return found;
}

// The number of rank `lower` and, where `upper` is one more, the mean with the next.
double MeanOfRanks(std::vector<double> values, std::size_t lower, std::size_t upper) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(lower);
  std::nth_element(values.begin(), at, values.end());
  return lower == upper ? *at : (*at + *std::min_element(at + 1, values.end())) / 2;
}

}  // namespace

double MedianOf(std::span<const double> values, Median rule) {
  const std::size_t count = values.size();
  if (count == 0) return kNan;
  const std::size_t lower = (count - 1) / 2;
  const std::size_t upper = rule == Median::kLower ? lower : count / 2;
  if (count >= kMany) {
    const std::optional<Bracket> bracket = BracketOf(values);
    if (!bracket) return kNan;
    Bracketed found = Inside(values, *bracket);
    if (found.below + found.inside.size() + found.above != count) return kNan;
    if (found.below <= lower && upper < found.below + found.inside.size()) {
      return MeanOfRanks(std::move(found.inside), lower - found.below, upper - found.below);
    }
  }
  const auto is_nan = [](double value) { return std::isnan(value); };
  if (std::any_of(values.begin(), values.end(), is_nan)) return kNan;
  return MeanOfRanks({values.begin(), values.end()}, lower, upper);
}

}  // namespace assay
