// The angle between two normals, degrees in [0, 180].
#pragma once

#include "metrics/vector3.h"

namespace assay {

double Length(const Vector3& vector);
// Neither zero nor with a component that is NaN or infinite.
bool IsDirection(const Vector3& vector);

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
