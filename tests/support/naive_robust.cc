#include "tests/support/naive_robust.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <utility>

namespace assay::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Half of the window's start, rounded to even by hand.
int RoundedToEven(double value) {
  const double below = std::floor(value);
  const double rest = value - below;
  const auto whole = static_cast<int>(below);
  if (rest < 0.5) return whole;
  if (rest > 0.5) return whole + 1;
  return whole % 2 == 0 ? whole : whole + 1;
}

bool Sees(int cell, int length, int position) {
  const double span = std::max(1.0, length / 64.0);
  const int begin = RoundedToEven((cell + 0.5) * length / 64 - span / 2);
  return position >= begin && position < begin + static_cast<int>(std::ceil(span));
}

// F1 at each threshold, from edges as ordered pairs; each list of one direction.
struct Edge {
  double predicted = 0;
  double truth = 0;
};
double F1At(const std::vector<std::vector<Edge>>& directions, double threshold) {
  double precision = 0;
  double recall = 0;
  for (const auto& edges : directions) {
    double both = 0;
    double predicted = 0;
    double truth = 0;
    for (const Edge& edge : edges) {
      const bool is_true = edge.truth > threshold;
      const bool is_predicted = std::isnan(edge.predicted) ? !is_true : edge.predicted > threshold;
      if (is_true) ++truth;
      if (is_predicted) ++predicted;
      if (is_true && is_predicted) ++both;
    }
    precision += both / std::max(predicted, 1.0) / static_cast<double>(directions.size());
    recall += both / std::max(truth, 1.0) / static_cast<double>(directions.size());
  }
  return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
}

double Mean(const std::vector<std::vector<Edge>>& directions, double above, double weight_above) {
  double sum = 0;
  double weights = 0;
  for (int i = 0; i < 10; ++i) {
    const double offset = 0.05 + i * (0.2 / 9);
    sum += (weight_above + offset) * F1At(directions, above + offset);
    weights += weight_above + offset;
  }
  return sum / weights;
}

std::vector<Edge> EdgesTowards(int dx,
                               int dy,
                               int margin,
                               const Raster<double>& prediction,
                               const Raster<double>& truth,
                               const std::function<double(double, double)>& ratio) {
  std::vector<Edge> edges;
  for (int y = margin; y < truth.height() - margin; ++y) {
    for (int x = margin; x < truth.width() - margin; ++x) {
      const int u = x + dx;
      const int v = y + dy;
      if (u < 0 || v < 0 || u >= truth.width() || v >= truth.height()) continue;
      if (truth.At(x, y) == 0 || truth.At(u, v) == 0) continue;
      edges.push_back(
          {ratio(prediction.At(u, v), prediction.At(x, y)), ratio(truth.At(u, v), truth.At(x, y))});
    }
  }
  return edges;
}

}  // namespace

double NaiveRobustScale(const Values& p, const Values& g, const Values& w) {
  std::vector<std::pair<double, double>> ratios;
  double total = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    ratios.emplace_back(g[i] / p[i], w[i] * std::abs(p[i]));
    total += ratios.back().second;
  }
  std::sort(ratios.begin(), ratios.end());
  double sum = 0;
  for (const auto& [ratio, weight] : ratios) {
    sum += weight;
    if (2 * sum - total >= 0) return ratio;
  }
  return ratios.back().first;
}

Line NaiveRobustLine(const Values& p, const Values& g, const Values& w, AnchorTies ties) {
  Line best;
  double least = kInfinity;
  for (std::size_t i = 0; i < p.size(); ++i) {
    Values x, y, v;
    double loss = 0;
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (p[j] == p[i]) {
        loss += ties == AnchorTies::kCounted ? w[j] * std::abs(g[j] - g[i]) : 0;
        continue;
      }
      x.push_back(p[j] - p[i]);
      y.push_back(g[j] - g[i]);
      v.push_back(w[j]);
    }
    const double slope = x.empty() ? 0 : NaiveRobustScale(x, y, v);
    for (std::size_t j = 0; j < x.size(); ++j) loss += v[j] * std::abs(slope * x[j] - y[j]);
    if (loss < least) {
      least = loss;
      best = {slope, g[i] - slope * p[i]};
    }
  }
  return best;
}

double LossOf(const Line& line, const Values& p, const Values& g, const Values& w) {
  double loss = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    loss += w[i] * std::abs(line.scale * p[i] + line.shift - g[i]);
  }
  return loss;
}

double LeastLossOfAllPairs(const Values& p, const Values& g, const Values& w) {
  double least = kInfinity;
  for (std::size_t i = 0; i < p.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (p[i] == p[j]) continue;
      const double scale = (g[i] - g[j]) / (p[i] - p[j]);
      least = std::min(least, LossOf({scale, g[i] - scale * p[i]}, p, g, w));
    }
  }
  return least;
}

std::vector<GridPixel> NaiveNearestGrid(const Raster<std::uint8_t>& valid) {
  std::vector<GridPixel> pixels;
  for (int i = 0; i < 64; ++i) {
    for (int j = 0; j < 64; ++j) {
      std::vector<std::pair<double, GridPixel>> seen;
      for (int y = 0; y < valid.height(); ++y) {
        for (int x = 0; x < valid.width(); ++x) {
          if (valid.At(x, y) == 0 || !Sees(i, valid.height(), y) || !Sees(j, valid.width(), x)) {
            continue;
          }
          const double dx = x + 0.5 - (j + 0.5) * valid.width() / 64;
          const double dy = y + 0.5 - (i + 0.5) * valid.height() / 64;
          seen.push_back({dx * dx + dy * dy, {x, y}});
        }
      }
      if (seen.empty()) continue;
      pixels.push_back(std::min_element(seen.begin(), seen.end(), [](const auto& a, const auto& b) {
                         return a.first < b.first;
                       })->second);
    }
  }
  return pixels;
}

std::vector<double> NaiveBoundaryF1(DepthBoundary kind,
                                    const Raster<double>& prediction,
                                    const Raster<double>& truth) {
  if (kind == DepthBoundary::kDepthPro) {
    const auto inverse = [](double at, double from) { return from / at; };
    std::vector<std::vector<Edge>> directions;
    for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      directions.push_back(EdgesTowards(dx, dy, 0, prediction, truth, inverse));
    }
    return {Mean(directions, 1, 1)};
  }
  std::vector<double> values;
  for (const int radius : {1, 2, 3}) {
    std::vector<Edge> all;
    for (int dy = -3; dy <= 3; ++dy) {
      for (int dx = -3; dx <= 3; ++dx) {
        if (std::hypot(dx, dy) > radius + 1e-5) continue;
        const auto edges = EdgesTowards(
            dx, dy, radius, prediction, truth, [](double at, double from) { return at / from; });
        all.insert(all.end(), edges.begin(), edges.end());
      }
    }
    values.push_back(Mean({all}, 1, 0));
  }
  return values;
}

}  // namespace assay::test
