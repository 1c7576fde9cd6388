// Run-length masks as COCO writes them, and their string form.
//
// Source: cocodataset/cocoapi@8c9bcc3:common/maskApi.c (formulas only).
//
// Runs go down the columns: pixel (x, y) of a mask of height h is at position
// x * h + y. They alternate 0, 1, 0, ...; the first counts zeros and may be 0. The
// *canonical* form has no other run of 0. Runs sum up to width * height.
//
// In the string form run i is stored as its difference to run i - 2 (from i = 3
// on), in groups of five bits, lowest first: character 48 + group, + 32 where more
// groups follow; the last group's bit 16 is the sign.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/raster.h"

namespace assay {

// Always canonical: made by the functions below only.
struct RunLengthMask {
  Size size;
  std::vector<std::uint32_t> runs;
  friend bool operator==(const RunLengthMask&, const RunLengthMask&) = default;
};

// The largest mask, in pixels; as many as an image may have (datasets/io/image.h).
inline constexpr std::int64_t kMaxMaskPixels = std::int64_t{1} << 28;
// The longest stored number: twelve groups are 60 bits, far more than a run needs.
inline constexpr int kMaxRunCharacters = 12;

// Whole pixels, half-open: columns x to x + width, rows y to y + height.
struct PixelBox {
  int x = 0, y = 0, width = 0, height = 0;
  friend bool operator==(const PixelBox&, const PixelBox&) = default;
};

// Left, top, width, height; pixels or fractions of the image, as its owner says.
using BoxXywh = std::array<double, 4>;

// Every function that makes a mask throws std::invalid_argument, saying what is
// wrong, when a side is below 1 or the size has more than kMaxMaskPixels pixels:
// before anything of that size is allocated.

RunLengthMask EmptyRuns(Size size);
// Uncompressed counts. Runs of 0 are merged away. Throws std::invalid_argument on a
// negative run and on a total other than width * height.
RunLengthMask MakeRuns(Size size, std::span<const std::int64_t> runs);
// Throws std::invalid_argument as MakeRuns, and on a character outside 48..111, a
// number that is cut off or longer than kMaxRunCharacters.
RunLengthMask DecodeRuns(Size size, std::string_view text);
std::string EncodeRuns(const RunLengthMask& mask);

// A raster here is a Mask of metrics/tasks.h.
RunLengthMask ToRuns(const Raster<std::uint8_t>& mask);
// Throws std::invalid_argument when the runs do not sum up to the size.
Raster<std::uint8_t> ToMask(const RunLengthMask& mask);

// Pixels inside.
std::int64_t Area(const RunLengthMask& mask);
// The smallest box that holds every pixel inside; 0, 0, 0, 0 where there is none. As
// in the reference a run over a column's end makes the box as high as the image:
// that run covers its bottom row and the top row of the next column.
PixelBox BoundingBox(const RunLengthMask& mask);
// The same as fractions of the mask's width and height.
BoxXywh FractionBox(const RunLengthMask& mask);

enum class MergeRule { kOr, kAnd };
// Pixel by pixel. Throws std::invalid_argument on no mask at all and on sizes that
// differ (the reference then gives an empty mask of size 0 x 0).
RunLengthMask Merge(std::span<const RunLengthMask> masks, MergeRule rule);

}  // namespace assay
