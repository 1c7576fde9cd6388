#include "metrics/polygon.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace assay {
namespace {

// Fine grid steps per pixel, and the step in the middle of a pixel.
constexpr int kScale = 5;
constexpr int kMiddle = 2;

struct FinePoint {
  int x = 0;
  int y = 0;
};

void CheckPolygon(std::span<const double> xy) {
  if (xy.size() % 2 != 0) {
    throw std::invalid_argument("a polygon of " + std::to_string(xy.size()) +
                                " values has an x without a y");
  }
  if (xy.size() < 6) {
    throw std::invalid_argument("a polygon needs three vertices and has " +
                                std::to_string(xy.size() / 2));
  }
  for (std::size_t i = 0; i < xy.size(); ++i) {
    // Negated, so that NaN is refused too.
    if (!(std::abs(xy[i]) <= kMaxPolygonCoordinate)) {
      throw std::invalid_argument("value " + std::to_string(i + 1) +
                                  " of the polygon is no coordinate: " + std::to_string(xy[i]));
    }
  }
}

// Not std::lround: the reference truncates, which is half up only from 0 on.
int Rounded(double value) {
  value += .5;
  return static_cast<int>(value);
}

// Collects where the outline crosses the middles of pixel columns.
class Outline {
 public:
  explicit Outline(Size size) : size_(size) {}

  // Walks one edge from its lower end along the longer side. The reference then goes
  // through the points in the direction of the outline; a crossing is the same from
  // both sides, and the last point of an edge and the first of the next lie in one
  // fine column wherever a pixel can be, so edges can be walked one by one.
  void AddEdge(FinePoint from, FinePoint to) {
    const int dx = std::abs(to.x - from.x);
    const int dy = std::abs(to.y - from.y);
    const bool steep = dx < dy;
    if (steep ? from.y > to.y : from.x > to.x) std::swap(from, to);
    const int steps = std::max(dx, dy);
    const double rise = steep ? to.x - from.x : to.y - from.y;
    const double slope = steps == 0 ? 0 : rise / steps;
    FinePoint before;
    for (int t = 0; t <= steps; ++t) {
      const FinePoint point = steep ? FinePoint{Rounded(from.x + slope * t), from.y + t}
                                    : FinePoint{from.x + t, Rounded(from.y + slope * t)};
      if (t > 0 && point.x != before.x) AddCrossing(before, point);
      before = point;
    }
  }

  RunLengthMask Runs() && {
    crossings_.push_back(static_cast<std::int64_t>(size_.Pixels()));
    std::sort(crossings_.begin(), crossings_.end());
    std::vector<std::int64_t> runs;
    std::int64_t at = 0;
    for (const std::int64_t crossing : crossings_) {
      runs.push_back(crossing - at);
      at = crossing;
    }
    return MakeRuns(size_, runs);
  }

 private:
  void AddCrossing(FinePoint before, FinePoint point) {
    const int column = std::min(before.x, point.x);
    if (column < 0 || column % kScale != kMiddle) return;
    const int x = (column - kMiddle) / kScale;
    if (x >= size_.width) return;
    const int lower = std::min(before.y, point.y) - kMiddle;
    const int y = lower <= 0 ? 0 : std::min((lower + kScale - 1) / kScale, size_.height);
    crossings_.push_back(static_cast<std::int64_t>(x) * size_.height + y);
  }

  Size size_;
  std::vector<std::int64_t> crossings_;
};

}  // namespace

RunLengthMask DrawPolygon(Size size, std::span<const double> xy) {
  CheckPolygon(xy);
  EmptyRuns(size);  // refuses what is no size
  const std::size_t vertices = xy.size() / 2;
  const auto vertex = [&](std::size_t j) {
    return FinePoint{Rounded(kScale * xy[2 * j]), Rounded(kScale * xy[2 * j + 1])};
  };
  Outline outline(size);
  for (std::size_t j = 0; j < vertices; ++j) {
    outline.AddEdge(vertex(j), vertex((j + 1) % vertices));
  }
  return std::move(outline).Runs();
}

RunLengthMask DrawBox(Size size, const BoxXywh& box) {
  const double left = box[0];
  const double top = box[1];
  const double right = box[0] + box[2];
  const double bottom = box[1] + box[3];
  return DrawPolygon(size, std::array{left, top, left, bottom, right, bottom, right, top});
}

}  // namespace assay
