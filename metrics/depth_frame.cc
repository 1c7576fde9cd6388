#include "metrics/depth_frame.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "metrics/resize.h"

namespace assay {
namespace {

Size SizeOf(const Box& box) { return {box.col_end - box.col_begin, box.row_end - box.row_begin}; }

double OutsideValue(const DepthSettings& settings, DepthKind kind) {
  if (settings.undefined != UndefinedPrediction::kAsSourceClips) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return kind == DepthKind::kDisparity ? std::numeric_limits<double>::infinity() : 0;
}

// Undefined values must spread as such: a blended 0 would pass for a near depth.
DepthMap WithUndefinedAsNan(const DepthSettings& settings, const DepthValue& answer) {
  DepthMap map = answer.map;
  if (settings.undefined != UndefinedPrediction::kWorseClipEnd) return map;
  for (double& value : map.Pixels()) {
    if (IsUndefined(settings, answer, value)) value = std::numeric_limits<double>::quiet_NaN();
  }
  return map;
}

DepthMap Resized(const DepthSettings& settings, const DepthValue& answer, Size size) {
  if (answer.painted || settings.resize == DepthResize::kNearest) {
    return ResizeNearest(answer.map, size);
  }
  const CornerRule rule = settings.resize == DepthResize::kBilinearCornersTrue
                              ? CornerRule::kAlignCorners
                              : CornerRule::kHalfPixel;
  return ResizeBilinear(WithUndefinedAsNan(settings, answer), size, rule);
}

// Whether an array can only be the KB window of an image whose whole is asked for: resizing would
// stretch it.
bool IsStrayKbWindow(const DepthSettings& settings, const DepthValue& answer, Size full) {
  const bool has_window = full.width >= kKbSize.width && full.height >= kKbSize.height &&
                          full.width < 2 * kKbSize.width && full.height < 2 * kKbSize.height;
  return settings.prediction_frame == PredictionFrame::kFull && !answer.painted && has_window &&
         answer.map.size() == kKbSize;
}

}  // namespace

Box ScoringFrame(const DepthSettings& settings, Size full) {
  return settings.crop_frame == CropFrame::kKb ? KbCrop(full) : WholeImage(full);
}

Box ScoredBox(const DepthSettings& settings, Size full) {
  const Box frame = ScoringFrame(settings, full);
  const Box crop = CropBox(settings.crop, SizeOf(frame), settings.crop_box);
  return {frame.row_begin + crop.row_begin,
          frame.row_begin + crop.row_end,
          frame.col_begin + crop.col_begin,
          frame.col_begin + crop.col_end};
}

Box ShownBox(const DepthSettings& settings, Size full) {
  return settings.prediction_frame == PredictionFrame::kKb ? KbCrop(full) : WholeImage(full);
}

void CheckTruth(const DepthSettings& settings, const DepthTruth& truth) {
  if (settings.truth_mask == TruthMask::kBounds) return;
  if (truth.file_mask.empty()) {
    throw std::logic_error("the protocol scores by mask file, but the truth has none");
  }
  if (truth.file_mask.size() != truth.depth_m.size()) {
    throw std::logic_error("the mask file and the depth of the truth differ in size");
  }
}

ScoredPixels::ScoredPixels(const DepthSettings& settings, const DepthTruth& truth)
    : truth_(&truth),
      box_(ScoredBox(settings, truth.depth_m.size())),
      masked_(settings.truth_mask != TruthMask::kBounds),
      least_(std::numeric_limits<double>::denorm_min()),  // measured: above 0 and finite
      most_(std::numeric_limits<double>::max()) {
  if (settings.truth_mask == TruthMask::kFile) return;
  const DepthBounds& bounds = settings.bounds;
  const double infinity = std::numeric_limits<double>::infinity();
  const double least = bounds.min_strict ? std::nextafter(bounds.min, infinity) : bounds.min;
  least_ = std::max(least_, least);
  if (!bounds.max) return;
  const double most = bounds.max_strict ? std::nextafter(*bounds.max, -infinity) : *bounds.max;
  most_ = std::min(most_, most);
}

PixelSet ScoredPixels::Usable(const StripPlace& place, PixelSet set) const {
  if (place.y < box_.row_begin || place.y >= box_.row_end) return 0;
  set &= PixelsBetween(box_.col_begin - place.x, box_.col_end - place.x);
  if (!masked_) return set;
  ForEachPixel(set, [&](std::size_t i) {
    if (truth_->file_mask.At(place.x + static_cast<int>(i), place.y) == 0) {
      set &= ~(PixelSet{1} << i);
    }
  });
  return set;
}

PixelSet ScoredPixels::In(const StripPlace& place) const {
  const PixelSet set = Usable(place, PixelsBetween(0, place.count));
  return set == 0 ? 0 : set & Within(StripOf(truth_->depth_m, place), least_, most_);
}

PixelSet ScoredPixels::In(const StripPlace& place,
                          PixelSet measured,
                          double least,
                          double most) const {
  return least >= least_ && most <= most_ ? Usable(place, measured) : In(place);
}

FramedAnswer::FramedAnswer(const DepthSettings& settings, const DepthValue& value, Size full)
    : map_(&value.map),
      shown_(ShownBox(settings, full)),
      outside_(OutsideValue(settings, value.kind)) {
  const Size shown = SizeOf(shown_);
  if (value.map.size() == full) return;
  origin_x_ = shown_.col_begin;
  origin_y_ = shown_.row_begin;
  if (value.map.size() == shown) return;
  if (settings.resize == DepthResize::kNone || value.map.empty() ||
      IsStrayKbWindow(settings, value, full)) {
    throw SizeMismatch(value.map.size(), shown);
  }
  resized_ = Resized(settings, value, shown);
  map_ = &resized_;
}

std::span<const double> FramedAnswer::Strip(const StripPlace& place, StripValues& buffer) const {
  const bool covered = place.y >= shown_.row_begin && place.y < shown_.row_end &&
                       place.x >= shown_.col_begin && place.x + place.count <= shown_.col_end;
  if (covered) return StripOf(*map_, {place.x - origin_x_, place.y - origin_y_, place.count});
  const auto values = std::span(buffer).first(static_cast<std::size_t>(place.count));
  for (int i = 0; i < place.count; ++i) {
    values[static_cast<std::size_t>(i)] = At(place.x + i, place.y);
  }
  return values;
}

bool IsUndefined(const DepthSettings& settings, const DepthValue& answer, double value) {
  if (answer.painted) return std::isnan(value);
  if (!std::isfinite(value)) return true;
  return value <= 0 && !IsAffineInPrediction(settings.align.kind);
}

}  // namespace assay
