// Normals scored the plain way: every angle of a set kept, in long double, by acos of
// the cosine away from its ends. For tests.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "metrics/tasks.h"

namespace assay::test {

struct NaiveNormals {
  double mean = 0, median = 0, rmse = 0;
  std::array<double, 5> within{};  // share below 5, 7.5, 11.25, 22.5, 30 degrees
};

// By the half-angle formula 2 atan2(|a - b|, |a + b|) of unit vectors, degrees.
double NaiveAngle(const Vector3& a, const Vector3& b);
// The angles of every pixel whose truth is not (0, 0, 0); 180 where the prediction is
// zero or not finite.
std::vector<double> NaiveAngles(const NormalMap& predicted, const NormalMap& truth);
NaiveNormals Summed(std::vector<double> angles);

using NormalsImages = std::vector<std::pair<NormalMap, NormalMap>>;  // predicted, truth
NaiveNormals NaivePooled(const NormalsImages& images);
NaiveNormals NaivePerImage(const NormalsImages& images);  // images without a pixel left out

}  // namespace assay::test
