#include "tests/support/naive_objects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace assay::test {
namespace {

using Pixels = std::set<int>;

double Distance(Rgb8 a, Rgb8 b) { return std::hypot(a.r - b.r, a.g - b.g, a.b - b.b); }

bool AreNeighbours(Neighbours kind, int dx, int dy) {
  // The 5 x 5 square, drawn: 1 the four, 2 the diagonals, 3 knight moves, 4 the rest.
  static constexpr std::array<std::array<int, 5>, 5> kSquare = {
      {{4, 3, 4, 3, 4}, {3, 2, 1, 2, 3}, {4, 1, 0, 1, 4}, {3, 2, 1, 2, 3}, {4, 3, 4, 3, 4}}};
  if (std::abs(dx) > 2 || std::abs(dy) > 2) return false;
  const int part =
      kSquare.at(2 + static_cast<std::size_t>(dy)).at(2 + static_cast<std::size_t>(dx));
  switch (kind) {
    case Neighbours::kFour:
      return part == 1;
    case Neighbours::kEight:
      return part == 1 || part == 2;
    case Neighbours::kKnight:
      return part >= 1 && part <= 3;
    case Neighbours::kRing:
      return part >= 3;
    case Neighbours::kTwoAway:
      return part >= 1;
  }
  return false;
}

class Picture {
 public:
  Picture(const RgbImage& image, const ObjectRule& rule) : image_(image), rule_(rule) {}

  Rgb8 ColorOf(int pixel) const { return image_.Pixels()[static_cast<std::size_t>(pixel)]; }
  int X(int pixel) const { return pixel % image_.width(); }
  int Y(int pixel) const { return pixel / image_.width(); }
  int Count() const { return static_cast<int>(image_.Pixels().size()); }

  Pixels Flood(int seed, const Pixels& left) const {
    Pixels found = {seed};
    for (bool grew = true; grew;) {
      grew = false;
      for (const int p : left) {
        if (found.contains(p) || Distance(ColorOf(p), ColorOf(seed)) > rule_.tau) continue;
        const bool reached = std::any_of(found.begin(), found.end(), [&](int q) {
          return AreNeighbours(rule_.neighbours, X(p) - X(q), Y(p) - Y(q));
        });
        if (!reached) continue;
        found.insert(p);
        grew = true;
      }
    }
    return found;
  }

  int Eroded(const Pixels& pixels) const {
    int count = 0;
    for (const int p : pixels) {
      bool whole = true;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          const int x = X(p) + dx;
          const int y = Y(p) + dy;
          const bool beyond = x < 0 || y < 0 || x >= image_.width() || y >= image_.height();
          whole = whole && !beyond && pixels.contains(y * image_.width() + x);
        }
      }
      count += whole ? 1 : 0;
    }
    return count;
  }

  bool CanJoin(const Pixels& a, const Pixels& b) const {
    Pixels both = a;
    both.insert(b.begin(), b.end());
    const std::array<double, 3> left = Mean(a);
    const std::array<double, 3> right = Mean(b);
    double squared = 0;
    for (std::size_t c = 0; c < 3; ++c) squared += (left[c] - right[c]) * (left[c] - right[c]);
    return squared <= rule_.tau * rule_.tau &&
           BoxArea(both) <= rule_.gamma * (BoxArea(a) + BoxArea(b));
  }

 private:
  std::array<double, 3> Mean(const Pixels& pixels) const {
    std::array<double, 3> sums = {};
    for (const int p : pixels) {
      sums[0] += ColorOf(p).r;
      sums[1] += ColorOf(p).g;
      sums[2] += ColorOf(p).b;
    }
    for (double& sum : sums) sum /= static_cast<double>(pixels.size());
    return sums;
  }
  double BoxArea(const Pixels& pixels) const {
    int left = image_.width(), right = 0, top = image_.height(), bottom = 0;
    for (const int p : pixels) {
      left = std::min(left, X(p));
      right = std::max(right, X(p));
      top = std::min(top, Y(p));
      bottom = std::max(bottom, Y(p));
    }
    return static_cast<double>(right - left + 1) * (bottom - top + 1);
  }

  const RgbImage& image_;
  const ObjectRule& rule_;
};

// True when a pair was joined.
bool JoinOnePair(const Picture& picture, std::vector<Pixels>& objects) {
  for (std::size_t a = 0; a < objects.size(); ++a) {
    for (std::size_t b = a + 1; b < objects.size(); ++b) {
      if (!picture.CanJoin(objects[a], objects[b])) continue;
      objects[a].insert(objects[b].begin(), objects[b].end());
      objects.erase(objects.begin() + static_cast<std::ptrdiff_t>(b));
      return true;
    }
  }
  return false;
}

Region United(const std::vector<Region>& regions, const std::vector<int>& numbers) {
  Region all = regions.at(static_cast<std::size_t>(numbers.front()));
  all.pixels = 0;
  all.sums = {};
  for (const int number : numbers) {
    const Region& region = regions.at(static_cast<std::size_t>(number));
    all.pixels += region.pixels;
    for (std::size_t c = 0; c < 3; ++c) all.sums.at(c) += region.sums.at(c);
    all.left = std::min(all.left, region.left);
    all.top = std::min(all.top, region.top);
    all.right = std::max(all.right, region.right);
    all.bottom = std::max(all.bottom, region.bottom);
  }
  return all;
}

double Area(const Region& r) { return (r.right - r.left + 1.0) * (r.bottom - r.top + 1.0); }

bool CanJoin(const Region& a, const Region& b, const Region& both, const ObjectRule& rule) {
  double squared = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double left = static_cast<double>(a.sums.at(c)) / static_cast<double>(a.pixels);
    const double right = static_cast<double>(b.sums.at(c)) / static_cast<double>(b.pixels);
    squared += (left - right) * (left - right);
  }
  return squared <= rule.tau * rule.tau && Area(both) <= rule.gamma * (Area(a) + Area(b));
}

// True when a pair was joined.
bool JoinOnePair(const std::vector<Region>& regions,
                 const ObjectRule& rule,
                 std::vector<std::vector<int>>& objects) {
  for (std::size_t a = 0; a < objects.size(); ++a) {
    for (std::size_t b = a + 1; b < objects.size(); ++b) {
      std::vector<int> both = objects[a];
      both.insert(both.end(), objects[b].begin(), objects[b].end());
      const Region left = United(regions, objects[a]);
      const Region right = United(regions, objects[b]);
      if (!CanJoin(left, right, United(regions, both), rule)) continue;
      objects[a] = both;
      objects.erase(objects.begin() + static_cast<std::ptrdiff_t>(b));
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::vector<int>> JoinRegionsNaively(const std::vector<Region>& regions,
                                                 const ObjectRule& rule) {
  std::vector<std::vector<int>> objects;
  for (int i = 0; i < static_cast<int>(regions.size()); ++i) objects.push_back({i});
  while (JoinOnePair(regions, rule, objects)) {
  }
  return objects;
}

NaiveObjects FindObjectsNaively(const RgbImage& image, const ObjectRule& rule) {
  const Picture picture(image, rule);
  NaiveObjects result;
  Pixels left;
  for (int p = 0; p < picture.Count(); ++p) {
    const bool background = Distance(picture.ColorOf(p), rule.background) < rule.tau;
    result.background += background ? 1 : 0;
    if (!background) left.insert(p);
  }
  std::vector<Pixels> objects;
  while (!left.empty()) {
    const Pixels component = picture.Flood(*left.begin(), left);
    for (const int p : component) left.erase(p);
    ++result.components;
    const auto size = static_cast<double>(component.size());
    if (size < rule.theta_size * picture.Count()) {
      ++result.dropped_by_size;
    } else if (picture.Eroded(component) / size < rule.theta_erosion) {
      ++result.dropped_by_erosion;
    } else {
      objects.push_back(component);
    }
  }
  while (JoinOnePair(picture, objects)) ++result.joined;
  for (const Pixels& object : objects) result.objects.emplace_back(object.begin(), object.end());
  return result;
}

}  // namespace assay::test
