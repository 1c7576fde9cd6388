#include "metrics/least_squares_line.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

#include "metrics/lanes.h"
#include "metrics/sum.h"
#include "metrics/wide_clones.h"

namespace assay {
namespace {

constexpr std::size_t kBlock = 256;
constexpr std::size_t kSampled = 64;
constexpr std::size_t kLanes = std::tuple_size_v<Lanes>;

struct Point {
  double p = 0, g = 0;
};

// Up to 256 points, made from pairs.
struct Block {
  std::array<double, kBlock> p, g;
  std::size_t count = 0;
};

ASSAY_WIDE_CLONES
void CopyInto(const double* values, std::size_t count, bool inverted, double* copies) {
  if (inverted) {
    for (std::size_t i = 0; i < count; ++i) copies[i] = 1 / values[i];
  } else {
    std::copy_n(values, count, copies);
  }
}

ASSAY_WIDE_CLONES
bool ArePositive(const double* values, std::size_t count) {
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < count; ++i) others |= values[i] > 0 ? 0 : 1;
  return others == 0;
}

// Leaves out points that are none, of which a block has mostly none. `g` is not inverted.
void KeepPositive(std::span<const double> g, Block& block) {
  if (ArePositive(block.p.data(), g.size()) && ArePositive(g.data(), g.size())) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < g.size(); ++i) {
    if (!(block.p[i] > 0 && g[i] > 0)) continue;
    block.p[kept] = block.p[i];
    block.g[kept++] = block.g[i];
  }
  block.count = kept;
}

// At most kBlock pairs.
void MakePoints(std::span<const double> p,
                std::span<const double> g,
                const LinePoints& points,
                Block& block) {
  block.count = p.size();
  CopyInto(p.data(), p.size(), points.invert_p, block.p.data());
  CopyInto(g.data(), g.size(), points.invert_g, block.g.data());
  if (points.positive_only) KeepPositive(g, block);
}

template <class Visit>
void ForEachBlock(std::span<const double> p,
                  std::span<const double> g,
                  const LinePoints& points,
                  const Visit& visit) {
  Block block;
  for (std::size_t begin = 0; begin < p.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, p.size() - begin);
    MakePoints(p.subspan(begin, count), g.subspan(begin, count), points, block);
    visit(block);
  }
}

// The mean of every 64th point.
Point PivotOf(std::span<const double> p, std::span<const double> g, const LinePoints& points) {
  std::vector<double> some_p, some_g;
  some_p.reserve(p.size() / kSampled + 1);
  some_g.reserve(p.size() / kSampled + 1);
  for (std::size_t i = 0; i < p.size(); i += kSampled) {
    some_p.push_back(p[i]);
    some_g.push_back(g[i]);
  }
  Point sum;
  std::size_t count = 0;
  ForEachBlock(some_p, some_g, points, [&](const Block& block) {
    for (std::size_t i = 0; i < block.count; ++i) {
      sum.p += block.p[i];
      sum.g += block.g[i];
    }
    count += block.count;
  });
  const auto n = static_cast<double>(std::max<std::size_t>(count, 1));
  return {sum.p / n, sum.g / n};
}

// Sums of a block about the pivot.
struct Moments {
  double p = 0, g = 0, pp = 0, pg = 0;
};

// Fills the block up with points that add nothing.
ASSAY_WIDE_CLONES
Moments MomentsOf(Block& block, const Point& pivot) {
  const std::size_t end = (block.count + kLanes - 1) / kLanes * kLanes;
  for (std::size_t i = block.count; i < end; ++i) {
    block.p[i] = pivot.p;
    block.g[i] = pivot.g;
  }
  Lanes p{}, g{}, pp{}, pg{};
  for (std::size_t i = 0; i < end; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      const double from_p = block.p[i + k] - pivot.p;
      const double from_g = block.g[i + k] - pivot.g;
      p[k] += from_p;
      g[k] += from_g;
      pp[k] += from_p * from_p;
      pg[k] += from_p * from_g;
    }
  }
  return {Total(p), Total(g), Total(pp), Total(pg)};
}

ASSAY_WIDE_CLONES
bool AreAll(const double* values, std::size_t count, double value) {
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < count; ++i) others |= values[i] != value ? 1 : 0;
  return others == 0;
}

}  // namespace

Line LeastSquaresLine(std::span<const double> p,
                      std::span<const double> g,
                      const LinePoints& points) {
  const Point pivot = PivotOf(p, g, points);
  CompensatedSum sum_p, sum_g, sum_pp, sum_pg;
  std::size_t count = 0;
  double first = 0;
  bool equal = true;
  ForEachBlock(p, g, points, [&](Block& block) {
    if (block.count == 0) return;
    if (count == 0) first = block.p[0];
    equal = equal && AreAll(block.p.data(), block.count, first);
    const Moments moments = MomentsOf(block, pivot);
    sum_p.Add(moments.p);
    sum_g.Add(moments.g);
    sum_pp.Add(moments.pp);
    sum_pg.Add(moments.pg);
    count += block.count;
  });
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  if (count < 2) return {kNan, kNan};
  const auto n = static_cast<double>(count);
  const Point from_pivot{sum_p.Value() / n, sum_g.Value() / n};
  const Point mean{pivot.p + from_pivot.p, pivot.g + from_pivot.g};
  if (equal) {
    const double norm = first * first + 1;
    return {mean.g * first / norm, mean.g / norm};
  }
  const double spread = sum_pp.Value() - sum_p.Value() * from_pivot.p;
  const double joint = sum_pg.Value() - sum_p.Value() * from_pivot.g;
  const double scale = joint / spread;
  return {scale, mean.g - scale * mean.p};
}

double LeastSquaresScale(std::span<const double> p, std::span<const double> g) {
  CompensatedSum sum_pp, sum_pg;
  ForEachBlock(p, g, {}, [&](Block& block) {
    const Moments moments = MomentsOf(block, {0, 0});
    sum_pp.Add(moments.pp);
    sum_pg.Add(moments.pg);
  });
  return sum_pg.Value() / sum_pp.Value();
}

}  // namespace assay
