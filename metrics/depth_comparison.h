// One image under one depth protocol, strip by strip. Internal to metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "metrics/depth.h"
#include "metrics/depth_answer.h"
#include "metrics/depth_errors.h"
#include "metrics/depth_frame.h"
#include "metrics/depth_strip.h"

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
  void MoveTo(DepthScore& score) const;
};

// A strip of the truth, its pixels by band.
struct TruthStrip {
  struct Band {
    std::size_t band = 0;
    PixelSet pixels = 0;
  };
  StripPlace place;
  std::span<const double> depth;
  std::vector<Band> bands;  // those that occur
  PixelSet measured = 0;
  double least = 0, most = 0;  // the ends of the nearest and the farthest band

  void MoveTo(const DepthMap& truth, const StripPlace& to);
};

// What sets of pixels of one strip add, for all protocols that read the same depths there: an
// answer has logarithms and quotients once, and most protocols score the same pixels too.
class StripSums {
 public:
  StripSums(const DepthFormulas& formulas, const ClipEnds& ends)
      : formulas_(formulas), narrowest_(ends) {}
  // Another protocol, whose plain pixels lie between these ends.
  void Serve(const ClipEnds& ends);
  // Forgets the strip before.
  void Start() {
    narrow_.reset();
    has_terms_ = false;
    sets_.clear();
    parts_.clear();
  }
  // Of the pixels of the strip those between the ends of a protocol that is served.
  PixelSet Plain(std::span<const double> prediction, const ClipEnds& ends);
  // One part for each of truth.bands, valid until the next call.
  std::span<const DepthPart> Of(PixelSet set,
                                std::span<const double> prediction,
                                const TruthStrip& truth);

 private:
  DepthFormulas formulas_;
  ClipEnds narrowest_;                   // between these a depth is plain for every protocol
  std::optional<PixelSet> narrow_ = {};  // the pixels between these
  bool has_terms_ = false;
  StripTerms terms_{};
  std::vector<PixelSet> sets_;
  std::vector<DepthPart> parts_;  // of every set, band by band
};

// Throws std::domain_error under kRaiseBelow.
void CheckEnoughPixels(const DepthSettings& settings, std::int64_t pixels);

class DepthComparison {
 public:
  // Borrows all but `pairs`; fits the alignment. Throws as DepthMetric::Compare.
  DepthComparison(const DepthSettings& settings,
                  const DepthValue& value,
                  const DepthTruth& truth,
                  FitPairs& pairs);

  // Whether StripSums of one serve the other.
  bool SharesSumsWith(const DepthComparison& other) const {
    return FormulasOf(settings_) == FormulasOf(other.settings_) && answer_.ReadsAs(other.answer_);
  }
  // For it alone.
  StripSums MakeSums() const { return {FormulasOf(settings_), answer_.plain_ends()}; }
  void ShareSums(StripSums& sums) const { sums.Serve(answer_.plain_ends()); }
  // Every strip of the truth once, in order.
  void AddStrip(const TruthStrip& strip, StripSums& sums);
  // Once. Whether the pixels are enough is not asked.
  DepthScore Finish();

 private:
  // Of the scored pixels that are not plain.
  void AddOthers(PixelSet others, const TruthStrip& strip);
  void AddParts(std::span<const DepthPart> parts, const TruthStrip& strip);

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
