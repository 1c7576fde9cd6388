// Semantic segmentation: confusion counts, IoU, instance-weighted IoU.
//
// Reference: mcordts/cityscapesScripts@0bcc4a7:cityscapesscripts/evaluation/
// evalPixelLevelSemanticLabeling.py (formulas only).
//
// M[g][p] counts every pixel with truth g and prediction p. E = evaluated
// classes. With TP, FN, FP as below every score is TP / (TP + FP + FN), a
// fraction in [0, 1], higher is better, NaN where TP + FP + FN = 0:
//   class l in E      TP = M[l][l]          FN = sum_p M[l][p] - TP
//                     FP = sum over g in E, g != l of M[g][l]
//   category C        a, b in L(C) = evaluated classes of C:
//                     TP = sum M[a][b]      FN = sum_p M[a][p] - TP
//                     FP = sum over g in E outside C, b in L(C) of M[g][b]
//   instance scores   see SemanticScore; FP is the unweighted pixel count
// Averages are means over the entries that are not NaN.
//
// Predictions on truth that is not evaluated never count. A prediction of void
// or of a class that is not evaluated, on valid truth, is a false negative.
//
// Other evaluators of the same classes (SemanticPolicy) have class scores only:
//   kMmseg       open-mmlab/mmsegmentation, IoUMetric: IoU as above
//   kDetectron2  facebookresearch/detectron2, SemSegEvaluator: pixels whose prediction
//                is not evaluated are dropped, from FN too; a class without truth
//                pixels has no score, even where it is predicted
// and give, with T_l = the truth pixels of class l that their rule keeps,
//   accuracy of l  TP / T_l    mean over the classes with T_l > 0
//   pixel accuracy sum TP / sum T_l
//   frequency-weighted IoU (kDetectron2)  sum of IoU_l * T_l / sum T_l
//
// Boundary IoU (metrics/boundary.h) of class l, a fraction, higher is better. Per image
//   G = truth pixels of l          P = pixels of evaluated truth predicted as l
//   I = |G_b and P_b|              U = |G_b or P_b|
// with the boundaries of these two masks as they stand, and over the set sum I / sum U;
// boundary_IoU is the mean over the classes mIoU averages. As P ends where void begins,
// predictions on truth that is not evaluated change nothing here either, and a class
// answered right has 1 whatever is painted beside it in void. A prediction of void or
// of a class that is not evaluated is of no P: on the boundary of truth it is a miss;
// kDetectron2 drops such pixels of G_b from U. Where that leaves U = 0 a class of the
// mean scores 0, as its IoU then does. No evaluator of the paper scores semantic maps:
// void, the sums over the set and the mean are assay's own choice, made as for IoU.
#pragma once

#include <cstdint>
#include <vector>

#include "metrics/label_space.h"
#include "metrics/sum.h"
#include "metrics/tasks.h"

namespace assay {

// What one image contributes.
struct SemanticScore {
  struct Cell {
    std::uint8_t truth = 0;
    std::uint8_t prediction = 0;
    std::int64_t pixels = 0;
    friend bool operator==(const Cell&, const Cell&) = default;
  };
  std::vector<Cell> cells;  // non-zero cells of M, sorted by (truth, prediction)

  // One object of a class with instances, in ascending order of its value.
  struct Instance {
    std::uint8_t class_id = 0;
    std::int64_t pixels = 0;
    std::int64_t class_hits = 0;     // predicted as class_id
    std::int64_t category_hits = 0;  // predicted as any id of its category
    friend bool operator==(const Instance&, const Instance&) = default;
  };
  std::vector<Instance> instances;

  // I and U of one class.
  struct Boundary {
    std::uint8_t class_id = 0;
    std::int64_t intersection = 0;
    std::int64_t united = 0;
    friend bool operator==(const Boundary&, const Boundary&) = default;
  };
  // Classes with U > 0, ascending. Empty where boundary_ratio is 0.
  std::vector<Boundary> boundaries = {};
  // Stands for an answer that is not there: no policy drops a pixel of it.
  bool worst = false;
  friend bool operator==(const SemanticScore&, const SemanticScore&) = default;
};

enum class SemanticPolicy { kOfficial, kMmseg, kDetectron2 };

struct SemanticSettings {
  SemanticPolicy policy = SemanticPolicy::kOfficial;
  // Boundary width as a fraction of the image's diagonal, at most 1; 0 = no Boundary IoU.
  double boundary_ratio = 0;
  friend bool operator==(const SemanticSettings&, const SemanticSettings&) = default;
};

class SemanticMetric {
 public:
  using Value = LabelMap;
  using Truth = SemanticTruth;
  using Score = SemanticScore;
  struct State {
    std::int64_t samples = 0;
    std::vector<std::int64_t> confusion;                               // C x C, row = truth
    std::vector<std::int64_t> unanswered;                              // of it, of worst scores
    std::vector<CompensatedSum> class_hits, class_misses;              // weighted, per class
    std::vector<CompensatedSum> category_hits, category_misses;        // weighted, per category
    std::vector<std::int64_t> boundary_intersection, boundary_united;  // per class
  };
  // NaN where undefined. Per class, per category, in LabelSpace order.
  struct Result {
    std::vector<double> class_iou, class_iiou, category_iou, category_iiou;
    double mean_iou, mean_iiou, mean_category_iou, mean_category_iiou;
    // NaN with kOfficial, which has none of them.
    double mean_accuracy, pixel_accuracy, frequency_weighted_iou;
    int classes_averaged;  // entries behind mean_iou
    // NaN where boundary_ratio is 0.
    std::vector<double> class_boundary_iou;
    double mean_boundary_iou;
    std::vector<std::int64_t> confusion;
  };

  // Throws std::invalid_argument for a boundary_ratio below 0, above 1 or NaN.
  explicit SemanticMetric(const LabelSpace& space, const SemanticSettings& settings = {});

  const LabelSpace& space() const { return *space_; }
  const SemanticSettings& settings() const { return settings_; }
  State Start() const;
  // Throws std::logic_error when the sizes differ or an id is outside the
  // label space: readers and decoders check both.
  Score Compare(const Value& value, const Truth& truth) const;
  void Add(const Score& score, State& state) const;
  Result Finish(const State& state) const;

  // The bounds of what an unscored sample could have contributed: every valid pixel
  // a false negative and every pixel of G_b unmatched, or every pixel right.
  Score Worst(const Truth& truth) const;
  Score Best(const Truth& truth) const;

 private:
  // `policy` says which pixels of G_b count.
  std::vector<Score::Boundary> CompareBoundaries(const Value& value,
                                                 const LabelMap& truth,
                                                 SemanticPolicy policy) const;
  Result FinishOfficial(const State& state) const;
  void FinishBoundaries(const State& state, Result& result) const;

  const LabelSpace* space_;
  SemanticSettings settings_;
};

}  // namespace assay
