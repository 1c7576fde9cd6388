// Referring and reasoning segmentation: IoU of one mask per expression.
//
// Per sample, over the pixels that are not ignored: p = predicted inside, g = truth
// inside, I = |p and g|, U = |p or g|, int64. a is the sample's score:
//   U > 0   a = I / (U + iou_epsilon)
//   U = 0   a = 1 or 0, by empty_policy
// Over N samples, fractions in [0, 1], higher is better, NaN where nothing is
// averaged:
//   cIoU    sum I / (sum U + ratio_epsilon), a ratio of sums ("oIoU" in LAVT)
//   gIoU    sum a / (N + count_epsilon), a mean ("mIoU" in LAVT)
//   P@t     share of samples with a >= t, t = .5 .6 .7 .8 .9
//   N_acc   share of the samples without a target that are answered with nothing
//   T_acc   share of the samples with a target that are answered with something
// "Nothing" is fewer than min_area pixels inside, ignored ones included.
//
// With NoTargetRule::kRela the decision between something and nothing comes first
// (henghuiding/ReLA@884ef17:gres_model/evaluation/refer_evaluation.py):
//   truth      answer      a                  added to sum I, sum U
//   no target  nothing     1                  0, 0
//   no target  something   0                  0, U
//   target     nothing     0                  0, U
//   target     something   I/U, 0 if U = 0    I, U
// P@t then counts samples with a target only, and N_acc and T_acc are 0 in a set in
// which every sample has a target.
//
// boundary_IoU, with boundary_ratio above 0, is what gIoU is when I and U are counted
// of the boundaries (metrics/boundary.h) of p and g, at the size masks are compared at:
// the same epsilons, empty policy and rule for no target, and U of the boundaries is 0
// just where U is. Ignored pixels are taken out of the masks before their boundaries
// are, so that an answer's pixels in there change nothing.
//
// Evaluators and what of them is not here:
//   lisa  dvlab-research/LISA@3cb2d43:train_ds.py, validate. It computes in float32
//         and repeats samples to fill up its GPUs.
//   lavt  yz93/LAVT-RIS@066bcf2:test.py, at 480 x 480.
//   rela  see above. Its masks are drawn from polygons scaled to the network's square
//         input; here they are compared at the truth's own size.
//   xsam  wanghao9610/X-SAM@6260d18:xsam/xsam/evaluation.
// The last three print percent.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "metrics/sum.h"
#include "metrics/tasks.h"

namespace assay {

// What a pixel that two parts of the target cover (2 in ReferringTruth) becomes.
enum class PartOverlap {
  kUnion,  // inside
  kLisa,   // a class of its own that nothing matches: predicted there, it widens U
  kLavt,   // background: the same I and U of the target as kLisa
};
enum class IgnoredPixels {
  kLeftOut,     // of both masks
  kBackground,  // LAVT and ReLA know no ignored pixels
};
// Score of a sample with U = 0.
enum class EmptyPolicy { kOne, kZero };
enum class NoTargetRule { kNone, kRela };
// cIoU of a set whose sum U is 0.
enum class EmptyRatio { kUndefined, kOne, kZero };

struct ReferringSettings {
  PartOverlap overlap = PartOverlap::kUnion;
  IgnoredPixels ignored = IgnoredPixels::kLeftOut;
  EmptyPolicy empty_policy = EmptyPolicy::kOne;
  EmptyRatio empty_ratio = EmptyRatio::kUndefined;
  NoTargetRule no_target = NoTargetRule::kNone;
  std::int64_t min_area = 1;  // pixels; an answer with fewer says "nothing"
  double iou_epsilon = 0;     // pixels
  double ratio_epsilon = 0;   // pixels
  double count_epsilon = 0;   // samples
  // Both masks are compared at this size, the truth brought to it by nearest
  // (ResizeNearestAsPillow in metrics/resize.h); nullopt = the truth's own size.
  std::optional<Size> frame = std::nullopt;
  // Boundary width as a fraction of the diagonal of the compared masks, at most 1;
  // 0 = no boundary_IoU.
  double boundary_ratio = 0;
  friend bool operator==(const ReferringSettings&, const ReferringSettings&) = default;
};

// default, lavt, lisa, rela, xsam.
struct ReferringPreset {
  std::string_view name;
  ReferringSettings settings;
};
std::span<const ReferringPreset> ReferringPresets();  // sorted by name
// Throws std::invalid_argument.
const ReferringSettings& FindReferringPreset(std::string_view name);

inline constexpr std::array<double, 5> kReferringThresholds = {.5, .6, .7, .8, .9};

// What one sample contributes. U = prediction + target - intersection.
struct ReferringScore {
  std::int64_t intersection = 0;
  std::int64_t prediction = 0;  // pixels inside that are not ignored
  std::int64_t target = 0;
  bool no_target = false;     // says the truth
  bool says_nothing = false;  // says the answer: below min_area
  bool worst = false;         // scores 0 whatever the policies, and decides wrongly

  // I and U of the boundaries.
  struct Boundary {
    std::int64_t intersection = 0;
    std::int64_t united = 0;
    friend bool operator==(const Boundary&, const Boundary&) = default;
  };
  std::optional<Boundary> boundary = std::nullopt;  // none where boundary_ratio is 0
  friend bool operator==(const ReferringScore&, const ReferringScore&) = default;
};

class ReferringMetric {
 public:
  using Value = Mask;
  using Truth = ReferringTruth;
  using Score = ReferringScore;
  struct State {
    std::int64_t samples = 0;
    std::int64_t intersection = 0, united = 0;  // sum I, sum U
    CompensatedSum iou;                         // sum a
    CompensatedSum boundary_iou;                // the same of the boundaries
    std::array<std::int64_t, kReferringThresholds.size()> at_least{};
    std::int64_t precision_samples = 0;  // those P@t counts
    std::int64_t without_target = 0, without_target_right = 0;
    std::int64_t with_target = 0, with_target_right = 0;
  };
  struct Result {
    double ciou, giou;
    std::array<double, kReferringThresholds.size()> precision;  // at kReferringThresholds
    double n_acc, t_acc;
    double boundary_iou;  // NaN where boundary_ratio is 0
    std::int64_t samples, precision_samples, without_target, with_target;
  };

  // Throws std::invalid_argument: a negative or infinite epsilon, min_area below 1, a
  // frame without pixels, a boundary_ratio outside [0, 1].
  explicit ReferringMetric(const ReferringSettings& settings);

  const ReferringSettings& settings() const { return settings_; }
  // The size masks are compared at.
  Size ScoredSize(Size truth) const { return settings_.frame.value_or(truth); }
  State Start() const { return {}; }
  // `value` has ScoredSize. Throws std::logic_error when it has not, on values other
  // than 0 and 1 in it, on values outside 0, 1, 2, 255 in the truth, and on a truth
  // that has target pixels and no target.
  Score Compare(const Value& value, const Truth& truth) const;
  // Throws std::logic_error for a score without a boundary where boundary_ratio is
  // above 0.
  void Add(const Score& score, State& state) const;
  Result Finish(const State& state) const;

  // What an unscored sample enters the score as: a = 0, the truth's area in the
  // union, the decision about the target wrong. An answer that is given can lower
  // cIoU further, by the pixels it adds to U.
  Score Worst(const Truth& truth) const;
  // Every pixel and the decision right.
  Score Best(const Truth& truth) const;

 private:
  ReferringSettings settings_;
};

}  // namespace assay
