#include "metrics/instances.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>

#include "metrics/assignment.h"
#include "metrics/instances_formulas.h"
#include "metrics/mask_overlap.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void CheckSettings(const InstancesSettings& settings) {
  double below = 0;
  for (const double tau : settings.taus) {
    if (!(tau > below && tau <= 1)) {
      throw std::invalid_argument("InstancesMetric: the IoU thresholds do not ascend in (0, 1]");
    }
    below = tau;
  }
  if (!(settings.box_epsilon >= 0) || !(settings.image_epsilon >= 0)) {
    throw std::invalid_argument("InstancesMetric: an epsilon is negative or NaN");
  }
  if (std::isnan(settings.min_score)) {
    throw std::invalid_argument("InstancesMetric: the score threshold is NaN");
  }
}

bool IsExhaustive(const Annotation* annotation) { return annotation->exhaustive; }

bool Lists(const Annotation& annotation, std::int64_t category) {
  const auto& categories = annotation.categories;
  return std::find(categories.begin(), categories.end(), category) != categories.end();
}

bool Counts(const Annotation& annotation, const TrueInstance& instance) {
  return !instance.crowd && Lists(annotation, instance.category);
}

std::int64_t CountTruths(const Annotation& annotation) {
  return std::count_if(annotation.instances.begin(),
                       annotation.instances.end(),
                       [&](const TrueInstance& instance) { return Counts(annotation, instance); });
}

const BoxXywh& BoxOf(const std::optional<BoxXywh>& box) {
  if (!box) throw std::invalid_argument("InstancesMetric: an instance has no box");
  return *box;
}

std::vector<double> BoxIous(const std::vector<const Instance*>& detections,
                            const std::vector<const TrueInstance*>& truths) {
  std::vector<double> ious;
  for (const Instance* detection : detections) {
    for (const TrueInstance* truth : truths) {
      ious.push_back(BoxIou(BoxOf(detection->box_xywh), BoxOf(truth->box_xywh)));
    }
  }
  return ious;
}

template <class T>
std::vector<const RunLengthMask*> MasksOf(const std::vector<const T*>& instances) {
  std::vector<const RunLengthMask*> masks;
  masks.reserve(instances.size());
  for (const T* instance : instances) masks.push_back(&instance->mask);
  return masks;
}

// Instances that reach the score threshold, against the objects of every annotator side
// by side: what a comparison has to know of a mask is then found out once.
struct Overlaps {
  std::vector<const Instance*> detections;
  std::size_t truths = 0;    // of all annotators, one after the other
  std::vector<double> ious;  // detections x truths
};

std::vector<const Instance*> Candidates(const InstanceSet& value, double min_score) {
  std::vector<const Instance*> candidates;
  for (const Instance& instance : value.instances) {
    if (std::isnan(instance.score)) {
      throw std::invalid_argument("InstancesMetric: the score of an instance is NaN");
    }
    if (instance.score >= min_score) candidates.push_back(&instance);
  }
  return candidates;
}

Overlaps OverlapAll(const InstanceSet& value,
                    const std::vector<const Annotation*>& annotators,
                    const InstancesSettings& settings) {
  Overlaps overlaps{Candidates(value, settings.min_score), 0, {}};
  std::vector<const TrueInstance*> truths;
  for (const Annotation* annotation : annotators) {
    for (const TrueInstance& instance : annotation->instances) {
      if (Counts(*annotation, instance)) truths.push_back(&instance);
    }
  }
  overlaps.truths = truths.size();
  overlaps.ious = settings.overlap == InstanceOverlap::kBox
                      ? BoxIous(overlaps.detections, truths)
                      : MaskIous(MasksOf(overlaps.detections), MasksOf(truths));
  return overlaps;
}

// One annotator's part, whose objects begin at column `first`.
InstancesScore::Counts CountHits(const Annotation& annotation,
                                 const Overlaps& overlaps,
                                 std::size_t first,
                                 const std::array<double, kInstanceTaus>& taus) {
  InstancesScore::Counts counts;
  counts.truths = CountTruths(annotation);
  const auto columns = static_cast<std::size_t>(counts.truths);
  std::vector<double> ious;
  for (std::size_t d = 0; d < overlaps.detections.size(); ++d) {
    if (!Lists(annotation, overlaps.detections[d]->category)) {
      ++counts.foreign;
      continue;
    }
    ++counts.predictions;
    const auto row = std::span(overlaps.ious).subspan(d * overlaps.truths + first, columns);
    ious.insert(ious.end(), row.begin(), row.end());
  }
  const auto rows = static_cast<std::size_t>(counts.predictions);
  for (const AssignedPair& pair : BestAssignment(ious, rows, columns)) {
    const double iou = ious[pair.row * columns + pair.column];
    for (std::size_t t = 0; t < kInstanceTaus; ++t) counts.hits[t] += iou >= taus[t] ? 1 : 0;
  }
  return counts;
}

}  // namespace

InstancesMetric::InstancesMetric(InstancesSettings settings) : settings_(settings) {
  CheckSettings(settings_);
  if (settings_.formula == InstanceFormula::kPaper) {
    settings_.box_epsilon = settings_.image_epsilon = 0;
  }
}

std::vector<const Annotation*> InstancesMetric::Used(const Truth& truth) const {
  std::vector<const Annotation*> used;
  if (settings_.annotators == InstanceAnnotators::kOracle) {
    used.reserve(truth.annotators.size());
    for (const Annotation& annotation : truth.annotators) used.push_back(&annotation);
  } else {
    const auto index = static_cast<std::size_t>(settings_.annotators) -
                       static_cast<std::size_t>(InstanceAnnotators::kA);
    if (index < truth.annotators.size()) used.push_back(&truth.annotators[index]);
  }
  if (used.empty()) throw std::invalid_argument("InstancesMetric: the truth lacks an annotator");
  return used;
}

bool InstancesMetric::Evaluates(const Truth& truth) const {
  const auto used = Used(truth);
  return std::all_of(used.begin(), used.end(), IsExhaustive);
}

InstancesScore InstancesMetric::Compare(const Value& value, const Truth& truth) const {
  Score score;
  const std::vector<const Annotation*> annotators = Used(truth);
  if (!std::all_of(annotators.begin(), annotators.end(), IsExhaustive)) return score;
  score.annotators.reserve(annotators.size());
  const Overlaps overlaps = OverlapAll(value, annotators, settings_);
  std::size_t first = 0;
  for (const Annotation* annotation : annotators) {
    score.annotators.push_back(CountHits(*annotation, overlaps, first, settings_.taus));
    first += static_cast<std::size_t>(score.annotators.back().truths);
  }
  return score;
}

double InstancesMetric::MeanLocalF1(const Score::Counts& counts) const {
  std::array<double, kInstanceTaus> f1{};
  for (std::size_t t = 0; t < kInstanceTaus; ++t) {
    const std::int64_t tp = counts.hits[t];
    f1[t] = MatchF1(tp, counts.predictions - tp, counts.truths - tp, settings_);
  }
  return MeanOverTaus(f1);
}

std::size_t InstancesMetric::Selected(const Score& score) const {
  if (score.annotators.empty()) {
    throw std::invalid_argument("InstancesMetric: the pair is not scored");
  }
  const auto is_true_negative = [&](std::size_t k) {
    return score.annotators[k].truths == 0 && score.annotators[k].predictions == 0;
  };
  std::size_t best = 0;
  for (std::size_t k = 1; k < score.annotators.size(); ++k) {
    const bool better = is_true_negative(k) ||
                        (!is_true_negative(best) &&
                         MeanLocalF1(score.annotators[k]) > MeanLocalF1(score.annotators[best]));
    if (better) best = k;
  }
  return best;
}

double InstancesMetric::PairF1(const Score& score) const {
  double best = kNan;
  for (const Score::Counts& counts : score.annotators) {
    if (counts.truths == 0 && counts.predictions == 0) continue;
    best = std::fmax(best, MeanLocalF1(counts));  // ignores NaN
  }
  return best;
}

void InstancesMetric::Add(const Score& score, State& state) const {
  if (score.annotators.empty()) {
    ++state.not_scored;
    return;
  }
  ++state.samples;
  const Score::Counts& counts = score.annotators[Selected(score)];
  const bool positive = counts.truths > 0;
  const bool answered = counts.predictions > 0;
  ++(positive ? (answered ? state.image_tp : state.image_fn)
              : (answered ? state.image_fp : state.image_tn));
  state.answered_positives += positive && answered ? 1 : 0;
  state.foreign += counts.foreign;
  for (std::size_t t = 0; t < kInstanceTaus; ++t) {
    const std::int64_t tp = counts.hits[t];
    const std::int64_t fp = counts.predictions - tp;
    const std::int64_t fn = counts.truths - tp;
    state.tp[t] += tp;
    state.fp[t] += fp;
    state.fn[t] += fn;
    if (!positive) continue;
    state.positive_fp[t] += fp;
    state.local_f1[t].Add(MatchF1(tp, fp, fn, settings_));
  }
}

InstancesScore InstancesMetric::Worst(const Truth& truth) const {
  Score score = Best(truth);
  for (Score::Counts& counts : score.annotators) {
    counts.predictions = counts.truths == 0 ? 1 : 0;
    counts.hits.fill(0);
  }
  return score;
}

// Set rather than counted: an instance drawn without a pixel matches nothing, not
// even itself, and a bound must not be too low.
InstancesScore InstancesMetric::Best(const Truth& truth) const {
  Score score;
  if (!Evaluates(truth)) return score;
  std::int64_t most = 0;
  for (const Annotation* annotation : Used(truth)) most = std::max(most, CountTruths(*annotation));
  Score::Counts counts{.truths = most, .predictions = most};
  counts.hits.fill(most);
  score.annotators = {counts};
  return score;
}

}  // namespace assay
