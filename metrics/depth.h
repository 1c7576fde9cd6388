// Metric depth: per-pixel errors between prediction p and ground truth g.
//
// Formulas, over the n scored pixels M (e = ln p - ln g, f = log10 p - log10 g):
//   delta_k   mean(max(g/p, p/g) < 1.25^k)   fraction   higher is better, strict
//   AbsRel    mean(|p-g| / g)                ratio      lower is better
//   SqRel     mean((p-g)^2 / g)              metres     lower
//   RMSE      sqrt(mean((p-g)^2))            metres     lower
//   RMSE_log  sqrt(mean(e^2))                ln         lower
//   log10     mean(|f|)                      log10      lower
//   iRMSE     sqrt(mean((1/p-1/g)^2))        1/metre    lower
//   SILog a   100 sqrt(E[e^2] - E[e]^2)      x100       lower
//   SILog b   100 unbiased std(e)
//   SILog c   sqrt(E[e^2] - E[e]^2 / 2)
//   SILog d   sqrt(E[f^2] - E[f]^2)
// The valid mask comes from the ground truth alone; no prediction shrinks it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "metrics/alignment.h"
#include "metrics/crop.h"
#include "metrics/sum.h"
#include "metrics/tasks.h"

namespace assay {

struct DepthBounds {
  double min = 0;
  bool min_strict = true;
  std::optional<double> max;  // nullopt = no upper bound
  bool max_strict = true;
};

enum class TruthMask { kBounds, kFile, kFileAndBounds };
enum class PredictionFrame { kFull, kKb };
enum class DepthResize { kNone, kNearest, kBilinearCornersTrue, kBilinearCornersFalse };
enum class UndefinedPrediction {
  kWorseClipEnd,   // assay's own presets: whichever clip end is worse, per pixel and metric
  kAsSourceClips,  // emulations: nan_to, posinf_to, nonpositive_to below
};
enum class DepthAggregate { kPerImageMean, kPooledPixels };
enum class SilogVariant { kA, kB, kC, kD };
enum class EmptyImage { kNanPoison, kSkipBelow, kRaiseBelow };

enum class ClipEnd { kMin, kMax, kKeep };  // kKeep: the value stays as it is

struct PredictionClip {
  double min = 0;
  double max = 0;  // may be +inf
  ClipEnd nan_to = ClipEnd::kMin;
  ClipEnd posinf_to = ClipEnd::kMax;
  ClipEnd nonpositive_to = ClipEnd::kMin;
  double floor = 0;  // applied last: p = max(p, floor); 0 = none
};

struct DepthSettings {
  DepthBounds bounds;
  TruthMask truth_mask = TruthMask::kBounds;
  Crop crop = Crop::kNone;
  CropFrame crop_frame = CropFrame::kFull;
  PredictionFrame prediction_frame = PredictionFrame::kFull;
  std::optional<PredictionClip> clip;
  DepthResize resize = DepthResize::kNone;
  AlignmentSettings align;
  UndefinedPrediction undefined = UndefinedPrediction::kWorseClipEnd;
  DepthAggregate aggregate = DepthAggregate::kPerImageMean;
  SilogVariant silog = SilogVariant::kA;
  EmptyImage empty_image = EmptyImage::kSkipBelow;
  std::int64_t empty_below = 1;
};

// Sums over one set of pixels. Everything a report needs, no pixel kept.
struct DepthSums {
  std::int64_t pixels = 0;
  std::array<std::int64_t, 3> inliers{};  // delta_1..3
  double abs_rel = 0, sq_rel = 0, sq = 0;
  double log = 0, sq_log = 0;             // sum e, sum e^2
  double abs_log10 = 0, log10 = 0, sq_log10 = 0;
  double sq_inverse = 0;
  friend bool operator==(const DepthSums&, const DepthSums&) = default;
};

struct DepthScore {
  DepthSums all;
  std::vector<DepthSums> bands;      // by ground-truth distance, DepthMetric::kBandEdges
  std::int64_t undefined = 0;        // undefined predictions inside the mask
  std::int64_t clipped = 0;          // defined predictions moved by the clip
  std::int64_t excluded_from_fit = 0;
  AlignmentFit fit;
  friend bool operator==(const DepthScore&, const DepthScore&) = default;
};

struct DepthErrors {
  double delta1, delta2, delta3, abs_rel, sq_rel, rmse, rmse_log, log10, irmse;
  std::array<double, 4> silog;  // variants a, b, c, d
};

// NaN where n = 0 (or n < 2 for SILog b), or where a sum is not finite.
DepthErrors ErrorsOf(const DepthSums& sums);

class DepthMetric {
 public:
  using Value = DepthValue;
  using Truth = DepthTruth;
  using Score = DepthScore;

  // Upper edges of the distance bands of the breakdown, metres; the last band
  // is open.
  static constexpr std::array<double, 6> kBandEdges = {2, 5, 10, 20, 40, 80};

  struct State {
    std::int64_t samples = 0;
    std::int64_t skipped = 0;      // images with too few valid pixels
    std::int64_t null_images = 0;  // images with a metric that is NaN
    std::int64_t pixels = 0;
    std::array<CompensatedSum, 13> per_image;  // delta1..3, abs_rel, sq_rel, rmse, rmse_log, log10, irmse, silog a..d
    std::array<CompensatedSum, 9> pooled;      // the real sums of DepthSums
    std::array<std::int64_t, 3> inliers{};
    std::vector<State> bands;
  };
  struct Result {
    DepthErrors errors;
    std::int64_t images = 0, skipped = 0, null_images = 0, pixels = 0;
    std::vector<DepthErrors> bands;      // always pooled over pixels
    std::vector<std::int64_t> band_pixels;
  };

  explicit DepthMetric(DepthSettings settings);
  const DepthSettings& settings() const { return settings_; }

  State Start() const;
  // The size of the frame the model is shown for a truth of `full` size.
  Size ShownFrame(Size full) const;
  // Throws SizeMismatch (metrics/depth.h) when the answer is neither the shown
  // frame nor the full frame and the protocol does not resize.
  Score Compare(const Value& value, const Truth& truth) const;
  void Add(const Score& score, State& state) const;
  Result Finish(const State& state) const;

  Score Worst(const Truth& truth) const;  // every scored pixel undefined, delta 0, no alignment
  Score Best(const Truth& truth) const;   // p = g on every scored pixel

 private:
  DepthSettings settings_;
};

// An answer whose size does not fit the protocol; eval turns it into a record.
class SizeMismatch : public std::runtime_error {
 public:
  SizeMismatch(Size found, Size expected);
  Size found, expected;
};

}  // namespace assay
