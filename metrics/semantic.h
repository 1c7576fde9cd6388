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
  friend bool operator==(const SemanticScore&, const SemanticScore&) = default;
};

enum class SemanticPolicy { kOfficial, kMmseg, kDetectron2 };

class SemanticMetric {
 public:
  using Value = LabelMap;
  using Truth = SemanticTruth;
  using Score = SemanticScore;
  struct State {
    std::int64_t samples = 0;
    std::vector<std::int64_t> confusion;                         // C x C, row = truth
    std::vector<CompensatedSum> class_hits, class_misses;        // weighted, per class
    std::vector<CompensatedSum> category_hits, category_misses;  // weighted, per category
  };
  // NaN where undefined. Per class, per category, in LabelSpace order.
  struct Result {
    std::vector<double> class_iou, class_iiou, category_iou, category_iiou;
    double mean_iou, mean_iiou, mean_category_iou, mean_category_iiou;
    // NaN with kOfficial, which has none of them.
    double mean_accuracy, pixel_accuracy, frequency_weighted_iou;
    int classes_averaged;  // entries behind mean_iou
    std::vector<std::int64_t> confusion;
  };

  explicit SemanticMetric(const LabelSpace& space,
                          SemanticPolicy policy = SemanticPolicy::kOfficial);

  const LabelSpace& space() const { return *space_; }
  SemanticPolicy policy() const { return policy_; }
  State Start() const;
  // Throws std::logic_error when the sizes differ or an id is outside the
  // label space: readers and decoders check both.
  Score Compare(const Value& value, const Truth& truth) const;
  void Add(const Score& score, State& state) const;
  Result Finish(const State& state) const;

  // The bounds of what an unscored sample could have contributed: every valid
  // pixel a false negative, or every pixel right.
  Score Worst(const Truth& truth) const;
  Score Best(const Truth& truth) const;

 private:
  Result FinishOfficial(const State& state) const;

  const LabelSpace* space_;
  SemanticPolicy policy_;
};

}  // namespace assay
