#include "metrics/mask_overlap.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "metrics/run_box.h"

namespace assay {
namespace {

// Positions of a mask's pixels: half-open stretches in ascending order.
struct Stretch {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// A mask as the comparison of many with many wants it.
struct Prepared {
  explicit Prepared(const RunLengthMask& mask) : size(mask.size) {
    RunBox around(mask.size.height);
    stretches.resize(mask.runs.size() / 2);
    std::uint32_t at = 0;
    for (std::size_t i = 0; i < stretches.size(); ++i) {
      const std::uint32_t begin = at + mask.runs[2 * i];
      at = begin + mask.runs[2 * i + 1];
      stretches[i] = {begin, at};
      area += mask.runs[2 * i + 1];
      around.Add(begin, at);
    }
    box = around.Box();
  }

  Size size;
  std::int64_t area = 0;
  PixelBox box;
  std::vector<Stretch> stretches;
};

bool BoxesOverlap(const PixelBox& a, const PixelBox& b) {
  return std::min(a.x + a.width, b.x + b.width) > std::max(a.x, b.x) &&
         std::min(a.y + a.height, b.y + b.height) > std::max(a.y, b.y);
}

// One walk over both. Branches are fine: outlines are smooth, so which mask's stretch
// ends first is the same from column to column.
std::int64_t Intersection(std::span<const Stretch> a, std::span<const Stretch> b) {
  std::int64_t common = 0;
  std::size_t j = 0;
  for (const Stretch& stretch : a) {
    while (j < b.size() && b[j].end <= stretch.begin) ++j;
    for (; j < b.size() && b[j].begin < stretch.end; ++j) {
      common += std::min(stretch.end, b[j].end) - std::max(stretch.begin, b[j].begin);
      if (b[j].end > stretch.end) break;
    }
  }
  return common;
}

double Iou(const Prepared& detection, const Prepared& truth, bool crowd) {
  if (!BoxesOverlap(detection.box, truth.box)) return 0;
  if (detection.size != truth.size) return kIouOfDifferentSizes;
  const std::int64_t common = Intersection(detection.stretches, truth.stretches);
  if (common == 0) return 0;
  const std::int64_t whole = crowd ? detection.area : detection.area + truth.area - common;
  return static_cast<double>(common) / static_cast<double>(whole);
}

std::vector<Prepared> Prepare(std::span<const RunLengthMask* const> masks) {
  std::vector<Prepared> prepared;
  prepared.reserve(masks.size());
  for (const RunLengthMask* mask : masks) prepared.emplace_back(*mask);
  return prepared;
}

}  // namespace

MaskOverlap CountOverlap(const RunLengthMask& a, const RunLengthMask& b) {
  if (a.size != b.size) throw std::invalid_argument("CountOverlap: the masks differ in size");
  const Prepared left(a);
  const Prepared right(b);
  const std::int64_t common = Intersection(left.stretches, right.stretches);
  return {common, left.area + right.area - common};
}

double MaskIou(const RunLengthMask& detection, const RunLengthMask& truth, bool crowd) {
  return Iou(Prepared(detection), Prepared(truth), crowd);
}

std::vector<double> MaskIous(std::span<const RunLengthMask* const> detections,
                             std::span<const RunLengthMask* const> truths) {
  if (detections.empty() || truths.empty()) return {};
  const std::vector<Prepared> left = Prepare(detections);
  const std::vector<Prepared> right = Prepare(truths);
  std::vector<double> ious;
  ious.reserve(left.size() * right.size());
  for (const Prepared& detection : left) {
    for (const Prepared& truth : right) ious.push_back(Iou(detection, truth, false));
  }
  return ious;
}

double BoxIou(const BoxXywh& detection, const BoxXywh& truth, bool crowd) {
  const auto common_side = [&](std::size_t axis) {
    return std::min(detection[axis] + detection[axis + 2], truth[axis] + truth[axis + 2]) -
           std::max(detection[axis], truth[axis]);
  };
  const double width = common_side(0);
  const double height = common_side(1);
  if (!(width > 0 && height > 0)) return 0;
  const double common = width * height;
  const double area = detection[2] * detection[3];
  return common / (crowd ? area : area + truth[2] * truth[3] - common);
}

}  // namespace assay
