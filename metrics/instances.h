// Promptable concept segmentation (SA-Co): instances of a noun phrase, cgF1.
//
// Reference: facebookresearch/sam3@99d02f2:sam3/eval/cgf1_eval.py (formulas only);
// preset kPaper: arXiv:2511.16719, section E.3. A sample is one (image, phrase) pair.
//
// One pair and one annotator. G: its instances that are no crowd. D: instances of the
// answer with score >= min_score (inclusive). Both only of categories the annotator
// lists. Instances are matched once, one to one, so that the sum of their IoU is
// largest (metrics/assignment.h); for each threshold tau
//   TP = matched pairs with IoU >= tau    FP = |D| - TP    FN = |G| - TP
//   P = TP/(TP+FP+e)   R = TP/(TP+FN+e)   local F1 = 2PR/(P+R+e)       e: box_epsilon
// and for the image: TN without G and D (then there is no local F1), FN without D,
// FP without G, else TP. A pair is positive where G is not empty.
//
// Several annotators (kOracle): the pair counts against the annotator with the larger
// mean local F1 over all tau; the earlier one on a tie; the last one that gives TN
// where any does.
//
// The set: TP, FP, FN summed over all pairs, pmFP = FP summed over positive ones;
// IL_TP, IL_FP, IL_TN, IL_FN count images. All are fractions, higher is better but
// for IL_FPR; IL_MCC lies in [-1, 1].
//   precision, recall, F1         as P, R and local F1 above, of the sums
//   positive_micro_precision      TP/(TP+pmFP+e)
//   positive_micro_F1 (pmF1)      of positive_micro_precision and recall
//   positive_macro_F1             sum of local F1 of positives / positives with D;
//                                 NaN where there is none (the reference prints -1)
//   IL_precision, IL_recall, IL_F1, IL_FPR    as P, R, F1, FP/(FP+TN+e) with e:
//                                 image_epsilon
//   IL_MCC     (TP TN - FP FN) / (sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN)) + e)
//   cgF1       positive_micro_F1 * IL_MCC
// The first group is given as mean over the ten tau and at 0.5 and 0.75. IL_MCC and
// cgF1 are 0 where no negative (or no positive) pair was scored: not to be read as a
// score; Result tells how many there were.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "metrics/sum.h"
#include "metrics/tasks.h"

namespace assay {

inline constexpr std::size_t kInstanceTaus = 10;
using PerTau = std::array<std::int64_t, kInstanceTaus>;

enum class InstanceOverlap { kMask, kBox };
enum class InstanceAnnotators { kOracle, kA, kB, kC };
enum class InstanceFormula {
  kReference,  // as above
  // Both epsilons are 0, 0/0 = 0 (but for positive_macro_F1), and every F1 of matched
  // counts is 2TP/(2TP+FP+FN).
  kPaper,
};

struct InstancesSettings {
  InstanceFormula formula = InstanceFormula::kReference;
  InstanceAnnotators annotators = InstanceAnnotators::kOracle;
  InstanceOverlap overlap = InstanceOverlap::kMask;
  double min_score = 0.5;
  // In ascending order. The ninth is what the reference computes for 0.9.
  std::array<double, kInstanceTaus> taus = {
      0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95};
  double box_epsilon = 1e-4;    // kReference only
  double image_epsilon = 1e-6;  // kReference only
};

// What one pair contributes: enough to tell every TP, FP, FN and the image's outcome.
struct InstancesScore {
  struct Counts {
    std::int64_t truths = 0;       // |G|
    std::int64_t predictions = 0;  // |D|
    PerTau hits{};                 // TP
    std::int64_t foreign = 0;      // left out of D for a category the annotator does not list
    friend bool operator==(const Counts&, const Counts&) = default;
  };
  // Against each annotator the settings use, in order. Empty: the pair is not scored,
  // because one of them has not drawn every object.
  std::vector<Counts> annotators;
  friend bool operator==(const InstancesScore&, const InstancesScore&) = default;
};

class InstancesMetric {
 public:
  using Value = InstanceSet;
  using Truth = InstancesTruth;
  using Score = InstancesScore;
  struct State {
    std::int64_t samples = 0;     // scored
    std::int64_t not_scored = 0;  // not exhaustive
    std::int64_t image_tp = 0, image_fp = 0, image_tn = 0, image_fn = 0;
    PerTau tp{}, fp{}, positive_fp{}, fn{};
    std::array<CompensatedSum, kInstanceTaus> local_f1;  // of positives
    std::int64_t answered_positives = 0;                 // with D not empty
    std::int64_t foreign = 0;
  };
  struct Values {
    double cgf1, precision, recall, f1;
    double positive_macro_f1, positive_micro_f1, positive_micro_precision;
  };
  struct Result {
    std::array<Values, kInstanceTaus> at;  // in the order of the settings' taus
    Values mean, at_50, at_75;             // NaN at a tau the settings do not have
    double il_precision, il_recall, il_f1, il_fpr, il_mcc;
    std::int64_t positives, negatives;  // image TP + FN, FP + TN
    State counts;
  };

  // Throws std::invalid_argument on thresholds that are not ascending within (0, 1],
  // negative epsilons, and NaN.
  explicit InstancesMetric(InstancesSettings settings = {});

  const InstancesSettings& settings() const { return settings_; }
  State Start() const { return {}; }
  // True when every annotator the settings use has drawn every object: the others'
  // pairs are no part of the set. Throws std::invalid_argument when the truth lacks
  // such an annotator.
  bool Evaluates(const Truth& truth) const;
  // A mask of another size than the truth's never matches (IoU -1, as the reference);
  // decoders refuse it before. Throws std::invalid_argument as Evaluates, on a score
  // that is NaN, and with kBox on an instance without a box.
  Score Compare(const Value& value, const Truth& truth) const;
  void Add(const Score& score, State& state) const;
  Result Finish(const State& state) const;

  // The bounds of what an unscored pair could have contributed, against the annotator
  // with most masks if any has masks: no instance found, or every one and nothing
  // else, at every tau. Otherwise: an instance where there is none, or none.
  Score Worst(const Truth& truth) const;
  Score Best(const Truth& truth) const;

  // Which of score.annotators the pair counts against. Throws std::invalid_argument
  // on a pair that is not scored.
  std::size_t Selected(const Score& score) const;
  // For looking at one pair: the largest mean local F1 of all annotators; NaN where
  // none has one (a right "nothing there", or a pair that is not scored).
  double PairF1(const Score& score) const;

 private:
  std::vector<const Annotation*> Used(const Truth& truth) const;
  double MeanLocalF1(const Score::Counts& counts) const;

  InstancesSettings settings_;
};

// The 26 numbers by the reference's names, without its prefix cgF1_eval_segm_ or
// cgF1_eval_bbox_: cgF1, ..., cgF1@0.5, ..., IL_MCC.
std::vector<std::pair<std::string, double>> NamedValues(const InstancesMetric::Result& result);

}  // namespace assay
