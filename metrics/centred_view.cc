#include "metrics/centred_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "metrics/nearest_grid.h"

namespace assay {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

Matrix Product(const Matrix& a, const Matrix& b) {
  Matrix product{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) product[i][j] += a[i][k] * b[k][j];
    }
  }
  return product;
}

Matrix Transposed(const Matrix& a) {
  Matrix transposed{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) transposed[i][j] = a[j][i];
  }
  return transposed;
}

Vector3 Times(const Matrix& a, const Vector3& v) {
  return {a[0][0] * v.x + a[0][1] * v.y + a[0][2] * v.z,
          a[1][0] * v.x + a[1][1] * v.y + a[1][2] * v.z,
          a[2][0] * v.x + a[2][1] * v.y + a[2][2] * v.z};
}

// A camera in units of the image's width and height.
struct UnitCamera {
  double fx, fy, cx, cy;
  Vector3 Ray(double u, double v) const { return {(u - cx) / fx, (v - cy) / fy, 1}; }
};

UnitCamera UnitsOf(const Intrinsics& camera, Size size) {
  return {camera.fx / size.width,
          camera.fy / size.height,
          camera.cx / size.width,
          camera.cy / size.height};
}

// The smallest turn that brings `ray` to (0, 0, 1).
Matrix TurnToAxis(const Vector3& ray) {
  const double length = std::sqrt(ray.x * ray.x + ray.y * ray.y + ray.z * ray.z);
  const double x = ray.x / length;
  const double y = ray.y / length;
  const double z = ray.z / length;
  const Matrix cross = {{{0, 0, -x}, {0, 0, -y}, {x, y, 0}}};
  const Matrix squared = Product(cross, cross);
  Matrix turn{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      turn[i][j] = (i == j ? 1 : 0) + cross[i][j] + squared[i][j] / (1 + z);
    }
  }
  return turn;
}

struct Point {
  double x, y;
};

// |x| where the line through the origin along `direction` meets the one through a and b. The
// source solves it by least squares with 1e-12 added to the diagonal, which brings it nearer by
// about as much: enough to decide a truncation below.
double CrossingX(Point direction, Point a, Point b) {
  const Point side{b.x - a.x, b.y - a.y};
  const double determinant = direction.x * side.y - direction.y * side.x;
  const double along = (a.x * side.y - a.y * side.x) / determinant;
  constexpr double kShrunk = 1 - 1e-12;
  return std::abs(along * direction.x) * kShrunk;
}

// The widest field within the quadrilateral of the image's corners, along both diagonals.
double WidestWithin(const UnitCamera& camera, const Matrix& turn, double aspect) {
  constexpr std::array<Point, 4> kCorners = {{{0, 0}, {0, 1}, {1, 1}, {1, 0}}};
  std::array<Point, 4> corners{};
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Vector3 ray = Times(turn, camera.Ray(kCorners[i].x, kCorners[i].y));
    corners[i] = {ray.x / ray.z, ray.y / ray.z};
  }
  double half = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Point& before = corners[(i + 3) % corners.size()];
    for (const double up : {1.0, -1.0}) {
      half = std::min(half, CrossingX({aspect, up}, before, corners[i]));
    }
  }
  return 2 * half;
}

// int(pixels * (field / pixels) / pixel), as NumPy 2 computes it from a field in single precision:
// whether an image of the view's own pixels keeps its size hangs on the last bit.
int RescaledLength(int pixels, double field, double pixel) {
  const auto single = static_cast<float>(field);
  const float own = single / static_cast<float>(pixels);
  return static_cast<int>(static_cast<double>(static_cast<float>(pixels) * own) / pixel);
}

// Linear between order statistics, as numpy.quantile.
double Quantile(std::vector<double> values, double fraction) {
  const double rank = fraction * static_cast<double>(values.size() - 1);
  const auto below = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), below, values.end());
  if (below + 1 == values.end()) return *below;
  const double above = *std::min_element(below + 1, values.end());
  return std::lerp(*below, above, rank - std::floor(rank));
}

void DropFarther(double most_over_p1, DepthMap& depth) {
  std::vector<double> measured;
  measured.reserve(depth.size().Pixels());
  for (const double value : depth.Pixels()) {
    if (value > 0) measured.push_back(value);
  }
  if (measured.empty()) return;
  const double most = most_over_p1 * Quantile(std::move(measured), 0.01);
  for (double& value : depth.Pixels()) {
    if (value > most) value = 0;
  }
}

}  // namespace

ViewMapping::ViewMapping(const Intrinsics& camera, Size image, Size view) : view_(view) {
  const UnitCamera unit = UnitsOf(camera, image);
  const double aspect = static_cast<double>(view.width) / view.height;
  const auto across = static_cast<double>(1 / static_cast<float>(std::abs(unit.fx)));
  const auto down = static_cast<double>(1 / static_cast<float>(std::abs(unit.fy)));
  const Matrix turn = TurnToAxis(unit.Ray(0.5, 0.5));
  width_ = std::min({across, down * aspect, WidestWithin(unit, turn, aspect)});
  height_ = width_ / aspect;
  rescaled_ = {RescaledLength(image.width, across, width_ / view.width),
               RescaledLength(image.height, down, height_ / view.height)};
  if (!(width_ > 0) || rescaled_.width < 1 || rescaled_.height < 1) {
    throw std::invalid_argument("no view of this shape lies inside the image");
  }
  const Matrix to_image = {{{unit.fx, 0, unit.cx}, {0, unit.fy, unit.cy}, {0, 0, 1}}};
  const Matrix to_rays = {{{width_, 0, -width_ / 2}, {0, height_, -height_ / 2}, {0, 0, 1}}};
  transform_ = Product(Product(to_image, Transposed(turn)), to_rays);
}

Intrinsics ViewMapping::Camera() const {
  return {.fx = view_.width / width_,
          .fy = view_.height / height_,
          .cx = view_.width / 2.0,
          .cy = view_.height / 2.0};
}

ViewMapping::Place ViewMapping::At(int x, int y) const {
  const Vector3 place = Times(transform_, {(x + 0.5) / view_.width, (y + 0.5) / view_.height, 1});
  return {static_cast<float>(place.x / place.z * rescaled_.width - 0.5),
          static_cast<float>(place.y / place.z * rescaled_.height - 0.5)};
}

DepthMap DepthInView(const DepthMap& depth, const Intrinsics& camera, const CentredView& view) {
  const ViewMapping mapping(camera, depth.size(), view.size);
  const UnitCamera image = UnitsOf(camera, depth.size());
  const UnitCamera turned = UnitsOf(mapping.Camera(), view.size);
  const Size cells = mapping.Rescaled();
  const auto length = [](const Vector3& ray) { return std::hypot(ray.x, ray.y, ray.z); };
  Mask measured(depth.size(), 0);
  for (std::size_t i = 0; i < measured.Pixels().size(); ++i) {
    measured.Pixels()[i] = depth.Pixels()[i] > 0 ? 1 : 0;
  }
  DepthMap seen(view.size, 0.0);
  for (int y = 0; y < seen.height(); ++y) {
    for (int x = 0; x < seen.width(); ++x) {
      const ViewMapping::Place place = mapping.At(x, y);
      // Halves to even.
      const GridPixel cell{static_cast<int>(std::nearbyint(place.x)),
                           static_cast<int>(std::nearbyint(place.y))};
      if (cell.x < 0 || cell.x >= cells.width || cell.y < 0 || cell.y >= cells.height) continue;
      const auto pixel = NearestInCell(measured, cell, cells);
      if (!pixel) continue;
      const double distance =
          depth.At(pixel->x, pixel->y) *
          length(image.Ray((cell.x + 0.5) / cells.width, (cell.y + 0.5) / cells.height));
      seen.At(x, y) =
          distance / length(turned.Ray((x + 0.5) / view.size.width, (y + 0.5) / view.size.height));
    }
  }
  DropFarther(view.most_over_p1, seen);
  return seen;
}

}  // namespace assay
