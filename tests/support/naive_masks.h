// Masks compared pixel by pixel, as literally as the definitions. Slow on purpose.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "metrics/mask_overlap.h"
#include "metrics/tasks.h"

namespace assay::test {

// Counted down the columns, one pixel at a time.
std::vector<std::int64_t> NaiveRuns(const Mask& mask);
std::int64_t NaiveArea(const Mask& mask);
// As the reference has it: a mask with a pixel at the bottom of one column and at the
// top of the next is as high as the image.
PixelBox NaiveBox(const Mask& mask);
MaskOverlap NaiveOverlap(const Mask& a, const Mask& b);
// Of masks of one size; 0 without a common pixel.
double NaiveIou(const Mask& detection, const Mask& truth, bool crowd);
Mask NaiveMerge(std::span<const Mask> masks, MergeRule rule);

// From nearly empty to nearly full, from pixel noise to long stretches.
Mask RandomMask(Size size, std::mt19937_64& random);
Size RandomSize(int max_width, int max_height, std::mt19937_64& random);

}  // namespace assay::test
