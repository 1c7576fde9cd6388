#include "model/region_masks.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace assay {
namespace {

// Rows from `begin` up to `end` of a column belong to a region.
struct Stretch {
  std::size_t region;
  std::int64_t begin, end;
};

// Run-length masks go down the columns, so the map is turned first: columns become
// rows, a square at a time, as going down a raster touches a cache line a pixel.
RegionMap Transposed(const RegionMap& regions) {
  constexpr int kSquare = 32;
  RegionMap turned(Size{regions.height(), regions.width()});
  for (int top = 0; top < regions.height(); top += kSquare) {
    const int bottom = std::min(top + kSquare, regions.height());
    for (int left = 0; left < regions.width(); left += kSquare) {
      const int right = std::min(left + kSquare, regions.width());
      for (int y = top; y < bottom; ++y) {
        for (int x = left; x < right; ++x) turned.At(y, x) = regions.At(x, y);
      }
    }
  }
  return turned;
}

// first[r] is the first truth row whose sample is of row r of the answer or below;
// samples never go up.
std::vector<std::int64_t> FirstTruthRows(const FitMap& map, int answer_height) {
  std::vector<std::int64_t> first;
  std::size_t y = 0;
  for (int row = 0; row <= answer_height; ++row) {
    while (y < map.row.size() && map.row[y] < row) ++y;
    first.push_back(static_cast<std::int64_t>(y));
  }
  return first;
}

// The stretches of one column of the answer, in truth rows.
void FindStretches(std::span<const std::int32_t> column,
                   std::span<const std::int64_t> first_truth_row,
                   std::vector<Stretch>& stretches) {
  stretches.clear();
  for (std::size_t begin = 0; begin < column.size();) {
    std::size_t end = begin + 1;
    while (end < column.size() && column[end] == column[begin]) ++end;
    const std::int64_t from = first_truth_row[begin];
    const std::int64_t to = first_truth_row[end];
    if (column[begin] != kNoRegion && from < to) {
      stretches.push_back({static_cast<std::size_t>(column[begin]), from, to});
    }
    begin = end;
  }
}

// Runs of each region, and where its last one ended.
class Runs {
 public:
  explicit Runs(std::size_t count) : runs_(count), ends_(count) {}

  void Add(std::size_t region, std::int64_t begin, std::int64_t end) {
    runs_[region].push_back(begin - ends_[region]);
    runs_[region].push_back(end - begin);
    ends_[region] = end;
  }
  std::vector<RunLengthMask> Finish(Size size) {
    const auto pixels = static_cast<std::int64_t>(size.Pixels());
    std::vector<RunLengthMask> masks;
    masks.reserve(runs_.size());
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      runs_[i].push_back(pixels - ends_[i]);
      masks.push_back(MakeRuns(size, runs_[i]));
    }
    return masks;
  }

 private:
  std::vector<std::vector<std::int64_t>> runs_;
  std::vector<std::int64_t> ends_;
};

}  // namespace

std::vector<RunLengthMask> RegionMasks(const RegionMap& regions,
                                       std::size_t count,
                                       const FitMap& map) {
  const Size size{static_cast<int>(map.column.size()), static_cast<int>(map.row.size())};
  const RegionMap turned = Transposed(regions);
  const std::vector<std::int64_t> first_row = FirstTruthRows(map, regions.height());
  Runs runs(count);
  std::vector<Stretch> stretches;
  int at = -1;  // the column the stretches are of
  for (std::size_t x = 0; x < map.column.size(); ++x) {
    if (map.column[x] != at) FindStretches(turned.Row(map.column[x]), first_row, stretches);
    at = map.column[x];
    const std::int64_t top = static_cast<std::int64_t>(x) * size.height;
    for (const Stretch& s : stretches) runs.Add(s.region, top + s.begin, top + s.end);
  }
  return runs.Finish(size);
}

}  // namespace assay
