// Raster<T>: an owning two-dimensional array with value semantics.
//
// Row-major: the pixel (x, y) lies at index y * width + x. x grows to the
// right, y grows downwards, (0, 0) is the top-left pixel. Where a continuous
// coordinate is meant, the top-left *corner* of the image is (0, 0), so the
// centre of the first pixel is (0.5, 0.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace assay {

struct Size {
  int width = 0;
  int height = 0;

  std::size_t Pixels() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  }
  friend bool operator==(const Size&, const Size&) = default;
};

template <class T>
class Raster {
 public:
  Raster() = default;
  explicit Raster(Size size, T fill = T{}) : size_(size), pixels_(size.Pixels(), fill) {}
  // Throws std::logic_error unless pixels.size() == size.Pixels().
  Raster(Size size, std::vector<T> pixels) : size_(size), pixels_(std::move(pixels)) {
    if (pixels_.size() != size_.Pixels()) {
      throw std::logic_error("Raster: pixel count does not match the size");
    }
  }

  Size size() const { return size_; }
  int width() const { return size_.width; }
  int height() const { return size_.height; }
  bool empty() const { return pixels_.empty(); }

  T& At(int x, int y) { return pixels_[Index(x, y)]; }
  const T& At(int x, int y) const { return pixels_[Index(x, y)]; }

  std::span<T> Row(int y) { return std::span<T>(pixels_).subspan(Index(0, y), RowLength()); }
  std::span<const T> Row(int y) const {
    return std::span<const T>(pixels_).subspan(Index(0, y), RowLength());
  }
  std::span<T> Pixels() { return pixels_; }
  std::span<const T> Pixels() const { return pixels_; }

  friend bool operator==(const Raster&, const Raster&) = default;

 private:
  std::size_t RowLength() const { return static_cast<std::size_t>(size_.width); }
  std::size_t Index(int x, int y) const {
    return static_cast<std::size_t>(y) * RowLength() + static_cast<std::size_t>(x);
  }

  Size size_;
  std::vector<T> pixels_;
};

}  // namespace assay
