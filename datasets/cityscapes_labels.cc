#include "datasets/cityscapes_labels.h"

#include <array>
#include <string_view>

namespace assay {
namespace {

constexpr std::array<std::string_view, 8> kCategories = {
    "void", "flat", "construction", "object", "nature", "sky", "human", "vehicle"};

constexpr LabelClass Ignored(std::uint8_t id, std::string_view name, std::uint8_t category) {
  return {.id = id, .name = name, .category = category};
}

constexpr LabelClass Stuff(std::uint8_t id,
                           std::string_view name,
                           std::uint8_t train_id,
                           std::uint8_t category) {
  return {.id = id, .name = name, .train_id = train_id, .category = category, .evaluated = true};
}

constexpr LabelClass Thing(std::uint8_t id,
                           std::string_view name,
                           std::uint8_t train_id,
                           std::uint8_t category,
                           double average_pixels) {
  return {.id = id,
          .name = name,
          .train_id = train_id,
          .category = category,
          .has_instances = true,
          .evaluated = train_id != 255,
          .average_instance_pixels = average_pixels};
}

constexpr std::array<LabelClass, 34> kClasses = {
    Ignored(0, "unlabeled", 0),
    Ignored(1, "ego vehicle", 0),
    Ignored(2, "rectification border", 0),
    Ignored(3, "out of roi", 0),
    Ignored(4, "static", 0),
    Ignored(5, "dynamic", 0),
    Ignored(6, "ground", 0),
    Stuff(7, "road", 0, 1),
    Stuff(8, "sidewalk", 1, 1),
    Ignored(9, "parking", 1),
    Ignored(10, "rail track", 1),
    Stuff(11, "building", 2, 2),
    Stuff(12, "wall", 3, 2),
    Stuff(13, "fence", 4, 2),
    Ignored(14, "guard rail", 2),
    Ignored(15, "bridge", 2),
    Ignored(16, "tunnel", 2),
    Stuff(17, "pole", 5, 3),
    Ignored(18, "polegroup", 3),
    Stuff(19, "traffic light", 6, 3),
    Stuff(20, "traffic sign", 7, 3),
    Stuff(21, "vegetation", 8, 4),
    Stuff(22, "terrain", 9, 4),
    Stuff(23, "sky", 10, 5),
    Thing(24, "person", 11, 6, 3462.4756337644),
    Thing(25, "rider", 12, 6, 3930.4788056518),
    Thing(26, "car", 13, 7, 12794.0202738185),
    Thing(27, "truck", 14, 7, 27855.1264367816),
    Thing(28, "bus", 15, 7, 35732.1511111111),
    Thing(29, "caravan", 255, 7, 36771.8241758242),
    Thing(30, "trailer", 255, 7, 16926.9763313609),
    Thing(31, "train", 16, 7, 67583.7075812274),
    Thing(32, "motorcycle", 17, 7, 6298.7200839748),
    Thing(33, "bicycle", 18, 7, 4672.3249222261),
};

constexpr LabelSpace kSpace = {
    .name = "cityscapes", .classes = kClasses, .categories = kCategories};

}  // namespace

const LabelSpace& CityscapesLabels() { return kSpace; }

}  // namespace assay
