#include "tests/support/naive_referring.h"

#include <cstddef>
#include <limits>
#include <set>

#include "tests/support/naive_boundary.h"

namespace assay::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using PixelSet = std::set<std::size_t>;

struct Sets {
  PixelSet answer, truth, all_answered;
};

// The pixels of one sample that count.
Sets SetsOf(const ReferringSettings& settings, const ReferringPair& sample) {
  Sets sets;
  const auto& [prediction, truth] = sample;
  for (std::size_t i = 0; i < prediction.Pixels().size(); ++i) {
    const int t = truth.target.Pixels()[i];
    const bool inside = prediction.Pixels()[i] == 1;
    if (inside) sets.all_answered.insert(i);
    if (t == 255 && settings.ignored == IgnoredPixels::kLeftOut) continue;
    if (inside) sets.answer.insert(i);
    if (t == 1 || (t == 2 && settings.overlap == PartOverlap::kUnion)) sets.truth.insert(i);
  }
  return sets;
}

PixelSet BoundaryOfSet(const PixelSet& pixels, Size size, int d) {
  Mask mask(size);
  for (const std::size_t pixel : pixels) mask.Pixels()[pixel] = 1;
  const Mask boundary = NaiveBoundary(mask, d);
  PixelSet kept;
  for (const std::size_t pixel : pixels) {
    if (boundary.Pixels()[pixel] == 1) kept.insert(pixel);
  }
  return kept;
}

Sets BoundariesOf(const Sets& sets, Size size, double ratio) {
  const int d = NaiveBoundaryDistance(size, ratio);
  return {BoundaryOfSet(sets.answer, size, d), BoundaryOfSet(sets.truth, size, d), {}};
}

struct Row {
  long double a = 0, i = 0, u = 0;
};

Row RowOf(const ReferringSettings& settings, const Sets& sets, bool no_target, bool nothing) {
  Row row;
  PixelSet united = sets.truth;
  for (const std::size_t pixel : sets.answer) {
    row.i += static_cast<long double>(sets.truth.count(pixel));
    united.insert(pixel);
  }
  row.u = static_cast<long double>(united.size());
  if (settings.no_target == NoTargetRule::kRela) {
    if (no_target && nothing) return {1, 0, 0};
    if (no_target) return {0, 0, row.u};
    if (nothing) return {0, 0, row.u};
    row.a = row.u == 0 ? 0 : row.i / row.u;
    return row;
  }
  if (row.u > 0) {
    row.a = row.i / (row.u + static_cast<long double>(settings.iou_epsilon));
  } else {
    row.a = settings.empty_policy == EmptyPolicy::kOne ? 1 : 0;
  }
  return row;
}

double Quotient(long double a, long double b) { return b == 0 ? kNan : static_cast<double>(a / b); }

double EmptyValue(EmptyRatio ratio) {
  if (ratio == EmptyRatio::kUndefined) return kNan;
  return ratio == EmptyRatio::kOne ? 1 : 0;
}

}  // namespace

ReferringMetric::Result NaiveReferring(const ReferringSettings& settings,
                                       const std::vector<ReferringPair>& samples) {
  const bool rela = settings.no_target == NoTargetRule::kRela;
  long double sum_a = 0, sum_b = 0, sum_i = 0, sum_u = 0, tp = 0, fn = 0, fp = 0, tn = 0;
  std::vector<long double> counted;  // the a that P@t looks at
  for (const ReferringPair& sample : samples) {
    const Sets sets = SetsOf(settings, sample);
    const bool no_target = sample.second.no_target;
    const bool nothing = static_cast<std::int64_t>(sets.all_answered.size()) < settings.min_area;
    const Row row = RowOf(settings, sets, no_target, nothing);
    sum_a += row.a;
    if (settings.boundary_ratio > 0) {
      const Sets edges = BoundariesOf(sets, sample.first.size(), settings.boundary_ratio);
      sum_b += RowOf(settings, edges, no_target, nothing).a;
    }
    sum_i += row.i;
    sum_u += row.u;
    (no_target ? (nothing ? tp : fn) : (nothing ? fp : tn)) += 1;
    if (!rela || !no_target) counted.push_back(row.a);
  }
  const auto n = static_cast<long double>(samples.size());
  ReferringMetric::Result result{};
  result.ciou = Quotient(sum_i, sum_u + (sum_u > 0 ? settings.ratio_epsilon : 0));
  if (sum_u == 0 && n > 0) result.ciou = EmptyValue(settings.empty_ratio);
  result.giou = n == 0 ? kNan : Quotient(sum_a, n + settings.count_epsilon);
  result.boundary_iou =
      n == 0 || settings.boundary_ratio == 0 ? kNan : Quotient(sum_b, n + settings.count_epsilon);
  for (std::size_t k = 0; k < kReferringThresholds.size(); ++k) {
    long double reached = 0;
    // Rounded to double first: the threshold is a double too.
    for (const long double a : counted) {
      reached += static_cast<double>(a) >= kReferringThresholds.at(k) ? 1 : 0;
    }
    result.precision.at(k) = Quotient(reached, static_cast<long double>(counted.size()));
  }
  const bool zero = rela && tp + fn == 0 && n > 0;
  result.n_acc = zero ? 0 : Quotient(tp, tp + fn);
  result.t_acc = zero ? 0 : Quotient(tn, tn + fp);
  result.samples = static_cast<std::int64_t>(samples.size());
  result.precision_samples = static_cast<std::int64_t>(counted.size());
  result.without_target = static_cast<std::int64_t>(tp + fn);
  result.with_target = static_cast<std::int64_t>(tn + fp);
  return result;
}

}  // namespace assay::test
