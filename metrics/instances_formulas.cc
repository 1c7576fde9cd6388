#include "metrics/instances_formulas.h"

namespace assay {
namespace {

double Ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

}  // namespace

double MatchShare(std::int64_t part, std::int64_t rest, double epsilon) {
  return Ratio(static_cast<double>(part), static_cast<double>(part + rest) + epsilon);
}

double HarmonicMean(double precision, double recall, double epsilon) {
  return Ratio(2 * precision * recall, precision + recall + epsilon);
}

double MatchF1(std::int64_t tp,
               std::int64_t fp,
               std::int64_t fn,
               const InstancesSettings& settings) {
  if (settings.formula == InstanceFormula::kPaper) {
    return Ratio(static_cast<double>(2 * tp), static_cast<double>(2 * tp + fp + fn));
  }
  const double epsilon = settings.box_epsilon;
  return HarmonicMean(MatchShare(tp, fp, epsilon), MatchShare(tp, fn, epsilon), epsilon);
}

double MeanOverTaus(const std::array<double, kInstanceTaus>& v) {
  const double tree = ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
  return (tree + v[8] + v[9]) / static_cast<double>(kInstanceTaus);
}

}  // namespace assay
