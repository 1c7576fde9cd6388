// Where the pixels of a depth score lie. Internal to metrics/.
//
// Everything is expressed in the coordinates of the full ground truth: the KB
// window of KITTI is an offset, not a copy.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "metrics/depth.h"
#include "metrics/depth_strip.h"

namespace assay {

// The frame the crop is computed in: the KB window for kKb, else the whole truth.
Box ScoringFrame(const DepthSettings& settings, Size full);
// The crop inside it.
Box ScoredBox(const DepthSettings& settings, Size full);
// What the model is shown.
Box ShownBox(const DepthSettings& settings, Size full);

// Throws std::logic_error when the mask file the settings need is missing, or has
// another size than the depth.
void CheckTruth(const DepthSettings& settings, const DepthTruth& truth);

// The strip of a map of this width that begins at (x, y): x is a multiple of 64.
struct StripPlace {
  int x = 0;
  int y = 0;
  int count = 0;
};
// Calls visit(StripPlace) for every strip of the rows of `box`, in raster order.
template <class Visit>
void ForEachStrip(const Box& box, int width, const Visit& visit) {
  for (int y = box.row_begin; y < box.row_end; ++y) {
    for (int x = 0; x < width; x += kStripPixels) {
      visit(StripPlace{x, y, std::min(kStripPixels, width - x)});
    }
  }
}
inline std::span<const double> StripOf(const DepthMap& map, const StripPlace& place) {
  return map.Row(place.y).subspan(static_cast<std::size_t>(place.x),
                                  static_cast<std::size_t>(place.count));
}

// Which pixels of the truth are scored, as two bounds that belong to it.
class ScoredPixels {
 public:
  // Borrows `truth`.
  ScoredPixels(const DepthSettings& settings, const DepthTruth& truth);
  const Box& box() const { return box_; }
  PixelSet In(const StripPlace& place) const;
  // The same where `measured` are the pixels of the strip with a depth, all from `least` to `most`.
  PixelSet In(const StripPlace& place, PixelSet measured, double least, double most) const;
  // Inside the box.
  bool Has(int x, int y) const {
    const double g = truth_->depth_m.At(x, y);
    return g >= least_ && g <= most_ && (!masked_ || truth_->file_mask.At(x, y) != 0);
  }
  // Those of `set` that are inside the box and the mask file.
  PixelSet Usable(const StripPlace& place, PixelSet set) const;
  friend bool operator==(const ScoredPixels&, const ScoredPixels&) = default;

 private:
  const DepthTruth* truth_;
  Box box_;
  bool masked_;
  double least_, most_;
};

// Calls visit(x, y, g) for every scored pixel in raster order.
template <class Visit>
void ForEachScored(const DepthSettings& settings, const DepthTruth& truth, const Visit& visit) {
  const ScoredPixels scored(settings, truth);
  const Box& box = scored.box();
  for (int y = box.row_begin; y < box.row_end; ++y) {
    for (int x = box.col_begin; x < box.col_end; ++x) {
      if (scored.Has(x, y)) visit(x, y, truth.depth_m.At(x, y));
    }
  }
}

// An answer laid over the full truth. Outside the window the model was shown
// there is no answer: a depth of 0 under kAsSourceClips, as the evaluators pad, NaN otherwise.
class FramedAnswer {
 public:
  // Borrows `value`. Throws SizeMismatch.
  FramedAnswer(const DepthSettings& settings, const DepthValue& value, Size full);
  double At(int x, int y) const {
    const bool inside =
        x >= shown_.col_begin && x < shown_.col_end && y >= shown_.row_begin && y < shown_.row_end;
    return inside ? map_->At(x - origin_x_, y - origin_y_) : outside_;
  }

  // Of the map itself where it covers the strip, else put together in `buffer`.
  std::span<const double> Strip(const StripPlace& place, StripValues& buffer) const;
  // Whether both have the same value wherever there is an answer.
  bool ReadsAs(const FramedAnswer& other) const {
    return map_ == other.map_ && shown_ == other.shown_ && origin_x_ == other.origin_x_ &&
           origin_y_ == other.origin_y_;
  }

  FramedAnswer(const FramedAnswer&) = delete;
  FramedAnswer& operator=(const FramedAnswer&) = delete;

 private:
  DepthMap resized_;
  const DepthMap* map_;
  Box shown_;
  int origin_x_ = 0;
  int origin_y_ = 0;
  double outside_ = 0;
};

// True where a value of an answer of this kind means nothing, before alignment.
bool IsUndefined(const DepthSettings& settings, const DepthValue& answer, double value);

}  // namespace assay
