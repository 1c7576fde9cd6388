#include "tests/support/naive_boundary.h"

#include <cmath>
#include <cstddef>
#include <functional>

namespace assay::test {
namespace {

Mask ErodeOnce(const Mask& mask) {
  Mask eroded(mask.size());
  for (int y = 1; y + 1 < mask.height(); ++y) {
    for (int x = 1; x + 1 < mask.width(); ++x) {
      int inside = 0;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) inside += mask.At(x + dx, y + dy);
      }
      eroded.At(x, y) = inside == 9 ? 1 : 0;
    }
  }
  return eroded;
}

Mask Where(const LabelMap& map, const std::function<bool(std::size_t)>& inside) {
  Mask mask(map.size());
  for (std::size_t i = 0; i < map.Pixels().size(); ++i) mask.Pixels()[i] = inside(i) ? 1 : 0;
  return mask;
}

}  // namespace

Mask NaiveBoundary(const Mask& mask, int d) {
  Mask ringed({mask.width() + 2, mask.height() + 2});
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) ringed.At(x + 1, y + 1) = mask.At(x, y);
  }
  for (int i = 0; i < d; ++i) ringed = ErodeOnce(ringed);
  Mask boundary(mask.size());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      boundary.At(x, y) = mask.At(x, y) == 1 && ringed.At(x + 1, y + 1) == 0 ? 1 : 0;
    }
  }
  return boundary;
}

int NaiveBoundaryDistance(Size size, double ratio) {
  const double exact = ratio * std::sqrt(std::pow(size.width, 2) + std::pow(size.height, 2));
  int whole = static_cast<int>(std::floor(exact));
  const double rest = exact - whole;
  if (rest > 0.5 || (rest == 0.5 && whole % 2 == 1)) ++whole;
  return whole < 1 ? 1 : whole;
}

std::vector<SemanticScore::Boundary> NaiveSemanticBoundaries(const LabelSpace& space,
                                                             const SemanticSettings& settings,
                                                             const LabelMap& prediction,
                                                             const LabelMap& truth) {
  const int d = NaiveBoundaryDistance(truth.size(), settings.boundary_ratio);
  const auto valid = [&](std::size_t i) { return space.classes[truth.Pixels()[i]].evaluated; };
  const auto kept = [&](std::size_t i) {
    return settings.policy != SemanticPolicy::kDetectron2 ||
           space.classes[prediction.Pixels()[i]].evaluated;
  };
  std::vector<SemanticScore::Boundary> all;
  for (const LabelClass& entry : space.classes) {
    if (!entry.evaluated) continue;
    const Mask g = NaiveBoundary(
        Where(truth, [&](std::size_t i) { return truth.Pixels()[i] == entry.id; }), d);
    const Mask p = NaiveBoundary(
        Where(prediction,
              [&](std::size_t i) { return valid(i) && prediction.Pixels()[i] == entry.id; }),
        d);
    SemanticScore::Boundary counts{.class_id = entry.id};
    for (std::size_t i = 0; i < g.Pixels().size(); ++i) {
      const bool in_g = g.Pixels()[i] == 1 && kept(i);
      const bool in_p = p.Pixels()[i] == 1;
      counts.intersection += in_g && in_p ? 1 : 0;
      counts.united += in_g || in_p ? 1 : 0;
    }
    if (counts.united > 0) all.push_back(counts);
  }
  return all;
}

}  // namespace assay::test
