// Overlap of run-length masks and of boxes, without drawing a pixel.
//
// Source: cocodataset/cocoapi@8c9bcc3:common/maskApi.c, rleIou and bbIou.
//
// IoU is a fraction in [0, 1], higher is more alike. For a crowd truth the
// denominator is the area of the detection instead of the union.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/run_length.h"

namespace assay {

struct MaskOverlap {
  std::int64_t intersection = 0;
  std::int64_t in_either = 0;  // the union
  friend bool operator==(const MaskOverlap&, const MaskOverlap&) = default;
};

// Throws std::invalid_argument when the sizes differ.
MaskOverlap CountOverlap(const RunLengthMask& a, const RunLengthMask& b);

// What the reference gives for a pair of masks of different sizes whose bounding
// boxes overlap.
inline constexpr double kIouOfDifferentSizes = -1;

// In this order: 0 where the bounding boxes do not overlap; kIouOfDifferentSizes; 0
// without a common pixel (two empty masks too); I / U.
double MaskIou(const RunLengthMask& detection, const RunLengthMask& truth, bool crowd = false);

// MaskIou of every pair, detection by detection: entry d * truths.size() + g. No
// truth is a crowd.
std::vector<double> MaskIous(std::span<const RunLengthMask* const> detections,
                             std::span<const RunLengthMask* const> truths);

// 0 where width or height of the common part are not positive.
double BoxIou(const BoxXywh& detection, const BoxXywh& truth, bool crowd = false);

}  // namespace assay
