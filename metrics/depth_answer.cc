#include "metrics/depth_answer.h"

#include <algorithm>
#include <bit>
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

// The columns a fit sees, strip by strip.
std::vector<PixelSet> FitColumns(const DepthSettings& settings, Size full) {
  const int max_res = ThinnedTo(settings.align);
  const bool thinned = max_res > 0;
  const auto strips = static_cast<std::size_t>((full.width + kStripPixels - 1) / kStripPixels);
  std::vector<PixelSet> seen(strips, thinned ? 0 : ~PixelSet{0});
  if (!thinned) return seen;
  const Box frame = ScoringFrame(settings, full);
  const Size size{frame.col_end - frame.col_begin, frame.row_end - frame.row_begin};
  for (const int column : SubsampledColumns(size, max_res)) {
    const int x = frame.col_begin + column;
    seen[static_cast<std::size_t>(x / kStripPixels)] |= PixelSet{1} << (x % kStripPixels);
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
      plain_ends_{std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()} {
  if (!settings.clip) return;
  auto& [low, high] = plain_ends_;
  low = std::max({low, settings.clip->min, settings.clip->floor});
  high = std::min(high, std::nextafter(settings.clip->max, 0));  // at the end it is moved
}

bool DepthAnswerReader::FitsOnPairsOf(const DepthAnswerReader& other) const {
  const auto key = [](const DepthAnswerReader& reader) {
    const AlignmentSettings& align = reader.settings_.align;
    return std::tuple(reader.far_,
                      reader.settings_.undefined,
                      reader.settings_.crop_frame,
                      IsAffineInPrediction(align.kind),
                      FitsOnNearestGrid(align.kind),
                      ThinnedTo(align));
  };
  return key(*this) == key(other) && framed_.ReadsAs(other.framed_);
}

PixelSet DepthAnswerReader::LeftOutOfFit(std::span<const double> raw) const {
  constexpr double kMost = std::numeric_limits<double>::max();
  const PixelSet all = PixelsBetween(0, static_cast<int>(raw.size()));
  switch (settings_.undefined) {
    case UndefinedPrediction::kAsSourceClips:
      return 0;
    case UndefinedPrediction::kDrop: {
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      return (all & ~Within(raw, -kInfinity, kInfinity)) | Within(raw, 0, 0);
    }
    case UndefinedPrediction::kWorseClipEnd:
      break;
  }
  const bool affine = IsAffineInPrediction(settings_.align.kind);
  return all & ~Within(raw, affine ? -kMost : std::numeric_limits<double>::denorm_min(), kMost);
}

// Calls visit(place, kept pixels) for every strip with pixels that a fit may see, in order.
template <class Visit>
void DepthAnswerReader::ForEachKept(Size full,
                                    const ScoredPixels& scored,
                                    std::int64_t& excluded,
                                    const Visit& visit) const {
  StripValues buffer;
  ForEachStrip(scored.box(), full.width, [&](const StripPlace& place) {
    const PixelSet set = scored.In(place);
    if (set == 0) return;
    const std::span<const double> answers = framed_.Strip(place, buffer);
    const PixelSet left_out = set & LeftOutOfFit(answers);
    excluded += std::popcount(left_out);
    visit(place, set & ~left_out, answers);
  });
}

void DepthAnswerReader::CollectAll(const DepthMap& truth,
                                   const ScoredPixels& scored,
                                   FitPairs& pairs) const {
  const std::vector<PixelSet> seen = FitColumns(settings_, truth.size());
  pairs.predictions.reserve(truth.size().Pixels());
  pairs.depths.reserve(truth.size().Pixels());
  StripValues few_answers;
  StripValues few_depths;
  const auto visit = [&](const StripPlace& place, PixelSet kept, std::span<const double> answers) {
    const std::span<const double> depths = StripOf(truth, place);
    std::size_t count = 0;
    ForEachPixel(kept & seen[static_cast<std::size_t>(place.x / kStripPixels)], [&](std::size_t i) {
      few_answers[count] = OfFar(answers[i]);
      few_depths[count++] = depths[i];
    });
    const auto end = static_cast<std::ptrdiff_t>(count);
    pairs.predictions.insert(
        pairs.predictions.end(), few_answers.begin(), few_answers.begin() + end);
    pairs.depths.insert(pairs.depths.end(), few_depths.begin(), few_depths.begin() + end);
  };
  ForEachKept(truth.size(), scored, pairs.excluded, visit);
}

void DepthAnswerReader::CollectOnGrid(const DepthMap& truth,
                                      const ScoredPixels& scored,
                                      FitPairs& pairs) const {
  Mask usable(truth.size(), 0);
  const auto visit = [&](const StripPlace& place, PixelSet kept, std::span<const double>) {
    const auto row = usable.Row(place.y).subspan(static_cast<std::size_t>(place.x));
    ForEachPixel(kept, [row](std::size_t i) { row[i] = 1; });
  };
  ForEachKept(truth.size(), scored, pairs.excluded, visit);
  for (const GridPixel& pixel : NearestGrid(usable)) {
    pairs.predictions.push_back(OfFar(framed_.At(pixel.x, pixel.y)));
    pairs.depths.push_back(truth.At(pixel.x, pixel.y));
  }
}

void DepthAnswerReader::FitOn(const DepthTruth& truth,
                              const ScoredPixels& scored,
                              FitPairs& pairs,
                              DepthScore& score) {
  if (settings_.align.kind == Alignment::kNone) return;
  const bool known =
      pairs.reader != nullptr && pairs.scored == scored && FitsOnPairsOf(*pairs.reader);
  pairs.reader = nullptr;  // until they are whole: what throws leaves no reader behind
  if (!known) {
    pairs = {};
    pairs.scored = scored;
    FitsOnNearestGrid(settings_.align.kind) ? CollectOnGrid(truth.depth_m, scored, pairs)
                                            : CollectAll(truth.depth_m, scored, pairs);
  }
  fit_ = FitAlignment(settings_.align, value_.kind, pairs.predictions, pairs.depths);
  score.fit = fit_;
  score.excluded_from_fit = pairs.excluded;
  pairs.reader = this;
}

AnswerStrip DepthAnswerReader::Strip(const StripPlace& place, StripValues& buffer) const {
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  const std::span<const double> raw = framed_.Strip(place, buffer);
  if (!aligned_) return {raw, ~PixelSet{0}};
  const PixelSet defined = Within(raw, kLeast, std::numeric_limits<double>::max());
  const std::span<double> depth = std::span(buffer).first(raw.size());
  ApplyAlignment(settings_.align, value_.kind, fit_, raw, depth);
  return {depth, defined};
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
