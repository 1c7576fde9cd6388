// The arithmetic of depth scores: from pixels to DepthSums. Internal to metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "metrics/depth.h"
#include "metrics/depth_strip.h"
#include "metrics/sum.h"

namespace assay {

// The real sums of DepthSums as one table, in order of declaration.
inline constexpr std::array<double DepthSums::*, 13> kDepthRealSums = {
    &DepthSums::abs,
    &DepthSums::abs_rel,
    &DepthSums::sq_rel,
    &DepthSums::sq,
    &DepthSums::sq_log,
    &DepthSums::abs_log10,
    &DepthSums::sq_inverse,
    &DepthSums::log,
    &DepthSums::sq_log_ab,
    &DepthSums::log_c,
    &DepthSums::sq_log_c,
    &DepthSums::log10,
    &DepthSums::sq_log10,
};

// The real terms of a pixel, e = ln p - ln g. kSqLogUndefined: e^2 of an undefined pixel,
// which adds nothing to kSqLog and kLog.
enum DepthSlot {
  kAbs,
  kAbsRel,
  kSqRel,
  kSq,
  kSqLog,
  kAbsLog,
  kSqInverse,
  kLog,
  kSqLogUndefined,
  kDepthSlots
};
using DepthReals = std::array<double, kDepthSlots>;

// How the source of a protocol writes its errors.
struct DepthFormulas {
  double abs_rel_epsilon = 0;  // added to the denominator of AbsRel
  SqRelOver sq_rel_over = SqRelOver::kTruth;
  friend bool operator==(const DepthFormulas&, const DepthFormulas&) = default;
};
inline DepthFormulas FormulasOf(const DepthSettings& settings) {
  return {settings.abs_rel_epsilon, settings.sq_rel_over};
}

// Plain sums over a few pixels.
struct DepthPart {
  std::int64_t pixels = 0;
  std::array<std::int64_t, 3> inliers{};
  DepthReals reals{};
  void Add(const DepthPart& other);
};

// What the pixels of a strip add, each for itself.
class StripTerms {
 public:
  // Where the truth is 0 the terms mean nothing.
  void Set(std::span<const double> prediction,
           std::span<const double> truth,
           const DepthFormulas& formulas);
  // As eight sums of every eighth pixel, these added up in pairs.
  DepthPart Sum(PixelSet set) const;

  // By pixel; what is a product of these is made when they are added up.
  struct Reals {
    StripValues abs{}, abs_rel{}, sq_rel{}, inverse{}, e{};
  };

 private:
  std::array<PixelSet, 3> inliers_{};
  Reals reals_;
};

// Of a single pixel.
DepthPart PartOf(double prediction, double truth, const DepthFormulas& formulas);

// Sums one set of pixels, in the order they are added.
class DepthAccumulator {
 public:
  void Add(const DepthPart& part) {
    run_.Add(part);
    if (run_.pixels >= kRun) EndRun();
  }
  // A pixel that scores as the worse of two depths, low < high.
  void AddUndefined(const DepthPart& low, const DepthPart& high);
  // Another set of pixels, scored by the same clip.
  void Add(const DepthAccumulator& other);
  DepthSums Sums() const;

 private:
  // Terms are added up plainly in runs, and the runs compensated: the rounding of a run
  // is at most its length, below 320, times that of one addition.
  static constexpr std::int64_t kRun = 256;
  double Sum(DepthSlot slot) const;
  void EndRun();

  DepthPart run_;
  std::int64_t pixels_ = 0;                // of the runs before
  std::array<std::int64_t, 3> inliers_{};  // the same
  std::array<CompensatedSum, kDepthSlots> sums_;
  std::vector<double> undefined_low_;  // e of the low end, one per undefined pixel
  double undefined_step_ = 0;          // e of the high end minus e of the low end
};

}  // namespace assay
