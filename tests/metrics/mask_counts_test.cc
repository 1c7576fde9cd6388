// Counts over bytes: the same as one pixel after another, at every length.
#include "metrics/mask_counts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace assay {
namespace {

using Bytes = std::vector<std::uint8_t>;

RC_GTEST_PROP(MaskCounts, CountInsideCountsWhatIsNotZero, ()) {
  const auto length = *rc::gen::inRange<std::size_t>(0, 4 * kCountedBlock);
  const Bytes pixels = *rc::gen::container<Bytes>(length, rc::gen::element<std::uint8_t>(0, 1, 9));
  RC_ASSERT(CountInside(pixels) ==
            static_cast<std::int64_t>(length) - std::count(pixels.begin(), pixels.end(), 0));
}

// A counter holds one byte within a block.
TEST(MaskCounts, NoCounterOverflows) {
  for (const std::size_t length : {0UL, 1UL, 239UL, 240UL, 241UL, 255UL, 256UL, 1'000'003UL}) {
    EXPECT_EQ(CountInside(Bytes(length, 255)), static_cast<std::int64_t>(length));
    EXPECT_EQ(CountInside(Bytes(length, 0)), 0);
  }
}

RC_GTEST_PROP(MaskCounts, EveryCounterIsItsOwnSum, ()) {
  const auto length = *rc::gen::inRange<std::size_t>(0, 4 * kCountedBlock);
  const Bytes pixels = *rc::gen::container<Bytes>(length, rc::gen::inRange<std::uint8_t>(0, 4));
  const auto counts =
      CountInBlocks<4>(length, [&](std::size_t i, auto& counters) { ++counters[pixels[i]]; });
  for (std::uint8_t value = 0; value < 4; ++value) {
    RC_ASSERT(counts[value] == std::count(pixels.begin(), pixels.end(), value));
  }
}

}  // namespace
}  // namespace assay
