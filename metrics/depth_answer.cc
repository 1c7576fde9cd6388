#include "metrics/depth_answer.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <tuple>
#include <vector>

#include "metrics/alignment_space.h"
#include "metrics/nearest_grid.h"

namespace assay {
namespace {

double Sent(ClipEnd end, const PredictionClip& clip, double value) {
  if (end == ClipEnd::kKeep) return value;
  return end == ClipEnd::kMin ? clip.min : clip.max;
}

double Clipped(const PredictionClip& clip, double p) {
  double out = p;
  if (std::isnan(p)) {
    out = Sent(clip.nan_to, clip, p);
  } else if (p == std::numeric_limits<double>::infinity()) {
    out = Sent(clip.posinf_to, clip, p);
  } else if (p <= 0) {
    out = Sent(clip.nonpositive_to, clip, p);
  } else if (p >= clip.max) {
    out = Sent(clip.above_to, clip, p);
  } else {
    out = std::max(p, clip.min);
  }
  return out < clip.floor ? clip.floor : out;  // NaN stays NaN
}

// A painted answer's +inf is its code's largest finite depth where nothing clips it, and
// before the fit of an emulation.
double FarOf(const DepthSettings& settings, const DepthValue& value) {
  const bool unbounded = !settings.clip || std::isinf(settings.clip->max);
  const bool fitted = settings.align.kind != Alignment::kNone;
  const bool product = settings.undefined == UndefinedPrediction::kWorseClipEnd;
  const bool replaced = value.painted && (unbounded || (fitted && !product));
  return replaced ? value.painted_far_m : std::numeric_limits<double>::infinity();
}

std::vector<bool> FitColumns(const DepthSettings& settings, Size full) {
  const bool thinned = settings.align.kind == Alignment::kLsqAffine && settings.align.max_res > 0;
  std::vector<bool> seen(static_cast<std::size_t>(full.width), !thinned);
  if (!thinned) return seen;
  const Box frame = ScoringFrame(settings, full);
  const Size size{frame.col_end - frame.col_begin, frame.row_end - frame.row_begin};
  for (const int column : SubsampledColumns(size, settings.align.max_res)) {
    const int x = frame.col_begin + column;
    seen[static_cast<std::size_t>(x)] = true;
  }
  return seen;
}

}  // namespace

ClipEnds EndsOf(const PredictionClip& clip) {
  return {std::max(clip.min, clip.floor), std::max(clip.max, clip.floor)};
}

DepthAnswerReader::DepthAnswerReader(const DepthSettings& settings,
                                     const DepthValue& value,
                                     Size full)
    : settings_(settings),
      value_(value),
      framed_(settings, value, full),
      far_(FarOf(settings, value)),
      aligned_(settings.align.kind != Alignment::kNone || value.kind != DepthKind::kDepth),
      least_(std::numeric_limits<double>::denorm_min()),
      most_(std::numeric_limits<double>::max()) {
  if (!settings.clip) return;
  least_ = std::max({least_, settings.clip->min, settings.clip->floor});
  most_ = std::min(most_, std::nextafter(settings.clip->max, 0));  // at the end it is moved
}

bool DepthAnswerReader::FitsOnPairsOf(const DepthAnswerReader& other) const {
  const auto key = [](const DepthAnswerReader& reader) {
    const AlignmentSettings& align = reader.settings_.align;
    return std::tuple(reader.far_,
                      reader.settings_.undefined,
                      reader.settings_.crop_frame,
                      IsAffineInPrediction(align.kind),
                      FitsOnNearestGrid(align.kind),
                      align.kind == Alignment::kLsqAffine ? align.max_res : 0);
  };
  return key(*this) == key(other) && framed_.ReadsAs(other.framed_);
}

void DepthAnswerReader::CollectPairs(const DepthTruth& truth, FitPairs& pairs) const {
  const Size full = truth.depth_m.size();
  const bool on_grid = FitsOnNearestGrid(settings_.align.kind);
  const std::vector<bool> seen = FitColumns(settings_, full);
  Mask usable(on_grid ? full : Size{}, 0);
  pairs.predictions.clear();
  pairs.depths.clear();
  pairs.excluded = 0;
  const auto use = [&](double raw, double g) {
    pairs.predictions.push_back(raw);
    pairs.depths.push_back(g);
  };
  if (!on_grid) {
    pairs.predictions.reserve(full.Pixels());
    pairs.depths.reserve(full.Pixels());
  }
  StripValues buffer;
  ForEachStrip(pairs.scored->box(), full.width, [&](const StripPlace& place) {
    const PixelSet set = pairs.scored->In(place);
    if (set == 0) return;
    const std::span<const double> depths = StripOf(truth.depth_m, place);
    const std::span<const double> answers = framed_.Strip(place, buffer);
    ForEachPixel(set, [&](std::size_t i) {
      const double raw = OfFar(answers[i]);
      const int x = place.x + static_cast<int>(i);
      if (LeftOutOfFit(raw)) {
        ++pairs.excluded;
      } else if (on_grid) {
        usable.At(x, place.y) = 1;
      } else if (seen[static_cast<std::size_t>(x)]) {
        use(raw, depths[i]);
      }
    });
  });
  if (!on_grid) return;
  for (const GridPixel& pixel : NearestGrid(usable)) {
    use(OfFar(framed_.At(pixel.x, pixel.y)), truth.depth_m.At(pixel.x, pixel.y));
  }
}

void DepthAnswerReader::FitOn(const DepthTruth& truth,
                              const ScoredPixels& scored,
                              FitPairs& pairs,
                              DepthScore& score) {
  if (settings_.align.kind == Alignment::kNone) return;
  if (pairs.reader == nullptr || pairs.scored != scored || !FitsOnPairsOf(*pairs.reader)) {
    pairs.reader = this;
    pairs.scored = scored;
    CollectPairs(truth, pairs);
  }
  fit_ = FitAlignment(settings_.align, value_.kind, pairs.predictions, pairs.depths);
  score.fit = fit_;
  score.excluded_from_fit = pairs.excluded;
}

AnswerStrip DepthAnswerReader::Strip(const StripPlace& place, StripValues& buffer) const {
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  const std::span<const double> raw = framed_.Strip(place, buffer);
  if (!aligned_) return {raw, Within(raw, least_, most_)};
  const PixelSet depths = Within(raw, kLeast, std::numeric_limits<double>::max());
  const std::span<double> depth = std::span(buffer).first(raw.size());
  ApplyAlignment(settings_.align, value_.kind, fit_, raw, depth);
  return {depth, depths & Within(depth, least_, most_)};
}

ReadDepth DepthAnswerReader::At(int x, int y) const {
  const double raw = OfFar(framed_.At(x, y));
  const double p = ApplyAlignment(settings_.align, value_.kind, fit_, raw);
  const bool lost = value_.painted ? std::isnan(p) : !std::isfinite(p);
  ReadDepth out{p, lost || IsUndefined(settings_, value_, raw), false, IsDropped(p)};
  if (!settings_.clip) {
    out.undefined = out.undefined || (!value_.painted && p <= 0);
    if (out.undefined && settings_.undefined != UndefinedPrediction::kDrop) out.depth = 0;
    return out;
  }
  out.depth = Clipped(*settings_.clip, p);
  out.clipped = !out.undefined && out.depth != p;
  return out;
}

}  // namespace assay
