// What pixels add to a depth score, a strip of them at a time. Internal to metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "metrics/depth.h"
#include "metrics/depth_strip.h"

namespace assay {

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
  // The terms mean something for the pixels of `wanted`, whose truth is a depth; the prediction
  // may be anything.
  void Set(std::span<const double> prediction,
           std::span<const double> truth,
           PixelSet wanted,
           const DepthFormulas& formulas);
  // As eight sums of every eighth pixel, these added up in pairs.
  DepthPart Sum(PixelSet set) const;

  // By pixel; what is a product of these is made when they are added up.
  struct Reals {
    StripValues abs, abs_rel, sq_rel, inverse, e;
  };

 private:
  void SetOne(std::size_t pixel, double p, double g);
  void SetInliers(std::size_t pixel, double p, double g);

  std::array<PixelSet, 3> inliers_{};
  Reals reals_{};
};

// Of a single pixel.
DepthPart PartOf(double prediction, double truth, const DepthFormulas& formulas);

}  // namespace assay
