#include "datasets/io/vectors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/io/png.h"

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;

// Stored numbers from 0 to `largest` as components from -1 to 1.
template <class Colour>
VectorMap FromColours(const Raster<Colour>& image, double largest) {
  VectorMap map(image.size());
  std::transform(image.Pixels().begin(),
                 image.Pixels().end(),
                 map.Pixels().begin(),
                 [&](const Colour& c) -> Vector3 {
                   if (c.r == 0 && c.g == 0 && c.b == 0) return {};
                   return {2 * c.r / largest - 1, 2 * c.g / largest - 1, 2 * c.b / largest - 1};
                 });
  return map;
}

FileError WrongShape(const Array& array, VectorAxes axes, const Path& path) {
  const char* needed = axes == VectorAxes::kLast    ? "(H, W, 3)"
                       : axes == VectorAxes::kFirst ? "(3, H, W)"
                                                    : "(H, W, 3) or (3, H, W)";
  return {path,
          "wrong-shape",
          fmt::format("has shape ({}); need {}", fmt::join(array.shape, ", "), needed)};
}

bool FitsRaster(std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1 || height > INT32_MAX || width > INT32_MAX) return false;
  return static_cast<std::uint64_t>(height) * static_cast<std::uint64_t>(width) <= kMaxPixels;
}

}  // namespace

VectorMap VectorsFromPng8(Span bytes, const Path& path) {
  return FromColours(DecodePngRgb8(bytes, path), 255);
}

VectorMap VectorsFromPng16(Span bytes, const Path& path) {
  return FromColours(DecodePngRgb16(bytes, path), 65535);
}

VectorMap VectorsFromArray(const Array& array, VectorAxes axes, const Path& path) {
  std::vector<std::int64_t> shape = array.shape;
  while (shape.size() > 3 && shape.front() == 1) shape.erase(shape.begin());
  if (shape.size() != 3) throw WrongShape(array, axes, path);
  const bool last = axes != VectorAxes::kFirst && shape[2] == 3;
  const bool first = axes != VectorAxes::kLast && shape[0] == 3;
  if (!last && !first) throw WrongShape(array, axes, path);
  const std::int64_t height = last ? shape[0] : shape[1];
  const std::int64_t width = last ? shape[1] : shape[2];
  if (!FitsRaster(height, width)) throw WrongShape(array, axes, path);
  VectorMap map(Size{static_cast<int>(width), static_cast<int>(height)});
  const std::size_t pixels = map.size().Pixels();
  const std::size_t pixel_step = last ? 3 : 1;
  const std::size_t axis_step = last ? 1 : pixels;
  for (std::size_t i = 0; i < pixels; ++i) {
    const double* from = array.values.data() + i * pixel_step;
    map.Pixels()[i] = {from[0], from[axis_step], from[2 * axis_step]};
  }
  return map;
}

Array ArrayFromVectors(const VectorMap& map) {
  Array array{.shape = {map.height(), map.width(), 3}, .values = {}};
  array.values.reserve(3 * map.size().Pixels());
  for (const Vector3& v : map.Pixels()) {
    array.values.insert(array.values.end(), {v.x, v.y, v.z});
  }
  return array;
}

}  // namespace assay
