#include "tests/support/naive_instances.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "tests/support/naive_assignment.h"
#include "tests/support/naive_masks.h"

namespace assay::test {
namespace {

// One pair against one annotator.
struct Outcome {
  double truths = 0;
  double answers = 0;
  std::vector<std::vector<double>> matched = {{}};  // by every best assignment
};

double Divide(double part, double whole) { return whole == 0 ? 0 : part / whole; }

class Evaluation {
 public:
  explicit Evaluation(const InstancesSettings& settings) : settings_(settings) {
    paper_ = settings.formula == InstanceFormula::kPaper;
    box_ = paper_ ? 0 : settings.box_epsilon;
    image_ = paper_ ? 0 : settings.image_epsilon;
  }

  std::vector<Annotation> Used(const InstancesTruth& truth) const {
    switch (settings_.annotators) {
      case InstanceAnnotators::kOracle:
        return truth.annotators;
      case InstanceAnnotators::kA:
        return {truth.annotators.at(0)};
      case InstanceAnnotators::kB:
        return {truth.annotators.at(1)};
      case InstanceAnnotators::kC:
        return {truth.annotators.at(2)};
    }
    return {};
  }

  Outcome Match(const InstanceSet& value, const Annotation& annotation) const {
    const auto listed = [&](std::int64_t category) {
      return std::count(annotation.categories.begin(), annotation.categories.end(), category) > 0;
    };
    std::vector<Instance> answers;
    for (const Instance& answer : value.instances) {
      if (answer.score >= settings_.min_score && listed(answer.category)) answers.push_back(answer);
    }
    std::vector<TrueInstance> truths;
    for (const TrueInstance& truth : annotation.instances) {
      if (!truth.crowd && listed(truth.category)) truths.push_back(truth);
    }
    std::vector<double> ious;
    for (const Instance& answer : answers) {
      for (const TrueInstance& truth : truths) ious.push_back(Iou(answer, truth));
    }
    Outcome outcome{static_cast<double>(truths.size()), static_cast<double>(answers.size())};
    outcome.matched = NaiveBestAssignment(ious, answers.size(), truths.size()).matched;
    return outcome;
  }

  double Tp(const Outcome& o, double tau) const {
    const auto& ious = o.matched.front();
    return static_cast<double>(
        std::count_if(ious.begin(), ious.end(), [&](double iou) { return iou >= tau; }));
  }

  double F1(double tp, double fp, double fn) const {
    if (paper_) return Divide(2 * tp, 2 * tp + fp + fn);
    const double p = tp / (tp + fp + box_);
    const double r = tp / (tp + fn + box_);
    return 2 * p * r / (p + r + box_);
  }

  // Nothing where neither truth nor answer has an instance.
  std::optional<double> MeanF1(const Outcome& o) const {
    if (o.truths == 0 && o.answers == 0) return std::nullopt;
    double sum = 0;
    for (const double tau : settings_.taus) {
      const double tp = Tp(o, tau);
      sum += F1(tp, o.answers - tp, o.truths - tp);
    }
    return sum / 10;
  }

  Outcome Select(const std::vector<Outcome>& outcomes) const {
    Outcome best = outcomes.front();
    for (const Outcome& current : outcomes) {
      const auto ours = MeanF1(best);
      const auto theirs = MeanF1(current);
      if (!theirs || (ours && *theirs > *ours)) best = current;
    }
    return best;
  }

  std::map<std::string, double> Accumulate(const std::vector<Outcome>& outcomes) const;

 private:
  double Iou(const Instance& answer, const TrueInstance& truth) const {
    return settings_.overlap == InstanceOverlap::kBox
               ? BoxIou(*answer.box_xywh, *truth.box_xywh)
               : NaiveIou(ToMask(answer.mask), ToMask(truth.mask), false);
  }

  InstancesSettings settings_;
  bool paper_;
  double box_, image_;
};

std::map<std::string, double> Evaluation::Accumulate(const std::vector<Outcome>& outcomes) const {
  std::map<std::string, double> all;
  double itp = 0, ifp = 0, itn = 0, ifn = 0;
  for (const Outcome& o : outcomes) {
    itp += o.truths > 0 && o.answers > 0 ? 1 : 0;
    ifp += o.truths == 0 && o.answers > 0 ? 1 : 0;
    itn += o.truths == 0 && o.answers == 0 ? 1 : 0;
    ifn += o.truths > 0 && o.answers == 0 ? 1 : 0;
  }
  all["IL_TP"] = itp;
  all["IL_FP"] = ifp;
  all["IL_TN"] = itn;
  all["IL_FN"] = ifn;
  const double p = all["IL_precision"] = Divide(itp, itp + ifp + image_);
  const double r = all["IL_recall"] = Divide(itp, itp + ifn + image_);
  all["IL_F1"] = Divide(2 * p * r, p + r + image_);
  all["IL_FPR"] = Divide(ifp, ifp + itn + image_);
  const double mcc = all["IL_MCC"] =
      Divide(itp * itn - ifp * ifn,
             std::pow((itp + ifp) * (itp + ifn) * (itn + ifp) * (itn + ifn), 0.5) + image_);
  for (std::size_t t = 0; t < settings_.taus.size(); ++t) {
    double tp = 0, fp = 0, pmfp = 0, fn = 0, f1 = 0;
    for (const Outcome& o : outcomes) {
      const double hits = Tp(o, settings_.taus[t]);
      tp += hits;
      fp += o.answers - hits;
      fn += o.truths - hits;
      if (o.truths > 0) pmfp += o.answers - hits;
      if (o.truths > 0) f1 += F1(hits, o.answers - hits, o.truths - hits);
    }
    std::map<std::string, double> at;
    at["precision"] = Divide(tp, tp + fp + box_);
    at["recall"] = Divide(tp, tp + fn + box_);
    at["F1"] = F1(tp, fp, fn);
    at["positive_micro_precision"] = Divide(tp, tp + pmfp + box_);
    at["positive_micro_F1"] = F1(tp, pmfp, fn);
    at["positive_macro_F1"] = itp == 0 ? std::numeric_limits<double>::quiet_NaN() : f1 / itp;
    at["cgF1"] = at["positive_micro_F1"] * mcc;
    for (const auto& [name, value] : at) {
      all[name] += value / 10;
      if (t == 0) all[name + "@0.5"] = value;
      if (t == 5) all[name + "@0.75"] = value;
    }
    const std::string index = "@" + std::to_string(t);
    all["TP" + index] = tp;
    all["FP" + index] = fp;
    all["pmFP" + index] = pmfp;
    all["FN" + index] = fn;
  }
  return all;
}

}  // namespace

bool HasTies(const InstancesSettings& settings, const InstancesPair& pair) {
  const Evaluation evaluation(settings);
  constexpr double kSameF1 = 1e-9;
  std::vector<double> means;
  for (const Annotation& annotation : evaluation.Used(pair.truth)) {
    const Outcome outcome = evaluation.Match(pair.value, annotation);
    if (outcome.matched.size() > 1) return true;
    const double mean = evaluation.MeanF1(outcome).value_or(-1);
    for (const double other : means) {
      if (mean != other && std::abs(mean - other) < kSameF1) return true;
    }
    means.push_back(mean);
  }
  return false;
}

std::map<std::string, double> NaiveInstances(const InstancesSettings& settings,
                                             const std::vector<InstancesPair>& samples) {
  const Evaluation evaluation(settings);
  std::vector<Outcome> outcomes;
  for (const InstancesPair& sample : samples) {
    std::vector<Outcome> each;
    bool exhaustive = true;
    for (const Annotation& annotation : evaluation.Used(sample.truth)) {
      exhaustive = exhaustive && annotation.exhaustive;
      each.push_back(evaluation.Match(sample.value, annotation));
    }
    if (exhaustive) outcomes.push_back(evaluation.Select(each));
  }
  return evaluation.Accumulate(outcomes);
}

}  // namespace assay::test
