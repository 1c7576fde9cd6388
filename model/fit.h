// How an answer's pixels lie over the image the model was shown.
//
// For truth pixel (x, y) of a W_g x H_g grid, an input of W_i x H_i (what the
// model was shown) and an answer of W_o x H_o, with X = (x + 1/2) W_i / W_g and
// Y = (y + 1/2) H_i / H_g:
//   stretch     u = X W_o / W_i,                 v = Y H_o / H_i
//   cover_crop  u = s X - (s W_i - W_o) / 2, …   s = max(W_o / W_i, H_o / H_i)
//   letterbox   the same with                    s = min(W_o / W_i, H_o / H_i)
// and the sample is pixel (floor u, floor v), clamped to the answer. Clamped
// truth pixels take the edge value and are counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/raster.h"

namespace assay {

enum class Fit { kCoverCrop, kStretch, kLetterbox };

inline constexpr std::pair<std::string_view, Fit> kFitNames[] = {
    {"cover_crop", Fit::kCoverCrop}, {"stretch", Fit::kStretch}, {"letterbox", Fit::kLetterbox}};

std::optional<Fit> FitNamed(std::string_view name);  // none for no such name
std::string_view NameOf(Fit fit);

// The separable nearest-neighbour map from a truth grid to an answer.
struct FitMap {
  std::vector<int> column;        // per truth x, the answer's column
  std::vector<int> row;           // per truth y, the answer's row
  std::int64_t extrapolated = 0;  // truth pixels that needed clamping
};

// Exact: computed in integers. Throws std::invalid_argument unless every side of
// every size is positive.
FitMap MapTo(Fit fit, Size truth, Size shown, Size answer);

template <class T>
Raster<T> Resample(const Raster<T>& decoded, const FitMap& map) {
  Raster<T> out(Size{static_cast<int>(map.column.size()), static_cast<int>(map.row.size())});
  for (int y = 0; y < out.height(); ++y) {
    const auto from = decoded.Row(map.row[static_cast<std::size_t>(y)]);
    const auto to = out.Row(y);
    for (std::size_t x = 0; x < to.size(); ++x) {
      to[x] = from[static_cast<std::size_t>(map.column[x])];
    }
  }
  return out;
}

}  // namespace assay
