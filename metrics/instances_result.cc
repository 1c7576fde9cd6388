// What a set's counts amount to.
#include <cmath>
#include <cstddef>
#include <limits>

#include "metrics/instances.h"
#include "metrics/instances_formulas.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Values = InstancesMetric::Values;
using State = InstancesMetric::State;

// Every number of the group, with the reference's name, in its order.
struct NamedValue {
  const char* name;
  double Values::* value;
};
constexpr NamedValue kValues[] = {
    {"cgF1", &Values::cgf1},
    {"precision", &Values::precision},
    {"recall", &Values::recall},
    {"F1", &Values::f1},
    {"positive_macro_F1", &Values::positive_macro_f1},
    {"positive_micro_F1", &Values::positive_micro_f1},
    {"positive_micro_precision", &Values::positive_micro_precision},
};

double Mcc(const State& s, double epsilon) {
  const auto real = [](std::int64_t count) { return static_cast<double>(count); };
  const double above = real(s.image_tp * s.image_tn - s.image_fp * s.image_fn);
  const double below = std::sqrt(real(s.image_tp + s.image_fp) * real(s.image_tp + s.image_fn) *
                                 real(s.image_tn + s.image_fp) * real(s.image_tn + s.image_fn)) +
                       epsilon;
  return below == 0 ? 0 : above / below;
}

Values ValuesAt(const State& s, std::size_t t, double mcc, const InstancesSettings& settings) {
  const double epsilon = settings.box_epsilon;
  Values values{};
  values.precision = MatchShare(s.tp[t], s.fp[t], epsilon);
  values.recall = MatchShare(s.tp[t], s.fn[t], epsilon);
  values.f1 = MatchF1(s.tp[t], s.fp[t], s.fn[t], settings);
  values.positive_micro_precision = MatchShare(s.tp[t], s.positive_fp[t], epsilon);
  values.positive_micro_f1 = MatchF1(s.tp[t], s.positive_fp[t], s.fn[t], settings);
  values.positive_macro_f1 =
      s.answered_positives == 0 ? kNan
                                : s.local_f1[t].Value() / static_cast<double>(s.answered_positives);
  values.cgf1 = values.positive_micro_f1 * mcc;
  return values;
}

Values MeanOf(const std::array<Values, kInstanceTaus>& at) {
  Values mean{};
  for (const auto& [name, member] : kValues) {
    std::array<double, kInstanceTaus> values{};
    for (std::size_t t = 0; t < kInstanceTaus; ++t) values[t] = at[t].*member;
    mean.*member = MeanOverTaus(values);
  }
  return mean;
}

Values AtTau(const std::array<Values, kInstanceTaus>& at, double tau, const InstancesSettings& s) {
  for (std::size_t t = 0; t < kInstanceTaus; ++t) {
    if (s.taus[t] == tau) return at[t];
  }
  return {kNan, kNan, kNan, kNan, kNan, kNan, kNan};
}

}  // namespace

InstancesMetric::Result InstancesMetric::Finish(const State& state) const {
  const double epsilon = settings_.image_epsilon;
  Result result{};
  result.il_precision = MatchShare(state.image_tp, state.image_fp, epsilon);
  result.il_recall = MatchShare(state.image_tp, state.image_fn, epsilon);
  result.il_f1 = HarmonicMean(result.il_precision, result.il_recall, epsilon);
  result.il_fpr = MatchShare(state.image_fp, state.image_tn, epsilon);
  result.il_mcc = Mcc(state, epsilon);
  for (std::size_t t = 0; t < kInstanceTaus; ++t) {
    result.at[t] = ValuesAt(state, t, result.il_mcc, settings_);
  }
  result.mean = MeanOf(result.at);
  result.at_50 = AtTau(result.at, 0.5, settings_);
  result.at_75 = AtTau(result.at, 0.75, settings_);
  result.positives = state.image_tp + state.image_fn;
  result.negatives = state.image_fp + state.image_tn;
  result.counts = state;
  return result;
}

std::vector<std::pair<std::string, double>> NamedValues(const InstancesMetric::Result& result) {
  std::vector<std::pair<std::string, double>> named;
  const auto add = [&](const Values& values, const std::string& suffix) {
    for (const auto& [name, member] : kValues) named.emplace_back(name + suffix, values.*member);
  };
  add(result.mean, "");
  named.emplace_back("IL_precision", result.il_precision);
  named.emplace_back("IL_recall", result.il_recall);
  named.emplace_back("IL_F1", result.il_f1);
  named.emplace_back("IL_FPR", result.il_fpr);
  named.emplace_back("IL_MCC", result.il_mcc);
  add(result.at_50, "@0.5");
  add(result.at_75, "@0.75");
  return named;
}

}  // namespace assay
