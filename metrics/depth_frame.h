// Where the pixels of a depth score lie. Internal to metrics/.
//
// Everything is expressed in the coordinates of the full ground truth: the KB
// window of KITTI is an offset, not a copy.
#pragma once

#include "metrics/depth.h"

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

// Which pixels of the truth are scored, as two bounds that belong to it.
class ScoredPixels {
 public:
  // Borrows `truth`.
  ScoredPixels(const DepthSettings& settings, const DepthTruth& truth);
  const Box& box() const { return box_; }
  // Inside the box.
  bool Has(int x, int y) const {
    const double g = truth_->depth_m.At(x, y);
    return g >= least_ && g <= most_ && (!masked_ || truth_->file_mask.At(x, y) != 0);
  }

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
// there is no answer: NaN under kWorseClipEnd, a depth of 0 under kAsSourceClips,
// as the evaluators pad.
class FramedAnswer {
 public:
  // Borrows `value`. Throws SizeMismatch.
  FramedAnswer(const DepthSettings& settings, const DepthValue& value, Size full);
  double At(int x, int y) const {
    const bool inside =
        x >= shown_.col_begin && x < shown_.col_end && y >= shown_.row_begin && y < shown_.row_end;
    return inside ? map_->At(x - origin_x_, y - origin_y_) : outside_;
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
