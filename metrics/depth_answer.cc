#include "metrics/depth_answer.h"

#include <algorithm>
#include <cstddef>
#include <limits>
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
      aligned_(settings.align.kind != Alignment::kNone),
      linear_(value.kind == DepthKind::kDepth && !FitsDisparity(settings.align.kind)),
      least_(std::numeric_limits<double>::denorm_min()),
      most_(std::numeric_limits<double>::infinity()) {
  if (!settings.clip) return;
  least_ = std::max({least_, settings.clip->min, settings.clip->floor});
  most_ = settings.clip->max;
}

void DepthAnswerReader::FitOn(const DepthTruth& truth, DepthScore& score) {
  if (settings_.align.kind == Alignment::kNone) return;
  const bool on_grid = FitsOnNearestGrid(settings_.align.kind);
  const std::vector<bool> seen = FitColumns(settings_, truth.depth_m.size());
  Mask usable(on_grid ? truth.depth_m.size() : Size{}, 0);
  std::vector<double> predictions, depths;
  const auto use = [&](double raw, double g) {
    predictions.push_back(raw);
    depths.push_back(g);
  };
  if (!on_grid) {
    predictions.reserve(truth.depth_m.size().Pixels());
    depths.reserve(truth.depth_m.size().Pixels());
  }
  ForEachScored(settings_, truth, [&](int x, int y, double g) {
    const double raw = Raw(x, y);
    if (LeftOutOfFit(raw)) {
      ++score.excluded_from_fit;
    } else if (on_grid) {
      usable.At(x, y) = 1;
    } else if (seen[static_cast<std::size_t>(x)]) {
      use(raw, g);
    }
  });
  if (on_grid) {
    for (const GridPixel& pixel : NearestGrid(usable)) {
      use(Raw(pixel.x, pixel.y), truth.depth_m.At(pixel.x, pixel.y));
    }
  }
  fit_ = FitAlignment(settings_.align, value_.kind, predictions, depths);
  score.fit = fit_;
}

ReadDepth DepthAnswerReader::AtAny(int x, int y) const {
  const double raw = Raw(x, y);
  const double p = ApplyAlignment(settings_.align, value_.kind, fit_, raw);
  const bool lost = value_.painted ? std::isnan(p) : !std::isfinite(p);
  ReadDepth out{p, lost || IsUndefined(settings_, value_, raw), false};
  if (!settings_.clip) {
    out.undefined = out.undefined || (!value_.painted && p <= 0);
    if (out.undefined) out.depth = 0;
    return out;
  }
  out.depth = Clipped(*settings_.clip, p);
  out.clipped = !out.undefined && out.depth != p;
  return out;
}

}  // namespace assay
