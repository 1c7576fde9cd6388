#include "metrics/depth.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "metrics/depth_comparison.h"
#include "metrics/depth_errors.h"
#include "metrics/depth_frame.h"

namespace assay {
namespace {

std::array<double, 14> ListOf(const DepthErrors& e) {
  return {e.delta1,
          e.delta2,
          e.delta3,
          e.mae,
          e.abs_rel,
          e.sq_rel,
          e.rmse,
          e.rmse_log,
          e.log10,
          e.irmse,
          e.silog[0],
          e.silog[1],
          e.silog[2],
          e.silog[3]};
}

DepthErrors FromList(const std::array<double, 14>& list) {
  return {list[0],
          list[1],
          list[2],
          list[3],
          list[4],
          list[5],
          list[6],
          list[7],
          list[8],
          list[9],
          {list[10], list[11], list[12], list[13]}};
}

void Pool(const DepthSums& sums, DepthMetric::State& state) {
  state.pixels += sums.pixels;
  for (std::size_t k = 0; k < state.inliers.size(); ++k) state.inliers[k] += sums.inliers[k];
  for (std::size_t i = 0; i < kDepthRealSums.size(); ++i) {
    state.pooled[i].Add(sums.*kDepthRealSums[i]);
  }
}

DepthErrors PooledErrors(const DepthMetric::State& state) {
  DepthSums sums;
  sums.pixels = state.pixels;
  sums.inliers = state.inliers;
  for (std::size_t i = 0; i < kDepthRealSums.size(); ++i) {
    sums.*kDepthRealSums[i] = state.pooled[i].Value();
  }
  return ErrorsOf(sums);
}

DepthErrors MeanErrors(const DepthMetric::State& state, std::int64_t images) {
  std::array<double, 14> means{};
  for (std::size_t i = 0; i < means.size(); ++i) {
    means[i] = state.per_image[i].Value() / static_cast<double>(images);
  }
  return FromList(means);
}

std::vector<double> SameBoundary(const DepthSettings& settings, double value) {
  return std::vector<double>(static_cast<std::size_t>(BoundaryCount(settings.boundary)), value);
}

}  // namespace

DepthMetric::DepthMetric(DepthSettings settings) : settings_(settings) {}

DepthMetric::State DepthMetric::Start() const {
  State state;
  state.boundary.resize(static_cast<std::size_t>(BoundaryCount(settings_.boundary)));
  state.bands.resize(kDepthBands);
  return state;
}

Size DepthMetric::ShownFrame(Size full) const {
  const Box box = ShownBox(settings_, full);
  return {box.col_end - box.col_begin, box.row_end - box.row_begin};
}

DepthScore DepthMetric::Compare(const Value& value, const Truth& truth) const {
  const DepthMetric* const self = this;
  Compared compared = std::move(CompareTogether({&self, 1}, value, truth).front());
  if (compared.error) std::rethrow_exception(compared.error);
  return std::move(compared.score);
}

void DepthMetric::Add(const Score& score, State& state) const {
  ++state.samples;
  if (settings_.empty_image == EmptyImage::kSkipBelow && score.all.pixels < settings_.empty_below) {
    ++state.skipped;
    return;
  }
  const std::array<double, 14> errors = ListOf(ErrorsOf(score.all));
  for (std::size_t i = 0; i < errors.size(); ++i) state.per_image[i].Add(errors[i]);
  for (std::size_t i = 0; i < state.boundary.size(); ++i) {
    state.boundary[i].Add(score.boundary.at(i));
  }
  const bool is_null =
      std::any_of(errors.begin(), errors.end(), [](double error) { return std::isnan(error); });
  state.null_images += is_null ? 1 : 0;
  state.undefined += score.undefined;
  state.clipped += score.clipped;
  state.excluded_from_fit += score.excluded_from_fit;
  Pool(score.all, state);
  for (std::size_t i = 0; i < score.bands.size(); ++i) Pool(score.bands[i], state.bands[i]);
}

DepthMetric::Result DepthMetric::Finish(const State& state) const {
  Result result{};
  result.images = state.samples - state.skipped;
  result.skipped = state.skipped;
  result.null_images = state.null_images;
  result.pixels = state.pixels;
  result.undefined = state.undefined;
  result.clipped = state.clipped;
  result.excluded_from_fit = state.excluded_from_fit;
  result.errors = settings_.aggregate == DepthAggregate::kPooledPixels
                      ? PooledErrors(state)
                      : MeanErrors(state, result.images);
  for (const CompensatedSum& sum : state.boundary) {
    result.boundary.push_back(sum.Value() / static_cast<double>(result.images));
  }
  for (const State& band : state.bands) {
    result.bands.push_back(PooledErrors(band));
    result.band_pixels.push_back(band.pixels);
  }
  return result;
}

DepthScore DepthMetric::Worst(const Truth& truth) const {
  CheckTruth(settings_, truth);
  const ClipEnds ends = settings_.clip ? EndsOf(*settings_.clip) : ClipEnds{};
  DepthImageSums sums;
  ForEachScored(settings_, truth, [&](int, int, double g) {
    DepthPart low = PartOf(ends.low, g, FormulasOf(settings_));
    DepthPart high = PartOf(ends.high, g, FormulasOf(settings_));
    low.inliers = high.inliers = {};
    DepthAccumulator& band = sums.bands[DepthBandOf(g)];
    if (settings_.clip) {
      band.AddUndefined(low, high);
    } else {
      band.Add(low);
    }
  });
  Score score;
  sums.MoveTo(score);
  CheckEnoughPixels(settings_, score.all.pixels);
  score.undefined = score.all.pixels;
  score.boundary = SameBoundary(settings_, 0);
  return score;
}

DepthScore DepthMetric::Best(const Truth& truth) const {
  CheckTruth(settings_, truth);
  Score score;
  score.bands.resize(kDepthBands);
  const auto count = [](DepthSums& sums) {
    ++sums.pixels;
    for (std::int64_t& inliers : sums.inliers) ++inliers;
  };
  ForEachScored(settings_, truth, [&](int, int, double g) {
    count(score.all);
    count(score.bands[DepthBandOf(g)]);
  });
  CheckEnoughPixels(settings_, score.all.pixels);
  score.boundary = SameBoundary(settings_, 1);
  return score;
}

}  // namespace assay
