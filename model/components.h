// Objects of an image in which each is painted in one colour: arXiv:2604.20329v3,
// appendix A. The appendix prints its norms without their exponents; they are read
// as Euclidean distances against tau, as its words (a colour tolerance) say. What it
// leaves open is marked [ours].
//
//   1 background  a pixel is background if |p - background| < tau
//   2 grouping    the first pixel left, row by row [ours], is a seed; its component
//                 is what can be reached from it over neighbours p that are left and
//                 have |p - seed| <= tau
//   3 noise       a component S is dropped if |S| < theta_size * W * H
//   4 halo        it is dropped if |erosion of S| / |S| < theta_erosion; the erosion
//                 keeps the pixels whose 3 x 3 square lies in S, and no square lies
//                 beyond the image [ours]
//   5 merging     a and b are joined if |mean a - mean b| <= tau and A(a u b) <=
//                 gamma (A(a) + A(b)), where A is the area of the bounding box in
//                 pixels, (x1 - x0 + 1) (y1 - y0 + 1). The first such pair (a before
//                 b in seed order, a first, then b) is joined into a, with its sums,
//                 count and box; then all over again, until no pair is left [ours]
// Distances are Euclidean in 8-bit RGB, compared as squares: exact in steps 1 and 2,
// double in step 5. The order of the objects is that of their seeds.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/io/image.h"
#include "metrics/raster.h"

namespace assay {

// Which pixels around a pixel are its neighbours. The paper says 16; which 16 is open.
enum class Neighbours {
  kFour,     // left, right, above, below
  kEight,    // and the diagonal ones
  kKnight,   // the 8, and the 8 a chess knight reaches [ours: the default]
  kRing,     // the 16 on the border of the 5 x 5 square
  kTwoAway,  // all 24 of the 5 x 5 square
};
inline constexpr std::pair<std::string_view, Neighbours> kNeighboursNames[] = {
    {"4", Neighbours::kFour},
    {"8", Neighbours::kEight},
    {"16-knight", Neighbours::kKnight},
    {"16-ring", Neighbours::kRing},
    {"24", Neighbours::kTwoAway}};

struct ObjectRule {
  Rgb8 background = {0, 0, 0};
  double tau = 14;             // 0..255 units
  double theta_size = 2e-4;    // share of the image
  double theta_erosion = 0.1;  // share of the component
  double gamma = 5;
  Neighbours neighbours = Neighbours::kKnight;
};

// A component, or several that were joined.
struct Region {
  std::int64_t pixels = 0;
  std::array<std::int64_t, 3> sums = {};           // of R, G and B
  int left = 0, top = 0, right = -1, bottom = -1;  // inclusive
  friend bool operator==(const Region&, const Region&) = default;
};

// Per pixel the position of its region, kNoRegion for pixels of none.
using RegionMap = Raster<std::int32_t>;
inline constexpr std::int32_t kNoRegion = -1;

// Steps 1 and 2. Numbers follow the seed order. Every pixel is claimed once and looks
// at its neighbours once.
RegionMap GroupPixels(const RgbImage& image, const ObjectRule& rule);

// Entry i describes the pixels of region i; `count` is above every entry of the map.
std::vector<Region> MeasureRegions(const RegionMap& map, const RgbImage& image, std::size_t count);

// Pixels of each region that step 4's erosion keeps.
std::vector<std::int64_t> ErodedPixels(const RegionMap& map, std::size_t count);

// Step 5. `regions` becomes the objects; entry i of the result is the object that
// region i is now part of. At most 2 n tests of n regions: a join can only make
// pairs with the joined region possible, so that nothing else is tried again.
std::vector<std::int32_t> JoinRegions(std::vector<Region>& regions, const ObjectRule& rule);

struct Objects {
  RegionMap map;                // by object
  std::vector<Region> objects;  // in seed order
  std::int64_t background = 0;  // pixels
  std::int64_t components = 0;  // after step 2
  std::int64_t dropped_by_size = 0, dropped_by_erosion = 0;
  std::int64_t joined = 0;  // components that became part of an earlier one
};

// All steps.
Objects FindObjects(const RgbImage& image, const ObjectRule& rule);

}  // namespace assay
