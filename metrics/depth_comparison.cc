#include "metrics/depth_comparison.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace assay {
namespace {

// Over the scored pixels as rasters of their own.
std::vector<double> BoundaryOf(const DepthSettings& settings,
                               const DepthAnswerReader& answer,
                               const DepthTruth& truth) {
  const Box box = ScoredBox(settings, truth.depth_m.size());
  const Size size{box.col_end - box.col_begin, box.row_end - box.row_begin};
  DepthMap predicted(size, std::numeric_limits<double>::quiet_NaN());
  DepthMap scored(size, 0.0);
  ForEachScored(settings, truth, [&](int x, int y, double g) {
    const ReadDepth pixel = answer.At(x, y);
    scored.At(x - box.col_begin, y - box.row_begin) = g;
    if (!pixel.undefined) predicted.At(x - box.col_begin, y - box.row_begin) = pixel.depth;
  });
  return BoundaryF1(settings.boundary, predicted, scored);
}

bool SameClip(const std::optional<PredictionClip>& a, const std::optional<PredictionClip>& b) {
  if (!a || !b) return !a && !b;
  const auto key = [](const PredictionClip& clip) {
    return std::tuple(clip.min,
                      clip.max,
                      clip.nan_to,
                      clip.posinf_to,
                      clip.nonpositive_to,
                      clip.above_to,
                      clip.floor);
  };
  return key(*a) == key(*b);
}

// Whether two protocols give an answer the same score: they differ at most in how scores
// are put together, in names, or in how answers of another size are resized.
bool SameScore(const DepthSettings& a, const DepthSettings& b, Size answer, Size full) {
  const auto key = [](const DepthSettings& s) {
    return std::tuple(s.bounds.min,
                      s.bounds.min_strict,
                      s.bounds.max,
                      s.bounds.max_strict,
                      s.truth_mask,
                      s.crop,
                      s.crop_frame,
                      s.prediction_frame,
                      s.align.kind,
                      s.align.median,
                      s.align.max_res,
                      s.align.min_disparity,
                      s.undefined,
                      s.abs_rel_epsilon,
                      s.boundary);
  };
  const bool resized = answer != full && answer != DepthMetric(a).ShownFrame(full);
  return key(a) == key(b) && SameClip(a.clip, b.clip) && (!resized || a.resize == b.resize);
}

}  // namespace

void DepthImageSums::MoveTo(DepthScore& score) const {
  DepthAccumulator all;
  for (const DepthAccumulator& band : bands) {
    all.Add(band);
    score.bands.push_back(band.Sums());
  }
  score.all = all.Sums();
}

void CheckEnoughPixels(const DepthSettings& settings, std::int64_t pixels) {
  if (settings.empty_image == EmptyImage::kRaiseBelow && pixels < settings.empty_below) {
    throw std::domain_error("the truth has " + std::to_string(pixels) +
                            " scored pixels; the protocol needs at least " +
                            std::to_string(settings.empty_below));
  }
}

void RowTerms::StartRow() {
  for (Entry& entry : entries_) entry.epsilon = -1;
}

DepthComparison::DepthComparison(const DepthSettings& settings,
                                 const DepthValue& value,
                                 const DepthTruth& truth)
    : settings_(settings),
      truth_(truth),
      answer_((CheckTruth(settings, truth), settings), value, truth.depth_m.size()),
      scored_(settings, truth),
      ends_(settings.clip ? EndsOf(*settings.clip) : ClipEnds{}),
      worse_end_(settings.clip && settings.undefined == UndefinedPrediction::kWorseClipEnd) {
  answer_.FitOn(truth, score_);
}

void DepthComparison::AddDepth(const ReadDepth& pixel, int x, double g, RowTerms* shared) {
  const double epsilon = settings_.abs_rel_epsilon;
  score_.undefined += pixel.undefined ? 1 : 0;
  score_.clipped += pixel.clipped ? 1 : 0;
  if (pixel.undefined && worse_end_) {
    sums_.AddUndefined(TermsOf(ends_.low, g, epsilon), TermsOf(ends_.high, g, epsilon), g);
  } else if (shared != nullptr) {
    sums_.AddDefined(shared->Of(x, pixel.depth, g, epsilon), g);
  } else {
    sums_.AddDefined(TermsOf(pixel.depth, g, epsilon), g);
  }
}

void DepthComparison::AddRow(int y, RowTerms* shared) {
  const Box& box = scored_.box();
  if (y < box.row_begin || y >= box.row_end) return;
  RowTerms* const terms = settings_.align.kind == Alignment::kNone ? shared : nullptr;
  for (int x = box.col_begin; x < box.col_end; ++x) {
    if (scored_.Has(x, y)) AddDepth(answer_.At(x, y), x, truth_.depth_m.At(x, y), terms);
  }
}

DepthScore DepthComparison::Finish() {
  sums_.MoveTo(score_);
  if (settings_.boundary != DepthBoundary::kNone) {
    score_.boundary = BoundaryOf(settings_, answer_, truth_);
  }
  return std::move(score_);
}

namespace {

// The first metric that gives each one's score; itself where none before does.
std::vector<std::size_t> FirstAlike(std::span<const DepthMetric* const> metrics,
                                    Size answer,
                                    Size full) {
  std::vector<std::size_t> first(metrics.size());
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    first[i] = 0;
    while (first[i] < i &&
           (first[first[i]] != first[i] ||
            !SameScore(metrics[first[i]]->settings(), metrics[i]->settings(), answer, full))) {
      ++first[i];
    }
  }
  return first;
}

using Comparisons = std::vector<std::unique_ptr<DepthComparison>>;

// Null where the metric refuses, or another gives its score.
Comparisons StartAll(std::span<const DepthMetric* const> metrics,
                     const std::vector<std::size_t>& first,
                     const DepthValue& value,
                     const DepthTruth& truth,
                     std::vector<DepthMetric::Compared>& results) {
  Comparisons comparisons(metrics.size());
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (first[i] != i) continue;
    try {
      comparisons[i] = std::make_unique<DepthComparison>(metrics[i]->settings(), value, truth);
    } catch (...) {
      results[i].error = std::current_exception();
    }
  }
  return comparisons;
}

}  // namespace

std::vector<DepthMetric::Compared> DepthMetric::CompareTogether(
    std::span<const DepthMetric* const> metrics, const Value& value, const Truth& truth) {
  const Size full = truth.depth_m.size();
  std::vector<Compared> results(metrics.size());
  const std::vector<std::size_t> first = FirstAlike(metrics, value.map.size(), full);
  const Comparisons comparisons = StartAll(metrics, first, value, truth, results);
  RowTerms shared(full.width);
  for (int y = 0; y < full.height; ++y) {
    shared.StartRow();
    for (const auto& comparison : comparisons) {
      if (comparison) comparison->AddRow(y, &shared);
    }
  }
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (comparisons[i]) results[i].score = comparisons[i]->Finish();
    if (first[i] != i) results[i] = results[first[i]];
  }
  // What one of those that are alike may refuse, another may not.
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (results[i].error) continue;
    try {
      CheckEnoughPixels(metrics[i]->settings(), results[i].score.all.pixels);
    } catch (...) {
      results[i].error = std::current_exception();
    }
  }
  return results;
}

}  // namespace assay
