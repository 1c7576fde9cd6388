// A depth answer read through its alignment and clip. Internal to metrics/.
#pragma once

#include <cmath>
#include <limits>

#include "metrics/depth.h"
#include "metrics/depth_frame.h"

namespace assay {

// The smallest and largest depth a clip lets through.
struct ClipEnds {
  double low = 0;
  double high = 0;
};
ClipEnds EndsOf(const PredictionClip& clip);

// What becomes of the answer at one pixel.
struct ReadDepth {
  double depth = 0;
  bool undefined = false;
  bool clipped = false;
};

class DepthAnswerReader {
 public:
  // Borrows both. Throws SizeMismatch.
  DepthAnswerReader(const DepthSettings& settings, const DepthValue& value, Size full);

  // Fits the alignment on the scored pixels; fills fit and excluded_from_fit.
  void FitOn(const DepthTruth& truth, DepthScore& score);
  ReadDepth At(int x, int y) const {
    const double raw = framed_.At(x, y);
    // Nearly every pixel: a positive depth that its alignment and clip leave in range.
    if (linear_ && raw > 0 && raw <= std::numeric_limits<double>::max()) {
      const double p = aligned_ ? fit_.scale * raw + fit_.shift : raw;
      if (p >= least_ && p < most_) return {p, false, false};
    }
    return AtAny(x, y);
  }

 private:
  ReadDepth AtAny(int x, int y) const;
  bool IsProduct() const { return settings_.undefined == UndefinedPrediction::kWorseClipEnd; }
  double Raw(int x, int y) const {
    const double raw = framed_.At(x, y);
    return raw == std::numeric_limits<double>::infinity() ? far_ : raw;
  }
  bool LeftOutOfFit(double raw) const {
    return IsProduct() &&
           (!std::isfinite(raw) || (raw <= 0 && !IsAffineInPrediction(settings_.align.kind)));
  }

  const DepthSettings& settings_;
  const DepthValue& value_;
  FramedAnswer framed_;
  AlignmentFit fit_;
  double far_;  // what +inf stands for
  bool aligned_;
  bool linear_;          // the alignment maps depth by scale and shift, or not at all
  double least_, most_;  // depths from `least_` to below `most_` pass the clip
};

}  // namespace assay
