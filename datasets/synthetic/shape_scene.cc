#include "datasets/synthetic/shape_scene.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "datasets/synthetic/dice.h"
#include "metrics/polygon.h"

namespace assay {
namespace {

struct Colour {
  std::string_view name;
  Rgb8 value;
};
constexpr std::array<Colour, 6> kColours = {{{"blue", {40, 70, 220}},
                                             {"green", {40, 170, 60}},
                                             {"purple", {150, 40, 170}},
                                             {"red", {220, 40, 40}},
                                             {"white", {250, 250, 250}},
                                             {"yellow", {235, 215, 40}}}};

// Shapes lie in the cells of a grid.
constexpr std::size_t kColumns = 3;
constexpr std::size_t kRows = 2;
constexpr std::size_t kShapes = 3;

// Corners in a circle of radius 1.
using Corners = std::vector<std::pair<double, double>>;
struct Kind {
  std::string_view name;
  std::vector<Corners> parts;
};

const std::array<Kind, 3>& Kinds() {
  static const std::array<Kind, 3> kKinds = {{
      {"box", {{{-0.8, -0.6}, {0.8, -0.6}, {0.8, 0.6}, {-0.8, 0.6}}}},
      {"hexagon",
       {{{1, 0}, {0.5, 0.87}, {-0.5, 0.87}, {-0.5, -0.87}},
        {{-1, 0}, {-0.5, -0.87}, {0.5, -0.87}, {0.5, 0.87}}}},
      {"triangle", {{{0, -1}, {0.87, 0.5}, {-0.87, 0.5}}}},
  }};
  return kKinds;
}

// In whole hundredths.
double Hundredths(double value) { return static_cast<double>(static_cast<int>(value * 100)) / 100; }

std::vector<double> Place(const Corners& corners, double x, double y, double radius) {
  std::vector<double> xy;
  for (const auto& [dx, dy] : corners) {
    xy.push_back(Hundredths(x + radius * dx));
    xy.push_back(Hundredths(y + radius * dy));
  }
  return xy;
}

// The first `count` of a random order of 0 … size - 1.
std::vector<std::size_t> Draw(std::size_t size, std::size_t count, Dice& dice) {
  std::vector<std::size_t> order(size);
  for (std::size_t i = 0; i < size; ++i) order[i] = i;
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(order[i],
              order[i + static_cast<std::size_t>(dice.Below(static_cast<int>(size - i)))]);
  }
  order.resize(count);
  return order;
}

void Fill(const std::vector<double>& part, const Rgb8& colour, RgbImage& image) {
  const Raster<std::uint8_t> mask = ToMask(DrawPolygon(image.size(), part));
  for (std::size_t i = 0; i < mask.Pixels().size(); ++i) {
    if (mask.Pixels()[i] == 1) image.Pixels()[i] = colour;
  }
}

RgbImage Background(Size size, std::uint8_t start) {
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto gray =
          static_cast<std::uint8_t>(start + 60 * (x + y) / (size.width + size.height));
      image.At(x, y) = {gray, gray, gray};
    }
  }
  return image;
}

}  // namespace

ShapeScene DrawShapeScene(std::uint64_t seed, Size size) {
  Dice dice(seed);
  ShapeScene scene{.rgb = Background(size, static_cast<std::uint8_t>(60 + dice.Below(60))),
                   .shapes = {}};
  const double width = static_cast<double>(size.width) / kColumns;
  const double height = static_cast<double>(size.height) / kRows;
  const double room = (width < height ? width : height) / 2;
  const auto cells = Draw(kColumns * kRows, kShapes, dice);
  const auto colours = Draw(kColours.size(), kShapes, dice);
  for (std::size_t i = 0; i < kShapes; ++i) {
    const std::size_t row = cells[i] / kColumns;
    const double radius = room * dice.Uniform(0.5, 0.8);
    const double slack = 0.9 * room - radius;
    const double x =
        width * (static_cast<double>(cells[i] % kColumns) + 0.5) + dice.Uniform(-slack, slack);
    const double y = height * (static_cast<double>(row) + 0.5) + dice.Uniform(-slack, slack);
    const Kind& kind = Kinds().at(static_cast<std::size_t>(dice.Below(3)));
    const Colour& colour = kColours.at(colours[i]);
    SceneShape shape{std::string(colour.name), std::string(kind.name), {}};
    for (const Corners& corners : kind.parts) {
      shape.parts.push_back(Place(corners, x, y, radius));
      Fill(shape.parts.back(), colour.value, scene.rgb);
    }
    scene.shapes.push_back(std::move(shape));
  }
  return scene;
}

}  // namespace assay
