#include "tests/support/naive_semantic.h"

#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <set>

namespace assay::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Counts pixels of every sample for which test(truth id, predicted id) holds.
using PairTest = std::function<bool(std::size_t, std::size_t)>;

struct Evaluation {
  const LabelSpace& space;
  const std::vector<SemanticPair>& samples;

  double Count(const PairTest& test) const {
    double count = 0;
    for (const auto& [prediction, truth] : samples) {
      for (std::size_t i = 0; i < prediction.Pixels().size(); ++i) {
        count += test(truth.labels.Pixels()[i], prediction.Pixels()[i]) ? 1 : 0;
      }
    }
    return count;
  }
  bool Evaluated(std::size_t id) const { return space.classes[id].evaluated; }
  bool In(std::size_t id, std::size_t category) const {
    return space.classes[id].category == category;
  }
};

struct Weighted {
  double hits = 0, misses = 0;
};

// Objects whose class passes `counts_for`, hit by predictions that pass
// `hit_by(class, prediction)`.
Weighted WeighInstances(const Evaluation& eval,
                        const std::function<bool(std::size_t)>& counts_for,
                        const PairTest& hit_by) {
  Weighted sums;
  for (const auto& [prediction, truth] : eval.samples) {
    const auto values = truth.instances.Pixels();
    for (const std::uint16_t value : std::set<std::uint16_t>(values.begin(), values.end())) {
      const std::size_t id = value / 1000U;
      if (value <= 1000 || !eval.Evaluated(id) || !counts_for(id)) continue;
      double pixels = 0, hits = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] != value) continue;
        ++pixels;
        hits += hit_by(id, prediction.Pixels()[i]) ? 1 : 0;
      }
      const double weight = eval.space.classes[id].average_instance_pixels / pixels;
      sums.hits += weight * hits;
      sums.misses += weight * (pixels - hits);
    }
  }
  return sums;
}

double Score(double tp, double fn, double fp) {
  return tp + fp + fn == 0 ? kNan : tp / (tp + fp + fn);
}

double ClassFp(const Evaluation& eval, std::size_t l) {
  return eval.Count(
      [&](std::size_t g, std::size_t p) { return eval.Evaluated(g) && g != l && p == l; });
}

double ClassIou(const Evaluation& eval, std::size_t l) {
  if (!eval.Evaluated(l)) return kNan;
  const double tp = eval.Count([&](std::size_t g, std::size_t p) { return g == l && p == l; });
  const double fn = eval.Count([&](std::size_t g, std::size_t p) { return g == l && p != l; });
  return Score(tp, fn, ClassFp(eval, l));
}

double ClassIiou(const Evaluation& eval, std::size_t l) {
  if (!eval.Evaluated(l) || !eval.space.classes[l].has_instances) return kNan;
  const Weighted sums = WeighInstances(
      eval,
      [&](std::size_t id) { return id == l; },
      [](std::size_t id, std::size_t p) { return id == p; });
  return Score(sums.hits, sums.misses, ClassFp(eval, l));
}

double CategoryIou(const Evaluation& eval, std::size_t c) {
  const auto in_l = [&](std::size_t id) { return eval.Evaluated(id) && eval.In(id, c); };
  const double tp = eval.Count([&](std::size_t g, std::size_t p) { return in_l(g) && in_l(p); });
  const double fn = eval.Count([&](std::size_t g, std::size_t p) { return in_l(g) && !in_l(p); });
  const double fp = eval.Count(
      [&](std::size_t g, std::size_t p) { return eval.Evaluated(g) && !eval.In(g, c) && in_l(p); });
  return Score(tp, fn, fp);
}

double CategoryIiou(const Evaluation& eval, std::size_t c) {
  for (const LabelClass& entry : eval.space.classes) {
    if (entry.category == c && !entry.has_instances) return kNan;
  }
  const Weighted sums = WeighInstances(
      eval,
      [&](std::size_t id) { return eval.In(id, c); },
      [&](std::size_t, std::size_t p) { return eval.In(p, c); });
  const double fp = eval.Count([&](std::size_t g, std::size_t p) {
    return eval.Evaluated(g) && !eval.In(g, c) && eval.In(p, c);
  });
  return Score(sums.hits, sums.misses, fp);
}

double NanMean(const std::vector<double>& values, int* count = nullptr) {
  double sum = 0;
  int n = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++n;
  }
  if (count != nullptr) *count = n;
  return n == 0 ? kNan : sum / n;
}

}  // namespace

SemanticMetric::Result NaiveSemantic(const LabelSpace& space,
                                     const std::vector<SemanticPair>& samples) {
  const Evaluation eval{space, samples};
  SemanticMetric::Result result{};
  for (std::size_t g = 0; g < space.classes.size(); ++g) {
    result.class_iou.push_back(ClassIou(eval, g));
    result.class_iiou.push_back(ClassIiou(eval, g));
    for (std::size_t p = 0; p < space.classes.size(); ++p) {
      const double count =
          eval.Count([&](std::size_t t, std::size_t q) { return t == g && q == p; });
      result.confusion.push_back(static_cast<std::int64_t>(count));
    }
  }
  for (std::size_t c = 0; c < space.categories.size(); ++c) {
    result.category_iou.push_back(CategoryIou(eval, c));
    result.category_iiou.push_back(CategoryIiou(eval, c));
  }
  result.mean_iou = NanMean(result.class_iou, &result.classes_averaged);
  result.mean_iiou = NanMean(result.class_iiou);
  result.mean_category_iou = NanMean(result.category_iou);
  result.mean_category_iiou = NanMean(result.category_iiou);
  return result;
}

}  // namespace assay::test
