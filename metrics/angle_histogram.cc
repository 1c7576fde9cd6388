#include "metrics/angle_histogram.h"

#include <array>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace assay {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kDigitBits = 5;
constexpr std::uint64_t kMore = 32;
constexpr int kMaxDigits = 12;  // 60 bits

void AppendNumber(std::uint64_t number, std::string& text) {
  for (; number >= kMore; number >>= kDigitBits) text += kLetters[number % kMore + kMore];
  text += kLetters[number];
}

// The digit a letter stands for; kNoDigit for any other byte.
constexpr std::uint8_t kNoDigit = 255;
constexpr std::array<std::uint8_t, 256> kDigitOf = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    digits[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

// Takes one number from the front of the text.
std::uint64_t TakeNumber(std::string_view& text) {
  std::uint64_t number = 0;
  for (int digit = 0; digit < kMaxDigits && !text.empty(); ++digit) {
    const std::uint64_t value = kDigitOf[static_cast<unsigned char>(text.front())];
    if (value == kNoDigit) break;
    text.remove_prefix(1);
    number |= (value % kMore) << (kDigitBits * digit);
    if (value < kMore) return number;
  }
  throw std::invalid_argument("angle counts: not a text of EncodeAngleCounts");
}

double Degrees(std::size_t bin) { return static_cast<double>(bin) / kAngleBinsPerDegree; }

// The bin that holds the angle of this rank, counted from 0.
std::size_t BinOfRank(const AngleHistogram& histogram, std::int64_t rank) {
  std::size_t bin = 0;
  for (std::int64_t below = histogram[0]; below <= rank; below += histogram[bin]) ++bin;
  return bin;
}

}  // namespace

AngleCounts CountAngles(std::span<const double> degrees) {
  std::vector<std::int32_t> dense(static_cast<std::size_t>(kAngleBins));
  for (const double angle : degrees) ++dense[static_cast<std::size_t>(AngleBin(angle))];
  AngleCounts counts;
  for (std::size_t bin = 0; bin < dense.size(); ++bin) {
    if (dense[bin] > 0) counts.push_back({static_cast<std::int32_t>(bin), dense[bin]});
  }
  return counts;
}

void AddCounts(const AngleCounts& counts, AngleHistogram& histogram) {
  for (const auto& [bin, count] : counts) histogram[static_cast<std::size_t>(bin)] += count;
}

double MedianAngle(const AngleHistogram& histogram, Median kind) {
  const std::int64_t total = std::accumulate(histogram.begin(), histogram.end(), std::int64_t{0});
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  const double lower = Degrees(BinOfRank(histogram, (total - 1) / 2));
  if (kind == Median::kLower || total % 2 == 1) return lower;
  return (lower + Degrees(BinOfRank(histogram, total / 2))) / 2;
}

std::string EncodeAngleCounts(const AngleCounts& counts) {
  std::string text;
  std::int32_t before = -1;
  for (const auto& [bin, count] : counts) {
    AppendNumber(static_cast<std::uint64_t>(bin - before - 1), text);
    AppendNumber(static_cast<std::uint64_t>(count - 1), text);
    before = bin;
  }
  return text;
}

AngleCounts DecodeAngleCounts(std::string_view text) {
  AngleCounts counts;
  std::uint64_t next = 0;
  while (!text.empty()) {
    const std::uint64_t bin = next + TakeNumber(text);
    if (bin >= static_cast<std::uint64_t>(kAngleBins)) {
      throw std::invalid_argument("angle counts: a bin beyond 180 degrees");
    }
    const std::uint64_t count = TakeNumber(text) + 1;
    counts.push_back({static_cast<std::int32_t>(bin), static_cast<std::int64_t>(count)});
    next = bin + 1;
  }
  return counts;
}

}  // namespace assay
