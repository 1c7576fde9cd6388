// The angle between two normals, degrees in [0, 180].
#pragma once

#include <cmath>

#include "metrics/vector3.h"

namespace assay {

// Both are asked of every pixel, hence inline.
inline double Length(const Vector3& v) { return std::sqrt(v.x * v.x + v.y * v.y + v.z * v.z); }
// Neither zero nor with a component that is NaN or infinite.
inline bool IsDirection(const Vector3& v) {
  const bool zero = v.x == 0 && v.y == 0 && v.z == 0;
  return !zero && std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

// The vectors of these must be directions; their lengths do not matter unless said.
//
// atan2(|a x b|, a . b) in double: exact to 1e-13 degrees everywhere, where acos loses
// half of the digits near 0 and 180.
double AngleBetween(const Vector3& a, const Vector3& b);
// acos of the cosine, all in single precision, as
// baegwangbin/DSINE@ef0c2af:utils/utils.py does with torch.cosine_similarity.
double AngleByAcosFloat(const Vector3& a, const Vector3& b);
// acos(clip(p/|p| . truth, -1, 1)) in double: the length of the truth counts, as in
// Stable-X/StableNormal@594b934:stablenormal/metrics/compute_metric.py.
double AngleByRawDot(const Vector3& predicted, const Vector3& truth);

}  // namespace assay
