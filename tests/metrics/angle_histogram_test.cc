// Angles in bins of 0.001 degrees (metrics/angle_histogram.h):
//   every median is within 0.0005 degrees of the true one, whatever the merge order;
//   the ends of the range have a bin; the text of a histogram reads back, and a text
//   that is none is refused.
#include "metrics/angle_histogram.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace assay {
namespace {

std::vector<double> AnyAngles() {
  const auto raw = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 180'000'000 + 1));
  std::vector<double> angles;
  for (const int micro : raw) angles.push_back(micro / 1e6);
  return angles;
}

double Median(std::vector<double> angles, assay::Median kind) {
  std::sort(angles.begin(), angles.end());
  const std::size_t half = angles.size() / 2;
  if (angles.size() % 2 == 1) return angles[half];
  return kind == assay::Median::kLower ? angles[half - 1] : (angles[half - 1] + angles[half]) / 2;
}

AngleHistogram HistogramOf(const std::vector<std::vector<double>>& parts) {
  AngleHistogram histogram(static_cast<std::size_t>(kAngleBins));
  for (const auto& part : parts) AddCounts(CountAngles(part), histogram);
  return histogram;
}

TEST(AngleHistogramTest, MediansAreExactToHalfABin) {
  EXPECT_TRUE(rc::check("median", [] {
    const std::vector<double> one = AnyAngles();
    const std::vector<double> two = AnyAngles();
    std::vector<double> all = one;
    all.insert(all.end(), two.begin(), two.end());
    RC_PRE(!all.empty());
    const AngleHistogram merged = HistogramOf({one, two});
    RC_ASSERT(merged == HistogramOf({two, one}));
    for (const auto kind : {assay::Median::kAveraged, assay::Median::kLower}) {
      RC_ASSERT(std::abs(MedianAngle(merged, kind) - Median(all, kind)) <= 0.0005 + 1e-9);
    }
  }));
}

TEST(AngleHistogramTest, BothEndsOfTheRangeHaveABin) {
  const AngleCounts counts = CountAngles(std::vector<double>{0, 180, 0.0004, 179.9996});
  EXPECT_EQ(counts, (AngleCounts{{0, 2}, {180000, 2}}));
}

TEST(AngleHistogramTest, AnEmptySetHasNoMedian) {
  EXPECT_TRUE(std::isnan(MedianAngle(HistogramOf({}), assay::Median::kAveraged)));
  EXPECT_EQ(EncodeAngleCounts({}), "");
  EXPECT_THAT(DecodeAngleCounts(""), ::testing::IsEmpty());
}

TEST(AngleHistogramTest, TextReadsBack) {
  EXPECT_TRUE(rc::check("text", [] {
    AngleCounts counts = CountAngles(AnyAngles());
    for (AngleCount& entry : counts) entry.count = *rc::gen::inRange<std::int64_t>(1, 1 << 30);
    RC_ASSERT(DecodeAngleCounts(EncodeAngleCounts(counts)) == counts);
  }));
}

TEST(AngleHistogramTest, TheTextIsWhatTheHeaderSays) {
  // Gaps 0 and 33 = 1 + 1 * 32, counts less one 1 and 40 = 8 + 1 * 32.
  EXPECT_EQ(EncodeAngleCounts({{0, 2}, {34, 41}}), "ABhBoB");
}

TEST(AngleHistogramTest, AnotherTextIsRefused) {
  for (const char* text : {"A", "A?", "A=", "ag", "------------A", "-----BA"}) {
    EXPECT_THROW(DecodeAngleCounts(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace assay
