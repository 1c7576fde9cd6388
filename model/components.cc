#include "model/components.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace assay {
namespace {

// ---- steps 1 and 2 ----------------------------------------------------------

// A pixel's colour, and whether it has been claimed, in one word: most of the time
// goes into looking at neighbours.
using Cell = std::uint32_t;
constexpr Cell kClaimed = Cell{1} << 31;
// Neighbours are at most two pixels away: with a border this wide, claimed from the
// start, none has to be checked against the edge.
constexpr int kBorder = 2;

Cell Pack(Rgb8 color) {
  return static_cast<Cell>(color.r) | static_cast<Cell>(color.g) << 8 |
         static_cast<Cell>(color.b) << 16;
}

int Distance2(Cell a, Cell b) {
  const auto channel = [](Cell cell, int shift) { return static_cast<int>(cell >> shift & 255U); };
  const int dr = channel(a, 0) - channel(b, 0);
  const int dg = channel(a, 8) - channel(b, 8);
  const int db = channel(a, 16) - channel(b, 16);
  return dr * dr + dg * dg + db * db;
}

// The largest whole squared distance within tau, and below tau.
int LargestWithin(double tau) { return static_cast<int>(std::floor(tau * tau)); }
int LargestBelow(double tau) { return static_cast<int>(std::ceil(tau * tau)) - 1; }

bool IsNeighbour(Neighbours kind, int dx, int dy) {
  const int x = std::abs(dx);
  const int y = std::abs(dy);
  const bool near = x <= 1 && y <= 1;
  switch (kind) {
    case Neighbours::kFour:
      return x + y == 1;
    case Neighbours::kEight:
      return near && x + y > 0;
    case Neighbours::kKnight:
      return (near && x + y > 0) || x + y == 3;
    case Neighbours::kRing:
      return !near;
    case Neighbours::kTwoAway:
      return x + y > 0;
  }
  return false;
}

std::vector<std::ptrdiff_t> Offsets(Neighbours kind, std::ptrdiff_t stride) {
  std::vector<std::ptrdiff_t> offsets;
  for (int dy = -kBorder; dy <= kBorder; ++dy) {
    for (int dx = -kBorder; dx <= kBorder; ++dx) {
      if (IsNeighbour(kind, dx, dy)) offsets.push_back(dy * stride + dx);
    }
  }
  return offsets;
}

class Grouping {
 public:
  Grouping(const RgbImage& image, const ObjectRule& rule)
      : size_(image.size()),
        stride_(static_cast<std::size_t>(image.width() + 2 * kBorder)),
        offsets_(Offsets(rule.neighbours, static_cast<std::ptrdiff_t>(stride_))),
        within_(LargestWithin(rule.tau)),
        cells_(stride_ * static_cast<std::size_t>(image.height() + 2 * kBorder), kClaimed),
        regions_(cells_.size(), kNoRegion) {
    const Cell background = Pack(rule.background);
    const int below = LargestBelow(rule.tau);
    for (int y = 0; y < image.height(); ++y) {
      Cell* cell = cells_.data() + RowStart(y);
      for (const Rgb8 color : image.Row(y)) {
        const Cell packed = Pack(color);
        *cell++ = packed | (Distance2(packed, background) <= below ? kClaimed : 0);
      }
    }
  }

  RegionMap Run() {
    std::int32_t region = 0;
    for (int y = 0; y < size_.height; ++y) {
      const std::size_t start = RowStart(y);
      for (std::size_t at = start; at < start + static_cast<std::size_t>(size_.width); ++at) {
        if ((cells_[at] & kClaimed) == 0) Fill(at, region++);
      }
    }
    RegionMap map(size_);
    for (int y = 0; y < size_.height; ++y) {
      const auto* const from = regions_.data() + RowStart(y);
      std::copy(from, from + size_.width, map.Row(y).begin());
    }
    return map;
  }

 private:
  std::size_t RowStart(int y) const {
    return static_cast<std::size_t>(y + kBorder) * stride_ + kBorder;
  }

  void Claim(std::size_t at, std::int32_t region) {
    cells_[at] |= kClaimed;
    regions_[at] = region;
    open_.push_back(static_cast<std::uint32_t>(at));
  }

  void Fill(std::size_t seed, std::int32_t region) {
    const Cell color = cells_[seed];
    Claim(seed, region);
    while (!open_.empty()) {
      const std::size_t at = open_.back();
      open_.pop_back();
      for (const std::ptrdiff_t offset : offsets_) {
        const std::size_t next = at + static_cast<std::size_t>(offset);
        const Cell cell = cells_[next];
        if ((cell & kClaimed) != 0 || Distance2(cell, color) > within_) continue;
        Claim(next, region);
      }
    }
  }

  Size size_;
  std::size_t stride_;
  std::vector<std::ptrdiff_t> offsets_;
  int within_;
  std::vector<Cell> cells_;
  std::vector<std::int32_t> regions_;
  std::vector<std::uint32_t> open_;  // claimed, neighbours not looked at
};

// ---- step 5 -----------------------------------------------------------------

class Joining {
 public:
  Joining(std::vector<Region>& regions, const ObjectRule& rule)
      : regions_(regions), gamma_(rule.gamma), tau2_(rule.tau * rule.tau) {
    for (const Region& region : regions) looks_.push_back(LookOf(region));
    into_.resize(regions.size());
    for (std::size_t i = 0; i < into_.size(); ++i) into_[i] = i;
  }

  // Between rounds no pair (a, b) with a < tried can be joined, but for those with
  // `row`, the region that grew last.
  std::vector<std::int32_t> Run() {
    const std::size_t count = regions_.size();
    std::size_t tried = 0;
    std::size_t row = 0;
    while (tried < count) {
      const std::size_t other = FirstAfter(row);
      if (other < count) {
        Join(row, other);
        for (std::size_t a = FirstBefore(row); a < row; a = FirstBefore(row)) {
          Join(a, row);
          row = a;
        }
        continue;
      }
      ++tried;  // it is `row`, or has been joined into it
      while (tried < count && into_[tried] != tried) ++tried;
      row = tried;
    }
    return Compact();
  }

 private:
  // What the rule looks at.
  struct Look {
    std::array<double, 3> mean;
    int left, top, right, bottom;
    double area;
  };

  static double Area(int left, int top, int right, int bottom) {
    return static_cast<double>(right - left + 1) * static_cast<double>(bottom - top + 1);
  }
  static Look LookOf(const Region& region) {
    Look look{{}, region.left, region.top, region.right, region.bottom, 0};
    for (std::size_t c = 0; c < 3; ++c) {
      look.mean[c] = static_cast<double>(region.sums[c]) / static_cast<double>(region.pixels);
    }
    look.area = Area(look.left, look.top, look.right, look.bottom);
    return look;
  }

  bool CanJoin(const Look& a, const Look& b) const {
    const double dr = a.mean[0] - b.mean[0];
    const double dg = a.mean[1] - b.mean[1];
    const double db = a.mean[2] - b.mean[2];
    if (dr * dr + dg * dg + db * db > tau2_) return false;
    return Area(std::min(a.left, b.left),
                std::min(a.top, b.top),
                std::max(a.right, b.right),
                std::max(a.bottom, b.bottom)) <= gamma_ * (a.area + b.area);
  }

  // The first region after `row` that can be joined into it; regions_.size() if none.
  std::size_t FirstAfter(std::size_t row) const {
    std::size_t b = row + 1;
    while (b < regions_.size() && (into_[b] != b || !CanJoin(looks_[row], looks_[b]))) ++b;
    return b;
  }
  // The first before `row` that it can be joined into; `row` if none.
  std::size_t FirstBefore(std::size_t row) const {
    std::size_t a = 0;
    while (a < row && (into_[a] != a || !CanJoin(looks_[a], looks_[row]))) ++a;
    return a;
  }

  void Join(std::size_t a, std::size_t b) {
    Region& region = regions_[a];
    const Region& other = regions_[b];
    region.pixels += other.pixels;
    for (std::size_t c = 0; c < 3; ++c) region.sums[c] += other.sums[c];
    region.left = std::min(region.left, other.left);
    region.top = std::min(region.top, other.top);
    region.right = std::max(region.right, other.right);
    region.bottom = std::max(region.bottom, other.bottom);
    looks_[a] = LookOf(region);
    into_[b] = a;
  }

  // A region is always joined into an earlier one, whose number is known by then.
  std::vector<std::int32_t> Compact() {
    std::vector<std::int32_t> object(regions_.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
      if (into_[i] != i) {
        object[i] = object[into_[i]];
        continue;
      }
      object[i] = static_cast<std::int32_t>(count);
      regions_[count++] = regions_[i];
    }
    regions_.resize(count);
    return object;
  }

  std::vector<Region>& regions_;
  double gamma_;
  double tau2_;
  std::vector<Look> looks_;
  std::vector<std::size_t> into_;  // itself where a region was not joined
};

// ---- steps 3 and 4 ----------------------------------------------------------

// Leaves the regions that stay; entry i of the result is the new number of region i.
std::vector<std::int32_t> DropRegions(Objects& found,
                                      std::span<const std::int64_t> eroded,
                                      const ObjectRule& rule) {
  const double smallest = rule.theta_size * static_cast<double>(found.map.size().Pixels());
  std::vector<std::int32_t> kept(found.objects.size(), kNoRegion);
  std::size_t count = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto pixels = static_cast<double>(found.objects[i].pixels);
    if (pixels < smallest) {
      ++found.dropped_by_size;
    } else if (static_cast<double>(eroded[i]) / pixels < rule.theta_erosion) {
      ++found.dropped_by_erosion;
    } else {
      kept[i] = static_cast<std::int32_t>(count);
      found.objects[count++] = found.objects[i];
    }
  }
  found.objects.resize(count);
  return kept;
}

std::size_t CountRegions(const RegionMap& map) {
  std::int32_t largest = kNoRegion;
  for (const std::int32_t region : map.Pixels()) largest = std::max(largest, region);
  return static_cast<std::size_t>(largest) + 1;  // none at all: -1 wraps around to 0
}

}  // namespace

RegionMap GroupPixels(const RgbImage& image, const ObjectRule& rule) {
  return Grouping(image, rule).Run();
}

std::vector<Region> MeasureRegions(const RegionMap& map, const RgbImage& image, std::size_t count) {
  std::vector<Region> regions(count);
  for (int y = 0; y < map.height(); ++y) {
    const auto row = map.Row(y);
    const auto colors = image.Row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      if (row[x] == kNoRegion) continue;
      Region& region = regions[static_cast<std::size_t>(row[x])];
      const int column = static_cast<int>(x);
      if (region.pixels == 0) region = {0, {}, column, y, column, y};
      ++region.pixels;
      region.sums[0] += colors[x].r;
      region.sums[1] += colors[x].g;
      region.sums[2] += colors[x].b;
      region.left = std::min(region.left, column);
      region.right = std::max(region.right, column);
      region.bottom = y;
    }
  }
  return regions;
}

std::vector<std::int64_t> ErodedPixels(const RegionMap& map, std::size_t count) {
  std::vector<std::int64_t> eroded(count);
  for (int y = 1; y + 1 < map.height(); ++y) {
    const auto above = map.Row(y - 1);
    const auto row = map.Row(y);
    const auto below = map.Row(y + 1);
    // How many columns up to here have one region in all three rows, without a break.
    int columns = 0;
    for (std::size_t x = 0; x < row.size(); ++x) {
      const std::int32_t region = row[x];
      const bool whole = region != kNoRegion && above[x] == region && below[x] == region;
      const bool goes_on = columns > 0 && whole && row[x - 1] == region;
      columns = goes_on ? columns + 1 : whole ? 1 : 0;
      if (columns >= 3) ++eroded[static_cast<std::size_t>(region)];
    }
  }
  return eroded;
}

std::vector<std::int32_t> JoinRegions(std::vector<Region>& regions, const ObjectRule& rule) {
  return Joining(regions, rule).Run();
}

Objects FindObjects(const RgbImage& image, const ObjectRule& rule) {
  Objects found;
  found.map = GroupPixels(image, rule);
  const std::size_t count = CountRegions(found.map);
  found.components = static_cast<std::int64_t>(count);
  found.objects = MeasureRegions(found.map, image, count);
  std::vector<std::int32_t> object = DropRegions(found, ErodedPixels(found.map, count), rule);
  const auto before = static_cast<std::int64_t>(found.objects.size());
  const std::vector<std::int32_t> joined = JoinRegions(found.objects, rule);
  found.joined = before - static_cast<std::int64_t>(found.objects.size());
  for (std::int32_t& number : object) {
    if (number != kNoRegion) number = joined[static_cast<std::size_t>(number)];
  }
  for (std::int32_t& region : found.map.Pixels()) {
    if (region == kNoRegion) {
      ++found.background;
    } else {
      region = object[static_cast<std::size_t>(region)];
    }
  }
  return found;
}

}  // namespace assay
