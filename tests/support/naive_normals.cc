#include "tests/support/naive_normals.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace assay::test {
namespace {

using Real = long double;
constexpr std::array<double, 5> kBounds = {5, 7.5, 11.25, 22.5, 30};

std::array<Real, 3> Unit(const Vector3& v) {
  const Real length = std::hypot(Real{v.x}, Real{v.y}, Real{v.z});
  return {v.x / length, v.y / length, v.z / length};
}

bool Finite(const Vector3& v) {
  return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

}  // namespace

double NaiveAngle(const Vector3& a, const Vector3& b) {
  const auto p = Unit(a);
  const auto q = Unit(b);
  const Real apart = std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  const Real along = std::hypot(p[0] + q[0], p[1] + q[1], p[2] + q[2]);
  return static_cast<double>(2 * std::atan2(apart, along) * 180 / std::numbers::pi_v<Real>);
}

std::vector<double> NaiveAngles(const NormalMap& predicted, const NormalMap& truth) {
  std::vector<double> angles;
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      const Vector3 g = truth.At(x, y);
      const Vector3 p = predicted.At(x, y);
      if (g == Vector3{}) continue;
      angles.push_back(p == Vector3{} || !Finite(p) ? 180 : NaiveAngle(p, g));
    }
  }
  return angles;
}

NaiveNormals Summed(std::vector<double> angles) {
  NaiveNormals result;
  std::sort(angles.begin(), angles.end());
  const auto n = static_cast<double>(angles.size());
  Real sum = 0;
  Real squares = 0;
  for (const double angle : angles) sum += angle, squares += Real{angle} * angle;
  result.mean = static_cast<double>(sum / n);
  result.rmse = static_cast<double>(std::sqrt(squares / n));
  const std::size_t half = angles.size() / 2;
  result.median = angles.empty()           ? std::nan("")
                  : angles.size() % 2 == 1 ? angles[half]
                                           : (angles[half - 1] + angles[half]) / 2;
  for (std::size_t k = 0; k < kBounds.size(); ++k) {
    const auto below = std::count_if(
        angles.begin(), angles.end(), [&](double angle) { return angle < kBounds[k]; });
    result.within[k] = static_cast<double>(below) / n;
  }
  return result;
}

NaiveNormals NaivePooled(const NormalsImages& images) {
  std::vector<double> all;
  for (const auto& [predicted, truth] : images) {
    const std::vector<double> angles = NaiveAngles(predicted, truth);
    all.insert(all.end(), angles.begin(), angles.end());
  }
  return Summed(std::move(all));
}

NaiveNormals NaivePerImage(const NormalsImages& images) {
  NaiveNormals mean;
  double count = 0;
  for (const auto& [predicted, truth] : images) {
    const std::vector<double> angles = NaiveAngles(predicted, truth);
    if (angles.empty()) continue;
    ++count;
    const NaiveNormals one = Summed(angles);
    mean.mean += one.mean;
    mean.median += one.median;
    mean.rmse += one.rmse;
    for (std::size_t k = 0; k < mean.within.size(); ++k) mean.within[k] += one.within[k];
  }
  mean.mean /= count;
  mean.median /= count;
  mean.rmse /= count;
  for (double& share : mean.within) share /= count;
  return mean;
}

}  // namespace assay::test
