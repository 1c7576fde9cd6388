// One image under one depth protocol, row by row. Internal to metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "metrics/depth.h"
#include "metrics/depth_answer.h"
#include "metrics/depth_errors.h"
#include "metrics/depth_frame.h"

namespace assay {

inline constexpr std::size_t kDepthBands = DepthMetric::kBandEdges.size() + 1;
inline std::size_t DepthBandOf(double g) {
  constexpr auto& kEdges = DepthMetric::kBandEdges;
  std::size_t band = 0;
  while (band < kEdges.size() && g >= kEdges[band]) ++band;
  return band;
}

// One set of sums per band; the image's are theirs together.
struct DepthImageSums {
  std::array<DepthAccumulator, kDepthBands> bands;

  void AddDefined(const DepthTerms& terms, double g) { bands[DepthBandOf(g)].AddDefined(terms); }
  void AddUndefined(const DepthTerms& low, const DepthTerms& high, double g) {
    bands[DepthBandOf(g)].AddUndefined(low, high);
  }
  void MoveTo(DepthScore& score) const;
};

// Throws std::domain_error under kRaiseBelow.
void CheckEnoughPixels(const DepthSettings& settings, std::int64_t pixels);

// The terms of one row of an image, kept for the protocols that read the same depth at a
// pixel: a logarithm and five divisions cost more than adding them up.
class RowTerms {
 public:
  explicit RowTerms(int width) : entries_(static_cast<std::size_t>(width)) {}
  void StartRow();
  // Of `prediction` at column x; `truth` is a function of the column.
  const DepthTerms& Of(int x, double prediction, double truth, double epsilon) {
    Entry& entry = entries_[static_cast<std::size_t>(x)];
    if (entry.epsilon == epsilon && entry.prediction == prediction) return entry.terms;
    if (entry.epsilon >= 0) return other_ = TermsOf(prediction, truth, epsilon);
    entry = {prediction, epsilon, TermsOf(prediction, truth, epsilon)};
    return entry.terms;
  }

 private:
  struct Entry {
    double prediction = 0;
    double epsilon = -1;  // -1: empty
    DepthTerms terms;
  };
  std::vector<Entry> entries_;
  DepthTerms other_;
};

class DepthComparison {
 public:
  // Borrows all three; fits the alignment. Throws as DepthMetric::Compare.
  DepthComparison(const DepthSettings& settings, const DepthValue& value, const DepthTruth& truth);

  // Every row of the truth once, in order. `shared` may be null.
  void AddRow(int y, RowTerms* shared);
  // Once. Whether the pixels are enough is not asked.
  DepthScore Finish();

 private:
  void AddDepth(const ReadDepth& pixel, int x, double g, RowTerms* shared);

  const DepthSettings& settings_;
  const DepthTruth& truth_;
  DepthAnswerReader answer_;
  ScoredPixels scored_;
  ClipEnds ends_;
  bool worse_end_;
  DepthScore score_;
  DepthImageSums sums_;
};

}  // namespace assay
