// Objects painted in one colour each, found the long way: lists of pixels, floods
// that look at every pixel again and again, joins that start over from nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/io/image.h"
#include "model/components.h"

namespace assay::test {

struct NaiveObjects {
  std::vector<std::vector<int>> objects;  // pixels y * width + x, ascending; in seed order
  std::int64_t background = 0, components = 0;
  std::int64_t dropped_by_size = 0, dropped_by_erosion = 0, joined = 0;
};

NaiveObjects FindObjectsNaively(const RgbImage& image, const ObjectRule& rule);

// Step 5 on regions alone. Entry k of the result holds the numbers of the regions that
// became object k.
std::vector<std::vector<int>> JoinRegionsNaively(const std::vector<Region>& regions,
                                                 const ObjectRule& rule);

}  // namespace assay::test
