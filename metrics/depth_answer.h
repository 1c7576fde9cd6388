// A depth answer read through its alignment and clip. Internal to metrics/.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "metrics/depth.h"
#include "metrics/depth_frame.h"
#include "metrics/depth_strip.h"

namespace assay {

// The smallest and largest depth a clip lets through.
struct ClipEnds {
  double low = 0;
  double high = 0;
  friend bool operator==(const ClipEnds&, const ClipEnds&) = default;
};
ClipEnds EndsOf(const PredictionClip& clip);

// What becomes of the answer at one pixel.
struct ReadDepth {
  double depth = 0;
  bool undefined = false;
  bool clipped = false;
  bool dropped = false;  // kDrop: not scored
};

// A strip of the answer after alignment. Of the `defined` pixels those whose depth lies between
// the reader's plain_ends are plain: they pass the clip as they are. The depth of others is
// asked of At.
struct AnswerStrip {
  std::span<const double> depth;
  PixelSet defined = 0;
};

class DepthAnswerReader;

// The pairs of the last fit, for the next protocol that fits on the same ones.
struct FitPairs {
  const DepthAnswerReader* reader = nullptr;  // of whose answer
  std::optional<ScoredPixels> scored = {};
  std::vector<double> predictions = {}, depths = {};
  std::int64_t excluded = 0;
};

class DepthAnswerReader {
 public:
  // Borrows both. Throws SizeMismatch.
  DepthAnswerReader(const DepthSettings& settings, const DepthValue& value, Size full);

  // Fits the alignment on the scored pixels; fills fit and excluded_from_fit. `pairs` holds
  // what a reader that is still there has fitted on before, or nothing.
  void FitOn(const DepthTruth& truth,
             const ScoredPixels& scored,
             FitPairs& pairs,
             DepthScore& score);
  ReadDepth At(int x, int y) const;
  // `buffer` holds what is not in the answer's own map.
  AnswerStrip Strip(const StripPlace& place, StripValues& buffer) const;
  const ClipEnds& plain_ends() const { return plain_ends_; }
  // Whether plain pixels of both have the same depth.
  bool ReadsAs(const DepthAnswerReader& other) const {
    return !aligned_ && !other.aligned_ && framed_.ReadsAs(other.framed_);
  }

 private:
  bool FitsOnPairsOf(const DepthAnswerReader& other) const;
  template <class Visit>
  void ForEachKept(Size full,
                   const ScoredPixels& scored,
                   std::int64_t& excluded,
                   const Visit& visit) const;
  void CollectAll(const DepthMap& truth, const ScoredPixels& scored, FitPairs& pairs) const;
  void CollectOnGrid(const DepthMap& truth, const ScoredPixels& scored, FitPairs& pairs) const;
  double OfFar(double raw) const {
    return raw == std::numeric_limits<double>::infinity() ? far_ : raw;
  }
  bool IsDropped(double value) const {
    return settings_.undefined == UndefinedPrediction::kDrop && (std::isnan(value) || value == 0);
  }
  // Pixels of a strip of the answer.
  PixelSet LeftOutOfFit(std::span<const double> raw) const;

  const DepthSettings& settings_;
  const DepthValue& value_;
  FramedAnswer framed_;
  AlignmentFit fit_;
  double far_;    // what +inf stands for
  bool aligned_;  // an alignment, or an inversion to depth
  ClipEnds plain_ends_;
};

}  // namespace assay
