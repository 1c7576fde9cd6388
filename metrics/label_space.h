// LabelSpace: the classes of a semantic benchmark, as plain data.
//
// The metrics read it; the tables themselves belong to the datasets
// (datasets/cityscapes_labels.h). A class id is an index into `classes`.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace assay {

struct LabelClass {
  std::uint8_t id = 0;
  std::string_view name;
  std::uint8_t train_id = 255;  // 255 = not trained
  std::uint8_t category = 0;    // index into LabelSpace::categories
  bool has_instances = false;
  bool evaluated = false;
  double average_instance_pixels = 0;  // 0 where the reference states none
};

struct LabelSpace {
  std::string_view name;
  std::span<const LabelClass> classes;           // classes[i].id == i
  std::span<const std::string_view> categories;  // category 0 is void
};

}  // namespace assay
