#include "metrics/alignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include "metrics/alignment_space.h"
#include "metrics/least_squares_line.h"
#include "metrics/median.h"
#include "metrics/robust_line.h"
#include "metrics/sum.h"
#include "metrics/wide_clones.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMarigoldFloor = 1e-3;  // prs-eth/Marigold@b1dffaa:script/depth/eval.py
constexpr double kUnidepthRidge = 1e-9;  // lpiccinelli-eth/UniDepth@8d8cfe4
constexpr double kUnik3dRidge = 1e-4;    // lpiccinelli-eth/UniK3D@29f7862
constexpr double kUnik3dQuantile = 0.95;
constexpr std::size_t kPolyfitIdentity = 10;  // YvanYin/Metric3D@eb5b6fa
constexpr double kPolyfitEpsilon = 1e-8;

constexpr AlignmentFit kNoFit{kNan, kNan, 0};

struct Pairs {
  std::span<const double> p, g;
};

// Those of a fit that takes some of the pairs, or other values.
class KeptPairs {
 public:
  void Add(double prediction, double truth) {
    p_.push_back(prediction);
    g_.push_back(truth);
  }
  Pairs All() const { return {p_, g_}; }

 private:
  std::vector<double> p_, g_;
};

// Whether the alignment works on the answer itself; otherwise on its inverse.
bool ReadsAsIs(Alignment alignment, DepthKind kind) {
  if (alignment == Alignment::kLsqAffineDisparity) return true;
  return (kind == DepthKind::kDisparity) == FitsDisparity(alignment);
}

// Added up plainly in runs, the runs compensated. A run has four sums, of every fourth term,
// so that an addition need not wait for the one before it.
template <class Term>
double SumOf(std::size_t count, const Term& term) {
  constexpr std::size_t kRun = 256;
  CompensatedSum sum;
  for (std::size_t begin = 0; begin < count; begin += kRun) {
    const std::size_t end = std::min(count, begin + kRun);
    std::array<double, 4> run{};
    std::size_t i = begin;
    for (; i + run.size() <= end; i += run.size()) {
      for (std::size_t k = 0; k < run.size(); ++k) run[k] += term(i + k);
    }
    for (; i < end; ++i) run[0] += term(i);
    sum.Add((run[0] + run[1]) + (run[2] + run[3]));
  }
  return sum.Value();
}

// Linear interpolation between order statistics, as torch.quantile.
double Quantile(std::vector<double> values, double fraction) {
  std::sort(values.begin(), values.end());
  const double rank = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], rank - static_cast<double>(below));
}

double MedianRatio(const Pairs& pairs, Median rule) {
  return MedianOf(pairs.g, rule) / MedianOf(pairs.p, rule);
}

double MedianOfRatios(const Pairs& pairs, Median rule) {
  std::vector<double> ratios(pairs.p.size());
  std::transform(pairs.g.begin(), pairs.g.end(), pairs.p.begin(), ratios.begin(), std::divides<>());
  return MedianOf(ratios, rule);
}

struct TwoSums {
  double first, second;
};

ASSAY_WIDE_CLONES
TwoSums SumsOf(const double* p, const double* g, std::size_t count) {
  return {SumOf(count, [&](std::size_t i) { return p[i]; }),
          SumOf(count, [&](std::size_t i) { return g[i]; })};
}

ASSAY_WIDE_CLONES
double SumOfProducts(const double* p, const double* g, std::size_t count) {
  return SumOf(count, [&](std::size_t i) { return p[i] * g[i]; });
}

AlignmentFit FitOfLine(const Line& line) { return {line.scale, line.shift, 0}; }

// (A^T A + ridge I) (s, t) = A^T g with A = [p, 1].
AlignmentFit RidgeAffine(const Pairs& pairs, double ridge) {
  const auto& [p, g] = pairs;
  if (p.size() < 2) return kNoFit;
  const auto [sum_p, sum_g] = SumsOf(p.data(), g.data(), p.size());
  const double pp = SumOfProducts(p.data(), p.data(), p.size()) + ridge;
  const double pg = SumOfProducts(p.data(), g.data(), p.size());
  const double ones = static_cast<double>(p.size()) + ridge;
  const double determinant = pp * ones - sum_p * sum_p;
  return {(ones * pg - sum_p * sum_g) / determinant, (pp * sum_g - sum_p * pg) / determinant, 0};
}

AlignmentFit Unik3dSsi(const Pairs& pairs) {
  if (pairs.p.empty()) return kNoFit;
  std::vector<double> errors(pairs.p.size());
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] = std::abs(pairs.g[i] - pairs.p[i]);
  if (std::any_of(errors.begin(), errors.end(), [](double e) { return std::isnan(e); })) {
    return kNoFit;
  }
  const double limit = Quantile(errors, kUnik3dQuantile);
  KeptPairs kept;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i] < limit) kept.Add(pairs.p[i], pairs.g[i]);
  }
  return RidgeAffine(kept.All(), kUnik3dRidge);
}

// The identity up to 10 pairs; where the line falls, a ratio of medians.
AlignmentFit Metric3dPolyfit(const Pairs& pairs, Median rule) {
  KeptPairs kept;
  for (std::size_t i = 0; i < pairs.p.size(); ++i) {
    if (pairs.g[i] > 0) kept.Add(pairs.p[i], pairs.g[i]);
  }
  const Pairs measured = kept.All();
  if (measured.p.size() <= kPolyfitIdentity) return {};
  const Line line = LeastSquaresLine(measured.p, measured.g);
  if (!(line.scale < 0)) return FitOfLine(line);
  const double median_p = MedianOf(measured.p, rule);
  return {MedianOf(measured.g, rule) / (median_p + kPolyfitEpsilon), 0, 0};
}

ASSAY_WIDE_CLONES
void InvertInto(const double* values, std::size_t count, double* inverses) {
  for (std::size_t i = 0; i < count; ++i) inverses[i] = 1 / values[i];
}

// Also as weights: they make every error one in units of the truth.
std::vector<double> InversesOf(std::span<const double> values) {
  std::vector<double> inverses(values.size());
  InvertInto(values.data(), values.size(), inverses.data());
  return inverses;
}

double LsqLogScale(const Pairs& pairs) {
  const auto& [p, g] = pairs;
  if (p.empty()) return kNan;
  const double sum =
      SumOf(p.size(), [&](std::size_t i) { return std::log(g[i]) - std::log(p[i]); });
  return std::exp(sum / static_cast<double>(p.size()));
}

AlignmentFit RobustAffine(const Pairs& pairs, AnchorTies ties) {
  if (pairs.p.size() < 2) return kNoFit;
  return FitOfLine(RobustLine(pairs.p, pairs.g, InversesOf(pairs.g), ties));
}

// `depth` may be `input`.
ASSAY_WIDE_CLONES
void LineOf(const AlignmentFit& fit, const double* input, std::size_t count, double* depth) {
  const double scale = fit.scale;
  const double shift = fit.shift;
  for (std::size_t i = 0; i < count; ++i) depth[i] = scale * input[i] + shift;
}

// The same, where the line is one of disparity.
ASSAY_WIDE_CLONES
void DepthOfLine(const AlignmentFit& fit, const double* input, std::size_t count, double* depth) {
  const double scale = fit.scale;
  const double shift = fit.shift;
  const double floor = fit.disparity_floor;
  for (std::size_t i = 0; i < count; ++i) {
    const double line = scale * input[i] + shift;
    depth[i] = 1 / (line < floor ? floor : line);
  }
}

// Of the kinds that are a plain least-squares line.
std::optional<LinePoints> LinePointsOf(Alignment kind, bool invert) {
  switch (kind) {
    case Alignment::kLsqAffine:
      return LinePoints{.invert_p = invert};
    case Alignment::kLsqAffineDisparity:
    case Alignment::kLsqAffineDisparityFromDepth:
      return LinePoints{.invert_p = invert, .invert_g = true, .positive_only = true};
    case Alignment::kMogeDisparity:
      return LinePoints{.invert_p = invert, .invert_g = true};
    default:
      return {};
  }
}

double DisparityFloorOf(Alignment kind, std::span<const double> truth) {
  if (kind != Alignment::kMogeDisparity) return kMarigoldFloor;
  return truth.empty() ? 0 : 1 / *std::max_element(truth.begin(), truth.end());
}

// Of the other kinds.
AlignmentFit FitInputs(const AlignmentSettings& settings, const Pairs& pairs) {
  switch (settings.kind) {
    case Alignment::kNone:
      return {};
    case Alignment::kMedianRatio:
      return {MedianRatio(pairs, settings.median), 0, 0};
    case Alignment::kMedianOfRatios:
      return {MedianOfRatios(pairs, settings.median), 0, 0};
    case Alignment::kLsqScale:
      return {LeastSquaresScale(pairs.p, pairs.g), 0, 0};
    case Alignment::kLsqAffine:
    case Alignment::kLsqAffineDisparity:
    case Alignment::kLsqAffineDisparityFromDepth:
    case Alignment::kMogeDisparity:
      break;  // least-squares lines
    case Alignment::kUnidepthSsi:
      return RidgeAffine(pairs, kUnidepthRidge);
    case Alignment::kUnik3dSsi:
      return Unik3dSsi(pairs);
    case Alignment::kMetric3dPolyfit:
      return Metric3dPolyfit(pairs, settings.median);
    case Alignment::kLsqLogScale:
      return {LsqLogScale(pairs), 0, 0};
    case Alignment::kMogeScale:
      return {RobustScale(pairs.p, pairs.g, InversesOf(pairs.g)), 0, 0};
    case Alignment::kMogeAffine:
      return RobustAffine(pairs, AnchorTies::kDropped);
    case Alignment::kExactL1:
      return RobustAffine(pairs, AnchorTies::kCounted);
  }
  throw std::logic_error("FitAlignment: not an alignment");
}

}  // namespace

bool FitsDisparity(Alignment kind) {
  return kind == Alignment::kLsqAffineDisparity ||
         kind == Alignment::kLsqAffineDisparityFromDepth || kind == Alignment::kMogeDisparity;
}

int ThinnedTo(const AlignmentSettings& settings) {
  const bool is_marigolds = settings.kind == Alignment::kLsqAffine ||
                            settings.kind == Alignment::kLsqAffineDisparity ||
                            settings.kind == Alignment::kLsqAffineDisparityFromDepth;
  return is_marigolds ? settings.max_res : 0;
}

bool IsAffineInPrediction(Alignment kind) {
  return kind == Alignment::kLsqAffine || kind == Alignment::kLsqAffineDisparity ||
         kind == Alignment::kUnidepthSsi || kind == Alignment::kUnik3dSsi ||
         kind == Alignment::kMetric3dPolyfit || kind == Alignment::kMogeAffine ||
         kind == Alignment::kExactL1;
}

bool FitsOnNearestGrid(Alignment kind) {
  return kind == Alignment::kMogeScale || kind == Alignment::kMogeAffine ||
         kind == Alignment::kExactL1;
}

AlignmentFit FitAlignment(const AlignmentSettings& settings,
                          DepthKind kind,
                          std::span<const double> prediction,
                          std::span<const double> truth) {
  if (prediction.size() != truth.size()) {
    throw std::invalid_argument("FitAlignment: " + std::to_string(prediction.size()) +
                                " predictions for " + std::to_string(truth.size()) +
                                " truth values");
  }
  const bool invert = !ReadsAsIs(settings.kind, kind);
  if (const auto points = LinePointsOf(settings.kind, invert)) {
    AlignmentFit fit = FitOfLine(LeastSquaresLine(prediction, truth, *points));
    if (FitsDisparity(settings.kind)) {
      fit.disparity_floor = settings.min_disparity.value_or(DisparityFloorOf(settings.kind, truth));
    }
    return fit;
  }
  if (!invert) return FitInputs(settings, {prediction, truth});
  const std::vector<double> inputs = InversesOf(prediction);
  return FitInputs(settings, {inputs, truth});
}

void ApplyAlignment(const AlignmentSettings& settings,
                    DepthKind kind,
                    const AlignmentFit& fit,
                    std::span<const double> prediction,
                    std::span<double> depth) {
  const double* from = prediction.data();
  const bool is_fitted = settings.kind != Alignment::kNone;
  if (!ReadsAsIs(settings.kind, kind)) {
    InvertInto(from, prediction.size(), depth.data());
    from = depth.data();
  } else if (!is_fitted) {
    std::copy(prediction.begin(), prediction.end(), depth.begin());
  }
  if (!is_fitted) return;
  if (FitsDisparity(settings.kind)) {
    DepthOfLine(fit, from, prediction.size(), depth.data());
  } else {
    LineOf(fit, from, prediction.size(), depth.data());
  }
}

double ApplyAlignment(const AlignmentSettings& settings,
                      DepthKind kind,
                      const AlignmentFit& fit,
                      double prediction) {
  double depth = 0;
  ApplyAlignment(settings, kind, fit, {&prediction, 1}, {&depth, 1});
  return depth;
}

std::vector<int> SubsampledColumns(Size size, int max_res) {
  const double factor = std::min(static_cast<double>(max_res) / size.height,
                                 static_cast<double>(max_res) / size.width);
  const bool every = max_res <= 0 || factor >= 1;
  const int count = every ? size.width : static_cast<int>(size.width * factor);
  std::vector<int> columns;
  columns.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) columns.push_back(every ? i : static_cast<int>(i / factor));
  return columns;
}

}  // namespace assay
