#include "tests/support/toy_labels.h"

#include <array>

namespace assay::test {
namespace {

constexpr std::array<std::string_view, 5> kCategories = {
    "void", "flat", "creature", "machine", "mixed"};

constexpr LabelClass Entry(
    std::uint8_t id, std::string_view name, std::uint8_t category, bool evaluated, double average) {
  return {.id = id,
          .name = name,
          .category = category,
          .has_instances = average > 0,
          .evaluated = evaluated,
          .average_instance_pixels = average};
}

constexpr std::array<LabelClass, 11> kClasses = {
    Entry(0, "unlabeled", 0, false, 0),
    Entry(1, "border", 0, false, 0),
    Entry(2, "floor", 1, true, 0),
    Entry(3, "rug", 1, false, 0),
    Entry(4, "cat", 2, true, 3.5),
    Entry(5, "dog", 2, true, 7),
    Entry(6, "car", 3, true, 11.25),
    Entry(7, "bike", 3, true, 2),
    Entry(8, "cart", 3, false, 5),
    Entry(9, "kite", 4, true, 4),
    Entry(10, "pole", 4, true, 0),
};

}  // namespace

const LabelSpace& ToyLabels() {
  static constexpr LabelSpace kSpace{"toy", kClasses, kCategories};
  return kSpace;
}

}  // namespace assay::test
