// A vector in space. What its axes mean is said where it is used.
#pragma once

namespace assay {

struct Vector3 {
  double x = 0, y = 0, z = 0;
  friend bool operator==(const Vector3&, const Vector3&) = default;
};

}  // namespace assay
