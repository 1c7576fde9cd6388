// Random inputs for property tests, drawn through RapidCheck so that a failing
// case shrinks and prints.
#pragma once

#include <rapidcheck.h>

#include <limits>
#include <tuple>
#include <vector>

#include "metrics/tasks.h"
#include "tests/support/naive_referring.h"
#include "tests/support/naive_semantic.h"

namespace assay::test {

inline Size AnySize(int max_width, int max_height) {
  return {*rc::gen::inRange(1, max_width + 1), *rc::gen::inRange(1, max_height + 1)};
}

template <class T>
Raster<T> AnyRaster(Size size, const rc::Gen<T>& pixel) {
  return {size, *rc::gen::container<std::vector<T>>(size.Pixels(), pixel)};
}

// 1 mm to `max_mm`.
inline rc::Gen<double> AnyDepth(int max_mm) {
  return rc::gen::map(rc::gen::inRange(1, max_mm + 1), [](int mm) { return mm / 1000.0; });
}

// Holes, values at both usual bounds, everything between and beyond.
inline rc::Gen<double> AnyTruthDepth() {
  return rc::gen::weightedOneOf<double>({
      {8, AnyDepth(12000)},
      {1, rc::gen::element(0.0, 0.001, 10.0)},
  });
}

inline rc::Gen<double> AnyUndefined() {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  return rc::gen::element(0.0, -0.0, -1.5, kInf, -kInf, std::numeric_limits<double>::quiet_NaN());
}

inline rc::Gen<double> AnyPredictedDepth() {
  return rc::gen::weightedOneOf<double>({{4, AnyDepth(15000)}, {1, AnyUndefined()}});
}

// Directions of any length; rarely along an axis.
inline rc::Gen<Vector3> AnyDirection() {
  const auto component = rc::gen::inRange(-1000, 1001);
  return rc::gen::map(rc::gen::tuple(component, component, rc::gen::inRange(1, 1001)),
                      [](const std::tuple<int, int, int>& v) {
                        const auto& [x, y, z] = v;
                        return Vector3{x / 700.0, y / 700.0, z / 700.0};
                      });
}

// With pixels that have no normal.
inline rc::Gen<Vector3> AnyTruthNormal() {
  return rc::gen::weightedOneOf<Vector3>({{6, AnyDirection()}, {1, rc::gen::just(Vector3{})}});
}

inline rc::Gen<Vector3> AnyPredictedNormal() {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInf = std::numeric_limits<double>::infinity();
  return rc::gen::weightedOneOf<Vector3>(
      {{8, AnyDirection()},
       {1, rc::gen::element(Vector3{}, Vector3{kNan, 0, 1}, Vector3{0, -kInf, 1})}});
}

// Labels in stretches, so that both the runs and the mixed words of the counting
// loop are met; instances of evaluated and of ignored classes.
inline LabelMap AnyLabels(Size size, int classes) {
  LabelMap labels(size);
  std::size_t i = 0;
  const auto pixels = labels.Pixels();
  while (i < pixels.size()) {
    const auto length = static_cast<std::size_t>(*rc::gen::inRange(1, 30));
    const auto id = static_cast<std::uint8_t>(*rc::gen::inRange(0, classes));
    for (std::size_t k = 0; k < length && i < pixels.size(); ++k) pixels[i++] = id;
  }
  return labels;
}

// Rectangles over one another, large enough to have an inside, on a ground of one id.
inline LabelMap AnyPainting(Size size, int classes) {
  const auto any_id = [&] { return static_cast<std::uint8_t>(*rc::gen::inRange(0, classes)); };
  LabelMap labels(size, any_id());
  const int count = *rc::gen::inRange(0, 6);
  for (int k = 0; k < count; ++k) {
    const std::uint8_t id = any_id();
    const int left = *rc::gen::inRange(0, size.width);
    const int top = *rc::gen::inRange(0, size.height);
    const int right = *rc::gen::inRange(left, size.width) + 1;
    const int bottom = *rc::gen::inRange(top, size.height) + 1;
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) labels.At(x, y) = id;
    }
  }
  return labels;
}

// Truth and prediction over ToyLabels(). An object keeps its class; group regions
// and stuff keep the bare id.
inline SemanticPair AnySemanticPair(int max_width, int max_height) {
  constexpr int kClasses = 11;
  const Size size = AnySize(max_width, max_height);
  SemanticTruth truth{AnyLabels(size, kClasses), Raster<std::uint16_t>(size)};
  for (std::size_t i = 0; i < size.Pixels(); ++i) {
    const int id = truth.labels.Pixels()[i];
    const bool thing = id >= 4 && id <= 9;
    const int number = *rc::gen::inRange(-1, 3);
    const int value = thing && number >= 0 ? id * 1000 + number : id;
    truth.instances.Pixels()[i] = static_cast<std::uint16_t>(value);
  }
  LabelMap prediction = AnyLabels(size, kClasses);
  for (std::size_t i = 0; i < size.Pixels(); ++i) {
    if (*rc::gen::inRange(0, 3) > 0) prediction.Pixels()[i] = truth.labels.Pixels()[i];
  }
  return {prediction, truth};
}

// Targets of every value, all ignored, empty, or stated to be none; answers that are
// nothing, random, or near the truth.
inline ReferringPair AnyReferringPair(int max_width, int max_height) {
  const Size size = AnySize(max_width, max_height);
  ReferringTruth truth{Raster<std::uint8_t>(size), *rc::gen::inRange(0, 4) == 0};
  const std::uint8_t other = *rc::gen::element<std::uint8_t>(0, 0, 255);
  const bool empty = truth.no_target || *rc::gen::inRange(0, 5) == 0;
  for (std::uint8_t& pixel : truth.target.Pixels()) {
    pixel = *rc::gen::element<std::uint8_t>(0, 1, 1, 2, 255);
    if (empty && (pixel == 1 || pixel == 2)) pixel = other;
  }
  Mask prediction(size);
  const int kind = *rc::gen::inRange(0, 4);
  for (std::size_t i = 0; i < size.Pixels() && kind > 0; ++i) {
    const bool near = kind > 1 && *rc::gen::inRange(0, 6) > 0;
    prediction.Pixels()[i] =
        near ? truth.target.Pixels()[i] % 255 > 0 : *rc::gen::element<std::uint8_t>(0, 1);
  }
  return {prediction, truth};
}

}  // namespace assay::test
