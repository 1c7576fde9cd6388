// Flat coloured shapes on a gray ramp: pictures whose outlines are known as polygons.
//
// Only + - * / are used, so the bytes are the same on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/io/image.h"

namespace assay {

struct SceneShape {
  std::string colour, kind;  // "red", "triangle"; no two shapes of a scene share a colour
  // x0, y0, x1, y1, … of its parts, hundredths of a pixel at most. Hexagons have two parts
  // that overlap in the middle, the others one.
  std::vector<std::vector<double>> parts;

  std::string Name() const { return colour + " " + kind; }
};

struct ShapeScene {
  RgbImage rgb;
  std::vector<SceneShape> shapes;  // that do not touch
};

// Pixels inside are those metrics/polygon.h draws.
ShapeScene DrawShapeScene(std::uint64_t seed, Size size);

}  // namespace assay
