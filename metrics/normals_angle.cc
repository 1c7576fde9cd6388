#include "metrics/normals_angle.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace assay {
namespace {

constexpr double kDegrees = 180 / std::numbers::pi;

double LargestComponent(const Vector3& v) {
  return std::max({std::abs(v.x), std::abs(v.y), std::abs(v.z)});
}

// Largest component 1, so that no product under- or overflows.
Vector3 Scaled(const Vector3& v) {
  const double scale = LargestComponent(v);
  return {v.x / scale, v.y / scale, v.z / scale};
}

double Dot(const Vector3& a, const Vector3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

struct FloatVector {
  float x, y, z;
};

// No product of four components under- or overflows.
bool IsPlain(const Vector3& v) {
  constexpr double kLeast = 1e-70;
  constexpr double kMost = 1e70;
  const double largest = LargestComponent(v);
  return largest > kLeast && largest < kMost;
}

// torch.cosine_similarity divides each vector by its length, 1e-8 at least.
FloatVector UnitFloat(const Vector3& v) {
  const auto x = static_cast<float>(v.x);
  const auto y = static_cast<float>(v.y);
  const auto z = static_cast<float>(v.z);
  const float length = std::max(std::sqrt(x * x + y * y + z * z), 1e-8F);
  return {x / length, y / length, z / length};
}

}  // namespace

double AngleBetween(const Vector3& a_in, const Vector3& b_in) {
  const bool plain = IsPlain(a_in) && IsPlain(b_in);
  const Vector3 a = plain ? a_in : Scaled(a_in);
  const Vector3 b = plain ? b_in : Scaled(b_in);
  const Vector3 cross = {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
  return std::atan2(Length(cross), Dot(a, b)) * kDegrees;
}

double AngleByAcosFloat(const Vector3& a_in, const Vector3& b_in) {
  const FloatVector a = UnitFloat(a_in);
  const FloatVector b = UnitFloat(b_in);
  const float cosine = std::clamp(a.x * b.x + a.y * b.y + a.z * b.z, -1.0F, 1.0F);
  return static_cast<double>(std::acos(cosine) * 180.0F / std::numbers::pi_v<float>);
}

double AngleByRawDot(const Vector3& predicted, const Vector3& truth) {
  const Vector3 p = Scaled(predicted);
  return std::acos(std::clamp(Dot(p, truth) / Length(p), -1.0, 1.0)) * kDegrees;
}

}  // namespace assay
