#include "metrics/depth.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>

#include "metrics/depth_errors.h"
#include "metrics/depth_frame.h"

namespace assay {
namespace {

constexpr std::size_t kBands = DepthMetric::kBandEdges.size() + 1;

std::size_t BandOf(double g) {
  const auto& edges = DepthMetric::kBandEdges;
  return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), g) - edges.begin());
}

// One set of sums for the image, one per band.
struct ImageSums {
  DepthAccumulator all;
  std::array<DepthAccumulator, kBands> bands;

  void AddDefined(const DepthTerms& terms, double g) {
    all.AddDefined(terms);
    bands[BandOf(g)].AddDefined(terms);
  }
  void AddUndefined(const DepthTerms& low, const DepthTerms& high, double g) {
    all.AddUndefined(low, high);
    bands[BandOf(g)].AddUndefined(low, high);
  }
  void MoveTo(DepthScore& score) const {
    score.all = all.Sums();
    for (const DepthAccumulator& band : bands) score.bands.push_back(band.Sums());
  }
};

struct ClipEnds {
  double low = 0;
  double high = 0;
};

ClipEnds EndsOf(const PredictionClip& clip) {
  return {std::max(clip.min, clip.floor), std::max(clip.max, clip.floor)};
}

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
  } else {
    out = std::clamp(p, clip.min, clip.max);
  }
  return out < clip.floor ? clip.floor : out;  // NaN stays NaN
}

// What becomes of the answer at one pixel.
struct Outcome {
  double depth = 0;
  bool undefined = false;
  bool clipped = false;
};

// Reads an answer through its alignment and clip.
class AnswerReader {
 public:
  AnswerReader(const DepthSettings& settings, const DepthValue& value, Size full)
      : settings_(settings), value_(value), framed_(settings, value, full) {}

  void FitOn(const DepthTruth& truth, DepthScore& score);
  Outcome At(int x, int y) const;

 private:
  bool IsProduct() const { return settings_.undefined == UndefinedPrediction::kWorseClipEnd; }
  double Raw(int x, int y) const;
  bool LeftOutOfFit(double raw) const {
    return IsProduct() &&
           (!std::isfinite(raw) || (raw <= 0 && !IsAffineInPrediction(settings_.align.kind)));
  }

  const DepthSettings& settings_;
  const DepthValue& value_;
  FramedAnswer framed_;
  AlignmentFit fit_;
};

double AnswerReader::Raw(int x, int y) const {
  const double raw = framed_.At(x, y);
  if (!value_.painted || raw != std::numeric_limits<double>::infinity()) return raw;
  const bool unbounded = !settings_.clip || std::isinf(settings_.clip->max);
  const bool fitted = settings_.align.kind != Alignment::kNone;
  return unbounded || (fitted && !IsProduct()) ? value_.painted_far_m : raw;
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

void AnswerReader::FitOn(const DepthTruth& truth, DepthScore& score) {
  if (settings_.align.kind == Alignment::kNone) return;
  const std::vector<bool> seen = FitColumns(settings_, truth.depth_m.size());
  std::vector<double> predictions, depths;
  ForEachScored(settings_, truth, [&](int x, int y, double g) {
    const double raw = Raw(x, y);
    if (LeftOutOfFit(raw)) {
      ++score.excluded_from_fit;
    } else if (seen[static_cast<std::size_t>(x)]) {
      predictions.push_back(raw);
      depths.push_back(g);
    }
  });
  fit_ = FitAlignment(settings_.align, value_.kind, predictions, depths);
  score.fit = fit_;
}

Outcome AnswerReader::At(int x, int y) const {
  const double raw = Raw(x, y);
  const double p = ApplyAlignment(settings_.align, value_.kind, fit_, raw);
  const bool lost = value_.painted ? std::isnan(p) : !std::isfinite(p);
  Outcome out{p, lost || IsUndefined(settings_, value_, raw), false};
  if (!settings_.clip) {
    out.undefined = out.undefined || (!value_.painted && p <= 0);
    if (out.undefined) out.depth = 0;
    return out;
  }
  out.depth = Clipped(*settings_.clip, p);
  out.clipped = !out.undefined && out.depth != p;
  return out;
}

std::array<double, 13> ListOf(const DepthErrors& e) {
  return {e.delta1,
          e.delta2,
          e.delta3,
          e.abs_rel,
          e.sq_rel,
          e.rmse,
          e.rmse_log,
          e.log10,
          e.irmse,
          e.silog[0],
          e.silog[1],
          e.silog[2],
          e.silog[3]};
}

DepthErrors FromList(const std::array<double, 13>& list) {
  return {list[0],
          list[1],
          list[2],
          list[3],
          list[4],
          list[5],
          list[6],
          list[7],
          list[8],
          {list[9], list[10], list[11], list[12]}};
}

void Pool(const DepthSums& sums, DepthMetric::State& state) {
  state.pixels += sums.pixels;
  for (std::size_t k = 0; k < state.inliers.size(); ++k) state.inliers[k] += sums.inliers[k];
  for (std::size_t i = 0; i < kDepthRealSums.size(); ++i) {
    state.pooled[i].Add(sums.*kDepthRealSums[i]);
  }
}

DepthErrors PooledErrors(const DepthMetric::State& state) {
  DepthSums sums;
  sums.pixels = state.pixels;
  sums.inliers = state.inliers;
  for (std::size_t i = 0; i < kDepthRealSums.size(); ++i) {
    sums.*kDepthRealSums[i] = state.pooled[i].Value();
  }
  return ErrorsOf(sums);
}

DepthErrors MeanErrors(const DepthMetric::State& state, std::int64_t images) {
  std::array<double, 13> means{};
  for (std::size_t i = 0; i < means.size(); ++i) {
    means[i] = state.per_image[i].Value() / static_cast<double>(images);
  }
  return FromList(means);
}

void CheckEnough(const DepthSettings& settings, std::int64_t pixels) {
  if (settings.empty_image == EmptyImage::kRaiseBelow && pixels < settings.empty_below) {
    throw std::domain_error("the truth has " + std::to_string(pixels) +
                            " scored pixels; the protocol needs at least " +
                            std::to_string(settings.empty_below));
  }
}

}  // namespace

DepthMetric::DepthMetric(DepthSettings settings) : settings_(settings) {}

DepthMetric::State DepthMetric::Start() const {
  State state;
  state.bands.resize(kBands);
  return state;
}

Size DepthMetric::ShownFrame(Size full) const {
  const Box box = ShownBox(settings_, full);
  return {box.col_end - box.col_begin, box.row_end - box.row_begin};
}

DepthScore DepthMetric::Compare(const Value& value, const Truth& truth) const {
  CheckTruth(settings_, truth);
  Score score;
  AnswerReader answer(settings_, value, truth.depth_m.size());
  answer.FitOn(truth, score);
  const bool worse_end =
      settings_.clip && settings_.undefined == UndefinedPrediction::kWorseClipEnd;
  const ClipEnds ends = settings_.clip ? EndsOf(*settings_.clip) : ClipEnds{};
  ImageSums sums;
  ForEachScored(settings_, truth, [&](int x, int y, double g) {
    const Outcome pixel = answer.At(x, y);
    score.undefined += pixel.undefined ? 1 : 0;
    score.clipped += pixel.clipped ? 1 : 0;
    if (pixel.undefined && worse_end) {
      sums.AddUndefined(TermsOf(ends.low, g), TermsOf(ends.high, g), g);
    } else {
      sums.AddDefined(TermsOf(pixel.depth, g), g);
    }
  });
  sums.MoveTo(score);
  CheckEnough(settings_, score.all.pixels);
  return score;
}

void DepthMetric::Add(const Score& score, State& state) const {
  ++state.samples;
  if (settings_.empty_image == EmptyImage::kSkipBelow && score.all.pixels < settings_.empty_below) {
    ++state.skipped;
    return;
  }
  const std::array<double, 13> errors = ListOf(ErrorsOf(score.all));
  for (std::size_t i = 0; i < errors.size(); ++i) state.per_image[i].Add(errors[i]);
  const bool is_null =
      std::any_of(errors.begin(), errors.end(), [](double error) { return std::isnan(error); });
  state.null_images += is_null ? 1 : 0;
  state.undefined += score.undefined;
  state.clipped += score.clipped;
  state.excluded_from_fit += score.excluded_from_fit;
  Pool(score.all, state);
  for (std::size_t i = 0; i < score.bands.size(); ++i) Pool(score.bands[i], state.bands[i]);
}

DepthMetric::Result DepthMetric::Finish(const State& state) const {
  Result result{};
  result.images = state.samples - state.skipped;
  result.skipped = state.skipped;
  result.null_images = state.null_images;
  result.pixels = state.pixels;
  result.undefined = state.undefined;
  result.clipped = state.clipped;
  result.excluded_from_fit = state.excluded_from_fit;
  result.errors = settings_.aggregate == DepthAggregate::kPooledPixels
                      ? PooledErrors(state)
                      : MeanErrors(state, result.images);
  for (const State& band : state.bands) {
    result.bands.push_back(PooledErrors(band));
    result.band_pixels.push_back(band.pixels);
  }
  return result;
}

DepthScore DepthMetric::Worst(const Truth& truth) const {
  CheckTruth(settings_, truth);
  const ClipEnds ends = settings_.clip ? EndsOf(*settings_.clip) : ClipEnds{};
  ImageSums sums;
  ForEachScored(settings_, truth, [&](int, int, double g) {
    DepthTerms low = TermsOf(ends.low, g);
    DepthTerms high = TermsOf(ends.high, g);
    low.inlier = high.inlier = {};
    if (settings_.clip) {
      sums.AddUndefined(low, high, g);
    } else {
      sums.AddDefined(low, g);
    }
  });
  Score score;
  sums.MoveTo(score);
  CheckEnough(settings_, score.all.pixels);
  score.undefined = score.all.pixels;
  return score;
}

DepthScore DepthMetric::Best(const Truth& truth) const {
  CheckTruth(settings_, truth);
  Score score;
  score.bands.resize(kBands);
  const auto count = [](DepthSums& sums) {
    ++sums.pixels;
    for (std::int64_t& inliers : sums.inliers) ++inliers;
  };
  ForEachScored(settings_, truth, [&](int, int, double g) {
    count(score.all);
    count(score.bands[BandOf(g)]);
  });
  CheckEnough(settings_, score.all.pixels);
  return score;
}

}  // namespace assay
