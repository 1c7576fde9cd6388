// Metric normals: the angle between predicted normal p and ground truth g.
//
// Over the angles a, in degrees, of n scored pixels:
//   mean      mean(a)                degrees    lower is better
//   median    the middle of a        degrees    lower
//   RMSE      sqrt(mean(a^2))        degrees    lower
//   within_t  mean(a < t)            fraction   higher; t = 5, 7.5, 11.25, 22.5, 30
// Vectors are in one frame for both (NormalMap in metrics/tasks.h); only the relative
// sign of the axes matters. The valid mask comes from the ground truth alone: pixels
// whose truth has a length within NormalsSettings::truth_norm.
//
// A prediction is undefined where it is (0, 0, 0) or not finite. It stays in the mask and
// is counted; kWorst scores it 180 degrees, so leaving pixels undefined never improves a
// value. Undefined pixels never reach the axis diagnosis (metrics/normals_axes.h).
//
// kPooled takes the pixels of all images together, kPerImage the unweighted mean of each
// image's own values; Result always carries both. Pooled medians come from a histogram
// and are exact to 0.0005 degrees (metrics/angle_histogram.h); everything else is exact.
// Sources: baegwangbin/DSINE@ef0c2af:utils/utils.py, projects/dsine/test.py (pooled);
// prs-eth/Marigold@b1dffaa:src/util/metric.py, script/normals/eval.py (per image);
// Stable-X/StableNormal@594b934:stablenormal/metrics/compute_metric.py (kDotRawTruth);
// YvanYin/Metric3D@eb5b6fa:training/mono/utils/avg_meter.py (min_pixels, lower median).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "metrics/alignment.h"
#include "metrics/angle_histogram.h"
#include "metrics/normals_axes.h"
#include "metrics/sum.h"
#include "metrics/tasks.h"

namespace assay {

// How the angle is computed (metrics/normals_angle.h).
enum class AngleRule { kAtan2, kAcosFloat, kDotRawTruth };
enum class NormalsAggregate { kPooled, kPerImage };
enum class UndefinedNormal {
  kWorst,     // 180 degrees
  kZeroAs90,  // (0, 0, 0) as its cosine of 0 says; NaN and infinities 180 degrees
};
enum class EmptyNormals {
  kSkip,       // an image without a scored pixel counts in nothing but `skipped`
  kNanPoison,  // … makes every per-image value NaN
};

// Of the truth's length. NaN lies in no bounds.
struct NormBounds {
  double min = 0;
  bool min_strict = true;
  std::optional<double> max = {};  // nullopt = no upper bound
  bool max_strict = true;
};

struct NormalsSettings {
  NormBounds truth_norm;
  AngleRule angle = AngleRule::kAtan2;
  bool within_strict = true;  // a < t; otherwise a <= t
  Median median = Median::kAveraged;
  NormalsAggregate aggregate = NormalsAggregate::kPooled;
  // Per-image values are rounded to so many decimals before their mean: degrees, and
  // shares as fractions with two more. nullopt = not.
  std::optional<int> per_image_decimals = {};
  UndefinedNormal undefined = UndefinedNormal::kWorst;
  EmptyNormals empty_image = EmptyNormals::kSkip;
  // Images with fewer scored pixels count in nothing but `skipped`; none at all is
  // empty_image's to say.
  std::int64_t min_pixels = 1;
};

inline constexpr std::array<double, 5> kAngleBounds = {5, 7.5, 11.25, 22.5, 30};

struct NormalsScore {
  std::int64_t pixels = 0;     // scored
  std::int64_t undefined = 0;  // of them, without a defined prediction
  std::array<std::int64_t, kAngleBounds.size()> within{};
  double sum = 0, sum_squares = 0;  // degrees
  double median = 0;                // of this image, exact; NaN without pixels
  AngleCounts angles;
  AxisEvidence axes;
  // A median that is NaN equals another.
  friend bool operator==(const NormalsScore& a, const NormalsScore& b);
};

struct NormalErrors {
  double mean = 0, median = 0, rmse = 0;             // degrees
  std::array<double, kAngleBounds.size()> within{};  // fractions
};

class NormalsMetric {
 public:
  using Value = NormalsValue;
  using Truth = NormalsTruth;
  using Score = NormalsScore;

  struct State {
    std::int64_t samples = 0;
    std::int64_t skipped = 0;  // images with fewer scored pixels than min_pixels
    std::int64_t pixels = 0, undefined = 0;
    std::array<std::int64_t, kAngleBounds.size()> within{};
    AngleHistogram angles;
    CompensatedSum sum, sum_squares;
    std::array<CompensatedSum, 3 + kAngleBounds.size()> per_image;  // mean, median, rmse, within
    AxisState axes;  // of the first images: the one part that depends on the order
  };
  struct Result {
    NormalErrors errors;  // as the settings aggregate
    NormalErrors pooled, per_image;
    std::int64_t images = 0;  // not skipped
    std::int64_t skipped = 0, pixels = 0, undefined = 0;
    std::optional<AxisFinding> axes;
  };

  explicit NormalsMetric(NormalsSettings settings) : settings_(settings) {}
  const NormalsSettings& settings() const { return settings_; }

  State Start() const;
  // Throws SizeMismatch (metrics/size_mismatch.h) unless both have one size.
  Score Compare(const Value& value, const Truth& truth) const;
  void Add(const Score& score, State& state) const;
  Result Finish(const State& state) const;
  // True once further images cannot change Result::axes (metrics/normals_axes.h).
  static bool AxesAreJudged(const State& state) { return assay::AxesAreJudged(state.axes); }

  Score Worst(const Truth& truth) const;  // 180 degrees on every scored pixel
  Score Best(const Truth& truth) const;   // 0 degrees on every scored pixel

 private:
  Score ScoreOf(const std::vector<double>& angles) const;

  NormalsSettings settings_;
};

}  // namespace assay
