#include "metrics/semantic.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "metrics/boundary.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Sums over the confusion matrix, by class id.
class Confusion {
 public:
  Confusion(const LabelSpace& space, const std::vector<std::int64_t>& counts)
      : space_(space), counts_(counts) {}

  std::int64_t At(std::size_t truth, std::size_t prediction) const {
    return counts_[truth * space_.classes.size() + prediction];
  }
  std::int64_t Row(std::size_t truth) const {
    const auto row = counts_.begin() + static_cast<std::ptrdiff_t>(truth * space_.classes.size());
    return std::accumulate(
        row, row + static_cast<std::ptrdiff_t>(space_.classes.size()), std::int64_t{0});
  }
  // Evaluated truth of other classes, predicted as l.
  std::int64_t ClassFalsePositives(std::size_t l) const {
    std::int64_t sum = 0;
    for (const LabelClass& truth : space_.classes) {
      if (truth.evaluated && truth.id != l) sum += At(truth.id, l);
    }
    return sum;
  }
  // Evaluated truth outside the category, predicted as a class of it; `every` adds
  // the classes that are not evaluated.
  std::int64_t CategoryFalsePositives(std::size_t category, bool every) const {
    std::int64_t sum = 0;
    for (const LabelClass& truth : space_.classes) {
      if (!truth.evaluated || truth.category == category) continue;
      for (const LabelClass& answer : space_.classes) {
        if (answer.category == category && (every || answer.evaluated)) {
          sum += At(truth.id, answer.id);
        }
      }
    }
    return sum;
  }

 private:
  const LabelSpace& space_;
  const std::vector<std::int64_t>& counts_;
};

double Ratio(double hits, double misses, std::int64_t false_positives) {
  const double all = hits + static_cast<double>(false_positives) + misses;
  return all == 0 ? kNan : hits / all;
}

double ClassIou(const Confusion& confusion, std::size_t l) {
  const std::int64_t hits = confusion.At(l, l);
  return Ratio(static_cast<double>(hits),
               static_cast<double>(confusion.Row(l) - hits),
               confusion.ClassFalsePositives(l));
}

double CategoryIou(const LabelSpace& space, const Confusion& confusion, std::size_t category) {
  std::int64_t hits = 0;
  std::int64_t pixels = 0;
  for (const LabelClass& truth : space.classes) {
    if (!truth.evaluated || truth.category != category) continue;
    pixels += confusion.Row(truth.id);
    for (const LabelClass& answer : space.classes) {
      if (answer.evaluated && answer.category == category) {
        hits += confusion.At(truth.id, answer.id);
      }
    }
  }
  return Ratio(static_cast<double>(hits),
               static_cast<double>(pixels - hits),
               confusion.CategoryFalsePositives(category, false));
}

// Instance scores exist for categories in which every class has instances.
bool HasInstances(const LabelSpace& space, std::size_t category) {
  bool any = false;
  for (const LabelClass& entry : space.classes) {
    if (entry.category != category) continue;
    if (!entry.has_instances) return false;
    any = true;
  }
  return any;
}

double MeanOfDefined(const std::vector<double>& scores) {
  double sum = 0;
  std::size_t defined = 0;
  for (const double score : scores) {
    if (std::isnan(score)) continue;
    sum += score;
    ++defined;
  }
  return defined == 0 ? kNan : sum / static_cast<double>(defined);
}

int CountDefined(const std::vector<double>& scores) {
  int defined = 0;
  for (const double score : scores) defined += std::isnan(score) ? 0 : 1;
  return defined;
}

// What the evaluators with class scores only count, per class.
struct ClassAreas {
  std::int64_t hits = 0, truth = 0, predicted = 0;
};

// `unanswered`: truth pixels of l in samples without an answer; they are no pixels whose
// answer is not evaluated.
ClassAreas AreasOf(const LabelSpace& space,
                   SemanticPolicy policy,
                   const Confusion& confusion,
                   std::size_t l,
                   std::int64_t unanswered) {
  ClassAreas areas{.hits = confusion.At(l, l),
                   .truth = confusion.Row(l),
                   .predicted = confusion.At(l, l) + confusion.ClassFalsePositives(l)};
  if (policy == SemanticPolicy::kDetectron2) {
    for (const LabelClass& answer : space.classes) {
      if (!answer.evaluated) areas.truth -= confusion.At(l, answer.id);
    }
    areas.truth += unanswered;
  }
  return areas;
}

SemanticMetric::Result FinishByAreas(const LabelSpace& space,
                                     SemanticPolicy policy,
                                     const SemanticMetric::State& state) {
  const Confusion confusion(space, state.confusion);
  SemanticMetric::Result result{};
  result.confusion = state.confusion;
  result.class_iiou.resize(space.classes.size(), kNan);
  result.category_iou.resize(space.categories.size(), kNan);
  result.category_iiou.resize(space.categories.size(), kNan);
  std::vector<double> accuracies;
  double weighted = 0;
  ClassAreas all;
  for (const LabelClass& entry : space.classes) {
    const ClassAreas areas =
        entry.evaluated ? AreasOf(space, policy, confusion, entry.id, state.unanswered[entry.id])
                        : ClassAreas{};
    const std::int64_t either = areas.truth + areas.predicted - areas.hits;
    const bool scored = either > 0 && (policy != SemanticPolicy::kDetectron2 || areas.truth > 0);
    const auto hits = static_cast<double>(areas.hits);
    result.class_iou.push_back(scored ? hits / static_cast<double>(either) : kNan);
    if (areas.truth > 0) accuracies.push_back(hits / static_cast<double>(areas.truth));
    if (scored) weighted += result.class_iou.back() * static_cast<double>(areas.truth);
    all.hits += areas.hits;
    all.truth += areas.truth;
  }
  const auto pixels = static_cast<double>(all.truth);
  result.mean_iou = MeanOfDefined(result.class_iou);
  result.mean_iiou = result.mean_category_iou = result.mean_category_iiou = kNan;
  result.classes_averaged = CountDefined(result.class_iou);
  result.mean_accuracy = MeanOfDefined(accuracies);
  result.pixel_accuracy = all.truth > 0 ? static_cast<double>(all.hits) / pixels : kNan;
  result.frequency_weighted_iou =
      policy == SemanticPolicy::kDetectron2 && all.truth > 0 ? weighted / pixels : kNan;
  return result;
}

}  // namespace

SemanticMetric::SemanticMetric(const LabelSpace& space, const SemanticSettings& settings)
    : space_(&space), settings_(settings) {
  if (settings.boundary_ratio != 0 && !IsBoundaryRatio(settings.boundary_ratio)) {
    throw std::invalid_argument("semantic: boundary_ratio is not in [0, 1]");
  }
}

SemanticMetric::State SemanticMetric::Start() const {
  const std::size_t classes = space_->classes.size();
  const std::size_t categories = space_->categories.size();
  State state;
  state.confusion.resize(classes * classes);
  state.unanswered.resize(classes);
  state.class_hits.resize(classes);
  state.class_misses.resize(classes);
  state.category_hits.resize(categories);
  state.category_misses.resize(categories);
  state.boundary_intersection.resize(classes);
  state.boundary_united.resize(classes);
  return state;
}

void SemanticMetric::Add(const Score& score, State& state) const {
  ++state.samples;
  for (const Score::Cell& cell : score.cells) {
    state.confusion[cell.truth * space_->classes.size() + cell.prediction] += cell.pixels;
    if (score.worst) state.unanswered[cell.truth] += cell.pixels;
  }
  for (const Score::Instance& object : score.instances) {
    const LabelClass& entry = space_->classes[object.class_id];
    const double weight = entry.average_instance_pixels / static_cast<double>(object.pixels);
    const auto add = [&](std::int64_t hits, CompensatedSum& hit_sum, CompensatedSum& miss_sum) {
      hit_sum.Add(weight * static_cast<double>(hits));
      miss_sum.Add(weight * static_cast<double>(object.pixels - hits));
    };
    add(object.class_hits, state.class_hits[entry.id], state.class_misses[entry.id]);
    add(object.category_hits,
        state.category_hits[entry.category],
        state.category_misses[entry.category]);
  }
  for (const Score::Boundary& boundary : score.boundaries) {
    state.boundary_intersection[boundary.class_id] += boundary.intersection;
    state.boundary_united[boundary.class_id] += boundary.united;
  }
}

SemanticMetric::Result SemanticMetric::Finish(const State& state) const {
  Result result = settings_.policy == SemanticPolicy::kOfficial
                      ? FinishOfficial(state)
                      : FinishByAreas(*space_, settings_.policy, state);
  FinishBoundaries(state, result);
  return result;
}

void SemanticMetric::FinishBoundaries(const State& state, Result& result) const {
  result.class_boundary_iou.resize(space_->classes.size(), kNan);
  for (std::size_t l = 0; l < space_->classes.size() && settings_.boundary_ratio > 0; ++l) {
    if (std::isnan(result.class_iou[l])) continue;
    const std::int64_t united = state.boundary_united[l];
    const auto intersection = static_cast<double>(state.boundary_intersection[l]);
    result.class_boundary_iou[l] = united == 0 ? 0 : intersection / static_cast<double>(united);
  }
  result.mean_boundary_iou = MeanOfDefined(result.class_boundary_iou);
}

SemanticMetric::Result SemanticMetric::FinishOfficial(const State& state) const {
  const Confusion confusion(*space_, state.confusion);
  Result result{};
  result.confusion = state.confusion;
  for (const LabelClass& entry : space_->classes) {
    const std::size_t l = entry.id;
    result.class_iou.push_back(entry.evaluated ? ClassIou(confusion, l) : kNan);
    result.class_iiou.push_back(entry.evaluated && entry.has_instances
                                    ? Ratio(state.class_hits[l].Value(),
                                            state.class_misses[l].Value(),
                                            confusion.ClassFalsePositives(l))
                                    : kNan);
  }
  for (std::size_t c = 0; c < space_->categories.size(); ++c) {
    result.category_iou.push_back(CategoryIou(*space_, confusion, c));
    result.category_iiou.push_back(HasInstances(*space_, c)
                                       ? Ratio(state.category_hits[c].Value(),
                                               state.category_misses[c].Value(),
                                               confusion.CategoryFalsePositives(c, true))
                                       : kNan);
  }
  result.mean_iou = MeanOfDefined(result.class_iou);
  result.mean_iiou = MeanOfDefined(result.class_iiou);
  result.mean_category_iou = MeanOfDefined(result.category_iou);
  result.mean_category_iiou = MeanOfDefined(result.category_iiou);
  result.classes_averaged = CountDefined(result.class_iou);
  result.mean_accuracy = result.pixel_accuracy = result.frequency_weighted_iou = kNan;
  return result;
}

// What a policy leaves out of answers it must not leave out where there is none.
SemanticScore SemanticMetric::Worst(const Truth& truth) const {
  const LabelMap nothing(truth.labels.size(), 0);
  Score score = Compare(nothing, truth);
  score.worst = true;
  if (settings_.boundary_ratio > 0) {
    score.boundaries = CompareBoundaries(nothing, truth.labels, SemanticPolicy::kOfficial);
  }
  return score;
}

// Hits are set rather than counted: where an instance image disagrees with the
// labels no answer is right for both, and a bound must not be too low.
SemanticScore SemanticMetric::Best(const Truth& truth) const {
  Score score = Compare(truth.labels, truth);
  for (Score::Instance& object : score.instances) {
    object.class_hits = object.category_hits = object.pixels;
  }
  return score;
}

}  // namespace assay
