#include "datasets/io/array.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"

namespace assay {
namespace {

bool FitsRaster(std::int64_t height, std::int64_t width) {
  if (height > INT32_MAX || width > INT32_MAX) return false;
  return static_cast<std::uint64_t>(height) * static_cast<std::uint64_t>(width) <= kMaxPixels;
}

}  // namespace

Raster<double> AsRaster(Array array, const std::filesystem::path& path) {
  std::vector<std::int64_t> axes = array.shape;
  if (axes.size() > 2) std::erase(axes, std::int64_t{1});
  if (axes.size() != 2 || axes[0] < 1 || axes[1] < 1) {
    throw FileError(path,
                    "wrong-shape",
                    fmt::format("has shape ({}); need (H, W), further axes of length 1 are dropped",
                                fmt::join(array.shape, ", ")));
  }
  if (!FitsRaster(axes[0], axes[1])) {
    throw FileError(
        path,
        "too-large",
        fmt::format("has {} x {} values; at most {} are read", axes[0], axes[1], kMaxPixels));
  }
  return {{static_cast<int>(axes[1]), static_cast<int>(axes[0])}, std::move(array.values)};
}

}  // namespace assay
