#include "tests/support/naive_depth.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>

namespace assay::test {
namespace {

using Term = std::function<long double(double p, double g)>;

double Mean(const std::vector<DepthPixel>& pixels, const Term& term) {
  long double sum = 0;
  for (const DepthPixel& pixel : pixels) sum += term(*pixel.prediction, pixel.truth);
  return static_cast<double>(sum / static_cast<long double>(pixels.size()));
}

double Delta(const std::vector<DepthPixel>& pixels, int k) {
  return Mean(pixels, [k](double p, double g) {
    return p > 0 && std::max(g / p, p / g) < std::pow(1.25, k) ? 1.0L : 0.0L;
  });
}

long double LogError(double p, double g) { return std::log(static_cast<long double>(p) / g); }

long double Log10Error(double p, double g) {
  return std::log10(static_cast<long double>(p)) - std::log10(static_cast<long double>(g));
}

// Mean of squares minus weight times the squared mean, centred so that nothing
// cancels: E[(e - m)^2] + (1 - weight) m^2.
long double Spread(const std::vector<DepthPixel>& pixels,
                   const std::function<long double(double, double)>& error,
                   long double weight) {
  const auto n = static_cast<long double>(pixels.size());
  long double mean = 0;
  for (const DepthPixel& pixel : pixels) mean += error(*pixel.prediction, pixel.truth) / n;
  long double square = 0;
  for (const DepthPixel& pixel : pixels) {
    const long double e = error(*pixel.prediction, pixel.truth) - mean;
    square += e * e / n;
  }
  return square + (1 - weight) * mean * mean;
}

std::array<double, 4> Silog(const std::vector<DepthPixel>& pixels) {
  const auto n = static_cast<long double>(pixels.size());
  const long double variance = Spread(pixels, LogError, 1);
  return {static_cast<double>(100 * std::sqrt(variance)),
          pixels.size() < 2 ? std::numeric_limits<double>::quiet_NaN()
                            : static_cast<double>(100 * std::sqrt(variance * n / (n - 1))),
          static_cast<double>(std::sqrt(Spread(pixels, LogError, 0.5L))),
          static_cast<double>(std::sqrt(Spread(pixels, Log10Error, 1)))};
}

std::vector<DepthPixel> Filled(std::vector<DepthPixel> pixels,
                               const std::function<double(double g)>& fill) {
  for (DepthPixel& pixel : pixels) {
    if (!pixel.prediction) pixel.prediction = fill(pixel.truth);
  }
  return pixels;
}

// Every way to replace the undefined pixels by `low` or `high`.
void ForEachAssignment(const std::vector<DepthPixel>& pixels,
                       double low,
                       double high,
                       const std::function<void(const std::vector<DepthPixel>&)>& visit) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (!pixels[i].prediction) open.push_back(i);
  }
  for (std::size_t bits = 0; bits < (std::size_t{1} << open.size()); ++bits) {
    std::vector<DepthPixel> filled = pixels;
    for (std::size_t k = 0; k < open.size(); ++k) {
      filled[open[k]].prediction = ((bits >> k) & 1U) != 0 ? high : low;
    }
    visit(filled);
  }
}

bool NaiveScored(const DepthSettings& settings, double g, bool in_file_mask) {
  if (g <= 0 || !std::isfinite(g)) return false;
  if (settings.truth_mask != TruthMask::kBounds && !in_file_mask) return false;
  if (settings.truth_mask == TruthMask::kFile) return true;
  const DepthBounds& b = settings.bounds;
  if (b.min_strict ? g <= b.min : g < b.min) return false;
  return !b.max || !(b.max_strict ? g >= *b.max : g > *b.max);
}

DepthMap NaiveFramed(const DepthSettings& settings, const DepthValue& value, Size full) {
  DepthMap answer = value.map;
  if (settings.prediction_frame == PredictionFrame::kKb && answer.size() == full) {
    answer = Cut(answer, KbCrop(full));
  }
  if (settings.crop_frame == CropFrame::kKb) {
    return answer.size() == full ? Cut(answer, KbCrop(full)) : answer;
  }
  if (settings.prediction_frame == PredictionFrame::kFull) return answer;
  const bool product = settings.undefined == UndefinedPrediction::kWorseClipEnd;
  DepthMap padded(full, product ? std::numeric_limits<double>::quiet_NaN() : 0);
  const Box box = KbCrop(full);
  for (int y = 0; y < answer.height(); ++y) {
    for (int x = 0; x < answer.width(); ++x) {
      padded.At(x + box.col_begin, y + box.row_begin) = answer.At(x, y);
    }
  }
  return padded;
}

std::optional<double> NaiveValue(const DepthSettings& settings, const DepthValue& value, double p) {
  if (value.painted && std::isinf(p) && !settings.clip) return value.painted_far_m;
  const bool defined = value.painted ? !std::isnan(p) : std::isfinite(p) && p > 0;
  if (!defined) return std::nullopt;
  if (!settings.clip) return p;
  return std::min(std::max(p, settings.clip->min), settings.clip->max);
}

}  // namespace

DepthErrors NaiveErrors(const std::vector<DepthPixel>& pixels) {
  DepthErrors errors{};
  errors.delta1 = Delta(pixels, 1);
  errors.delta2 = Delta(pixels, 2);
  errors.delta3 = Delta(pixels, 3);
  const auto mean = [&](const Term& term) { return Mean(pixels, term); };
  errors.mae = mean([](double p, double g) { return std::abs(p - g); });
  errors.abs_rel = mean([](double p, double g) { return std::abs(p - g) / g; });
  errors.sq_rel = mean([](double p, double g) { return (p - g) * (p - g) / g; });
  errors.rmse = std::sqrt(mean([](double p, double g) { return (p - g) * (p - g); }));
  errors.rmse_log = std::sqrt(mean([](double p, double g) {
    return (std::log(p) - std::log(g)) * (std::log(p) - std::log(g));
  }));
  errors.log10 = mean([](double p, double g) { return std::abs(Log10Error(p, g)); });
  errors.irmse =
      std::sqrt(mean([](double p, double g) { return (1 / p - 1 / g) * (1 / p - 1 / g); }));
  errors.silog = Silog(pixels);
  return errors;
}

DepthErrors NaiveWorstErrors(const std::vector<DepthPixel>& pixels, double low, double high) {
  const auto farther = [&](double g) {
    return std::abs(low - g) > std::abs(high - g) ? low : high;
  };
  const auto log_farther = [&](double g) {
    return std::abs(std::log(low / g)) > std::abs(std::log(high / g)) ? low : high;
  };
  const auto inverse_farther = [&](double g) {
    return std::abs(1 / low - 1 / g) > std::abs(1 / high - 1 / g) ? low : high;
  };
  DepthErrors errors = NaiveErrors(Filled(pixels, farther));
  const DepthErrors logs = NaiveErrors(Filled(pixels, log_farther));
  // The worse of two ends as a ratio is the one farther in the logarithm.
  errors.delta1 = logs.delta1;
  errors.delta2 = logs.delta2;
  errors.delta3 = logs.delta3;
  errors.rmse_log = logs.rmse_log;
  errors.log10 = logs.log10;
  errors.irmse = NaiveErrors(Filled(pixels, inverse_farther)).irmse;
  errors.silog = {0, 0, 0, 0};
  ForEachAssignment(pixels, low, high, [&](const std::vector<DepthPixel>& filled) {
    const std::array<double, 4> silog = Silog(filled);
    for (std::size_t v = 0; v < silog.size(); ++v) {
      // NaN (one pixel, variant b) is kept.
      if (!(silog[v] <= errors.silog[v])) errors.silog[v] = silog[v];
    }
  });
  return errors;
}

std::vector<DepthPixel> NaivePixels(const DepthSettings& settings,
                                    const DepthValue& value,
                                    const DepthTruth& truth) {
  const Size full = truth.depth_m.size();
  const DepthMap answer = NaiveFramed(settings, value, full);
  const bool in_kb = settings.crop_frame == CropFrame::kKb;
  const DepthMap depth = in_kb ? Cut(truth.depth_m, KbCrop(full)) : truth.depth_m;
  const Mask mask =
      in_kb && !truth.file_mask.empty() ? Cut(truth.file_mask, KbCrop(full)) : truth.file_mask;
  const Box box = CropBox(settings.crop, depth.size(), settings.crop_box);
  std::vector<DepthPixel> pixels;
  for (int y = box.row_begin; y < box.row_end; ++y) {
    for (int x = box.col_begin; x < box.col_end; ++x) {
      const double g = depth.At(x, y);
      if (!NaiveScored(settings, g, mask.empty() || mask.At(x, y) != 0)) continue;
      pixels.push_back({g, NaiveValue(settings, value, answer.At(x, y))});
    }
  }
  return pixels;
}

}  // namespace assay::test
