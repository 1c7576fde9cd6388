// Metric depth: per-pixel errors between prediction p and ground truth g.
//
// Formulas, over the n scored pixels M (e = ln p - ln g, f = log10 p - log10 g):
//   delta_k   mean(max(g/p, p/g) < 1.25^k)   fraction   higher is better, strict
//   AbsRel    mean(|p-g| / g)                ratio      lower is better
//   MAE       mean(|p-g|)                    metres     lower
//   SqRel     mean((p-g)^2 / g)              metres     lower; over g^2, a ratio, where the
//                                            source divides so (SqRelOver)
//   RMSE      sqrt(mean((p-g)^2))            metres     lower
//   RMSE_log  sqrt(mean(e^2))                ln         lower
//   log10     mean(|f|)                      log10      lower
//   iRMSE     sqrt(mean((1/p-1/g)^2))        1/metre    lower
//   SILog a   100 sqrt(E[e^2] - E[e]^2)      x100       lower
//   SILog b   100 unbiased std(e)
//   SILog c   sqrt(E[e^2] - E[e]^2 / 2)
//   SILog d   sqrt(E[f^2] - E[f]^2)
// AbsRel divides by g + abs_rel_epsilon where the source does. Boundary F1 is a metric of
// its own (metrics/depth_boundary.h), measured after the clip and always averaged over
// images.
// The valid mask comes from the ground truth alone; but for kDrop no prediction shrinks it.
//
// Order of Compare: scored pixels from the truth (measured, bounds, mask file,
// crop box) -> prediction brought to the frame (window, padding, resize) ->
// alignment fitted on the scored pixels -> applied -> clip -> sums.
// An answer of kind kDisparity is turned into depth by its alignment, or by
// p = 1/x where the alignment is none or works on depth.
//
// Undefined predictions.
//   A painted answer (DepthValue::painted) defines every value but NaN: 0 and
//   +inf are the ends of the code. Where nothing clips, and before the fit of an
//   emulation, its +inf becomes DepthValue::painted_far_m.
//   Any other answer leaves NaN and +-inf undefined, and values <= 0 too unless
//   the alignment maps them affinely (then 0 and negative numbers are values of
//   a relative scale). A value the alignment makes NaN or infinite is undefined.
//   kWorseClipEnd: an undefined pixel is left out of the fit (counted) and scores
//   as whichever clip end is worse, per pixel and per metric: delta counts only
//   if both ends are inliers, each error sum takes the larger term, and SILog is
//   the exact maximum over all ways to send the undefined pixels to the ends.
//   Leaving pixels undefined therefore never improves a metric of an image.
//   kAsSourceClips: as PredictionClip says.
//   kDrop: NaN and 0 leave the scored pixels, as the script of iBims-1 has it; of the rest
//   kAsSourceClips holds. Only there does a prediction shrink the mask.
//   Without a clip an undefined pixel counts as p = 0: never an inlier, AbsRel 1,
//   log metrics and iRMSE NaN.
// Sources: spec names of the evaluators are listed in configs/protocols; formulas
// follow Eigen et al. 2014 (arXiv:1406.2283).
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <vector>

#include "metrics/alignment.h"
#include "metrics/centred_view.h"
#include "metrics/crop.h"
#include "metrics/depth_boundary.h"
#include "metrics/size_mismatch.h"
#include "metrics/sum.h"
#include "metrics/tasks.h"

namespace assay {

struct DepthBounds {
  double min = 0;
  bool min_strict = true;
  std::optional<double> max;  // nullopt = no upper bound
  bool max_strict = true;
};

// Whatever the mask, a pixel needs a measurement: g finite and > 0. kFile and
// kFileAndBounds need DepthTruth::file_mask.
enum class TruthMask { kBounds, kFile, kFileAndBounds };
enum class PredictionFrame { kFull, kKb };
// Applied to the decoded values (disparity for disparity answers), as PyTorch's
// interpolate without antialiasing (metrics/resize.h). A painted answer is always
// resized with nearest: +inf must not be blended.
enum class DepthResize { kNone, kNearest, kBilinearCornersTrue, kBilinearCornersFalse };
enum class UndefinedPrediction {
  kWorseClipEnd,   // assay's own presets: whichever clip end is worse, per pixel and metric
  kAsSourceClips,  // emulations: nan_to, posinf_to, nonpositive_to below
  kDrop,           // not scored at all: emulation of the script of iBims-1
};
// What the squared error of SqRel is divided by: the truth, or its square (KITTI's devkit).
enum class SqRelOver { kTruth, kTruthSquared };
enum class DepthAggregate { kPerImageMean, kPooledPixels };
enum class SilogVariant { kA, kB, kC, kD };
enum class LogBase { kNatural, kTen };  // in which RMSE_log is given
enum class EmptyImage { kNanPoison, kSkipBelow, kRaiseBelow };

enum class ClipEnd { kMin, kMax, kKeep };  // kKeep: the value stays as it is

struct PredictionClip {
  double min = 0;
  double max = 0;  // may be +inf
  ClipEnd nan_to = ClipEnd::kMin;
  ClipEnd posinf_to = ClipEnd::kMax;
  ClipEnd nonpositive_to = ClipEnd::kMin;
  // Finite p >= max. kMax clamps; kMin sends what is too far to the near end, as
  // evaluators do that zero it.
  ClipEnd above_to = ClipEnd::kMax;
  double floor = 0;  // applied last: p = max(p, floor); 0 = none
};

struct DepthSettings {
  DepthBounds bounds;
  TruthMask truth_mask = TruthMask::kBounds;
  Crop crop = Crop::kNone;
  Box crop_box;  // of kExplicit
  CropFrame crop_frame = CropFrame::kFull;
  PredictionFrame prediction_frame = PredictionFrame::kFull;
  std::optional<PredictionClip> clip;
  DepthResize resize = DepthResize::kNone;
  AlignmentSettings align;
  UndefinedPrediction undefined = UndefinedPrediction::kWorseClipEnd;
  DepthAggregate aggregate = DepthAggregate::kPerImageMean;
  SilogVariant silog = SilogVariant::kA;
  LogBase rmse_log_base = LogBase::kNatural;
  double abs_rel_epsilon = 0;
  SqRelOver sq_rel_over = SqRelOver::kTruth;
  bool reports_mae = false;
  // Truth, image and answer are those of a view turned to the image's centre.
  std::optional<CentredView> view;
  DepthBoundary boundary = DepthBoundary::kNone;
  EmptyImage empty_image = EmptyImage::kSkipBelow;
  std::int64_t empty_below = 1;
};

// Sums over one set of pixels. Everything a report needs, no pixel kept.
struct DepthSums {
  std::int64_t pixels = 0;
  std::array<std::int64_t, 3> inliers{};  // delta_1..3
  double abs = 0, abs_rel = 0, sq_rel = 0, sq = 0;
  double sq_log = 0;     // sum e^2, of RMSE_log
  double abs_log10 = 0;  // sum |f|
  double sq_inverse = 0;
  // What SILog is made of. Without undefined pixels log_c = log and sq_log_ab =
  // sq_log_c = sq_log; with them each pair holds the assignment of clip ends that
  // makes its variant largest.
  double log = 0, sq_log_ab = 0;   // sum e, sum e^2 of variants a and b
  double log_c = 0, sq_log_c = 0;  // the same of variant c
  double log10 = 0, sq_log10 = 0;  // sum f, sum f^2 of variant d
  friend bool operator==(const DepthSums&, const DepthSums&) = default;
};

struct DepthScore {
  DepthSums all;
  std::vector<DepthSums> bands;  // by ground-truth distance, DepthMetric::kBandEdges
  std::int64_t undefined = 0;    // undefined predictions inside the mask, dropped ones too
  std::int64_t clipped = 0;      // defined predictions moved by the clip
  std::int64_t excluded_from_fit = 0;
  AlignmentFit fit;
  std::vector<double> boundary = {};  // BoundaryF1
  friend bool operator==(const DepthScore&, const DepthScore&) = default;
};

struct DepthErrors {
  double delta1, delta2, delta3, mae, abs_rel, sq_rel, rmse, rmse_log, log10, irmse;
  std::array<double, 4> silog;  // variants a, b, c, d
};

// NaN where n = 0 (or n < 2 for SILog b), or where a sum is not finite.
DepthErrors ErrorsOf(const DepthSums& sums);

class DepthMetric {
 public:
  using Value = DepthValue;
  using Truth = DepthTruth;
  using Score = DepthScore;

  // Upper edges of the distance bands of the breakdown, metres, not part of their
  // band; the last band is open.
  static constexpr std::array<double, 6> kBandEdges = {2, 5, 10, 20, 40, 80};

  struct State {
    std::int64_t samples = 0;
    std::int64_t skipped = 0;      // images with too few valid pixels
    std::int64_t null_images = 0;  // images with a metric that is NaN
    std::int64_t pixels = 0;
    std::int64_t undefined = 0, clipped = 0, excluded_from_fit = 0;  // as in DepthScore
    std::array<CompensatedSum, 14>
        per_image;  // delta1..3, mae, abs_rel, sq_rel, rmse, rmse_log, log10, irmse, silog a..d
    std::array<CompensatedSum, 13> pooled;  // the real sums of DepthSums, in order of declaration
    std::array<std::int64_t, 3> inliers{};
    std::vector<CompensatedSum> boundary;  // one per number of BoundaryF1
    std::vector<State> bands;
  };
  struct Result {
    DepthErrors errors;
    std::int64_t images = 0, skipped = 0, null_images = 0, pixels = 0;
    std::int64_t undefined = 0, clipped = 0, excluded_from_fit = 0;  // of the images counted
    std::vector<DepthErrors> bands;                                  // always pooled over pixels
    std::vector<std::int64_t> band_pixels;
    std::vector<double> boundary;  // means over the images
  };

  explicit DepthMetric(DepthSettings settings);
  const DepthSettings& settings() const { return settings_; }

  State Start() const;
  // The size of the frame the model is shown for a truth of `full` size.
  Size ShownFrame(Size full) const;
  // Throws SizeMismatch when the answer is neither the shown frame nor the
  // full frame and the protocol does not resize; std::domain_error under
  // kRaiseBelow, naming the count (Worst and Best too); std::invalid_argument when
  // the truth is smaller than the KB crop; std::logic_error when the mask file is
  // missing or has another size than the depth.
  Score Compare(const Value& value, const Truth& truth) const;
  // Compare by each of `metrics`, in order, in one pass over the image; what they have in
  // common is computed once. Where Compare would throw there is an error in its place.
  struct Compared {
    Score score = {};
    std::exception_ptr error = {};
  };
  static std::vector<Compared> CompareTogether(std::span<const DepthMetric* const> metrics,
                                               const Value& value,
                                               const Truth& truth);
  void Add(const Score& score, State& state) const;
  Result Finish(const State& state) const;

  Score Worst(const Truth& truth) const;  // every scored pixel undefined, delta 0, no alignment
  Score Best(const Truth& truth) const;   // p = g on every scored pixel

 private:
  DepthSettings settings_;
};

}  // namespace assay
