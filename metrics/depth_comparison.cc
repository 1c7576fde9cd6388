#include "metrics/depth_comparison.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace assay {
namespace {

// The depths of a band, both ends in it.
double LeastOf(std::size_t band) {
  constexpr auto& kEdges = DepthMetric::kBandEdges;
  return band == 0 ? std::numeric_limits<double>::denorm_min() : kEdges[band - 1];
}
double MostOf(std::size_t band) {
  static const std::array<double, kDepthBands> kMost = [] {
    std::array<double, kDepthBands> most{};
    std::transform(DepthMetric::kBandEdges.begin(),
                   DepthMetric::kBandEdges.end(),
                   most.begin(),
                   [](double edge) { return std::nextafter(edge, 0); });
    most.back() = std::numeric_limits<double>::max();
    return most;
  }();
  return kMost[band];
}

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
                      s.sq_rel_over,
                      s.boundary);
  };
  const bool resized = answer != full && answer != DepthMetric(a).ShownFrame(full);
  return key(a) == key(b) && a.crop_box == b.crop_box && a.view == b.view &&
         SameClip(a.clip, b.clip) && (!resized || a.resize == b.resize);
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

void TruthStrip::MoveTo(const DepthMap& truth, const StripPlace& to) {
  place = to;
  depth = StripOf(truth, to);
  bands.clear();
  measured = Within(depth, LeastOf(0), MostOf(kDepthBands - 1));
  least = std::numeric_limits<double>::max();
  most = 0;
  PixelSet left = measured;
  while (left != 0) {
    const std::size_t band = DepthBandOf(depth[static_cast<std::size_t>(std::countr_zero(left))]);
    const PixelSet pixels = left & Within(depth, LeastOf(band), MostOf(band));
    bands.push_back({band, pixels});
    least = std::min(least, LeastOf(band));
    most = std::max(most, MostOf(band));
    left &= ~pixels;
  }
}

void StripSums::Serve(const ClipEnds& ends) {
  narrowest_ = {std::max(narrowest_.low, ends.low), std::min(narrowest_.high, ends.high)};
}

PixelSet StripSums::Plain(std::span<const double> prediction, const ClipEnds& ends) {
  const PixelSet all = PixelsBetween(0, static_cast<int>(prediction.size()));
  if (!narrow_) narrow_ = Within(prediction, narrowest_.low, narrowest_.high);
  return *narrow_ == all || ends == narrowest_ ? *narrow_ : Within(prediction, ends.low, ends.high);
}

std::span<const DepthPart> StripSums::Of(PixelSet set,
                                         std::span<const double> prediction,
                                         const TruthStrip& truth) {
  const std::size_t bands = truth.bands.size();
  const auto known = std::find(sets_.begin(), sets_.end(), set);
  const auto place = static_cast<std::size_t>(known - sets_.begin());
  if (known == sets_.end()) {
    if (!has_terms_) terms_.Set(prediction, truth.depth, truth.measured, formulas_);
    has_terms_ = true;
    sets_.push_back(set);
    for (const TruthStrip::Band& band : truth.bands) {
      parts_.push_back(terms_.Sum(set & band.pixels));
    }
  }
  return std::span(parts_).subspan(place * bands, bands);
}

DepthComparison::DepthComparison(const DepthSettings& settings,
                                 const DepthValue& value,
                                 const DepthTruth& truth,
                                 FitPairs& pairs)
    : settings_(settings),
      truth_(truth),
      answer_((CheckTruth(settings, truth), settings), value, truth.depth_m.size()),
      scored_(settings, truth),
      ends_(settings.clip ? EndsOf(*settings.clip) : ClipEnds{}),
      worse_end_(settings.clip && settings.undefined == UndefinedPrediction::kWorseClipEnd) {
  answer_.FitOn(truth, scored_, pairs, score_);
}

void DepthComparison::AddParts(std::span<const DepthPart> parts, const TruthStrip& strip) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].pixels != 0) sums_.bands[strip.bands[i].band].Add(parts[i]);
  }
}

void DepthComparison::AddOthers(PixelSet others, const TruthStrip& strip) {
  const DepthFormulas formulas = FormulasOf(settings_);
  StripValues depths{};
  PixelSet defined = 0;
  ForEachPixel(others, [&](std::size_t i) {
    const ReadDepth pixel = answer_.At(strip.place.x + static_cast<int>(i), strip.place.y);
    const double g = strip.depth[i];
    score_.undefined += pixel.undefined ? 1 : 0;
    score_.clipped += pixel.clipped ? 1 : 0;
    if (pixel.undefined && worse_end_) {
      sums_.bands[DepthBandOf(g)].AddUndefined(PartOf(ends_.low, g, formulas),
                                               PartOf(ends_.high, g, formulas));
    } else if (!pixel.dropped) {
      depths[i] = pixel.depth;
      defined |= kStripPixelSets[i];
    }
  });
  if (defined == 0) return;
  StripSums sums = MakeSums();
  AddParts(sums.Of(defined, std::span(depths).first(strip.depth.size()), strip), strip);
}

void DepthComparison::AddStrip(const TruthStrip& strip, StripSums& sums) {
  const PixelSet scored = scored_.In(strip.place, strip.measured, strip.least, strip.most);
  if (scored == 0) return;
  StripValues buffer;
  const AnswerStrip answer = answer_.Strip(strip.place, buffer);
  const PixelSet plain = scored & answer.defined & sums.Plain(answer.depth, answer_.plain_ends());
  if (plain != 0) AddParts(sums.Of(plain, answer.depth, strip), strip);
  if (plain != scored) AddOthers(scored & ~plain, strip);
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

// Comparisons that share the sums of a strip.
struct Group {
  std::vector<DepthComparison*> members;
  StripSums sums;
};

using Comparisons = std::vector<std::unique_ptr<DepthComparison>>;

// Null where the metric refuses, or another gives its score.
Comparisons StartAll(std::span<const DepthMetric* const> metrics,
                     const std::vector<std::size_t>& first,
                     const DepthValue& value,
                     const DepthTruth& truth,
                     std::vector<DepthMetric::Compared>& results) {
  Comparisons comparisons(metrics.size());
  FitPairs pairs;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (first[i] != i) continue;
    try {
      comparisons[i] =
          std::make_unique<DepthComparison>(metrics[i]->settings(), value, truth, pairs);
    } catch (...) {
      results[i].error = std::current_exception();
    }
  }
  return comparisons;
}

std::vector<Group> GroupsOf(const Comparisons& comparisons) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    if (!comparisons[i]) continue;
    const auto alike = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      return group.members.front()->SharesSumsWith(*comparisons[i]);
    });
    if (alike != groups.end()) {
      alike->members.push_back(comparisons[i].get());
      comparisons[i]->ShareSums(alike->sums);
    } else {
      groups.push_back({{comparisons[i].get()}, comparisons[i]->MakeSums()});
    }
  }
  return groups;
}

void AddStrips(std::vector<Group>& groups, const DepthMap& truth) {
  TruthStrip strip;
  ForEachStrip(WholeImage(truth.size()), truth.width(), [&](const StripPlace& place) {
    strip.MoveTo(truth, place);
    for (Group& group : groups) {
      group.sums.Start();
      for (DepthComparison* member : group.members) member->AddStrip(strip, group.sums);
    }
  });
}

}  // namespace

std::vector<DepthMetric::Compared> DepthMetric::CompareTogether(
    std::span<const DepthMetric* const> metrics, const Value& value, const Truth& truth) {
  std::vector<Compared> results(metrics.size());
  const std::vector<std::size_t> first =
      FirstAlike(metrics, value.map.size(), truth.depth_m.size());
  const Comparisons comparisons = StartAll(metrics, first, value, truth, results);
  std::vector<Group> groups = GroupsOf(comparisons);
  AddStrips(groups, truth.depth_m);
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
